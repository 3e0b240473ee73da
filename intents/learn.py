"""Learns the points of `intents.telling` from labelled messages; needs the extra ``learn``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from intents.classifier import Classifier
from intents.telling import LABELS, signs_of
from knowledge import KnowledgeBase, Telling

#: A fault that is missed costs more than a question too many: what a label of none starts behind.
_MISSED = 0.3
#: Points and rarities are whole tenths; what moves less than this is left out.
_TENTHS = 10
_LEAST = 4
#: What stands in fewer messages is left unknown: no worse on messages left out, with half the signs.
_AT_LEAST = 2
_REGULARISATION = 0.5  # chosen on messages by authors whose others were left out of the learning


#: What the opinion of a rule counts beside the telling, by its level, where a base says nothing else: to
#: lower a grave fault wrongly costs most.
TRUST = {
    "P1.sure": 1.0,
    "P1.likely": 0.7,
    "P1.guess": 0.5,
    "P2.sure": 0.9,
    "P2.likely": 0.6,
    "none.settled": 2.0,
    "none.sure": 0.8,
    "none.likely": 0.55,
    "guess": 0.35,
}


def examples(base: KnowledgeBase) -> list[tuple[str, str]]:
    """Return the examples that the base's rules must decide, as (label, text)."""
    return [(rule.label, text) for rule in base.rules for text in rule.hit]


def learn(messages: Sequence[tuple[str, str]], base: KnowledgeBase) -> Telling:
    """Return the points that a linear support vector machine gives each sign.

    Args:
        messages: (label, text), labels of ``LABELS``.
        base: whose words and concepts are signs; what it trusts its rules with is kept.
    """
    rules_alone = Classifier(replace(base, telling=Telling()))

    def signs(text: str) -> list[str]:
        analysis = rules_alone.analyse(text)
        return [sign for sign, _, _ in signs_of(analysis.case.norm, analysis.hits, rules_alone.terms)]

    vectoriser = TfidfVectorizer(analyzer=signs, min_df=_AT_LEAST)
    features = vectoriser.fit_transform([text for _, text in messages])
    machine = LinearSVC(C=_REGULARISATION, random_state=0).fit(features, [label for label, _ in messages])
    order = [list(machine.classes_).index(label) for label in LABELS]
    points = {}
    for at, sign in enumerate(vectoriser.get_feature_names_out()):
        rarity = vectoriser.idf_[at]
        row = [round(machine.coef_[label, at] * rarity * _TENTHS) for label in order]
        if max(map(abs, row)) >= _LEAST:
            points[str(sign)] = (row[0], row[1], row[2], round(rarity * _TENTHS))
    first, second, third = (round(float(machine.intercept_[label]), 2) for label in order)
    return Telling((first, second, round(third - _MISSED, 2)), base.telling.trust or TRUST, points)
