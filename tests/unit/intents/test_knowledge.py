"""The base: what it refuses, how it is cached, and how an edit reaches a running service."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.suggested import rule_as_text
from intents import Classifier, Reloader, default_classifier
from intents.suggest import suggest
from intents.suggest_rules import suggest_rules
from intents.terms import yields
from intents.trial import Trial
from intents.verify import inspect, verify
from knowledge import PACKAGED, Correction, KnowledgeError, document, load, private, read_corrections

BASE = """\
calibration: {sure: 0.9}
concepts:
  - id: a.down
    title: 崩溃
    kind: symptom
    effect: down
    aliases: 崩了 宕{机,了}
    self_help: [请截图]
rules:
  - id: p1
    label: P1
    clause: 2.1 P1 (A)
    level: sure
    when: {effect: [down]}
    hit: [它崩了]
    miss: [你好]
  - id: rest
    label: none
    clause: null
    level: sure
    when: {found: [none, dead]}
    hit: [你好]
    miss: [它崩了]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTLINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "one.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_packaged_base_keeps_every_promise() -> None:
    assert inspect(default_classifier()).failures == []


#: Spheres of what is none of the platform's.
ASIDE = {"foreign", "own", "admin", "person"}


def test_every_part_of_the_platform_tells_what_to_do_while_waiting() -> None:
    base = load()
    parts = [
        concept
        for concept in base.concepts.values()
        if concept.kind == "component" and concept.traits["sphere"] not in ASIDE and not yields(concept)
    ]
    assert len(parts) > 20
    assert [concept.id for concept in parts if not concept.self_help] == []
    assert base.title("recording") == "录音"


def test_every_failure_that_says_what_it_is_has_something_to_try_or_to_collect() -> None:
    named = [
        concept
        for concept in load().concepts.values()
        if concept.kind == "symptom" and concept.traits["effect"] != "vague"
    ]
    assert [concept.id for concept in named if not concept.self_help] == []


