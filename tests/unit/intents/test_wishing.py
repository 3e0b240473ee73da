"""What a message wants that reports no fault: by the rule and by how it is put, and shown so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intents import Classifier, Label, default_classifier
from intents.terms import Kind, Term
from intents.wishing import UNSURE, Wishes
from knowledge import WANTED, KnowledgeError, Rule, Wishing, load, read_wishes, write_wishing
from knowledge.wishing import FILE, WISHES, parse
from tests.golden.utterances import read_golden

SIGNS = {"票": (30, {"fee": 90, "status": -20}), "查": (40, {"status": 60}), "@bill": (60, {"fee": 80})}
WISHING = Wishing({"fee": -0.2, "status": -0.1}, {"sure": 0.4, "told": 0.0}, SIGNS)
TERMS = [Term("发票", Kind.CUE, "bill")]


def rule(intent: str, level: str, ask: str | None = None) -> Rule:
    return Rule(f"none.{intent}", "none", intent, None, {}, {}, (), level, ask, (), (), "here:1")


def test_signs_are_weighed_each_time_by_the_length_of_what_is_known_and_what_is_not() -> None:
    sums = dict(zip(WANTED, Wishes(WISHING, TERMS).weigh("查查发票8", [(0, 2, 4)]), strict=True))
    length = (2 * 40**2 + 60**2 + 30**2 + 60**2) ** 0.5  # 查 twice, 发 (as rare as can be), 票, the concept
    word = (length**2 + 60**2) ** 0.5  # and the word itself, which nobody knows; digits say nothing
    assert sums["fee"] == pytest.approx(-0.2 + 170 / word)
    assert sums["status"] == pytest.approx(-0.1 + 100 / word)
    assert sums["training"] == 0.0


def test_the_rule_adds_to_its_own_intent_and_one_without_trust_decides_alone() -> None:
    wishes = Wishes(WISHING, TERMS)
    assert wishes.intent("发票", [(0, 0, 2)], rule("training", "sure")) == "fee"
    assert wishes.intent("发票", [(0, 0, 2)], rule("training", "settled")) == "training"
    assert wishes.intent("查", [], rule("training", "sure")) == "status"
    assert Wishes(Wishing(), TERMS).intent("发票", [], rule("training", "sure")) == "training"


def test_what_speaks_for_little_leaves_the_rule_and_a_question_gives_way_to_what_is_plain_only() -> None:
    faint = Wishing(
        dict.fromkeys(WANTED, UNSURE - 0.05) | {"fee": UNSURE},
        {"sure": 0.0},
        {"票": (30, {"fee": 4})},
    )
    wishes = Wishes(faint, TERMS)
    assert wishes.intent("票", [], rule("training", "sure")) == "fee"
    assert wishes.intent("票", [], rule("training", "sure", "哪一次？")) == "training"
    assert wishes.intent("查", [], rule("training", "sure")) == "training"


def test_evidence_is_what_speaks_for_the_intent_and_never_overlaps() -> None:
    wishes = Wishes(WISHING, TERMS)
    assert wishes.evidence("查发票", [(0, 1, 3)], "fee") == [(2, 3)]
    assert wishes.evidence("查发票", [(0, 1, 3)], "status") == [(0, 1)]
    assert wishes.evidence("", [], "fee") == []


def test_the_table_survives_and_a_broken_one_names_its_line(tmp_path: Path) -> None:
    write_wishing(WISHING, tmp_path)
    assert parse((tmp_path / FILE).read_bytes()) == WISHING
    for line in (
        "票\t30",
        "票\tx\tfee:1",
        "票\t30\tfees:1",
        "票\t30\tfee:x",
        "# base fee:x",
        "# trust sure",
        "票\t0\tfee:1",
    ):
        with pytest.raises(KnowledgeError, match=f"{FILE}:2"):
            parse(f"# what\n{line}\n".encode())


def test_a_message_without_an_intent_names_its_line(tmp_path: Path) -> None:
    (tmp_path / WISHES).write_text("fee\t发票呢\nfault\t系统崩了\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=rf"{WISHES}:2"):
        read_wishes(tmp_path / WISHES)


def test_a_base_without_the_table_is_judged_by_its_rules_alone() -> None:
    alone = Classifier(replace(load(), wishing=Wishing()))
    assert alone.classify("续费多少钱").rule == "none.price"
    assert not any(alone.analyse(row["text"]).wished for row in read_golden())


def test_an_explanation_shows_what_decided_the_intent() -> None:
    classifier, shown = default_classifier(), 0
    for row in read_golden():
        explanation = classifier.explain(row["text"])
        if not explanation.wishes:
            assert explanation.verdict.label is not Label.NONE or not explanation.verdict.rule.startswith(
                "none.told"
            )
            continue
        first = explanation.wishes[0]
        if explanation.verdict.rule.startswith("none.told-") and first.rule == 0.0:
            assert explanation.verdict.intent == first.intent
            shown += 1
    assert shown > 20
