"""Times that both sides agree on, updates that are promised, and alarms of which notice is taken."""

from __future__ import annotations

from datetime import datetime

from bot.desk.arrangements import AGREEABLE
from bot.desk.arranging import check_time, deadline_of, loosens, promised, time_agreed
from bot.desk.case import Case
from bot.desk.clocks import clocks
from bot.desk.events import Kind
from bot.desk.sla import ClockName
from bot.desk.staff import Task, may
from bot.dialogue import moments, notify
from bot.dialogue.clock_words import NAMES, clock_of, known_words
from bot.dialogue.receipts import say_time
from bot.dialogue.turn import Turn
from bot.errors import Refused, WrongForm
from bot.messages import Option


def agree_time(turn: Turn, case: Case, argument: str) -> None:
    """Propose a time, or record who of the customer agreed to it, how and when (contract 2.1).

    A deadline is loosened by the customer's own hand or on the word of a lead, as a priority is lowered.
    """
    word, _, rest = argument.partition(" ")
    clock = clock_of(word)
    until, rest = moments.future(rest, turn.now)
    if clock not in AGREEABLE or until is None:
        raise WrongForm("请写约定哪个时间（响应、到场、行动）和几点。")
    consent = moments.consent(rest, case.ticket.clock_from, turn.now)
    if consent is None:
        _propose(turn, case, clock, until)
        return
    check_time(case, clock, until, turn.now)
    if loosens(case, clock, until):
        _require_lead(turn, case, word)
    before = _before(case, clock, turn.now)
    event = time_agreed(case, clock, until, turn.actor, turn.now, consent)
    case = turn.desk.tickets.record(case, event)
    name, said = NAMES[clock], say_time(until, turn.now)
    text = (
        f"工单 {case.number}：{turn.contact.name}记录，{consent.who}已{consent.how}同意{name}时间为 {said}"
        f"{before}。\n如不符请点“不符”，仍按原期限。"
    )
    notify.customers(turn.desk, case, text, _refusal(case, clock, "不符"))
    note = f"{case.number} 已约定{name}：{said}（{consent.who} {consent.how}）"
    notify.staff(turn.desk, case, turn.now, note)


def _require_lead(turn: Turn, case: Case, word: str) -> None:
    if not may(turn.contact.role, Task.CONSENT):
        raise Refused(
            "比现在的期限晚：请客户在聊天里同意，或由主管记录电话里的同意。"
            f"请客户同意请发：约定 {case.number} {word} 15:00"
        )


def _propose(turn: Turn, case: Case, clock: ClockName, until: datetime) -> None:
    check_time(case, clock, until, turn.now)
    before = _before(case, clock, turn.now)
    event = turn.event(Kind.TIME_OFFERED, clock=clock.value, until=until.isoformat())
    case = turn.desk.tickets.record(case, event)
    name, said = NAMES[clock], say_time(until, turn.now)
    notify.customers(
        turn.desk,
        case,
        f"工单 {case.number}：{turn.contact.name}建议{name}时间为 {said}{before}。您同意吗？",
        Option("同意", "同意时间", "time_yes", case.ticket.id, f"{clock.value} {until.isoformat()}"),
        _refusal(case, clock, "不同意"),
    )
    notify.staff(turn.desk, case, turn.now, f"{case.number} 已请客户同意{name}时间：{said}")


def _before(case: Case, clock: ClockName, now: datetime) -> str:
    deadline = deadline_of(case, clock)
    return f"（现在的期限：{say_time(deadline.due, now)}）" if deadline else ""


def _refusal(case: Case, clock: ClockName, label: str) -> Option:
    return Option(label, "不同意时间", "time_no", case.ticket.id, clock.value)


def promise(turn: Turn, case: Case, argument: str) -> None:
    """Promise when the customer will hear from support next."""
    until, _ = moments.future(argument, turn.now)
    if until is None:
        raise WrongForm("请写几点给客户进展。")
    case = turn.desk.tickets.record(case, promised(case, until, turn.actor, turn.now))
    said = say_time(until, turn.now)
    notify.customers(turn.desk, case, f"工单 {case.number}：{turn.contact.name}会在 {said}告诉您进展。")
    notify.staff(turn.desk, case, turn.now, f"{case.number} 已答应客户 {said}给进展")


def acknowledge(turn: Turn, case: Case, argument: str) -> None:
    """Take notice of a clock's alarms: it warns no more and climbs anew; those of the other clocks go on."""
    waiting = [clock for clock in clocks(case, turn.office.workdays) if clock.is_open]
    names = "、".join(NAMES[clock.name] for clock in waiting)
    if not waiting:
        raise Refused(f"{case.number} 没有在等的时钟。")
    wanted = clock_of(argument.strip()) if argument.strip() else None
    if argument.strip() and wanted is None:
        raise WrongForm(f"请写哪个时钟：{names}")
    meant = [clock for clock in waiting if wanted in (None, clock.name)]
    if not meant:
        raise Refused(f"{case.number} 的这个时钟没有在等，在等的是：{names}")
    # Said without a clock it is about the one that is due first: that is the one that rings.
    chosen = min(meant, key=lambda clock: (clock.acknowledged_at is not None, clock.deadline.due))
    case = turn.desk.tickets.record(case, turn.event(Kind.ACKNOWLEDGED, clock=chosen.name.value))
    others = "、".join(NAMES[clock.name] for clock in waiting if clock is not chosen)
    rest = f"；{others}的提醒照常" if others else ""
    said = known_words(chosen.deadline, turn.now)
    note = f"{case.number} {turn.contact.name}知道了：{NAMES[chosen.name]}（{said}）{rest}"
    notify.staff(turn.desk, case, turn.now, note)
