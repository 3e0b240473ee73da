"""What a report costs in statements and commits: the same however many tickets are open and messages wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, event

from bot import samples
from bot.delivery.inbox import Asked
from bot.messages import Inbound, Outbound, Sender
from bot.reception import Composed
from tests.support.world import World

WAITING = 30  # of the reports before, each a ticket that is open and a card that is not delivered
RECEIVE, HANDLE = 7, 27  # statements at most, with those that begin and guard a commit
MANY, OF_MANY = 10, 20  # together: statements at most for each


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


def test_reports_that_come_together_cost_two_thirds_each(world: World) -> None:
    reports(world, ["first"])
    received, handled = reports(world, [f"u{number}" for number in range(MANY)])
    assert (received["COMMIT"], handled["COMMIT"]) == (1, 1)
    assert handled.total() <= MANY * OF_MANY


def report(world: World, user: str, text: str) -> tuple[Counter[str], Counter[str]]:
    """Return what it cost to receive a user's first report, and to handle it with the answer inline."""
    message = first_report(world, user, text)
    with counted(world.app.store.engine) as received:
        inbox_id, _ = world.app.receive(message)
    with counted(world.app.store.engine) as handled:
        assert "工单号" in (world.app.handle(inbox_id, compose) or "")
    return received, handled


def reports(world: World, users: list[str]) -> tuple[Counter[str], Counter[str]]:
    """Return what the first reports of several users cost that come at the same moment."""
    messages = [first_report(world, user, "录音听不了了，昨天还好好的") for user in users]
    with counted(world.app.store.engine) as received:
        results = world.app.receive_all(messages)
    asked = [Asked(result[0], compose) for result in results if not isinstance(result, Exception)]
    with counted(world.app.store.engine) as handled:
        replies = world.app.handle_all(asked)
    assert len(replies) == len(users)
    assert all("工单号" in str(reply) for reply in replies)
    return received, handled


def first_report(world: World, user: str, text: str) -> Inbound:
    message = world.inbound("regular", Sender(user, "陈班长"), text)
    return replace(message, address=replace(samples.address("phone", "regular"), chat=user), is_inline=True)


def compose(messages: Sequence[Outbound]) -> Composed:
    return Composed(messages[0].text, len(messages))
