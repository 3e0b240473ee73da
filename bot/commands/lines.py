"""What `hotline classify` does again and again: messages, a line each, become verdicts, a line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.decoder import scanstring  # type: ignore[attr-defined]  # documented for subclasses, not typed
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

from intents import Classifier, Verdict

_quote: Final = encode_basestring
#: The JSON of what a base says: there is little of it, and it comes with every message.
_CONSTANTS: Final[dict[str, str]] = {}
_DECISIONS: Final[dict[tuple[str, str, str, str | None], str]] = {}
_CERTAINTIES: Final[dict[tuple[float, str | None], str]] = {}


class Block(NamedTuple):
    """Some lines of standard input, and the number of the first."""

    number: int
    content: bytes


class Answers(NamedTuple):
    """A line for each message of a block, up to one that could not be read: then ``error`` says why."""

    content: bytes
    error: str | None = None


def answers(
    block: Block, classifier: Classifier, show: Callable[[Verdict], str], encoding: str, *, jsonl: bool
) -> Answers:
    """Return the verdicts on a block's messages, as ``show`` writes them.

    Args:
        jsonl: a line holds a JSON string, or an object with ``text``; else it is the message itself.
    """
    lines: list[str] = []
    error: str | None = None
    number: int = block.number
    content: bytes = block.content
    for raw in content.split(b"\n"):
        try:
            line = raw.decode().rstrip("\r")
            if jsonl:
                line = unpack(line)
        except ValueError as refused:
            error = f"standard input, line {number}: {refused}"
            break
        lines.append(show(classifier.classify(line)))
        number += 1
    lines.append("")
    return Answers("\n".join(lines).encode(encoding, "replace"), error)


def unpack(line: str) -> str:
    """Return the message that a line of JSON holds.

    Raises:
        ValueError: it holds none.
    """
    if not line or line.isspace():
        return line
    value = _value(line)
    text = value.get("text") if isinstance(value, dict) else value
    if not isinstance(text, str):
        raise ValueError('neither a JSON string nor an object with "text"')
    if "\\u" not in line:
        return text
    # JSON can spell half a surrogate pair, which no UTF-8 can carry
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _value(line: str) -> Any:
    """Return the JSON value of a line; a plain string, the common case, without the decoder's detours."""
    if line[0] == '"':
        text, end = scanstring(line, 1)
        if end == len(line):
            return text
    return json.loads(line)


def as_json(verdict: Verdict) -> str:
    """Return one verdict as one line of JSON, put together by hand: a third of a generic encoder's cost."""
    text, label, intent, rule, clause, evidence, confidence, ask = verdict
    decision = _DECISIONS.get((label, intent, rule, clause)) or _decision(label, intent, rule, clause)
    certainty = _CERTAINTIES.get((confidence, ask)) or _certainty(confidence, ask)
    spans: list[str] = []
    for part, start, end, concept in evidence:
        about = _CONSTANTS.get(concept) or _constant(concept)
        spans.append(f'{{"text": {_quote(part)}, "start": {start}, "end": {end}, "concept": {about}}}')
    return f'{{"text": {_quote(text)}, {decision}, "evidence": [{", ".join(spans)}], {certainty}}}'


def _constant(value: str) -> str:
    found = _CONSTANTS[value] = json.dumps(value, ensure_ascii=False)
    return found


def _decision(label: str, intent: str, rule: str, clause: str | None) -> str:
    found = _members({"label": label, "intent": intent, "rule": rule, "clause": clause})
    _DECISIONS[label, intent, rule, clause] = found
    return found


def _certainty(confidence: float, ask: str | None) -> str:
    found = _CERTAINTIES[confidence, ask] = _members({"confidence": confidence, "ask": ask})
    return found


def _members(fields: dict[str, Any]) -> str:
    """Return what stands between the braces of a JSON object."""
    return json.dumps(fields, ensure_ascii=False)[1:-1]


def as_text(verdict: Verdict) -> str:
    """Return one verdict as a line for people, and the question that is open below it."""
    words = " · ".join([e.text for e in verdict.evidence])
    clause = f"（{verdict.clause}）" if verdict.clause else ""
    ask = f"\n  问客户：{verdict.ask}" if verdict.ask else ""
    return f"{verdict.label.value}  {verdict.intent}  {verdict.rule}{clause}  {words}{ask}"
