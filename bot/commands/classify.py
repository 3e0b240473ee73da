"""``hotline classify``: one message a line in, one verdict a line out."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from json.decoder import scanstring  # type: ignore[attr-defined]  # documented for subclasses, not typed
from json.encoder import encode_basestring as _quote
from pathlib import Path
from typing import IO, Any

import click

from bot.errors import BadInput, SettingError
from intents import Classifier, Reloader, Verdict, default_classifier
from knowledge import KnowledgeError

#: How many lines are written at once.
TOGETHER = 200


@lru_cache(maxsize=4096)
def _constant(value: str | float | None) -> str:
    """Return the JSON of what a base says: there is little of it, and it comes with every message."""
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _decision(intent: str, rule: str, clause: str | None) -> str:
    return f'"intent": {_constant(intent)}, "rule": {_constant(rule)}, "clause": {_constant(clause)}'


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
        f'{{"text": {_quote(text)}, "label": "{label}", {_decision(intent, rule, clause)}, '
        f'"evidence": [{spans}], "confidence": {_constant(confidence)}, "ask": {_constant(ask)}}}'
    )


def _as_text(verdict: Verdict) -> str:
    words = " · ".join(e.text for e in verdict.evidence)
    clause = f"（{verdict.clause}）" if verdict.clause else ""
    ask = f"\n  问客户：{verdict.ask}" if verdict.ask else ""
    return f"{verdict.label.value}  {verdict.intent}  {verdict.rule}{clause}  {words}{ask}"


def _lines(stream: IO[bytes], *, jsonl: bool) -> Iterator[str]:
    for number, raw in enumerate(stream, 1):
        try:
            line = raw.decode().rstrip("\r\n")
            yield _unpack(line) if jsonl and line.strip() else line
        except (UnicodeDecodeError, ValueError) as error:
            raise BadInput(f"standard input, line {number}: {error}") from error


def _value(line: str) -> Any:
    """Return the JSON value of a line; a plain string, the common case, without the decoder's detours."""
    if line[0] == '"':
        text, end = scanstring(line, 1)
        if end == len(line):
            return text
    return json.loads(line)


def _unpack(line: str) -> str:
    value = _value(line)
    text = value.get("text") if isinstance(value, dict) else value
    if not isinstance(text, str):
        raise ValueError('neither a JSON string nor an object with "text"')
    if "\\u" not in line:
        return text
    # JSON can spell half a surrogate pair, which no UTF-8 can carry
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _write(classifier: Classifier, texts: Iterable[str], show: Callable[[Verdict], str]) -> None:
    """Write a line a message: on a terminal each at once, else many together."""
    # what is loaded stays: the collector need not look at it again, nor after every few messages
    gc.freeze()
    gc.set_threshold(20_000)
    together = 1 if sys.stdout.isatty() else TOGETHER
    lines: list[str] = []
    try:
        for text in texts:
            lines.append(show(classifier.classify(text)))
            if len(lines) == together:
                _flush(lines)
    finally:
        _flush(lines)


def _flush(lines: list[str]) -> None:
    sys.stdout.write("".join([line + "\n" for line in lines]))
    lines.clear()


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
def classify(text: tuple[str, ...], as_lines: bool, folder: Path | None, jsonl: bool) -> None:
    """Say what priority each message asks for, and why.

    Without TEXT a message a line is read from standard input.
    """
    if text and jsonl:
        raise click.UsageError("--jsonl reads standard input and takes no TEXT")
    source: Iterable[str] = text or _lines(sys.stdin.buffer, jsonl=jsonl)
    show = as_json if as_lines else _as_text
    _write(_classifier(folder), source, show)
