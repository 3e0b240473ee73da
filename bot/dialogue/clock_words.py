"""The clocks of a ticket in words: what is due, what rests, what was agreed; for customers and for staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.desk.arrangements import AgreedTime
from bot.desk.calendar import SHANGHAI
from bot.desk.case import Case
from bot.desk.late import Late
from bot.desk.lateness import missed
from bot.desk.pauses import Pause
from bot.desk.penalty import Breach, penalty
from bot.desk.sla import REMINDERS, ClockName, Deadline
from bot.dialogue.receipts import deadline_reason, say_deadline, say_duration, say_start, say_time
from bot.dialogue.sums import penalty_lines

NAMES: Mapping[ClockName, str] = {
    ClockName.CONFIRMATION: "确认",
    ClockName.RESPONSE: "响应",
    ClockName.ONSITE: "到场",
    ClockName.AGREED: "行动",
    ClockName.NEXT_UPDATE: "进展",
    ClockName.PAUSE: "暂停",
    ClockName.FOLLOW_UP: "跟进",
}
_OTHER_NAMES: Mapping[ClockName, tuple[str, ...]] = {
    ClockName.CONFIRMATION: ("优先级确认",),
    ClockName.AGREED: ("约定", "约定时间"),
    ClockName.NEXT_UPDATE: ("进展通报",),
}


def clock_of(word: str) -> ClockName | None:
    """Return the clock that a word names, as people or as choices write it."""
    for clock, name in NAMES.items():
        if word in (clock.value, name, f"{name}时间", f"下次{name}", *_OTHER_NAMES.get(clock, ())):
            return clock
    return None


def say_clock(instant: datetime, now: datetime) -> str:
    """Return a past time: 14:05, or 3月2日 14:05 when not today."""
    local, today = instant.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local.month}月{local.day}日 {local:%H:%M}"


def customer_lines(case: Case, now: datetime) -> list[str]:
    """Return what is due beside the response, and whether the clocks rest, as the customer is told it."""
    due, ticket = case.deadlines, case.ticket
    lines = []
    if ticket.pause:
        lines.append(resting_line(case))
    if due.onsite and ticket.arrived_at is None:
        lines.append(f"到场期限：{with_reason(case, due.onsite, now)}{overdue(due.onsite, now)}")
    if due.action and ticket.acted_at is None:
        lines.append(f"约定的行动时间：{say_deadline(due.action, now)}{overdue(due.action, now)}")
    if ticket.promise and due.next_update:
        lines.append(f"下次进展：{say_deadline(due.next_update, now)}{overdue(due.next_update, now)}")
    return lines


def overdue(deadline: Deadline, now: datetime) -> str:
    """Return that what is still awaited is late, empty while it is not."""
    return "" if deadline.is_met_at(now) else "，现已超过"


def with_reason(case: Case, deadline: Deadline, now: datetime) -> str:
    """Return a deadline as people say it, and why it is there."""
    said = say_deadline(deadline, now)
    if deadline.clock == ClockName.AGREED:
        return f"{said}（双方约定）"
    if case.terms is None:
        return said
    return f"{said}（{deadline_reason(deadline, case.terms)}{_starts(deadline, now)}）"


def _starts(deadline: Deadline, now: datetime) -> str:
    """Return when a clock starts that does not run yet, and on which day: ，从明天（周二）09:00 起算."""
    first = deadline.segments[0].start if deadline.segments else now
    return f"，从{say_start(first, now)} 起算" if first > max(now, deadline.started_at) else ""


def resting_line(case: Case) -> str:
    """Return that an agreed pause goes on, and what is left of the response clock if it holds that."""
    reason = case.ticket.pause.reason if case.ticket.pause else ""
    left = case.deadlines.resting.get(ClockName.RESPONSE)
    said = f"，响应时间还剩 {say_span(left)}" if left is not None else ""
    return f"双方同意暂停计时（{reason}）{said}，您一回复就继续计时"


def say_span(span: timedelta) -> str:
    """Return a span in whole minutes."""
    return say_duration(int(span.total_seconds()) // 60)


# --- for staff


def staff_lines(case: Case, now: datetime) -> Iterator[str]:
    """Yield the lines of an unfinished ticket's card about the clocks beside the response."""
    due, ticket = case.deadlines, case.ticket
    if ticket.pause:
        since = say_clock(ticket.pause.since, now)
        rests = "、".join(f"{NAMES[clock]}还剩 {say_span(left)}" for clock, left in due.resting.items())
        yield f"⏸ {since} 起双方同意暂停：{ticket.pause.reason}" + (f"（{rests}）" if rests else "")
    elif ticket.pause_asked is not None:
        yield f"已请客户同意暂停：{ticket.pause_asked}"
    if ticket.arrived_at:
        late = "（超期）" if due.onsite and not due.onsite.is_met_at(ticket.arrived_at) else ""
        yield f"已到场：{say_clock(ticket.arrived_at, now)}{late}"
    elif due.onsite:
        target = "" if due.onsite.in_contract else "（目标，合同未约定）"
        yield f"到场期限：{_staff_due(due.onsite, now)}{target}"
    if due.action:
        yield f"约定行动：{_staff_due(due.action, now)}" if not ticket.acted_at else "约定的行动：已采取"
    for offer in ticket.offers:
        yield f"待客户同意：{NAMES[offer.clock]} {say_clock(offer.until, now)}（{offer.by}提出）"
    if due.next_update and ticket.is_live:
        yield f"{'已答应' if ticket.promise else '应给'}客户进展：{_staff_due(due.next_update, now)}"
    yield from cost_lines(case, now)


