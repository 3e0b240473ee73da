"""Several tickets of one fault become one: the stricter clock and the stricter priority hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.desk.calendar import Workdays
from bot.desk.case import Case
from bot.desk.deadlines import Deadlines, deadlines
from bot.desk.events import Actor, Event, Kind
from bot.desk.history import apply
from bot.desk.late import Late
from bot.desk.lateness import missed
from bot.desk.sla import ClockName
from bot.desk.transitions import check
from bot.errors import Refused

_KEPT = (ClockName.RESPONSE, ClockName.ONSITE, ClockName.AGREED)


def merge_events(
    source: Case, target: Case, actor: Actor, now: datetime, workdays: Workdays
) -> tuple[Event, Event]:
    """Return the events of ``source`` and ``target`` when the first is merged into the second.

    The clock runs from the report, and by the version of the contract, that make the response due first.

    Raises:
        Refused: they are not the same customer's, not both open, or the merging would lose something of
            either: a record, an answer that is owed, or a deadline, which it would move back.
    """
    _check_same_fault(source, target)
    check(source.ticket, Kind.MERGED, actor)
    check(target.ticket, Kind.ABSORBED, actor)
    _check_answers(source, target)
    _check_answers(target, source)
    absorbed, after = _absorbed(source, target, actor, now, workdays)
    if obstacle := _obstacle(source, target, after):
        _, reverse = _absorbed(target, source, actor, now, workdays)
        if _obstacle(target, source, reverse):
            raise Refused(f"{obstacle}，不能并入 {target.number}；两张工单请分别处理。")
        raise Refused(f"{obstacle}，请反过来合并：合并 {target.number} 到 {source.number}")
    return Event(Kind.MERGED, now, actor, {"into": target.ticket.id}), absorbed


def _check_same_fault(source: Case, target: Case) -> None:
    if source.ticket.id == target.ticket.id:
        raise Refused("请写另一张工单的号。")
    if not _same_customer(source, target):
        # Of whom the other one is, is nobody's business in this ticket.
        raise Refused(f"{source.number} 和 {target.number} 不是同一客户的工单，不能合并。")


def _check_answers(answered: Case, waiting: Case) -> None:
    """Raise `Refused` if what was said about one report would count as the answer to a later one."""
    at = answered.ticket.responded_at
    if at is not None and waiting.ticket.responded_at is None and at < waiting.ticket.clock_from:
        owed = waiting.number
        raise Refused(f"{answered.number} 的响应早于 {owed} 的报修，请先回复 {owed}，再合并。")


def _absorbed(
    source: Case, target: Case, actor: Actor, now: datetime, workdays: Workdays
) -> tuple[Event, Deadlines]:
    """Return the event by which ``target`` takes ``source`` over, and what is due on it then.

    A clock is where it starts and the contract that it is counted by: a report before a renewal or a payment
    may have no deadline by the other's. The earliest report's holds where several are due at once, or none.
    """
    earliest = min(source, target, key=lambda case: case.ticket.clock_from)
    found = []
    for start, contract in ((earliest, target), (source, source), (target, target)):
        clock = {"from": start.ticket.clock_from.isoformat(), "contract": _reference(contract)}
        event = Event(Kind.ABSORBED, now, actor, {**_taken(source, now), "clock": clock})
        found.append((event, deadlines(apply(target.ticket, event), contract.terms, workdays)))
    return min(found, key=lambda one: _strictness(one[1], ClockName.RESPONSE))


def _taken(source: Case, now: datetime) -> dict[str, Any]:
    """Return what the target takes over of ``source``, beside its clock."""
    ticket = source.ticket
    view_at, word_at = ticket.vendor_view_at, ticket.customer_word_at
    return {
        "ticket": ticket.id,
        "reported_at": ticket.reported_at.isoformat(),
        "agreement": ticket.agreement.to_dict(),
        "certain": ticket.certain,
        "rule": ticket.rule,
        "clause": ticket.clause,
        "words": list(ticket.words),
        "vendor_view_by": ticket.vendor_view_by,
        "vendor_view_at": view_at.isoformat() if view_at else None,
        "recorded": ticket.recorded.to_dict() if ticket.recorded else None,
        "customer_word_at": word_at.isoformat() if word_at else None,
        "said": {int(priority): at.isoformat() for priority, at in ticket.said.items()},
        "missed": [late.to_dict() for late in _missed(source, now)],
        "updated_at": ticket.updated_at.isoformat() if ticket.updated_at else None,
        "promised_at": ticket.promise.made_at.isoformat() if ticket.promise else None,
        "promised": ticket.promise.until.isoformat() if ticket.promise else None,
    }


def _missed(source: Case, now: datetime) -> Iterator[Late]:
    """Yield what was missed on ``source``; what is still awaited the joined clock counts."""
    for late in missed(source, now):
        if late in source.ticket.missed or source.ticket.responded_at is not None:
            yield late if late.ticket else replace(late, ticket=source.ticket.id)


def _reference(case: Case) -> dict[str, Any] | None:
    named = case.ticket.contract
    return {"number": named[0], "version": named[1]} if named else None


def _obstacle(source: Case, target: Case, after: Deadlines) -> str:
    """Return why ``source`` can't be merged into ``target``, which makes ``after``; empty where it can."""
    ticket = source.ticket
    if ticket.remote_failed_at is not None or ticket.agreed:
        return f"{source.number} 已转现场或有约定的时间"
    if ticket.pauses:
        return f"{source.number} 有双方同意的暂停"
    if ticket.responded_at is not None and target.ticket.responded_at is None:
        return f"{source.number} 已响应"
    for case in (source, target):
        if any(_strictness(after, clock) > _strictness(case.deadlines, clock) for clock in _KEPT):
            return f"合并会推迟 {case.number} 的期限"
    return ""


def _strictness(due: Deadlines, clock: ClockName) -> tuple[int, float]:
    """Return what orders deadlines: what is due first, then what a pause holds, then what has no deadline."""
    by_clock = {ClockName.RESPONSE: due.response, ClockName.ONSITE: due.onsite, ClockName.AGREED: due.action}
    deadline, left = by_clock[clock], due.resting.get(clock)
    if deadline is not None:
        return 0, deadline.due.timestamp()
    return (1, left.total_seconds()) if left is not None else (2, 0.0)


def _same_customer(source: Case, target: Case) -> bool:
    if source.customer is None or target.customer is None:
        return source.customer is target.customer and source.chat_id == target.chat_id
    return source.customer.id == target.customer.id
