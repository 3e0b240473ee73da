"""Several tickets of one fault become one: the earliest report's clock and the stricter priority hold."""

from __future__ import annotations

from datetime import datetime

from bot.desk.case import Case
from bot.desk.events import Actor, Event, Kind
from bot.desk.transitions import check
from bot.errors import Refused


def merge_events(source: Case, target: Case, actor: Actor, now: datetime) -> tuple[Event, Event]:
    """Return the events of ``source`` and ``target`` when the first is merged into the second.

    Raises:
        Refused: they are not the same customer's, not both open, or the merging would lose a clock.
    """
    _check(source, target)
    check(source.ticket, Kind.MERGED, actor)
    check(target.ticket, Kind.ABSORBED, actor)
    ticket = source.ticket
    view_at = ticket.vendor_view_at
    taken = {
        "ticket": ticket.id,
        "reported_at": ticket.reported_at.isoformat(),
        "clock_from": ticket.clock_from.isoformat(),
        "agreement": ticket.agreement.to_dict(),
        "certain": ticket.certain,
        "rule": ticket.rule,
        "clause": ticket.clause,
        "words": list(ticket.words),
        "vendor_view_by": ticket.vendor_view_by,
        "vendor_view_at": view_at.isoformat() if view_at else None,
        "missed": [late.to_dict() for late in ticket.missed],
        "promised": ticket.promise.until.isoformat() if ticket.promise else None,
    }
    merged = Event(Kind.MERGED, now, actor, {"into": target.ticket.id})
    return merged, Event(Kind.ABSORBED, now, actor, taken)


def _check(source: Case, target: Case) -> None:
    if source.ticket.id == target.ticket.id:
        raise Refused("请写另一张工单的号。")
    if not _same_customer(source, target):
        # Of whom the other one is, is nobody's business in this ticket.
        raise Refused(f"{source.number} 和 {target.number} 不是同一客户的工单，不能合并。")
    if (lost := _lost(source, target)) and target.ticket.is_live:
        if _lost(target, source):
            raise Refused(f"{source.number} {lost}，合并会丢失记录；两张工单请分别处理。")
        raise Refused(f"{source.number} {lost}，请反过来合并：合并 {target.number} 到 {source.number}")


def _lost(source: Case, target: Case) -> str:
    """Return what of ``source`` the target would not take over, empty for nothing."""
    ticket = source.ticket
    if ticket.remote_failed_at is not None or ticket.agreed:
        return "已转现场或有约定的时间"
    if ticket.pauses:
        return "有双方同意的暂停"
    if ticket.responded_at is not None and target.ticket.responded_at is None:
        return "已响应"
    return ""


def _same_customer(source: Case, target: Case) -> bool:
    if source.customer is None or target.customer is None:
        return source.customer is target.customer and source.chat_id == target.chat_id
    return source.customer.id == target.customer.id
