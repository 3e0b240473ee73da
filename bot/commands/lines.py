"""What `hotline classify` does again and again: messages, a line each, become verdicts, a line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.decoder import scanstring  # type: ignore[attr-defined]  # documented for subclasses, not typed
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

from intents import Classifier, Verdict

#: The JSON of what a base says: there is little of it, and it comes with every message.
_CONSTANTS: Final[dict[str, bytes]] = {}
_OUTCOMES: Final[dict[tuple[str, str, str, str | None, float, str | None], tuple[bytes, bytes]]] = {}


class Block(NamedTuple):
    """Some lines of standard input, and the number of the first."""

    number: int
    content: bytes


class Answers(NamedTuple):
    """A line for each message of a block, up to one that could not be read: then ``error`` says why."""

    content: bytes
    error: str | None = None


def answers(
    block: Block, classifier: Classifier, show: Callable[[Verdict], bytes], *, jsonl: bool
) -> Answers:
    """Return the verdicts on a block's messages, as ``show`` writes them.

    Args:
        jsonl: a line holds a JSON string, or an object with ``text``; else it is the message itself.
    """
    lines: list[bytes] = []
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
    return Answers(b"".join(lines), error)


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


def as_json(verdict: Verdict) -> bytes:
    """Return one verdict as a line of JSON, put together by hand: a fraction of a generic encoder's cost."""
    text, label, intent, rule, clause, evidence, confidence, ask = verdict
    outcome = label, intent, rule, clause, confidence, ask
    before, behind = _OUTCOMES.get(outcome) or _outcome(*outcome)
    parts = [b'{"text": ', _quoted(text), before]
    sign = b'{"text": '
    for part, start, end, concept in evidence:
        parts.append(sign)
        parts.append(_quoted(part))
        parts.append(f', "start": {start}, "end": {end}, "concept": '.encode())
        parts.append(_CONSTANTS.get(concept) or _constant(concept))
        sign = b', {"text": '
    parts.append(behind)
    return b"".join(parts)


def _quoted(text: str) -> bytes:
    quoted: str = encode_basestring(text)
    try:
        return quoted.encode()
    except UnicodeEncodeError:  # half a surrogate pair, of a command line
        return quoted.encode("utf-8", "replace")


def _constant(value: str) -> bytes:
    found = _CONSTANTS[value] = _json(value) + b"}"
    return found


def _outcome(
    label: str, intent: str, rule: str, clause: str | None, confidence: float, ask: str | None
) -> tuple[bytes, bytes]:
    """Return what stands before a verdict's evidence, and behind it."""
    before = _json({"label": label, "intent": intent, "rule": rule, "clause": clause})[1:-1]
    behind = _json({"confidence": confidence, "ask": ask})[1:]
    found = b", " + before + b', "evidence": [', b"], " + behind + b"\n"
    _OUTCOMES[label, intent, rule, clause, confidence, ask] = found
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def as_text(verdict: Verdict) -> str:
    """Return one verdict as a line for people, and the question that is open below it."""
    words = " · ".join([e.text for e in verdict.evidence])
    clause = f"（{verdict.clause}）" if verdict.clause else ""
    ask = f"\n  问客户：{verdict.ask}" if verdict.ask else ""
    return f"{verdict.label.value}  {verdict.intent}  {verdict.rule}{clause}  {words}{ask}\n"
