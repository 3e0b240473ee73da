"""Times that both sides agree on (contract 2.1), and updates that are promised: what is possible when."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk.arrangements import Consent
from bot.desk.case import Case
from bot.desk.consents import check_later
from bot.desk.events import Actor, Event, Kind
from bot.desk.sla import ClockName, Deadline
from bot.desk.ticket import Ticket
from bot.errors import Refused

LONGEST_AGREED = timedelta(days=30)  # [ours] a time further away is a slip, or no time of action
LONGEST_PROMISE = timedelta(days=7)  # [ours] so long a customer is let wait for the next word


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
    if until - now > LONGEST_AGREED:
        raise Refused(f"最多约到 {LONGEST_AGREED.days} 天之内，请核对日期。")
    if clock is ClockName.AGREED:
        return
    if clock is ClockName.RESPONSE and ticket.responded_at is not None:
        raise Refused(f"{case.number} 已响应；要约定的是行动时间：约定 {case.number} 行动 15:00")
    if clock is ClockName.ONSITE and (ticket.remote_failed_at is None or ticket.arrived_at is not None):
        what = "已到场" if ticket.arrived_at else f"还没有转现场，请先发：不能远程 {case.number} 原因"
        raise Refused(f"{case.number} {what}。")
    deadline = deadline_of(case, clock)
    if deadline is not None and not deadline.is_met_at(now):
        instead = f"约定 {case.number} 行动 15:00"
        raise Refused(f"{case.number} 原期限已过，约定不能改掉；可以约定行动时间：{instead}")


def time_agreed(
    case: Case, clock: ClockName, until: datetime, actor: Actor, now: datetime, consent: Consent | None = None
) -> Event:
    """Return the event by which a time holds, with the deadline before it (contract 2.1).

    The customer agrees by their own hand, or ``consent`` says who did, how and when.

    Raises:
        Refused: no time can be agreed for that clock now, or the customer has said otherwise since.
    """
    check_time(case, clock, until, now)
    if consent is not None and loosens(case, clock, until):
        check_later(case, clock, consent)
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
        "recorded_by": actor.name if consent else None,
    }
    return Event(Kind.TIME_AGREED, now, actor, data)


def loosens(case: Case, clock: ClockName, until: datetime) -> bool:
    """Tell whether a time is later than the deadline that it would replace."""
    before = deadline_of(case, clock)
    return before is not None and until > before.due


def time_refused(case: Case, clock: ClockName, actor: Actor, now: datetime) -> Event:
    """Return the event by which the customer does not agree to a time.

    A time that is only proposed falls; one that staff recorded on their behalf never held, and what it
    replaced holds again. What the customer agreed to by their own hand holds until both agree anew, and what
    was kept is not revoked.

    Raises:
        Refused: there is nothing to refuse.
    """
    ticket = case.ticket
    agreed = ticket.agreed_time(clock)
    if ticket.offer(clock) is None and agreed is not None:
        if agreed.recorded_by is None:
            raise Refused(f"{case.number} 的这个时间是您方在聊天里同意的，要改请与工程师另约。")
        if _met_at(ticket, clock) is not None:
            raise Refused(f"{case.number} 约定的时间已经履行。如有异议，请转人工或拨打热线。")
    return Event(Kind.TIME_REFUSED, now, actor, {"clock": clock.value, "restores": True})


def _met_at(ticket: Ticket, clock: ClockName) -> datetime | None:
    met_at = {
        ClockName.RESPONSE: ticket.responded_at,
        ClockName.ONSITE: ticket.arrived_at,
        ClockName.AGREED: ticket.acted_at,
    }
    return met_at[clock]


def promised(case: Case, until: datetime, actor: Actor, now: datetime) -> Event:
    """Return the event by which the customer is promised word from support.

    Raises:
        Refused: that has passed, or is too far away.
    """
    if until <= now:
        raise Refused("这个时间已经过了，请另写。")
    if until - now > LONGEST_PROMISE:
        raise Refused(f"{case.number} 的下次进展最多写到 {LONGEST_PROMISE.days} 天之内。")
    return Event(Kind.UPDATE_PROMISED, now, actor, {"until": until.isoformat()})
