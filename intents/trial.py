"""What a proposal must stand before anybody sees it: every example, correction and labelled message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from intents.classifier import Classifier
from intents.verify import inspect
from knowledge import Correction, KnowledgeBase, KnowledgeError

#: Whether the rules say of a message what was decided, and whether the verdict does: the telling may differ.
Standing = tuple[bool, bool]


class Trial:
    """Tries changed bases against what the present one gets right.

    Args:
        classifier: of the present base.
        corrections: what staff decided, wrongly judged or not.
        messages: ``(label, text)`` of the base's own labelled messages.

    Attributes:
        asking: corrections in which the present base's rules say otherwise than staff did: they lack a word
            or a rule, even where the telling (`intents.telling`) already comes to the right verdict.
        settled: those in which the rules say the same.
    """

    def __init__(
        self,
        classifier: Classifier,
        corrections: Iterable[Correction],
        messages: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.classifier = classifier
        self._corrections = [(one, _standing(classifier, one)) for one in corrections]
        self._messages = messages
        self.asking = [one for one, (by_rule, _) in self._corrections if not by_rule]
        self.settled = [one for one, (by_rule, _) in self._corrections if by_rule]

    def left(self, mended: Iterable[str]) -> list[Correction]:
        """Return the corrections of which the verdict is wrong, and stays so when these texts are mended."""
        done = set(mended)
        return [one for one, (_, right) in self._corrections if not right and one.text not in done]

    def mended(self, base: KnowledgeBase, asked: Sequence[Correction], least: int) -> tuple[str, ...]:
        """Return those of the messages that a changed base would mend; none where it breaks anything.

        Args:
            asked: corrections that ask for it.
            least: so many must be mended.
        """
        try:
            changed = Classifier(base, accelerate=self.classifier.accelerate)
            mended = tuple(one.text for one in asked if _standing(changed, one)[0])
            if len(mended) < least or not _keeps(changed, self._corrections) or inspect(changed).failures:
                return ()
            return mended if _keeps(changed, self._labelled) else ()
        except KnowledgeError:
            return ()

    @cached_property
    def _labelled(self) -> list[tuple[Correction, Standing]]:
        told = (Correction(text, label, label) for label, text in self._messages)
        return [(one, _standing(self.classifier, one)) for one in told]


def _standing(classifier: Classifier, one: Correction) -> Standing:
    analysis = classifier.analyse(one.text)
    return analysis.found.label == one.decided, analysis.rule.label == one.decided


def _keeps(changed: Classifier, known: Iterable[tuple[Correction, Standing]]) -> bool:
    """Return whether nothing that was right turns wrong."""
    for one, (by_rule, right) in known:
        still = _standing(changed, one)
        if (by_rule and not still[0]) or (right and not still[1]):
            return False
    return True
