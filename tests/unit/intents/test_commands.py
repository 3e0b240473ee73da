"""``hotline classify`` and ``hotline knowledge`` as a person or a script calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import hotline
from bot.commands.explained import FATE_NAMES, INTENT_NAMES, KIND_NAMES, MARK_NAMES, tables
from bot.commands.lines import answer, unpack
from intents import INTENTS, default_classifier
from intents.features import GROUPS
from intents.terms import KINDS
from tests.golden.utterances import read_golden


def run(*arguments: str, stdin: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(hotline, arguments, input=stdin)
    return result.exit_code, result.stdout


def test_each_line_of_standard_input_gets_one_line_of_json() -> None:
    code, out = run("classify", "--json", stdin="系统崩了\n\n你好\n")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(row["text"], row["label"]) for row in rows] == [
        ("系统崩了", "P1"),
        ("", "none"),
        ("你好", "none"),
    ]


def test_json_lines_carry_messages_of_several_lines() -> None:
    lines = ['"系统\\n崩了"', '{"text": "你好", "id": 1}', '"崩了"\r', ' "崩了" ', '""', '"a\\"b"']
    code, out = run("classify", "--json", "--jsonl", stdin="\n".join(lines))
    assert code == 0
    assert [json.loads(line)["text"] for line in out.splitlines()] == [
        *("系统\n崩了", "你好", "崩了", "崩了", "", 'a"b')
    ]


def test_a_byte_order_mark_before_json_lines_is_no_part_of_the_first() -> None:
    code, out = run("classify", "--json", "--jsonl", stdin='\ufeff"崩了"\n"好"\n')
    assert code == 0
    assert [json.loads(line)["text"] for line in out.splitlines()] == ["崩了", "好"]


@pytest.mark.parametrize(
    "line", ["{", "1", '{"id": 1}', '"', '"系统', '"系统"崩了"', '"\t"', "[" * 100_000, '\ufeff\ufeff"崩"']
)
def test_a_bad_json_line_ends_the_command_with_exit_code_1(line: str) -> None:
    code, _ = run("classify", "--jsonl", stdin=line + "\n")
    assert code == 1
    with pytest.raises(ValueError, match=r"."):  # the sentence that the command then shows
        unpack(line)


def test_the_json_put_together_by_hand_is_what_the_encoder_would_write() -> None:
    for row in [*read_golden(), {"text": '引号"和\\斜杠\u2028\n\x00😀崩了'}]:
        verdict = default_classifier().classify(row["text"])
        fields = verdict._asdict() | {"label": verdict.label.value}
        fields["evidence"] = [evidence._asdict() for evidence in verdict.evidence]
        written: list[bytes] = []
        answer(row["text"], default_classifier(), None, written)
        assert b"".join(written) == json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def test_the_packaged_base_passes_its_check() -> None:
    code, out = run("knowledge", "check", "--verbose")
    assert code == 0
    assert "0 处错误" in out


def test_a_broken_base_fails_its_check(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules:\n  - {id: x}\n", encoding="utf-8")
    assert run("knowledge", "check", "--folder", str(tmp_path))[0] == 1
    assert run("classify", "--folder", str(tmp_path), "你好")[0] == 1


def test_all_slips_of_a_base_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules:\n  - {id: x}\n  - {id: y, ask: [z]}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("concepts:\n  - {id: c}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("a: b: c", encoding="utf-8")
    said = CliRunner().invoke(hotline, ["knowledge", "check", "--folder", str(tmp_path)]).stderr
    assert [line.split(": ")[0] for line in said.splitlines()[:4]] == [
        "a.yaml:2",
        "a.yaml:3",
        "b.yaml:2",
        "c.yaml:1",
    ]


def test_an_explanation_shows_words_and_rules() -> None:
    code, out = run("knowledge", "explain", "所有坐席都登不上")
    assert code == 0
    assert "登不上" in out
    assert "p1.everyone" in out
    assert "规则 p1.everyone 的分量" in out
    assert "两者相加" in out
    assert json.loads(run("knowledge", "explain", "--json", "系统崩了")[1])["verdict"]["label"] == "P1"


def test_an_explanation_names_concepts_that_follow_each_other_and_what_a_clause_weighs_by_itself() -> None:
    text = "提过接通率算得偏低，这周看还是偏低。另外🆘🆘电话全断"
    out = run("knowledge", "explain", text)[1]
    assert "最重的一处，只看所在分句" in out
    assert "按它定" in out
    assert ">" not in run("knowledge", "explain", "服务器宕机了")[1]
    e = default_classifier().explain(text)
    assert e.apart is not None
    assert e.trust is not None
    assert e.telling[0] + e.trust[0] < e.telling[1] + e.trust[1]  # the whole message speaks for the lesser
    assert e.apart[0] + e.trust[0] >= e.apart[1] + e.trust[1]


def test_an_explanation_has_a_chinese_name_for_whatever_it_may_show() -> None:
    assert set(INTENT_NAMES) == set(INTENTS)
    assert set(KIND_NAMES) == set(KINDS)
    assert set(FATE_NAMES) == set(GROUPS["fate"])
    assert {f"scope.{scope}" for scope in GROUPS["scope"]} <= set(MARK_NAMES)
    for row in [*read_golden(), {"text": "\ud83d系统崩了"}]:
        assert list(tables(default_classifier().explain(row["text"])))


def test_an_argument_in_another_encoding_is_explained_all_the_same() -> None:
    assert run("knowledge", "explain", "系统崩了\udcff")[0] == 0
    assert json.loads(run("knowledge", "explain", "--json", "系统崩了\udcff")[1])["verdict"]["label"] == "P1"


def test_suggest_reads_corrections_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    rows = [{"text": f"{who}呜哩哇了", "proposed": "none", "decided": "P2"} for who in ("话机", "坐席界面")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, out = run("knowledge", "suggest", "--from", str(path), "--json")
    assert code == 0
    assert json.loads(out)["alias"].startswith("呜哩哇")


def test_suggest_names_what_it_cannot_mend(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    row = {"text": "系统卡死了", "proposed": "P1", "decided": "none"}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert json.loads(run("knowledge", "suggest", "--from", str(path), "--json")[1])["left"] == row["text"]
    out = run("knowledge", "suggest", "--from", str(path))[1]
    assert "1 条更正里，没有哪个词" in out
    assert "messages.tsv" in out
