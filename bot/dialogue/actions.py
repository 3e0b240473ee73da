"""What a customer does to a ticket: answer, agree, object, urge, withdraw, close, rate, bind."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk.agreement import Standing
from bot.desk.case import Case, view_event
from bot.desk.events import BOT, Event, Kind
from bot.desk.terms import Priority
from bot.desk.ticket import FINAL, Work
from bot.dialogue import asked, notify, opening, reading, reopening, replies, report, same_fault
from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Option, Say

OTHERS_NAMED = 2
BOUND = 20  # of a chat's closed tickets so many are bound with it
RECOVERED = "recovered"  # with 关闭: the customer has said that it works again
NO_TICKET = "您现在没有未结的工单。直接用一句话描述故障就能报修。"


def hotline(turn: Turn) -> str:
    """Return the line with the hotline's numbers."""
    return replies.hotline_line(turn.office.hotline)


def ticket_of(
    turn: Turn, command: Command, *, closed: bool = False, fits: Callable[[Case], bool] | None = None
) -> Case:
    """Return the customer's ticket that a command is about: the one it names, else the latest one.

    Args:
        closed: when none is open, the latest closed one.
        fits: those for which it makes sense go before the others.

    Raises:
        Refused: it is not theirs (which is not told apart from: it does not exist), or there is none.
    """
    if command.ticket is not None:
        case = turn.desk.tickets.get(command.ticket)
        if case is None or not _is_theirs(turn, case):
            raise Refused(f"没有找到您的工单 T{command.ticket}。回复“查进度”可以看到您的工单。")
        return _going_on(turn, case)
    cases = turn.desk.tickets.live(turn.chat)
    cases = [case for case in cases if fits and fits(case)] or cases
    current = same_fault.current_case(turn, cases)
    if current or cases:
        return current or cases[0]
    if closed and (recent := turn.desk.tickets.recent(turn.chat, 1)):
        return _going_on(turn, recent[0])
    raise Refused(NO_TICKET)


def _going_on(turn: Turn, case: Case) -> Case:
    """Return the ticket itself, or the one that it was merged into: of the same customer, always."""
    while case.ticket.merged_into is not None and (into := turn.desk.tickets.get(case.ticket.merged_into)):
        case = into
    return case


def _is_theirs(turn: Turn, case: Case) -> bool:
    if turn.chat.customer_id is not None and case.customer is not None:
        return case.customer.id == turn.chat.customer_id
    return case.chat_id == turn.chat.id


def effect(turn: Turn, command: Command) -> None:
    """Record the customer's view: how much is affected (contract 2.1, joint determination)."""
    case = ticket_of(turn, command)
    _view(turn, case, Priority(int(command.argument)), replies.EFFECT_NAMES[Priority(int(command.argument))])


def _awaits_consent(case: Case) -> bool:
    agreement = case.ticket.agreement
    return agreement.vendor is not None and agreement.standing is not Standing.AGREED


def _is_resolved(case: Case) -> bool:
    return case.ticket.work is Work.RESOLVED


def agree(turn: Turn, command: Command) -> None:
    """Record that the customer shares the engineer's view."""
    case = ticket_of(turn, command, fits=_awaits_consent)
    asked.check_unambiguous(turn, case, command)
    vendor = case.ticket.agreement.vendor
    if vendor is None:
        raise Refused("工程师还没有给出判断，有结果会马上告诉您。")
    if command.argument and int(command.argument) != vendor:
        raise Refused(f"工程师已把判断改为{replies.PRIORITY_NAMES[vendor]}，请看最新的消息。")
    _view(turn, case, vendor, "同意工程师的判断")


def _view(turn: Turn, case: Case, priority: Priority, reason: str) -> None:
    event, before = view_event(case, priority, turn.actor, reason, turn.now, turn.office.workdays), case
    case = turn.desk.tickets.record(case, event)
    text = replies.view_recorded(case, priority, turn.now, turn.office.hotline)
    turn.reply(text, ticket=case.ticket.id)
    if event.data["held_before"] != event.data["held_after"]:
        notify.customers(turn.desk, case, text, but=turn.chat.id)
    note = f"{case.number} 客户答：{replies.EFFECT_NAMES[priority]}"
    notify.staff(turn.desk, case, turn.now, note + ("（新期限已过）" if event.data["past_due"] else ""))
    notify.dispute(turn.desk, before, case)


def object_(turn: Turn, command: Command) -> None:
    """The customer objects to the priority: ask for the effect, which is their view."""
    case = ticket_of(turn, command)
    turn.reply(
        f"明白，您对工单 {case.number} 的优先级有异议（现{replies.timed(case.ticket.held)}）。\n"
        + replies.EFFECT_QUESTION,
        *replies.effect_options(case.ticket.id),
        ticket=case.ticket.id,
    )


