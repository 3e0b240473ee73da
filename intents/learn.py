"""Learns the points of `intents.telling` and `intents.wishing` from labelled messages; extra ``learn``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from intents.classifier import Classifier
from intents.signs import SILENT, pairs_of, signs_of, signs_of_term
from intents.telling import LABELS, SHORTEST
from intents.wishing import SHORTEST as SHORTEST_WISH
from knowledge import KnowledgeBase, Telling, Wishing

#: Points and rarities are whole tenths; what moves less than this is left out.
_TENTHS = 10
_LEAST = 4
#: What stands in fewer messages is left unknown: no worse on messages left out, with half the signs.
_AT_LEAST = 2
#: Of all pairs those are kept that move most in most messages: three times as many were no better.
_PAIRS = 20_000
_REGULARISATION = 0.6  # chosen on messages by authors whose others were left out of the learning


#: What the opinion of a rule of this label and level adds to P1 and to P2, where a base says nothing else:
#: fitted to messages by authors whose others were left out of the learning.
TRUST = {
    "P1.sure": (0.2, -0.1),
    "P1.likely": (0.7, 0.35),
    "P1.guess": (0.25, 0.45),
    "P2.settled": (-0.3, 0.7),
    "P2.sure": (-0.1, 0.45),
    "P2.likely": (0.1, 0.45),
    "P2.guess": (-0.1, 0.2),
    "none.settled": (-1.25, -1.4),
    "none.sure": (-0.1, -0.15),
    "none.likely": (-0.25, -0.25),
    "none.guess": (-0.05, -0.2),
}


#: What the opinion of a rule of this level adds to its own intent, where a base says nothing else: fitted in
#: the same way. What is not listed decides alone.
WISH_TRUST = {"sure": 0.25, "likely": 0.15, "guess": 0.0, "told": 0.0}


def examples(base: KnowledgeBase) -> list[tuple[str, str]]:
    """Return the examples that the base's rules must decide, as (label, text)."""
    return [(rule.label, text) for rule in base.rules for text in rule.hit]


def wished(base: KnowledgeBase) -> list[tuple[str, str]]:
    """Return the examples of the base's rules for none, as (intent, text)."""
    return [(rule.intent, text) for rule in base.rules if rule.label == "none" for text in rule.hit]


def learn(messages: Sequence[tuple[str, str]], base: KnowledgeBase) -> Telling:
    """Return the points that a linear support vector machine gives each sign.

    Args:
        messages: (label, text), labels of ``LABELS``.
        base: whose words and concepts are signs; what it trusts its rules with is kept.
    """
    rules_alone = Classifier(replace(base, telling=Telling()))

    def read(text: str) -> tuple[list[str], list[str]]:
        analysis = rules_alone.analyse(text)
        found = analysis.case.norm, analysis.hits, rules_alone.terms
        return [sign for sign, _, _ in signs_of(*found)], [sign for sign, _, _ in pairs_of(*found)]

    texts = [read(text) for _, text in messages]
    labels = [label for label, _ in messages]
    features, names, rarities = _features(
        texts, [signs for signs, _ in texts], SHORTEST, analyzer=_together, min_df=_AT_LEAST
    )
    together = {sign for _, pairs in texts for sign in pairs}
    pair = np.array([sign in together for sign in names])
    weight = np.abs(_machine(features, labels).coef_).max(axis=0) * rarities
    moved = np.where(pair, weight * np.sqrt(features.getnnz(axis=0)), np.inf)
    kept = np.sort(np.argsort(-moved, kind="stable")[: np.count_nonzero(~pair) + _PAIRS])
    machine = _machine(features[:, kept], labels)
    order = [list(machine.classes_).index(label) for label in LABELS]
    points = {}
    for at, (sign, rarity) in enumerate(zip(names[kept], rarities[kept], strict=True)):
        row = np.rint(machine.coef_[order, at] * rarity * _TENTHS).astype(int).tolist()
        if max(map(abs, row)) >= _LEAST:
            points[str(sign)] = (row[0], row[1], row[2], round(rarity * _TENTHS))
    first, second, third = (round(float(machine.intercept_[label]), 2) for label in order)
    return Telling((first, second, third), base.telling.trust or TRUST, points)


def learn_wishes(messages: Sequence[tuple[str, str]], base: KnowledgeBase) -> Wishing:
    """Return the points that a linear support vector machine gives each sign for each intent.

    Args:
        messages: (intent, text) of messages that report no fault.
        base: whose words and concepts are signs; what it trusts its rules with is kept.
    """
    reader = Classifier(replace(base, wishing=Wishing()))

    def read(text: str) -> list[str]:
        analysis = reader.analyse(text)
        words = [sign for index, _, _ in analysis.hits for sign in signs_of_term(reader.terms[index])]
        return [char for char in analysis.case.norm if char not in SILENT] + words

    texts = [read(text) for _, text in messages]
    labels = [intent for intent, _ in messages]
    features, names, rarities = _features(texts, texts, SHORTEST_WISH, analyzer=list)
    machine = _machine(features, labels, class_weight="balanced")
    intents = [str(intent) for intent in machine.classes_]
    points = {}
    for at, sign in enumerate(names):
        row = np.rint(machine.coef_[:, at] * rarities[at] * _TENTHS).astype(int).tolist()
        kept = {intent: value for intent, value in zip(intents, row, strict=True) if abs(value) >= _LEAST}
        points[str(sign)] = (round(rarities[at] * _TENTHS), kept)
    starts = {
        intent: round(float(start), 2) for intent, start in zip(intents, machine.intercept_, strict=True)
    }
    return Wishing(starts, base.wishing.trust or WISH_TRUST, points)


def _features(
    texts: Sequence[Any], signs: Sequence[Sequence[str]], shortest: int, **options: Any
) -> tuple[Any, Any, Any]:
    """Return the features of texts divided by their lengths, the names of the features, and their rarities.

    Args:
        signs: of each text, those that its length is counted in.
        shortest: see `_length`.
        options: of the vectoriser.
    """
    vectoriser = TfidfVectorizer(norm=None, **options)
    features = vectoriser.fit_transform(texts)
    names, rarities = vectoriser.get_feature_names_out(), vectoriser.idf_
    rarity = dict(zip(names, rarities, strict=True))
    rarest = float(max(rarities))
    lengths = np.array([_length(one, rarity, rarest, shortest) for one in signs])
    return features.multiply(1 / lengths[:, np.newaxis]).tocsr(), names, rarities


def _machine(features: Any, labels: list[str], **options: Any) -> LinearSVC:
    return LinearSVC(C=_REGULARISATION, random_state=0, **options).fit(features, labels)


def _together(read: tuple[list[str], list[str]]) -> list[str]:
    signs, pairs = read
    return signs + pairs


def _length(signs: Sequence[str], rarity: Mapping[str, float], rarest: float, shortest: int) -> float:
    """Return a text's length as `Scales` does: pairs do not count, what is unknown is as rare as can be."""
    known = [rarity.get(sign, rarest) ** 2 for sign in signs]
    return sqrt(max(sum(known), shortest * rarest**2))
