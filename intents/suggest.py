"""New aliases from what staff corrected: mined, then tried against every example before anybody sees them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from intents.tables import normalise
from intents.trial import Trial
from knowledge import Concept, KnowledgeBase

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


def suggest(trial: Trial, *, support: int = SUPPORT, limit: int = 20) -> list[Proposal]:
    """Return aliases that would mend at least ``support`` corrected messages and break nothing.

    Each one is tried in a base of its own (`Trial`).
    """
    proposals: list[Proposal] = []
    for phrase, decided, messages in _phrases(trial, support)[: limit * 4]:
        if any(set(messages) <= set(done.messages) for done in proposals):
            continue
        asked = [one for one in trial.asking if one.text in messages]
        for concept in TARGETS[decided]:
            known = trial.classifier.base.concepts.get(concept)
            if known is None:
                continue
            grown = _with(trial.classifier.base, known, phrase)
            if mended := trial.mended(grown, asked, support):
                proposals.append(Proposal(phrase, concept, known.title, known.where, len(mended), mended))
                break
        if len(proposals) == limit:
            break
    return proposals


def _phrases(trial: Trial, support: int) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return phrases of whole words that corrected messages share, the most asked for first."""
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in trial.asking:
        words = trial.classifier.segment(normalise(one.text))
        for start in range(len(words)):
            for end in range(start + 1, min(start + 4, len(words)) + 1):
                phrase = "".join(words[start:end])
                if 2 <= len(phrase) <= LONGEST and phrase.isalnum():
                    asked[(phrase, one.decided)].add(one.text)
    content = [normalise(one.text) for one in trial.settled]
    contrary = Counter(phrase for phrase, _ in asked for text in content if phrase in text)
    taken = set(trial.classifier.terms.texts)
    found = [
        (phrase, decided, tuple(sorted(texts)))
        for (phrase, decided), texts in asked.items()
        if len(texts) >= support and phrase not in taken and not contrary[phrase]
    ]
    return sorted(found, key=lambda item: (-len(item[2]), -len(item[0]), item[0]))


def _with(base: KnowledgeBase, known: Concept, alias: str) -> KnowledgeBase:
    grown = replace(known, aliases=(*known.aliases, alias))
    return replace(base, concepts={**base.concepts, known.id: grown})
