"""What `hotline classify` does again and again: messages, a line each, become verdicts, a line each."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

from intents import Classifier, Verdict
from intents.outcomes import Outcome
from intents.reading import Span

#: The JSON of what a base says: there is little of it, and it comes with every message.
_CONCEPTS: Final[dict[str, bytes]] = {}
_OUTCOMES: Final[dict[Outcome, tuple[bytes, bytes]]] = {}


def _start(at: int) -> bytes:
    return f'", "start": {at}, "end": '.encode()


def _end(at: int) -> bytes:
    return f'{at}, "concept": '.encode()


#: The JSON around the places in all but long messages.
_PLACES: Final = 200
_START: Final = [_start(at) for at in range(_PLACES)]
_END: Final = [_end(at) for at in range(_PLACES)]


class Block(NamedTuple):
    """Some lines of standard input, and the number of the first."""

    number: int
    content: bytes


class Answers(NamedTuple):
    """A line for each message of a block, up to one that could not be read: then ``error`` says why."""

    content: bytes
    error: str | None = None


def answers(block: Block, classifier: Classifier, encoding: str | None, *, jsonl: bool) -> Answers:
    """Return the verdicts on a block's messages.

    Args:
        encoding: that of what people read; None: verdicts are written as JSON.
        jsonl: a line holds a JSON string, or an object with ``text``; else it is the message itself.
    """
    written: list[bytes] = []
    error: str | None = None
    number: int = block.number
    content: bytes = block.content
    if jsonl and number == 1:
        content = content.removeprefix(BOM_UTF8)  # as editors of Windows write it
    for raw in content.split(b"\n"):
        try:
            line = raw.decode()
            if line.endswith("\r"):
                line = line.rstrip("\r")
                raw = line.encode()
            text = unpack(line) if jsonl else line
        except ValueError as refused:
            error = f"standard input, line {number}: {refused}"
            break
        plain = jsonl and len(line) == len(text) + 2  # a string in which nothing is escaped
        answer(text, classifier, encoding, written, raw if plain else None)
        number += 1
    return Answers(b"".join(written), error)


def answer(
    text: str,
    classifier: Classifier,
    encoding: str | None,
    written: list[bytes],
    spelt: bytes | None = None,
) -> None:
    """Add the line that answers a message, in pieces.

    Args:
        encoding: as for `answers`.
        spelt: the message in JSON, if it is known, and nothing in it had to be escaped.
    """
    if encoding:
        written.append(as_text(classifier.classify(text)).encode(encoding, "replace"))
        return
    analysis = classifier.analyse(text)
    _add_json(text, spelt, classifier.outcomes.of(analysis), classifier.evidence(analysis), written)


def unpack(line: str) -> str:
    """Return the message that a line of JSON holds.

    Raises:
        ValueError: it holds none.
    """
    if len(line) > 1 and line[0] == '"' and line[-1] == '"':  # the common case, without a decoder's detours
        inner = line[1:-1]
        if inner.isprintable() and '"' not in inner and "\\" not in inner:
            return inner
    if not line or line.isspace():
        return line
    try:
        value = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    text = value.get("text") if isinstance(value, dict) else value
    if not isinstance(text, str):
        raise ValueError('neither a JSON string nor an object with "text"')
    if "\\u" not in line:
        return text
    # JSON can spell half a surrogate pair, which no UTF-8 can carry
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _add_json(
    text: str, spelt: bytes | None, outcome: Outcome, evidence: list[Span], written: list[bytes]
) -> None:
    """Add one verdict as a line of JSON, put together by hand: a fraction of a generic encoder's cost."""
    plain = True  # nothing in it has to be escaped
    if spelt is None:
        quoted: str = encode_basestring(text)
        plain = len(quoted) == len(text) + 2
        spelt = _encoded(quoted)
    before, behind = _OUTCOMES.get(outcome) or _outcome(outcome)
    written.append(b'{"text": ')
    written.append(spelt)
    written.append(before)
    sign = b'{"text": "'
    for term, start, end in evidence:
        part = text[start:end]
        written.append(sign)
        written.append(_encoded(part if plain else encode_basestring(part)[1:-1]))
        written.append(_START[start] if start < _PLACES else _start(start))
        written.append(_END[end] if end < _PLACES else _end(end))
        written.append(_CONCEPTS.get(term.concept) or _concept(term.concept))
        sign = b', {"text": "'
    written.append(behind)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, of a command line
        return text.encode("utf-8", "replace")


def _concept(name: str) -> bytes:
    found = _CONCEPTS[name] = _json(name) + b"}"
    return found


def _outcome(o: Outcome) -> tuple[bytes, bytes]:
    """Return what stands before a verdict's evidence, and behind it."""
    before = _json({"label": o.label, "intent": o.intent, "rule": o.rule, "clause": o.clause})[1:-1]
    behind = _json({"confidence": o.confidence, "ask": o.ask})[1:]
    found = _OUTCOMES[o] = b", " + before + b', "evidence": [', b"], " + behind + b"\n"
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def as_text(verdict: Verdict) -> str:
    """Return one verdict as a line for people, and the question that is open below it."""
    words = " · ".join([e.text for e in verdict.evidence])
    clause = f"（{verdict.clause}）" if verdict.clause else ""
    ask = f"\n  问客户：{verdict.ask}" if verdict.ask else ""
    return f"{verdict.label.value}  {verdict.intent}  {verdict.rule}{clause}  {words}{ask}\n"
