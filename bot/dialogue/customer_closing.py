"""How a customer ends a ticket: it works again, it is closed, withdrawn, rated; or it does not work yet."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.events import Kind
from bot.desk.ticket import FINAL, Work
from bot.dialogue import choices, customer_priority, notify, reopening, replies
from bot.dialogue.commands import Command
from bot.dialogue.their_ticket import hotline, ticket_of
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Option

OTHERS_NAMED = 2
RECOVERED = "recovered"  # with 关闭: the customer has said that it works again


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


def _is_resolved(case: Case) -> bool:
    return case.ticket.work is Work.RESOLVED


def ask_recovered(turn: Turn, case: Case) -> None:
    """Ask about a ticket that the engineer has resolved: that is what it waits for."""
    turn.reply(
        f"工单 {case.number} 工程师已处理，请问恢复了吗？",
        *choices.recovered_options(case.ticket.id),
        ticket=case.ticket.id,
    )


def broken(turn: Turn, command: Command) -> None:
    """It does not work yet: a resolved or closed ticket is opened again."""
    case = ticket_of(turn, command, closed=True, fits=_is_resolved)
    if replies.is_settled_no_fault(case):  # so it is a fault after all, which both must judge anew
        customer_priority.object_(turn, Command("object", case.ticket.id))
        notify.staff(turn.desk, case, turn.now, f"{case.number} 客户说还没恢复")
        return
    if case.ticket.is_live:
        case = turn.desk.tickets.record(case, turn.event(Kind.UNRECOVERED))
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
        *choices.rating_options(case.ticket.id),
        ticket=case.ticket.id,
    )
    who = turn.contact.name
    told = (
        f"{who}确认已恢复，工单 {case.number} 已关闭。"
        if recovered
        else f"工单 {case.number} 已由{who}关闭。"
    )
    notify.customers(turn.desk, case, told, but=turn.chat.id)
    earlier = "之前说过已恢复" if case.ticket.recovered_at else "没有说已恢复"
    note = "客户确认恢复，已关闭" if recovered else f"客户已关闭（{earlier}）"
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
