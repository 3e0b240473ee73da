"""``hotline classify``: one message a line in, one verdict a line out."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from bot.commands.lines import Answers, Block, answer, answers
from bot.errors import BadInput, SettingError
from intents import Classifier, Reloader, default_classifier
from knowledge import KnowledgeError

#: How many bytes are read at once: about a thousand messages.
TOGETHER = 1 << 16
#: How many bytes one process answers before others join it: by then it has loaded and tabled what they share.
ALONE = 1 << 17


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


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write(answered: Iterable[Answers]) -> None:
    for content, error in answered:
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
    # what is loaded stays: the collector need not look at it again, nor after every few messages
    gc.freeze()
    gc.set_threshold(20_000)
    encoding = None if as_lines else sys.stdout.encoding
    if text:
        written: list[bytes] = []
        for message in text:
            answer(message, classifier, encoding, written)
        _write([Answers(b"".join(written))])
        return
    work = partial(answers, classifier=classifier, encoding=encoding, jsonl=jsonl)
    with closing(_answered(sys.stdin.buffer, work, jobs or _cores())) as found:
        _write(found)
