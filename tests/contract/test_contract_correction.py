"""What is recorded of a contract reaches the tickets under it; an amendment does not (contract 6.4)."""

from __future__ import annotations

from sqlalchemy import select

from bot.contract_files.importing import Report, import_rows
from bot.contract_files.plan import Outcome
from bot.contract_files.reading import Row
from bot.desk.events import Kind
from bot.store import tables as t
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
NUMBER = "DEMO-REGULAR"


def enter(world: World, **cells: str) -> Report:
    row = Row(2, {"contract_number": NUMBER, **cells})
    report = world.app.store.transact(lambda unit: import_rows(unit, [row], partial=False), world.now)
    assert report.bad == ()
    world.app.deliver()
    return report


def forget_payment(world: World) -> None:
    """Put the sample contract back to where nothing was paid."""
    report = enter(world, paid_on="无")
    assert report.rows[0].outcome is Outcome.RECORDED


def corrections(world: World) -> list[dict[str, object]]:
    with world.app.store.begin(world.now) as unit:
        return [dict(e.data) for e in unit.tickets.events(1) if e.kind is Kind.CORRECTED]


def test_a_payment_that_had_arrived_before_the_report_gives_the_ticket_its_deadline(world: World) -> None:
    forget_payment(world)
    assert "尚未收到本期服务费" in world.customer(P1)
    assert world.tickets()[0]["response_due"] is None

    world.wait(minutes=10)
    enter(world, paid_on="2026-03-02")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 04:00:00+00:00"
    assert "今天 12:00 前" in world.last()
    assert "期限已更正" in "".join(m.note or "" for m in world.phones.delivered["staff"])
    [correction] = corrections(world)
    assert correction["before"] == {"response_due": None}
    assert correction["after"] == {"response_due": "2026-03-02T04:00:00+00:00"}
    assert world.differences() == {}


def test_a_payment_after_the_report_changes_no_deadline(world: World) -> None:
    forget_payment(world)
    world.customer(P1)
    heard = len(world.heard("regular"))

    enter(world, paid_on="2026-03-03")

    assert world.tickets()[0]["response_due"] is None
    assert (corrections(world), len(world.heard("regular"))) == ([], heard)
    assert world.differences() == {}


def test_a_closed_ticket_is_corrected_without_a_word(world: World) -> None:
    forget_payment(world)
    world.customer(P1)
    world.staff("解决 T1 已重启")
    world.tap("已恢复")
    heard = len(world.heard("regular"))

    enter(world, paid_on="2026-03-02")

    assert len(corrections(world)) == 1
    assert len(world.heard("regular")) == heard
    assert world.differences() == {}


def test_an_amendment_reaches_no_ticket_that_is_open(world: World) -> None:
    world.customer(P1)
    before = world.tickets()

    report = enter(world, level="增强级", signed_page="补充 1")

    assert report.rows[0].outcome is Outcome.VERSION
    assert world.tickets() == before
    assert world.differences() == {}
    with world.app.store.read() as session:
        versions = session.scalars(select(t.ContractRow.version).where(t.ContractRow.number == NUMBER)).all()
    assert sorted(versions) == [1, 2]