def test_self_help_keeps_within_remote_support_and_asks_for_nothing_confidential() -> None:
    """Contract 2.2.2 (remote questioning, workarounds) and 5.2: look, try again, collect."""
    lines = {line for concept in load().concepts.values() for line in concept.self_help}
    assert lines
    for line in lines:
        assert line.startswith(("请", "如")), line
        assert line.endswith("。"), line
        assert len(line) <= 40, line
        assert not re.search("密码|身份证|拆|删除|格式化|清空|卸载", line), line
        assert not re.search("(?<!不要自行)(?<!不要自行断电)重启服务器|重启交换机|重启数据库", line), line


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("    title: 崩溃\n", "", 3, "缺 title"),
        ("label: P1", "label: P3", 11, "label 只能写"),
        ("    clause: 2.1 P1 (A)\n", "", 10, "缺 clause"),
        ("kind: symptom", "kind: sympton", 3, "kind“sympton”不存在"),
        ("effect: down\n    aliases", "effect: dawn\n    aliases", 3, "没有“effect: dawn”这个特征"),
        ("宕{机,了}", "宕{机,了", 7, "括号没有合上"),
        ("    effect: down\n", "    efect: down\n", 6, "没有“efect”这一项"),
        ("level: sure\n    when: {effect", "level: sore\n    when: {effect", 10, "level“sore”不在"),
        ("hit: [它崩了]", "hit: [它好了]", 10, "应由它判"),
        ("miss: [你好]", "miss: [真崩了]", 10, "不该由它判"),
        ("when: {effect: [down]}", "when: {effect: [slow]}", 10, "没有规则适用"),
        ("subject", "", 1, "YAML 写法不对"),
        ("id: a.down", "id: [a.down]", 3, "id 只能写一段文字"),
        ("    aliases: 崩了", "    aliases: 挂了\n    aliases: 崩了", 8, "写了两次"),
        ("aliases: 崩了", "aliases: 崩了、挂了", 7, "用空格隔开"),
        ("aliases: 崩了", "aliases: 崩了，挂了", 7, "用空格隔开"),
        ("aliases: 崩了", "aliases: 崩｛了，掉｝", 7, "用半角"),
        ("    effect: down\n", "    effect: down\n    auto: maybe\n", 7, "auto 只能写 yes 或 no"),
        ("self_help: [请截图]", "self_help: [请截图: 全部]", 8, "要加引号"),
        ("self_help: [请截图]", "self_help: [请截图, ]\n    self_help2: a", 9, "没有“self_help2”这一项"),
        ("clause: 2.1 P1 (A)", "clause: [2.1 P1 (A)]", 12, "clause 只能写一段文字"),
        ("hit: [它崩了]", "hit: [它: 崩了]", 15, "要加引号"),
        ("when: {effect: [down]}", "when: {effect: []}", 14, "effect 没有写值"),
        ("when: {effect: [down]}", "when: [effect]", 14, "要写成“名称: 值”"),
        ("label: none", "label: none\n    intent: trainig", 19, "none 的 intent 只能写"),
        ("label: none", "label: none\n    intent: fault", 19, "none 的 intent 只能写"),
        ("label: P1", "label: P1\n    intent: greeting", 12, "P1 的 intent 只能写"),
        (
            "level: sure\n    when: {effect",
            "level: sure\n    overrides: p1\n    when: {effect",
            14,
            "有它自己",
        ),
        ("calibration: {sure: 0.9}", "calibration: {sure: 97}", 1, "不超过 1"),
        ("calibration: {sure: 0.9}", "calibration: {sure: nan}", 1, "不超过 1"),
        ("calibration: {sure: 0.9}", "calibration: {sure: }", 1, "不超过 1"),
        ("calibration: {sure: 0.9}", "calibration: 3", 1, "要写成“名称: 值”"),
        ("rules:\n", "rules: none\nrules_:\n", 10, "没有“rules_”这一项"),
        ("concepts:\n", "concepts: &all\n  - *all\n", 2, "太深"),
    ],
)
def test_a_broken_base_is_refused_with_file_and_line(
    folder: Path, old: str, new: str, line: int, what: str
) -> None:
    if old == "subject":
        (folder / "one.yaml").write_text("a: [", encoding="utf-8")
    else:
        edit(folder, old, new)
    with pytest.raises(KnowledgeError, match=what) as caught:
        verify(Classifier(load(folder)))
    assert caught.value.where.startswith("one.yaml:")
    if what != "YAML 写法不对":
        assert caught.value.where == f"one.yaml:{line}"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(BASE)),
    st.integers(0, 12),
    st.text("[]{}&*:,-#\"'|>!%\t\n \x00nullyes0.9，、{a}", max_size=8),
)
def test_whatever_slip_of_the_keyboard_is_taken_or_named_by_file_and_line(
    folder: Path, at: int, gone: int, typed: str
) -> None:
    (folder / "one.yaml").write_text(BASE[:at] + typed + BASE[at + gone :], encoding="utf-8")
    try:
        verify(Classifier(load(folder, cached=False)))
    except KnowledgeError as error:
        assert re.match(r"one\.yaml:\d+$", error.where) or "没有规则适用" in error.what  # noqa: PT017


def test_a_file_in_another_encoding_is_refused_by_its_line(folder: Path) -> None:
    (folder / "one.yaml").write_bytes(BASE.encode("gbk"))
    with pytest.raises(KnowledgeError, match=r"one\.yaml:4: 不是 UTF-8"):
        load(folder)


def test_one_alias_with_two_concepts_is_refused(folder: Path) -> None:
    extra = "concepts:\n  - {id: b, title: 又, kind: symptom, aliases: 當機 崩了}\n"
    (folder / "two.yaml").write_text(extra, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="崩了"):
        Classifier(load(folder))


