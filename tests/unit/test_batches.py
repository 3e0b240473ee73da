"""What comes while work is done is done together by the next; a failure is told to whom it concerns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from bot.errors import BadInput
from bot.web.batches import Batches

MOST = 5


def test_what_comes_while_work_is_done_is_done_together() -> None:
    begun, go_on, batches = threading.Event(), threading.Event(), []

    def work(given: Sequence[int]) -> Sequence[int | Exception]:
        batches.append(list(given))
        begun.set()
        go_on.wait()
        return [10 * number for number in given]

    async def come() -> list[int]:
        together = Batches(work, MOST)
        first = asyncio.create_task(together.do(1))
        await asyncio.to_thread(begun.wait)
        rest = [asyncio.create_task(together.do(number)) for number in range(2, MOST + 3)]
        await asyncio.sleep(0)
        go_on.set()
        return await asyncio.gather(first, *rest)

    assert asyncio.run(come()) == [10 * number for number in range(1, MOST + 3)]
    assert [len(batch) for batch in batches] == [1, MOST, 1]


def test_what_is_too_late_goes_after_what_is_not() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work(given: Sequence[str]) -> Sequence[str | Exception]:
        done.extend(given)
        begun.set()
        go_on.wait()
        return list(given)

    async def come() -> None:
        clock = asyncio.get_running_loop()
        real, ahead_s = clock.time, 0.0
        clock.time = lambda: real() + ahead_s  # type: ignore[method-assign]
        together: Batches[str, str] = Batches(work, 1, late_s=100)
        asked = [asyncio.create_task(together.do("under way"))]
        await asyncio.to_thread(begun.wait)
        for name, waits_s in (("late", 200), ("late too", 200), ("in time", 0), ("in time too", 0)):
            asked.append(asyncio.create_task(together.do(name)))
            await asyncio.sleep(0)
            ahead_s += waits_s
        go_on.set()
        await asyncio.gather(*asked)

    asyncio.run(come())
    assert done == ["under way", "in time", "in time too", "late", "late too"]


def test_a_second_lane_works_while_the_first_waits() -> None:
    both, third = threading.Barrier(2), threading.Event()

    def work(given: Sequence[int]) -> Sequence[int | Exception]:
        if third.is_set():
            return list(given)
        both.wait()  # each waits for the other
        third.set()
        return list(given)

    async def come() -> list[int]:
        together: Batches[int, int] = Batches(work, 1, lanes=2)
        return await asyncio.gather(*(together.do(number) for number in range(2)), together.do(2))

    assert asyncio.run(asyncio.wait_for(come(), 60)) == [0, 1, 2]


def test_each_is_told_of_its_own_failure() -> None:
    def work(given: Sequence[int]) -> Sequence[int | Exception]:
        return [BadInput("odd") if number % 2 else number for number in given]

    async def come() -> list[int | BaseException]:
        together = Batches(work, MOST)
        return await asyncio.gather(*(together.do(number) for number in range(4)), return_exceptions=True)

    results = asyncio.run(come())
    assert results[0::2] == [0, 2]
    assert all(isinstance(result, BadInput) for result in results[1::2])


class Panic(BaseException):
    """As a panic of a library in another language is raised: it is no `Exception`."""


def test_a_librarys_panic_is_told_to_who_waits() -> None:
    def work(_: Sequence[int]) -> Sequence[int | Exception]:
        raise Panic

    with pytest.raises(Panic):
        asyncio.run(asyncio.wait_for(Batches(work, MOST).do(1), 60))


def test_all_are_told_when_all_failed_and_the_next_are_done() -> None:
    failures = [OSError("away")]

    def work(given: Sequence[int]) -> Sequence[int | Exception]:
        if failures:
            raise failures.pop()
        return list(given)

    async def come() -> int:
        together = Batches(work, MOST)
        with pytest.raises(OSError, match="away"):
            await together.do(1)
        return await together.do(2)

    assert asyncio.run(come()) == 2


def test_one_who_has_gone_keeps_nobody_waiting() -> None:
    async def come() -> int:
        together: Batches[int, int] = Batches(list, MOST)
        gone = asyncio.create_task(together.do(1))
        await asyncio.sleep(0)
        gone.cancel()
        return await together.do(2)

    assert asyncio.run(come()) == 2
