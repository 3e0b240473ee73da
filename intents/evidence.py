"""What counted for a verdict: the spans of the words that the rule which won was given by."""

from __future__ import annotations

from operator import itemgetter
from typing import Final

from intents.judge import REACH, Case
from intents.reading import NEG_GAP, Finding, Span

_start: Final = itemgetter(1)  # of a span


def evidence_of(case: Case, finding: Finding | None) -> list[Span]:
    """Return the spans that count, in order; of those that start together, the last one named."""
    reading = case.reading
    if finding is None:
        spans = list(reading.cue_spans)
        if reading.recovered_span:
            spans.append(reading.recovered_span)
        for dead in reading.findings:
            spans += dead.parts
        if not spans and reading.first:
            spans.append(reading.first)
    else:
        clause = finding.clause
        named = _named(finding)
        spans = [*finding.parts, *clause.scoped, *named]
        if reading.first and (not named or (named[-1][0].made and not reading.first[0].wide)):
            spans.append(reading.first)
        if not clause.scoped and len(reading.clauses) > 1:
            for other in reading.clauses:
                if other.sentence is clause.sentence:
                    spans += other.scoped
    return _ordered(spans)


def _named(finding: Finding) -> list[Span]:
    """Return the last part that the clause of a finding names, and what else it is said of.

    That is what stands before a wide word (弹屏功能), or before the failure (话务条不显示号码).
    """
    components = finding.clause.components
    if len(components) < 2:
        return components
    *_, part, last = components[-REACH:]
    if last[1] >= finding.end:
        before = [span for span in components[-REACH:] if span[2] <= finding.start and not span[0].wide]
        return [*before[-1:], last]
    is_of_it = last[0].wide and not part[0].wide and last[1] - part[2] <= NEG_GAP
    return [part, last] if is_of_it else [last]


def _ordered(spans: list[Span]) -> list[Span]:
    """Return the spans in order; of those that start together, the last one named."""
    spans.sort(key=_start)
    for at in range(len(spans) - 2, -1, -1):
        if spans[at][1] == spans[at + 1][1]:
            del spans[at]
    return spans
