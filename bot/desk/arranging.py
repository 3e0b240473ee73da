"""The event of a time that both sides agreed on, with what it replaces on record."""

from __future__ import annotations

from datetime import datetime

from bot.desk.arrangements import Consent
from bot.desk.case import Case
from bot.desk.events import Actor, Event, Kind
from bot.desk.sla import ClockName, Deadline
from bot.errors import Refused


def deadline_of(case: Case, clock: ClockName) -> Deadline | None:
    """Return what is due by a clock of which a time can be agreed."""
    due = case.deadlines
    by_clock = {ClockName.RESPONSE: due.response, ClockName.ONSITE: due.onsite, ClockName.AGREED: due.action}
    return by_clock[clock]


def check_time(case: Case, clock: ClockName, until: datetime, now: datetime) -> None:
    """Raise `Refused` if no time can be agreed for that clock now.

    A deadline that was missed stays missed: no agreement of later replaces it, but the time of action.
    """
    ticket = case.ticket
    if until <= now:
        raise Refused("约定的时间已经过了，请另约。")
    if clock is ClockName.AGREED:
        return
    if clock is ClockName.RESPONSE and ticket.responded_at is not None:
        raise Refused(f"{case.number} 已响应；要约定的是行动时间：约定 {case.number} 行动 15:00")
    if clock is ClockName.ONSITE and (ticket.remote_failed_at is None or ticket.arrived_at is not None):
        what = "已到场" if ticket.arrived_at else f"还没有转现场，请先发：不能远程 {case.number} 原因"
        raise Refused(f"{case.number} {what}。")
    deadline = deadline_of(case, clock)
    if deadline is not None and deadline.due < now:
        instead = f"约定 {case.number} 行动 15:00"
        raise Refused(f"{case.number} 原期限已过，约定不能改掉；可以约定行动时间：{instead}")


def time_agreed(
    case: Case, clock: ClockName, until: datetime, actor: Actor, now: datetime, consent: Consent | None = None
) -> Event:
    """Return the event by which a time holds (contract 2.1).

    The customer agrees by their own hand, or ``consent`` says who did, how and when.

    Raises:
        Refused: no time can be agreed for that clock now.
    """
    check_time(case, clock, until, now)
    before = deadline_of(case, clock)
    given = consent or Consent(actor.name, "聊天", now)
    data = {
        "clock": clock.value,
        "until": until.isoformat(),
        "agreed_at": min(given.at, now).isoformat(),
        "who": given.who,
        "how": given.how,
        "held": int(case.ticket.held),
        "due_before": before.due.isoformat() if before else None,
    }
    return Event(Kind.TIME_AGREED, now, actor, data)
