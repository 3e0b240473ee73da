"""What a report costs in statements and commits: the same however many tickets are open and messages wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, event

from bot import samples
from bot.messages import Outbound, Sender
from bot.reception import Composed
from tests.support.world import World

WAITING = 30  # of the reports before, each a ticket that is open and a card that is not delivered
RECEIVE, HANDLE = 10, 30  # statements at most, with those that begin and guard a commit


@contextmanager
def counted(engine: Engine) -> Iterator[Counter[str]]:
    found: Counter[str] = Counter()

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found[" ".join(statement.split())] += 1

    def committed(_connection: Any) -> None:
        found["COMMIT"] += 1

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", executed)
        event.remove(engine, "commit", committed)


def test_a_report_costs_two_commits_and_the_same_statements_however_much_waits(world: World) -> None:
    first = report(world, "u1", "IVR挂了，客户打不进来")
    for number in range(WAITING):
        report(world, f"w{number}", "录音听不了了，昨天还好好的")
    last = report(world, "u2", "IVR挂了，客户打不进来")

    assert [costs["COMMIT"] for costs in (*first, *last)] == [1, 1, 1, 1]
    assert first == last
    received, handled = (costs.total() - 1 for costs in last)
    assert received <= RECEIVE
    assert handled <= HANDLE


def report(world: World, user: str, text: str) -> tuple[Counter[str], Counter[str]]:
    """Return what it cost to receive a user's first report, and to handle it with the answer inline."""
    address = replace(samples.address("phone", "regular"), chat=user)
    message = replace(world.inbound("regular", Sender(user, "陈班长"), text), address=address, is_inline=True)

    def compose(messages: Any) -> Composed:
        taken: list[Outbound] = list(messages)
        return Composed(taken[0].text, len(taken))

    with counted(world.app.store.engine) as received:
        inbox_id, _ = world.app.receive(message)
    with counted(world.app.store.engine) as handled:
        assert "工单号" in (world.app.handle(inbox_id, compose) or "")
    return received, handled
