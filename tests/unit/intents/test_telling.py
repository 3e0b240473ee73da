"""How a message is told: points are added up, kept small where little is known, and shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intents import Classifier, Label, default_classifier
from intents.learn import examples, learn
from intents.signs import pairs_of, signs_of
from intents.tables import normalise
from intents.telling import CAUTION_P1, CAUTION_P2, LABELS, Scales
from intents.terms import Kind, Term
from knowledge import KnowledgeError, Rule, Telling, load, read_messages, write_telling
from knowledge.telling import FILE, parse
from tests.golden.utterances import read_golden

SIGNS = {
    "全": (90, -40, -50, 30),
    "断": (50, 20, -70, 40),
    "@fail": (80, -20, -60, 60),
    "吗": (-6, -1, 7, 25),
}
TRUST = {"P1.guess": (0.1, 0.0), "P2.sure": (0.1, 0.5), "P2.guess": (0.0, 0.1), "none.sure": (-0.4, -0.3)}
TRUST["none.settled"] = (-1.2, -1.4)
TELLING = Telling((-0.5, -0.4, 0.1), TRUST, SIGNS)
TERMS = [Term("全断", Kind.SYMPTOM, "fail"), Term("断", Kind.SYMPTOM, "fail"), Term("，", Kind.PAUSE, "")]
Q = [(0, 0, 2)]  # the hit of 全断


def rule(label: str, level: str) -> Rule:
    return Rule(f"{label}.{level}", label, "fault", None, {}, {}, (), level, None, (), (), "here:1")


def test_signs_are_the_characters_the_words_and_the_concepts_once_each() -> None:
    hits = [(0, 0, 2), (2, 2, 3), (1, 3, 4), (0, 4, 6)]
    assert signs_of("全断，断全断", hits, TERMS) == [
        *(("全", 0, 1), ("断", 1, 2), ("，", 2, 3)),
        *(("@fail", 0, 2), ("全断", 0, 2), ("@fail", 3, 4)),
    ]
    assert signs_of("", [], TERMS) == []


def test_pairs_are_characters_together_or_one_apart_concepts_in_a_row_and_both_ends_once_each() -> None:
    hits = [(1, 0, 1), (2, 1, 2), (0, 2, 4)]
    assert pairs_of("断，全断，全", hits, TERMS) == [
        *(("+断，", 0, 2), ("+，全", 1, 3), ("+全断", 2, 4)),
        *(("~断全", 0, 3), ("~，断", 1, 4), ("~全，", 2, 5)),
        ("@fail>fail", 0, 4),
        *(("^断", 0, 1), ("$全", 5, 6)),
    ]
    assert pairs_of("断", [(1, 0, 1)], TERMS) == [("^断", 0, 1), ("$断", 0, 1)]
    assert pairs_of("8001", [], TERMS) == pairs_of("", [], TERMS) == []
    assert pairs_of(" 8断1\n", [], TERMS)[-2:] == [("^断", 2, 3), ("$断", 2, 3)]


def test_an_end_of_a_message_is_named_where_it_is_shown() -> None:
    telling = Telling(
        (0.0, 0.0, 0.0), {}, {"^断": (20, 10, -10, 60), "$了": (9, 0, -9, 60), "断": (5, 0, 0, 60)}
    )
    shown = Classifier(replace(load(), telling=telling)).explain("断 了 ").signs
    assert [(sign.text, sign.start, sign.end) for sign in shown] == [
        *(("断（开头）", 0, 1), ("了（结尾）", 2, 3), ("断", 0, 1)),
    ]


def test_pairs_add_points_and_no_length() -> None:
    pairs = {"+断了": (20, 10, -10, 60), "~断呢": (4, 0, 0, 60), "@fail>fail": (0, 30, 0, 60)}
    pairs |= {"^断": (2, 0, 0, 60), "$断": (1, 0, 0, 60), "^了": (90, 0, 0, 60), "$呢": (90, 0, 0, 60)}
    hits = [(1, 0, 1), (2, 3, 4), (1, 4, 5)]
    for more, adds in (({}, (0, 0, 0)), (pairs, (27, 40, -10))):
        scales = Scales(Telling((0.0, 0.0, 0.0), {}, SIGNS | more), TERMS)
        length = (40**2 + 60**2 + 3 * 60**2) ** 0.5  # 断 and its concept; 了, 呢 and ， are unknown
        sums = scales.weigh("断了呢，断", hits)
        assert sums == pytest.approx([(a + b) / length for a, b in zip((130, 0, -130), adds, strict=True)])
        assert scales.above_none("断了呢，断", hits) == pytest.approx((sums[0] - sums[2], sums[1] - sums[2]))


def test_points_are_added_over_the_length_in_which_what_is_unknown_counts_most() -> None:
    scales = Scales(TELLING, TERMS)
    known = 30**2 + 40**2 + 60**2
    length = (known + 3 * 60**2) ** 0.5  # 了, 呢 and the word 全断 are unknown, and count like the rarest
    assert scales.weigh("全断了了呢", Q) == pytest.approx(
        (-0.5 + 220 / length, -0.4 - 40 / length, 0.1 - 180 / length)
    )


def test_nothing_is_said_of_a_text_of_which_nothing_is_known() -> None:
    for scales, text in ((Scales(TELLING, TERMS), "你好"), (Scales(Telling(), TERMS), "全断了了")):
        assert scales.weigh(text, []) == (0.0, 0.0, 0.0)
        assert scales.above_none(text, []) is None
    assert Scales(TELLING, TERMS).weigh("", []) == (0.0, 0.0, 0.0)


def test_what_is_packed_for_speed_says_the_same_as_the_sums_that_are_shown() -> None:
    classifier = default_classifier()
    for text in [row["text"] for row in read_golden()] + ["系统挂了。" * 300]:
        norm = normalise(text)
        hits = classifier.analyse(text).hits
        p1, p2, none = classifier.scales.weigh(norm, hits)
        assert classifier.scales.above_none(norm, hits) == pytest.approx((p1 - none, p2 - none))


def test_negative_and_large_sums_do_not_run_into_each_other() -> None:
    signs = {chr(0x4E00 + at): (-500, 499, -1, 90) for at in range(4000)}
    text = "".join(signs)
    scales = Scales(Telling((0.0, 0.0, 0.0), {}, signs), TERMS)
    for length in (400, 4000):
        p1, p2, none = scales.weigh(text[:length], [])
        assert p1 < 0 < p2
        assert (p1 / none, p2 / none) == pytest.approx((500, -499))
        assert scales.above_none(text[:length], []) == pytest.approx((p1 - none, p2 - none))


def test_a_trusted_rule_outweighs_the_telling_and_a_doubtful_one_does_not() -> None:
    scales = Scales(TELLING, TERMS)
    above = scales.above_none("全断", Q)
    assert above
    assert above[0] > max(above[1], 0)
    assert scales.opinions(above, rule("P2", "guess")) == ("P1", "P1")
    assert scales.opinions(above, rule("P2", "unlisted")) == ("P2", "P2")
    assert scales.opinions(above, rule("P1", "guess")) == ("P1", "P1")
    assert scales.opinions((-0.45, -0.6), rule("none", "sure")) == ("none", "none")
    assert scales.opinions((0.1, 0.35), rule("none", "settled")) == ("none", "P2")
    assert scales.opinions((0.35, 0.1), rule("P2", "sure")) == ("P2", "P1")


def test_a_rule_that_finds_a_fault_may_speak_a_little_for_the_other_priority_too() -> None:
    scales = Scales(TELLING, TERMS)
    assert scales.opinions((-0.8, -0.45), rule("P2", "sure")) == ("P2", "none")
    assert scales.opinions((-0.8, -0.85), rule("P2", "sure")) == ("none", "none")
    assert scales.opinions((-0.09, -0.8), rule("P1", "guess")) == ("P1", "none")


def test_a_fault_holds_where_it_lies_only_a_little_below_none() -> None:
    scales = Scales(TELLING, TERMS)
    doubtful = rule("P2", "guess")  # adds nothing to P1, 0.1 to P2
    p1, p2 = -CAUTION_P1, -CAUTION_P2 - 0.1
    assert scales.opinions((p1 + 0.01, p2 - 0.5), doubtful) == ("P1", "none")
    assert scales.opinions((p1 + 0.01, p2 - 0.01), doubtful) == ("P2", "none")
    assert scales.opinions((p1 - 0.01, p2 - 0.01), doubtful) == ("none", "none")
    assert scales.opinions((p1 - 0.01, p2 + 0.01), doubtful) == ("P2", "none")
    assert scales.opinions((p1 + 0.01, 0.2), doubtful) == ("P2", "P2")
    assert scales.opinions((0.39, 0.2), rule("none", "sure")) == ("none", "P1")  # a wish that is known


def test_the_signs_that_decided_stand_in_the_evidence() -> None:
    hit = next(one.hit[0] for one in default_classifier().base.rules if one.id == "p1.told")
    verdict = default_classifier().classify(hit)
    assert verdict.rule == "p1.told"
    spans = [one for one in verdict.evidence if one.concept == "telling"]
    assert spans
    assert all(one.text == hit[one.start : one.end] for one in verdict.evidence)


def test_a_base_without_points_is_judged_by_its_rules_alone() -> None:
    base = load()
    alone = Classifier(type(base)(base.version, base.concepts, base.rules, base.calibration))
    analysis = alone.analyse("把故障提示音换成女声")
    assert analysis.rule is analysis.found


def test_what_is_learnt_tells_the_labels_apart_and_can_be_read_back(tmp_path: Path) -> None:
    (tmp_path / "messages.tsv").write_text(
        "# label, text\n"
        + "".join(f"P1\t全部{word}断了\n" for word in ("线路", "电话", "网络", "座席"))
        + "".join(f"P2\t有一个{word}断了\n" for word in ("线路", "电话", "网络", "座席"))
        + "".join(f"none\t请问{word}怎么设置\n" for word in ("线路", "电话", "网络", "座席"))
    )
    base = load()
    telling = learn(read_messages([tmp_path / "messages.tsv"]), base)
    write_telling(telling, tmp_path)
    assert parse((tmp_path / FILE).read_bytes()) == telling
    taught = Classifier(replace(base, telling=telling))
    told = [taught.explain(text).telling for text in ("全部话机断了", "有一个话机断了", "请问话机怎么设置")]
    assert [LABELS[sums.index(max(sums))] for sums in told] == ["P1", "P2", "none"]


def test_signs_of_white_space_and_slashes_survive_the_table(tmp_path: Path) -> None:
    odd = Telling((0.0, 0.0, 0.0), {}, {" ": (1, 2, 3, 4), "#\\": (4, 3, 2, 1), "\t": (5, 5, 5, 5)})
    write_telling(odd, tmp_path)
    assert parse((tmp_path / FILE).read_bytes()) == odd


@pytest.mark.parametrize(
    ("line", "where"),
    [
        *[("全\t1\t2", ":1"), ("# base 1 2", ":1"), ("全\ta\t1\t1\t1", ":1"), ("# base 1 nan 2", ":1")],
        *[(f"全\t{10**20}\t0\t0\t1", ":1"), ("全\t0\t-1001\t0\t1", ":1"), ("全\t1\t0\t0\t0", ":1")],
        ("# trust P1.sure inf 0", ":1"),
    ],
)
def test_a_broken_table_names_its_line(tmp_path: Path, line: str, where: str) -> None:
    (tmp_path / "telling.tsv").write_text(line + "\n")
    with pytest.raises(KnowledgeError, match=f"telling.tsv{where}"):
        parse((tmp_path / FILE).read_bytes())


def test_a_table_or_messages_in_another_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "messages.tsv").write_bytes("P1\t系统崩了\n".encode("gbk"))
    with pytest.raises(KnowledgeError, match=r"messages.tsv: 读不出来"):
        read_messages([tmp_path / "messages.tsv"])
    with pytest.raises(KnowledgeError, match=r"telling.tsv:1: 不是 UTF-8"):
        parse("崩\t1\t2\t3\t4\n".encode("gbk"))


def test_a_message_without_a_label_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "messages.tsv").write_text("P1\t系统挂了\nP3\t什么\n")
    with pytest.raises(KnowledgeError, match=r"messages\.tsv:2"):
        read_messages([tmp_path / "messages.tsv"])


def test_an_explanation_shows_the_sums_that_decide() -> None:
    classifier = default_classifier()
    weighed = 0
    for row in read_golden():
        e = classifier.explain(row["text"])
        if e.trust is None:
            continue
        weighed += 1
        p1, p2 = (adds + trust - e.telling[2] for adds, trust in zip(e.telling, e.trust, strict=False))
        is_none = p1 < -e.caution[0] and p2 < -e.caution[1]
        label = Label.NONE if is_none else Label.P1 if p1 >= p2 else Label.P2
        lesser = label is Label.P2 and len(e.candidates) > 1  # of two faults the graver stands
        assert label is e.verdict.label or (lesser and e.verdict.label is Label.P1), row
    assert weighed > 100


def test_no_example_that_a_rule_must_decide_gets_another_label_by_its_telling() -> None:
    classifier = default_classifier()
    wrong = [
        (label, text)
        for label, text in examples(classifier.base)
        if classifier.classify(text).label is not Label(label)
    ]
    assert wrong == []


def opposed(label: str) -> Classifier:
    """Return the packaged classifier, but every telling of its speaks for ``label``, too weakly to decide."""
    starts = {"P1": (0.05, 0.0, 0.0), "P2": (-0.2, 0.02, 0.0), "none": (0.0, 0.0, 0.05)}[label]
    known = load()
    trust = {**known.telling.trust, "none.guess": (-1.0, -1.0)}
    telling = Telling(starts, trust, dict.fromkeys("统请座", (1, 0, 0, 10)))
    return Classifier(replace(known, telling=telling))


@pytest.mark.parametrize(
    ("text", "favoured", "asks"),
    [
        ("系统崩了", "none", "present"),
        ("系统崩了", "P2", "priority"),
        ("有两个座席登录不了", "P1", "priority"),
        ("请转告一下小李", "P2", "what"),
    ],
)
def test_a_doubted_verdict_asks_what_would_settle_the_doubt(text: str, favoured: str, asks: str) -> None:
    classifier = opposed(favoured)
    verdict = classifier.classify(text)
    assert verdict.label.value != favoured
    assert verdict.confidence == classifier.base.calibration["doubted"]
    assert verdict.ask == classifier.base.questions[asks]


def test_a_doubted_wish_of_a_known_kind_gets_its_own_answer_and_no_question() -> None:
    verdict = opposed("P2").classify("请问怎么续费")
    assert (verdict.label, verdict.ask) == (Label.NONE, None)


def test_evidence_is_what_lifts_a_label_above_the_others_and_never_overlaps() -> None:
    scales = Scales(Telling((0.0, 0.0, 0.0), {}, SIGNS | {"+呢吗": (0, 50, 10, 60)}), TERMS)
    text, hits = "全断，呢吗", [(0, 0, 2), (2, 2, 3)]
    assert scales.evidence(text, hits, "P1") == [(0, 1), (1, 2)]
    assert scales.evidence(text, hits, "P2") == [(3, 5)]
    assert scales.evidence(text, hits, "none") == [(4, 5)]
    assert scales.evidence("", [], "P1") == []