def known_words(deadline: Deadline, now: datetime) -> str:
    """Return what taking notice of a clock's alarms means: nothing is silent for good."""
    if deadline.clock in REMINDERS:
        return f"{say_duration(deadline.duration_minutes or 0)}（只计白天）后再提醒"
    if now < deadline.due:
        return f"到期限 {say_time(deadline.due, now).removesuffix(' 前')} 再提醒"
    return "已到期限，仍没有结果会再逐级提醒"


def _staff_due(deadline: Deadline, now: datetime) -> str:
    return f"{say_deadline(deadline, now)}{'' if deadline.is_met_at(now) else '（已超期）'}"


def cost_lines(case: Case, now: datetime) -> Iterator[str]:
    """Yield what a missed deadline costs (contract 5.1); days of one ticket are not counted twice."""
    late = [one for one in missed(case, now) if one.fee]
    if not late:
        return
    worst = max(late, key=lambda one: one.span)
    if worst.days and worst.fee:
        sums = penalty_lines(penalty(worst.fee, worst.days), Breach.MISSED_SERVICE)
        yield f"⚠ {_late(worst, case)}：{sums[0]}；{'；'.join(sums[1:-1])}；{sums[-1]}"
    else:
        yield f"⚠ {_late(worst, case)}，不足一整天，不计违约金"
    for other in late:
        if other is not worst:
            yield f"⚠ {_late(other, case)}，同一天不重复计违约金"


def _late(late: Late, case: Case) -> str:
    before = "（重开前）" if late in case.ticket.missed else ""
    if late.ticket is not None:
        before = f"（T{late.ticket} 并入前）"
    return f"{NAMES[late.clock]}超期 {say_span(late.span)}{before}"


# --- for the receipt


def agreed_line(time: AgreedTime, now: datetime) -> str:
    """Return the record of an agreed time: who agreed, how and when, and what it replaced."""
    before = f"，原期限 {say_clock(time.due_before, now)}" if time.due_before else ""
    return (
        f"{NAMES[time.clock]}时间 {say_clock(time.until, now)}："
        f"{time.who} {say_clock(time.agreed_at, now)} {time.how}同意{before}"
    )


def pause_line(pause: Pause, now: datetime) -> str:
    """Return the record of an agreed pause."""
    until = say_clock(pause.until, pause.since) if pause.until else "现在"
    return f"{say_clock(pause.since, now)}–{until} 双方同意暂停，不计时：{pause.reason}"
