"""Three plain classifiers to measure against: keywords, the nearest example, and a linear SVM over TF-IDF."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

Labelled = Sequence[tuple[str, str]]
Predict = Callable[[str], str]

LABELS = ("P1", "P2", "none")
_DOWN = ("崩", "宕机", "瘫痪", "死机", "所有", "全部", "都", "打不进", "无法登录", "系统")
_FAULT = (
    "不了",
    "不上",
    "不到",
    "不出",
    "没有",
    "报错",
    "失败",
    "异常",
    "慢",
    "卡",
    "断",
    "故障",
    "闪退",
    "无法",
    "不能",
    "打不开",
)


def keywords(_train: Labelled) -> Predict:
    """Priority 1 for two hits of the grave words with a fault word, 2 for a fault word, else none."""

    def predict(text: str) -> str:
        if not any(word in text for word in (*_FAULT, *_DOWN[:4])):
            return "none"
        return "P1" if any(word in text for word in _DOWN) else "P2"

    return predict


def nearest(train: Labelled) -> Predict:
    """The label of the most similar labelled message."""
    texts = [text for text, _ in train]

    def predict(text: str) -> str:
        found = process.extractOne(text, texts, scorer=fuzz.token_ratio)
        return train[found[2]][1] if found else "none"

    return predict


def _grams(text: str) -> Counter[str]:
    return Counter(text[at : at + size] for size in (1, 2, 3) for at in range(len(text) - size + 1))


def svm(train: Labelled) -> Predict:
    """One linear SVM a label (Pegasos), over TF-IDF of one to three characters."""
    documents = [_grams(text) for text, _ in train]
    spread = Counter(gram for grams in documents for gram in grams)
    idf = {gram: math.log(len(train) / count) for gram, count in spread.items()}

    def vector(grams: Counter[str]) -> dict[str, float]:
        raw = {gram: count * idf[gram] for gram, count in grams.items() if gram in idf}
        norm = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {gram: value / norm for gram, value in raw.items()}

    vectors = [vector(grams) for grams in documents]
    models = {label: _pegasos(vectors, [1 if y == label else -1 for _, y in train]) for label in LABELS}

    def predict(text: str) -> str:
        found = vector(_grams(text))
        return max(LABELS, key=lambda label: sum(models[label].get(g, 0.0) * v for g, v in found.items()))

    return predict


def _pegasos(
    vectors: Sequence[dict[str, float]], signs: Sequence[int], epochs: int = 20, weight: float = 1e-3
) -> dict[str, float]:
    """Return the weights of one SVM; the scale is kept apart so that a step costs only its own grams."""
    chance = random.Random(7)
    order = list(range(len(vectors)))
    model: dict[str, float] = {}
    scale, step = 1.0, 0
    for _ in range(epochs):
        chance.shuffle(order)
        for index in order:
            step += 1
            rate = 1 / (weight * (step + 1))
            margin = signs[index] * scale * sum(model.get(g, 0.0) * v for g, v in vectors[index].items())
            scale *= 1 - rate * weight
            if margin < 1:
                for gram, value in vectors[index].items():
                    model[gram] = model.get(gram, 0.0) + rate * signs[index] * value / scale
    return {gram: value * scale for gram, value in model.items()}


def crossed(build: Callable[[Labelled], Predict], data: Labelled, folds: int = 5) -> list[str]:
    """Return a prediction for every message from a model that has not seen it."""
    out = [""] * len(data)
    for fold in range(folds):
        predict = build([item for at, item in enumerate(data) if at % folds != fold])
        for at in range(fold, len(data), folds):
            out[at] = predict(data[at][0])
    return out
