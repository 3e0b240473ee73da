"""One piece of work after another, done by several processes: answers in order, a few under way at a time."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from bot.errors import HotlineError

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
Pipes = list[tuple[Connection, Connection]]

_ENDED = "a process that shared the work has ended"


def spread(
    work: Callable[[Piece], Answer], pieces: Iterator[Piece], source: int, processes: int
) -> Generator[Answer, None, None]:
    """Yield the answer to each piece, in order, as soon as it is there.

    The processes are forked from this one: all that it has loaded is there, and shared. They end with the
    generator, and by themselves when this process is killed.

    Args:
        work: pieces and answers must be picklable, ``work`` need not be.
        source: descriptor of what pieces are read from; one is asked for when there is something to read.

    Raises:
        HotlineError: one of the processes has ended.
    """
    fork = get_context("fork")
    pipes = [fork.Pipe() for _ in range(processes)]
    workers = [fork.Process(target=_serve, args=(work, pipes, at), daemon=True) for at in range(processes)]
    for worker in workers:
        worker.start()
    for _, theirs in pipes:
        theirs.close()
    try:
        yield from _ask([ours for ours, _ in pipes], pieces, source)
    finally:
        for ours, _ in pipes:
            ours.close()
        for worker in workers:
            worker.join()


def _ask(idle: list[Connection], pieces: Iterator[Piece], source: int) -> Generator[Answer, None, None]:
    most = 2 * len(idle)
    busy: dict[Connection, list[Answer]] = {}
    waiting: deque[list[Answer]] = deque()  # in order of the pieces, each empty until its answer is there
    more = True
    while more or waiting:
        asked: list[Connection | int] = [*busy]
        if more and idle and len(waiting) < most:
            asked.append(source)
        for ready in wait(asked):
            if isinstance(ready, Connection):
                busy.pop(ready).append(_received(ready))
                idle.append(ready)
            elif (piece := next(pieces, None)) is None:
                more = False
            else:
                waiting.append(busy.setdefault(idle[-1], []))
                _send(idle.pop(), piece)
        while waiting and waiting[0]:
            yield waiting.popleft().pop()


def _received(worker: Connection) -> Any:
    try:
        return worker.recv()
    except (EOFError, OSError) as error:
        raise HotlineError(_ENDED) from error


def _send(worker: Connection, piece: object) -> None:
    try:
        worker.send(piece)
    except OSError as error:
        raise HotlineError(_ENDED) from error


def _serve(work: Callable[[Piece], Answer], pipes: Pipes, at: int) -> None:
    """Answer pieces until the other end closes; so no end that belongs to others may stay open here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's interrupt is the first process's matter
    for number, (ours, theirs) in enumerate(pipes):
        ours.close()
        if number != at:
            theirs.close()
    mine = pipes[at][1]
    with suppress(EOFError, OSError):
        while True:
            mine.send(work(mine.recv()))