def test_all_aliases_with_two_concepts_are_named_at_once(folder: Path) -> None:
    extra = "concepts:\n  - {id: b, title: 又, kind: symptom, aliases: 當機 崩了 宕机 凉了}\n"
    (folder / "two.yaml").write_text(extra, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        Classifier(load(folder))
    found = (caught.value, *caught.value.others)
    assert [(one.where, one.what) for one in found] == [
        ("two.yaml:2", "b 的词“崩了”已在 one.yaml:3 归 a.down"),
        ("two.yaml:2", "b 的词“宕机”已在 one.yaml:3 归 a.down"),
    ]


def test_a_rule_that_can_never_fire_is_refused(folder: Path) -> None:
    dead = (
        "{id: dead, label: P2, clause: null, level: sure, when: {scope: [many]}, hit: [它崩了], miss: [你好]}"
    )
    edit(folder, "  - id: rest", f"  - {dead}\n  - id: rest")
    failures = inspect(Classifier(load(folder))).failures
    assert any("从不生效" in what for _, what in failures)


def test_the_second_load_comes_from_the_cache_and_is_the_same(folder: Path, cache: Path) -> None:
    first = load(folder)
    assert list(cache.glob("base-*.json"))
    assert load(folder) == first


def test_a_cache_that_others_could_write_is_not_used(folder: Path, cache: Path) -> None:
    load(folder)
    cache.chmod(0o777)
    assert private.folder() is None
    assert load(folder).rules


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 1}', "not json"])
def test_a_damaged_cache_is_read_around(folder: Path, cache: Path, content: str) -> None:
    base = load(folder)
    for file in cache.glob("base-*.json"):
        file.write_text(content, encoding="utf-8")
    assert load(folder) == base


def test_a_linked_cache_file_is_not_followed(cache: Path, tmp_path: Path) -> None:
    private.write("x", b"1")
    assert private.read("x") == b"1"
    (cache / "y").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_bytes(b"2")
    assert private.read("y") is None


def test_an_edit_is_taken_over_and_a_broken_one_is_not(folder: Path) -> None:
    reloader = Reloader(folder)
    first = reloader.version
    assert not reloader.refresh()
    edit(folder, "崩了 宕{机,了}", "崩了 宕{机,了} 凉了")
    assert reloader.refresh()
    assert (reloader.version != first, reloader.error) == (True, None)
    assert reloader.classifier.classify("凉了").label == "P1"
    second = reloader.version
    edit(folder, "hit: [它崩了]", "hit: [它好了]")
    assert reloader.refresh()
    assert reloader.error
    assert "one.yaml:10" in reloader.error
    assert reloader.version == second
    assert reloader.classifier.classify("凉了").label == "P1"


def test_a_base_that_could_not_be_read_for_a_while_is_no_error_once_it_can(folder: Path) -> None:
    reloader = Reloader(folder)
    away = folder.with_name("away")
    folder.rename(away)
    assert reloader.refresh()
    assert reloader.error
    assert not reloader.refresh()
    away.rename(folder)
    assert reloader.refresh()
    assert reloader.error is None


@pytest.mark.usefixtures("cache")
def test_what_is_edited_while_it_is_read_is_not_kept_under_the_old_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load(folder, cached=False)
    parse = document.parse

    def edited_meanwhile(name: str, content: bytes) -> document.Table:
        edit(folder, "title: 崩溃", "title: 宕机")
        return parse(name, content)

    with monkeypatch.context() as patch:
        patch.setattr(document, "parse", edited_meanwhile)
        assert load(folder) == before
    assert load(folder).title("a.down") == "宕机"
    edit(folder, "title: 宕机", "title: 崩溃")
    assert load(folder) == before


def test_the_version_follows_the_content(folder: Path, tmp_path: Path) -> None:
    assert load().version != load(folder).version
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in [*PACKAGED.glob("*.yaml"), PACKAGED / "telling.tsv", PACKAGED / "wishing.tsv"]:
        shutil.copy(file, copy)
    assert load(copy).version == load().version


