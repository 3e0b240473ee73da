"""``hotline classify``: one message a line in, one verdict a line out."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from functools import lru_cache, partial
from json.decoder import scanstring  # type: ignore[attr-defined]  # documented for subclasses, not typed
from json.encoder import encode_basestring as _quote
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import click

from bot.errors import BadInput, SettingError
from intents import Classifier, Reloader, Verdict, default_classifier
from knowledge import KnowledgeError

#: How many bytes are read at once: about a thousand messages.
TOGETHER = 1 << 16
#: How many bytes one process answers before others join it: by then it has loaded and tabled what they share.
ALONE = 1 << 17


@lru_cache(maxsize=4096)
def _constant(value: str | float | None) -> str:
    """Return the JSON of what a base says: there is little of it, and it comes with every message."""
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _decision(label: str, intent: str, rule: str, clause: str | None) -> str:
    fields = {"label": label, "intent": intent, "rule": rule, "clause": clause}
    return ", ".join(f'"{name}": {_constant(value)}' for name, value in fields.items())


@lru_cache(maxsize=4096)
def _certainty(confidence: float, ask: str | None) -> str:
    return f'"confidence": {_constant(confidence)}, "ask": {_constant(ask)}'


def as_json(verdict: Verdict) -> str:
    """Return one verdict as one line of JSON, put together by hand: a third of a generic encoder's cost."""
    text, label, intent, rule, clause, evidence, confidence, ask = verdict
    spans = ", ".join(
        [
            f'{{"text": {_quote(part)}, "start": {start}, "end": {end}, "concept": {_constant(concept)}}}'
            for part, start, end, concept in evidence
        ]
    )
    return (
        f'{{"text": {_quote(text)}, {_decision(label, intent, rule, clause)}, '
        f'"evidence": [{spans}], {_certainty(confidence, ask)}}}'
    )


def _as_text(verdict: Verdict) -> str:
    words = " · ".join(e.text for e in verdict.evidence)
    clause = f"（{verdict.clause}）" if verdict.clause else ""
    ask = f"\n  问客户：{verdict.ask}" if verdict.ask else ""
    return f"{verdict.label.value}  {verdict.intent}  {verdict.rule}{clause}  {words}{ask}"


class Block(NamedTuple):
    """Some lines of standard input, and the number of the first."""

    number: int
    content: bytes


class Answers(NamedTuple):
    """A line for each message of a block, up to one that could not be read: then ``error`` says why."""

    content: bytes
    error: str | None = None


def _blocks(stream: BinaryIO) -> Iterator[Block]:
    """Yield what there is, whole lines only: who writes a line and waits gets its answer."""
    number = 1
    begun = bytearray()
    while chunk := stream.read1(TOGETHER):  # type: ignore[attr-defined]  # every buffered stream has it
        whole, newline, rest = chunk.rpartition(b"\n")
        if newline:
            content = bytes(begun) + whole
            yield Block(number, content)
            number += content.count(b"\n") + 1
            begun.clear()
        begun += rest
    if begun:
        yield Block(number, bytes(begun))


def _answer(block: Block, read: Callable[[str], str], answer: Callable[[str], bytes]) -> Answers:
    lines: list[bytes] = []
    for number, raw in enumerate(block.content.split(b"\n"), block.number):
        try:
            message = read(raw.decode().rstrip("\r"))
        except ValueError as error:
            return Answers(b"".join(lines), f"standard input, line {number}: {error}")
        lines.append(answer(message))
    return Answers(b"".join(lines))


def _answered(
    stream: BinaryIO, work: Callable[[Block], Answers], jobs: int
) -> Generator[Answers, None, None]:
    """Yield each block's answers, in order; what is left after a good start is spread over processes."""
    left = ALONE
    blocks = _blocks(stream)
    for block in blocks:
        yield work(block)
        left -= len(block.content)
        if jobs > 1 and left <= 0:
            from bot.cores import spread  # only then: it loads as long as a thousand messages take

            yield from spread(work, blocks, stream.fileno(), jobs)


def _value(line: str) -> Any:
    """Return the JSON value of a line; a plain string, the common case, without the decoder's detours."""
    if line[0] == '"':
        text, end = scanstring(line, 1)
        if end == len(line):
            return text
    return json.loads(line)


def _unpack(line: str) -> str:
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


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write(answers: Iterable[Answers]) -> None:
    for content, error in answers:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        if error:
            raise BadInput(error)


def _classifier(folder: Path | None) -> Classifier:
    """Return the packaged classifier, proved by the tests; another base runs its examples first."""
    try:
        return Reloader(folder).classifier if folder else default_classifier()
    except KnowledgeError as error:
        raise SettingError(f"HOTLINE_KNOWLEDGE: {error}") from error


@click.command()
@click.argument("text", nargs=-1)
@click.option("--json", "as_lines", is_flag=True, help="one JSON value a message")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="HOTLINE_KNOWLEDGE",
    help="the knowledge base to use (default: HOTLINE_KNOWLEDGE, else the packaged one)",
)
@click.option("--jsonl", is_flag=True, help='standard input holds a JSON string or {"text"} a line')
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="how many processes share a long standard input (default: one a core)",
)
def classify(
    text: tuple[str, ...], as_lines: bool, folder: Path | None, jsonl: bool, jobs: int | None
) -> None:
    """Say what priority each message asks for, and why.

    Without TEXT a message a line is read from standard input.
    """
    if text and jsonl:
        raise click.UsageError("--jsonl reads standard input and takes no TEXT")
    classifier = _classifier(folder)
    show = as_json if as_lines else _as_text
    # what is loaded stays: the collector need not look at it again, nor after every few messages
    gc.freeze()
    gc.set_threshold(20_000)

    encoding = "utf-8" if as_lines else sys.stdout.encoding  # a terminal may have another one, JSON has not

    def answer(message: str) -> bytes:
        return (show(classifier.classify(message)) + "\n").encode(encoding, "replace")

    if text:
        _write([Answers(b"".join(map(answer, text)))])
        return
    work = partial(_answer, read=_unpack if jsonl else str, answer=answer)
    with closing(_answered(sys.stdin.buffer, work, jobs or _cores())) as answers:
        _write(answers)
