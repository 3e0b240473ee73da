"""New aliases from what staff corrected: mined, then tried against every example before anybody sees them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from intents.classifier import Classifier
from intents.tables import normalise
from intents.verify import inspect
from knowledge import Correction, KnowledgeBase, KnowledgeError

#: A phrase that fewer corrections ask for is chance.
SUPPORT = 2
LONGEST = 8
#: Which concept a phrase would join: the first that mends its messages and breaks nothing.
TARGETS = {
    "P1": ("fail.down", "fail.access", "call.dead", "fail.stop"),
    "P2": ("fail.generic", "fail.glitch", "fail.slow", "call.quality", "fail.wrong"),
    "none": ("word.plain", "cue.howto", "mood.define", "cue.thanks"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One alias for one concept, the messages that ask for it, and how many of them it mends."""

    alias: str
    concept: str
    title: str
    where: str
    mended: int
    messages: tuple[str, ...]


def suggest(
    classifier: Classifier, corrections: Iterable[Correction], *, support: int = SUPPORT, limit: int = 20
) -> list[Proposal]:
    """Return aliases that would mend at least ``support`` corrected messages and break nothing.

    Each one is tried in a base of its own: every example of every rule must hold, and no corrected
    message that is right already may turn wrong.
    """
    known = list(corrections)
    wrong = [one for one in known if classifier.analyse(one.text).found.label != one.decided]
    right = [one for one in known if one not in wrong]
    proposals: list[Proposal] = []
    for phrase, decided, messages in _phrases(classifier, wrong, right, support)[: limit * 4]:
        if any(set(messages) <= set(done.messages) for done in proposals):
            continue
        for concept in TARGETS[decided]:
            found = _try(classifier, phrase, concept, [one for one in wrong if one.text in messages], right)
            if found and found.mended >= support:
                proposals.append(found)
                break
        if len(proposals) == limit:
            break
    return proposals


def _phrases(
    classifier: Classifier, wrong: list[Correction], right: list[Correction], support: int
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return phrases of whole words that corrected messages share, the most asked for first."""
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in wrong:
        words = classifier.segment(normalise(one.text))
        for start in range(len(words)):
            for end in range(start + 1, min(start + 4, len(words)) + 1):
                phrase = "".join(words[start:end])
                if 2 <= len(phrase) <= LONGEST and phrase.isalnum():
                    asked[(phrase, one.decided)].add(one.text)
    contrary = Counter(phrase for phrase, _ in asked for one in right if phrase in normalise(one.text))
    taken = set(classifier.terms.texts)
    found = [
        (phrase, decided, tuple(sorted(texts)))
        for (phrase, decided), texts in asked.items()
        if len(texts) >= support and phrase not in taken and not contrary[phrase]
    ]
    return sorted(found, key=lambda item: (-len(item[2]), -len(item[0]), item[0]))


def _try(
    classifier: Classifier, phrase: str, concept: str, wrong: list[Correction], right: list[Correction]
) -> Proposal | None:
    base = classifier.base
    if concept not in base.concepts:
        return None
    try:
        changed = Classifier(_with(base, concept, phrase), accelerate=classifier.accelerate)
    except KnowledgeError:
        return None
    mended = [one for one in wrong if changed.analyse(one.text).found.label == one.decided]
    if not mended or any(changed.analyse(one.text).found.label != one.decided for one in right):
        return None
    if inspect(changed).failures:
        return None
    texts = tuple(one.text for one in mended)
    known = base.concepts[concept]
    return Proposal(phrase, concept, known.title, known.where, len(mended), texts)


def _with(base: KnowledgeBase, concept: str, alias: str) -> KnowledgeBase:
    known = base.concepts[concept]
    grown = replace(known, aliases=(*known.aliases, alias))
    return replace(base, concepts={**base.concepts, concept: grown})