def urge(turn: Turn, command: Command) -> None:
    """Pass on that the customer urges; each time something more concrete is said."""
    case = ticket_of(turn, command)
    if case.ticket.work is Work.RESOLVED:
        ask_recovered(turn, case)
        return
    case = turn.desk.tickets.record(case, turn.event(Kind.URGED))
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户催单（第 {case.ticket.urged} 次）")
    if replies.is_settled_no_fault(case):
        turn.reply(
            f"工单 {case.number} 双方已确认不是故障，不按故障计时。现在关闭吗？\n"
            f"仍是故障请点“有异议”。已转告工程师。\n{hotline(turn)}",
            *replies.settled_options(case.ticket.id),
            ticket=case.ticket.id,
        )
        return
    who = f"负责人是{case.ticket.assignee[1]}。" if case.ticket.assignee else "正在安排工程师。"
    lines = [
        f"已催办工单 {case.number}（第 {case.ticket.urged} 次），{who}",
        replies.status_line(case, turn.now),
    ]
    if case.ticket.urged > 1:
        lines.append(f"着急的话请直接拨打 {turn.office.hotline[0]}，报工单号 {case.number}，会有人接听。")
    turn.reply("\n".join([*lines, hotline(turn)]), ticket=case.ticket.id)


def ask_recovered(turn: Turn, case: Case) -> None:
    """Ask about a ticket that the engineer has resolved: that is what it waits for."""
    turn.reply(
        f"工单 {case.number} 工程师已处理，请问恢复了吗？",
        *replies.recovered_options(case.ticket.id),
        ticket=case.ticket.id,
    )


def withdraw(turn: Turn, command: Command) -> None:
    """Ask before withdrawing: one tap too many must not stop the clock."""
    case = ticket_of(turn, command)
    if case.ticket.work is Work.RESOLVED:
        ask_recovered(turn, case)
        return
    turn.reply(
        f"确定撤销工单 {case.number}（{replies.shorten(case.summary)}）吗？撤销后不再处理。",
        Option("确定撤销", "确定撤销", "withdraw_now", case.ticket.id),
        Option("不撤销", "不撤销", "keep", case.ticket.id),
        ticket=case.ticket.id,
    )