@pytest.mark.parametrize("question", ["{who: 谁受影响？}", "{what: ''}", "{what: [a]}"])
def test_a_question_for_no_known_doubt_or_without_text_is_refused(folder: Path, question: str) -> None:
    edit(folder, "calibration:", f"questions: {question}\ncalibration:")
    with pytest.raises(KnowledgeError, match=r"one\.yaml:1: (questions 的 )?(who|what)"):
        load(folder, cached=False)


def tried(*corrections: Correction, messages: Sequence[tuple[str, str]] = ()) -> Trial:
    return Trial(default_classifier(), corrections, messages)


NEW_WORD = (
    Correction("话机呜哩哇了，真愁人", "none", "P2"),
    Correction("咱这坐席呜哩哇，您瞧瞧", "none", "P2"),
)


def test_words_that_corrections_ask_for_are_proposed() -> None:
    found = suggest(tried(*NEW_WORD, Correction("系统崩了", "P1", "P1")))
    assert [(one.alias, one.mended) for one in found] == [("呜哩哇", 2)]


GRAVE_REPORTS = (
    Correction("报表数据不准，被领导骂了", "P2", "P1"),
    Correction("接通率统计错了，监管都来问了", "P2", "P1"),
    Correction("报表数据不准", "P2", "P2"),
)


def test_a_rule_that_corrections_ask_for_is_proposed() -> None:
    (found,) = suggest_rules(tried(*GRAVE_REPORTS))
    assert found.rule.when == {"effect": ("wrong",), "note": ("impact",), "found": ("live",)}
    assert (found.rule.label, found.instead_of.id, len(found.messages)) == ("P1", "p2.default", 2)


def test_a_proposed_rule_can_be_put_into_its_file_as_it_is_shown(tmp_path: Path) -> None:
    odd = (Correction("报表数据不准: 客服,主管#1都被领导[骂]了", "P2", "P1"), *GRAVE_REPORTS[1:])
    (found,) = suggest_rules(tried(*odd))
    for file in [*PACKAGED.glob("*.yaml"), PACKAGED / "telling.tsv", PACKAGED / "wishing.tsv"]:
        shutil.copy(file, tmp_path)
    name, line = found.instead_of.where.split(":")
    lines = (PACKAGED / name).read_text(encoding="utf-8").splitlines()
    behind = next(at for at in range(int(line), len(lines)) if lines[at].startswith("  - id:"))
    shown = rule_as_text(found).splitlines()[1:]
    (tmp_path / name).write_text("\n".join([*lines[:behind], *shown, *lines[behind:]]), encoding="utf-8")
    grown = Classifier(load(tmp_path, cached=False))
    verify(grown)
    assert [grown.analyse(one.text).found.id for one in odd[:2]] == [found.rule.id] * 2


def test_a_rule_that_would_break_another_message_is_not_proposed() -> None:
    contrary = Correction("大屏数字不对，领导在骂", "P2", "P2")
    assert suggest_rules(tried(*GRAVE_REPORTS, contrary)) == []


def test_a_word_that_would_break_another_message_is_not_proposed() -> None:
    contrary = Correction("昨晚看了个呜哩哇的片子", "none", "none")
    assert suggest(tried(*NEW_WORD, contrary)) == []


def test_neither_is_proposed_that_would_break_a_labelled_message_of_the_base() -> None:
    messages = [("none", "昨晚看了个呜哩哇的片子"), ("P2", "大屏数字不对，领导在骂")]
    trial = tried(*NEW_WORD, *GRAVE_REPORTS, messages=messages)
    assert (suggest(trial), suggest_rules(trial)) == ([], [])


def test_what_no_word_and_no_rule_mends_is_left_to_be_told() -> None:
    odd = Correction("系统卡死了", "P1", "none")
    trial = tried(*NEW_WORD, Correction("系统崩了", "P1", "P1"), odd)
    assert trial.left([one.text for one in NEW_WORD]) == [odd]


def test_a_malformed_correction_is_named_by_line() -> None:
    with pytest.raises(KnowledgeError, match=r"f:2"):
        list(read_corrections(['{"text": "a", "proposed": "P1", "decided": "none"}', '{"text": 1}'], "f"))
