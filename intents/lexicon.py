"""All words of one base, for the automaton; what a word means is worked out when it is first met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, overload

from intents.features import Features
from intents.tables import normalise
from intents.terms import Kind, Term, maker, yields
from knowledge import Concept, KnowledgeBase, KnowledgeError, raise_all

_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
#: The marks that end clauses belong to no concept: their owner is ``#`` and the kind.
_MARKS: Final = {"#stop": "。！？!?;；\n\r…", "#pause": "，, :：—~～|()（）", "#listed": "、"}
#: What is worth guessing at when nothing exact was found.
_GUESSED: Final = frozenset({Kind.COMPONENT, Kind.ACTION, Kind.SYMPTOM, Kind.CANNOT})

#: Owner and its words, in the order of the automaton.
Vocabulary = list[tuple[str, list[str]]]


class Lexicon(Sequence[Term]):
    """Every word of a base as a term; safe to share between threads.

    Attributes:
        texts: the words, normalised; the automaton's indices count in them.
        single: indices of words of one character.
        latin: indices of words that a longer Latin word or number may hold by chance.
        guessable: indices of what can make or place a failure, in its full form.

    Raises:
        KnowledgeError: an unknown kind or trait, or one alias with two concepts.
    """

    def __init__(self, base: KnowledgeBase, features: Features) -> None:
        makers = {c.id: maker(c, features) for c in base.concepts.values()}
        for owner in _MARKS:
            makers[owner] = _marker(Kind[owner[1:].upper()])
        vocabulary = _vocabulary(base)
        self.texts = [text for _, texts in vocabulary for text in texts]
        self._makers = [makers[owner] for owner, texts in vocabulary for _ in texts]
        self._met: dict[int, Term] = {}
        self.latin = frozenset([at for at, text in enumerate(self.texts) if _is_latin(text)])
        single: list[int] = []
        self.guessable: list[int] = []
        at = 0
        for owner, texts in vocabulary:
            sample = makers[owner](texts[0])
            indices = range(at, at + len(texts))
            at = indices.stop
            if sample.kind < Kind.STOP:
                single += [index for index in indices if len(self.texts[index]) == 1]
            if sample.kind in _GUESSED and not (sample.person or sample.made):
                self.guessable += [index for index in indices if len(self.texts[index]) > 1]
        self.single = frozenset(single)

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> Term: ...
    @overload
    def __getitem__(self, index: slice) -> list[Term]: ...
    def __getitem__(self, index: int | slice) -> Term | list[Term]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        term = self._met.get(index)
        if term is None:
            term = self._met[index] = self._makers[index](self.texts[index])
        return term


def _is_latin(text: str) -> bool:
    return text[0] in _LETTERS or text[-1] in _LETTERS or text == " "


def _marker(kind: Kind) -> Callable[[str], Term]:
    return lambda text: Term(text, kind, "")


def _vocabulary(base: KnowledgeBase) -> Vocabulary:
    owners: dict[str, str] = {}
    twice: list[KnowledgeError] = []
    # made forms yield to every concept that lists the word by itself, so they come last
    for concept in sorted(base.concepts.values(), key=_rank):
        for alias in concept.aliases:
            known = owners.setdefault(normalise(alias), concept.id)
            if known != concept.id and not yields(concept):
                other = base.concepts[known].where
                twice.append(
                    KnowledgeError(concept.where, f"{concept.id} 的词“{alias}”已在 {other} 归 {known}")
                )
    raise_all(twice)
    for owner, marks in _MARKS.items():
        for mark in marks:
            owners.setdefault(normalise(mark), owner)
    vocabulary: dict[str, list[str]] = {}
    for text, owner in owners.items():
        vocabulary.setdefault(owner, []).append(text)
    return list(vocabulary.items())


def _rank(concept: Concept) -> int:
    """Return the order in which concepts take their words; of made forms, shields come first."""
    return 0 if not yields(concept) else 1 if concept.kind == "ignore" else 2