def withdraw_now(turn: Turn, command: Command) -> None:
    """Withdraw the ticket."""
    case = turn.desk.tickets.record(ticket_of(turn, command), turn.event(Kind.WITHDRAWN))
    text = f"工单 {case.number} 已撤销。需要时再发一句话就能报修。\n{hotline(turn)}"
    turn.reply(text, ticket=case.ticket.id)
    notify.customers(turn.desk, case, f"工单 {case.number} 已由{turn.contact.name}撤销。", but=turn.chat.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户已撤销")


def keep(turn: Turn, command: Command) -> None:
    """The customer thought better of withdrawing."""
    case = ticket_of(turn, command)
    turn.reply(
        f"好的，工单 {case.number} 继续处理。\n{replies.status_line(case, turn.now)}", ticket=case.ticket.id
    )


def works(turn: Turn, command: Command) -> None:
    """It works again: the answer to 恢复了吗 closes, said by itself it asks first."""
    case = ticket_of(turn, command, closed=True, fits=_is_resolved)
    if case.ticket.work in FINAL:
        turn.reply(f"好的，工单 {case.number} 已关闭。再有问题随时告诉我。\n{hotline(turn)}")
        return
    if command.argument == "now" or case.ticket.work is Work.RESOLVED:
        _close(turn, case, recovered=True)
        return
    case = turn.desk.tickets.record(case, turn.event(Kind.RECOVERED))
    live = [other for other in turn.desk.tickets.live(turn.chat) if other.ticket.id != case.ticket.id]
    named = "、".join(f"{other.number} {replies.shorten(other.summary)}" for other in live[:OTHERS_NAMED])
    others = f"\n如果说的是另一张（{named}），请发“已恢复 {live[0].number}”。" if live else ""
    turn.reply(
        f"您说已恢复：{case.number} {replies.shorten(case.summary)}。现在关闭，还是再观察一下？{others}",
        Option("关闭工单", "关闭", "close", case.ticket.id, RECOVERED),
        Option("再观察", "再观察", "keep", case.ticket.id),
        ticket=case.ticket.id,
    )
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户说已恢复")


def broken(turn: Turn, command: Command) -> None:
    """It does not work yet: a resolved or closed ticket is opened again."""
    case = ticket_of(turn, command, closed=True, fits=_is_resolved)
    if case.ticket.is_live:
        turn.reply(
            f"明白，工单 {case.number} 继续处理。\n{replies.status_line(case, turn.now)}\n{hotline(turn)}"
        )
        notify.staff(turn.desk, case, turn.now, f"{case.number} 客户说还没恢复")
        return
    if case.ticket.work is Work.WITHDRAWN:
        turn.reply(
            f"工单 {case.number} 已撤销，不再处理。还有故障请点“按故障报修”，会开新的工单。\n{hotline(turn)}",
            Option("按故障报修", "按故障报修", "report", None, case.summary),
        )
        return
    reopening.by_customer(turn, case, "没恢复")


def close(turn: Turn, command: Command) -> None:
    """The customer closes the ticket; what nobody has found to be over is asked about first."""
    case = ticket_of(turn, command)
    if command.argument or not case.ticket.is_live or replies.is_settled_no_fault(case):
        _close(turn, case, recovered=command.argument == RECOVERED)
        return
    turn.reply(
        f"工单 {case.number}（{replies.shorten(case.summary)}）还在处理，确定关闭吗？关闭后不再处理。",
        Option("确定关闭", "确定关闭", "close", case.ticket.id, "now"),
        Option("不关闭", "不关闭", "keep", case.ticket.id),
        ticket=case.ticket.id,
    )


def _close(turn: Turn, case: Case, *, recovered: bool) -> None:
    case = turn.desk.tickets.record(case, turn.event(Kind.CLOSED, why="customer"))
    turn.reply(
        f"工单 {case.number} 已关闭。请为这次服务打分（1–5，5 分最好）。",
        *replies.rating_options(case.ticket.id),
        ticket=case.ticket.id,
    )
    who = turn.contact.name
    told = (
        f"{who}确认已恢复，工单 {case.number} 已关闭。"
        if recovered
        else f"工单 {case.number} 已由{who}关闭。"
    )
    notify.customers(turn.desk, case, told, but=turn.chat.id)
    note = "客户确认恢复，已关闭" if recovered else "客户已关闭（没有说已恢复）"
    notify.staff(turn.desk, case, turn.now, f"{case.number} {note}")


def rate(turn: Turn, command: Command) -> None:
    """Record a rating of 1 to 5."""
    stars = command.argument.strip("分星 ")
    if stars not in {"1", "2", "3", "4", "5"}:
        raise Refused("请回复 1 到 5 之间的数字，例如：评分 5。")
    case = ticket_of(turn, command, closed=True)
    case = turn.desk.tickets.record(case, turn.event(Kind.RATED, stars=int(stars)))
    turn.reply(f"谢谢，工单 {case.number} 的 {stars} 分已记录。", ticket=case.ticket.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户评分 {stars}")


def report_anyway(turn: Turn, command: Command) -> None:
    """按故障报修: the way out of a wrong verdict; the clock starts at the original message."""
    if command.argument.startswith("inbox:"):
        original = turn.desk.messages.received(int(command.argument.removeprefix("inbox:")))
        report.take(turn, reading.of(turn, original.text, original.at))
    elif command.argument:
        report.take(turn, reading.of(turn, command.argument, turn.reported_at))
    elif fragments := reading.recent_fragments(turn):
        report.take(turn, reading.of(turn, "，".join(words for words, _ in fragments), fragments[0][1]))
    else:
        turn.remember(reporting=turn.now.isoformat())
        turn.reply(f"请用一句话描述：哪里出了什么问题，影响全部还是部分坐席。\n{hotline(turn)}")


def bind_chat(turn: Turn, chat_id: int, customer_id: int) -> None:
    """Bind a chat; its tickets get the contract, and their deadlines count from the report."""
    desk = turn.desk
    chat, customer = desk.chats.get(chat_id), desk.customers.get(customer_id)
    if chat.customer_id is not None:
        if chat.customer_id == customer_id:
            raise Refused(f"这个聊天已经绑定 {customer.name}。")
        raise Refused("这个聊天已绑定另一个客户，不能再换。请用新的聊天绑定，或联系工程师。")
    # Closed ones as well: they may be reopened, and what they took counts under the contract.
    found = {case.ticket.id: case for case in (*desk.tickets.live(chat), *desk.tickets.recent(chat, BOUND))}
    unbound = [case for _, case in sorted(found.items(), reverse=True)]
    desk.chats.bind(chat_id, customer_id)
    lines = [f"已绑定：{customer.name}。"]
    for case in unbound:
        if case.customer is not None:
            continue
        contract = opening.contract_reference(desk, customer_id, case.ticket.reported_at)
        data = {"customer": customer_id, "contract": contract}
        bound = desk.tickets.bind(case, customer_id, Event(Kind.BOUND, turn.now, BOT, data))
        if bound.ticket.work in FINAL:
            continue
        lines += [
            f"工单 {bound.number}：{replies.PRIORITY_NAMES[bound.ticket.held]}",
            replies.deadline_line(bound, turn.now) + "。",
        ]
        notify.staff(desk, bound, turn.now, f"{bound.number} 已绑定 {customer.name}")
    desk.messages.say(chat_id, Say("\n".join([*lines, hotline(turn)])))
