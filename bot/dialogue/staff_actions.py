"""What support does to a ticket; every action is an event with who and when."""

from __future__ import annotations

from datetime import datetime

from bot.desk.case import Case, Customer
from bot.desk.events import Kind
from bot.desk.staff import Grant, Purpose
from bot.dialogue import binding, choices, codes, moments, notify, phones, replies
from bot.dialogue.clock_words import say_clock
from bot.dialogue.turn import Turn
from bot.errors import Refused, WrongForm
from bot.messages import Option, Say


def claim(turn: Turn, case: Case, _: str) -> None:
    """Take the ticket; who comes second is told who was first."""
    if case.ticket.assignee and case.ticket.assignee[0] != turn.contact.id:
        raise Refused(f"{case.number} 已由{case.ticket.assignee[1]}认领。要接手请发：接手 {case.number}")
    take_over(turn, case, "")


def take_over(turn: Turn, case: Case, _: str) -> None:
    """Take the ticket, also from a colleague; who takes it first asks for a telephone number."""
    request = "" if case.ticket.assignee else phones.request(case)
    event = turn.event(Kind.ASSIGNED, contact=turn.contact.id, name=turn.contact.name)
    case = turn.desk.tickets.record(case, event)
    text = f"工单 {case.number} 由{turn.contact.name}负责，会在这里与您联系。{request}"
    _tell(turn, case, "已认领", text)


def _tell(turn: Turn, case: Case, done: str, text: str, *options: Option, is_answer: bool = False) -> None:
    """Show support who has done what, and tell the customer's chats."""
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}{done}")
    notify.customers(turn.desk, case, text, *options, is_answer=is_answer)


def reply(turn: Turn, case: Case, words: str) -> None:
    """Say something to the customer; once it has reached them it is the response (contract 1)."""
    case = turn.desk.tickets.record(case, turn.event(Kind.REPLIED, inbox=turn.inbox_id))
    notify.customers(turn.desk, case, f"{turn.contact.name}（工单 {case.number}）：{words}", is_answer=True)
    if case.ticket.responded_at:  # else the note is that it has arrived, or has not (`told`)
        notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}已回复客户")


def respond(turn: Turn, case: Case, argument: str) -> None:
    """Record a call with the customer as the response: when, and with whom (contract 1)."""
    at, note = happened(turn, case, argument)
    if not note:
        raise WrongForm("请写明和谁通的话。")
    shown = _shown(turn, case, at, note)
    case = turn.desk.tickets.record(
        case, turn.event(Kind.RESPONDED, how="call", at=at.isoformat(), note=note)
    )
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}已电话响应")
    if shown:
        notify.customers(turn.desk, case, shown, Option("不符，转人工", "转人工", "human"))


def _shown(turn: Turn, case: Case, at: datetime, note: str) -> str:
    """Return what the customer is told of a call by which a missed deadline becomes a kept one."""
    known = case.ticket.responded_at or turn.now
    deadline = case.response
    if deadline is None or deadline.is_met_at(known) or not deadline.is_met_at(at):
        return ""
    said = f"{turn.contact.name}记录，{say_clock(at, turn.now)} 已电话联系您方：{note}"
    return f"工单 {case.number}：{said}。如不符请点“不符，转人工”。"


def happened(turn: Turn, case: Case, words: str) -> tuple[datetime, str]:
    """Return when something was done, by default now, and the rest of the words.

    Raises:
        Refused: that is before the report.
    """
    at, rest = moments.past(words, turn.now)
    if (at is None and words[:1].isdecimal()) or rest[:1] in {":", "："}:
        raise WrongForm("时间没有看懂，请写成 14:05。")
    if at is not None:
        moments.check_after(at, case.ticket.clock_from)
    return at or turn.now, rest


def workaround(turn: Turn, case: Case, words: str) -> None:
    """Give a workaround, 旁路办法 (contract 2.2.2)."""
    case = turn.desk.tickets.record(case, turn.event(Kind.WORKAROUND, inbox=turn.inbox_id))
    text = f"工单 {case.number} 旁路办法（{turn.contact.name}）：{words}\n问题本身会继续处理。"
    _tell(turn, case, "已给旁路办法", text, is_answer=True)


def resolve(turn: Turn, case: Case, words: str) -> None:
    """Report the fault as solved and ask the customer whether it works again."""
    case = turn.desk.tickets.record(case, turn.event(Kind.RESOLVED, inbox=turn.inbox_id))
    text = f"工单 {case.number} 已处理（{turn.contact.name}）：{words}\n请问恢复了吗？"
    options = choices.recovered_options(case.ticket.id)
    _tell(turn, case, "已解决，等客户确认", text, *options, is_answer=True)


def close(turn: Turn, case: Case, _: str) -> None:
    """Close what is resolved, or what both sides have found to be no fault."""
    case = turn.desk.tickets.record(case, turn.event(Kind.CLOSED, why="staff"))
    text = f"工单 {case.number} 已关闭。没恢复请回复“没恢复”。请为这次服务打分（1–5，5 分最好）。"
    _tell(turn, case, "已关闭", text, *choices.rating_options(case.ticket.id))


def show(turn: Turn, case: Case, _: str) -> None:
    """Show a ticket's card here, at the end of the chat."""
    notify.show(turn.desk, case, turn.now, turn.chat.id)


# --- customers and their chats


def bind(turn: Turn, case: Case, words: str) -> None:
    """Bind the reporter's chat to a customer; the deadline counts from the report."""
    if case.customer is not None:
        raise Refused(f"{case.number} 已属于 {case.customer.name}。")
    customer = one_customer(turn, words)
    binding.bind_chat(turn, case.chat_id, customer.id)


def one_customer(turn: Turn, words: str) -> Customer:
    """Return the customer that ``words`` name.

    Raises:
        Refused: none or several match.
    """
    if not words:
        raise WrongForm("请写客户名称或合同号。")
    found = turn.desk.customers.find(words)
    exact = [customer for customer in found if customer.name == words]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise WrongForm(f"没有找到客户“{replies.shorten(words)}”。")
    raise Refused("有多个客户符合，请写全称：" + "、".join(customer.name for customer in found))


def issue_code(turn: Turn, customer_id: int) -> str:
    """Make a binding code; only its hash is stored."""
    made = codes.new_code(Purpose.CUSTOMER)
    turn.desk.people.issue(
        Grant(Purpose.CUSTOMER, customer_id),
        codes.code_hash(made),
        turn.contact.name,
        turn.now + codes.VALID[Purpose.CUSTOMER],
    )
    return made


def say_to_chat(turn: Turn, chat_id: int, words: str) -> None:
    """Relay an engineer's words to a customer's chat that has no ticket."""
    if chat_id in turn.desk.chats.staff() or not turn.desk.chats.exists(chat_id):
        raise Refused(f"没有对话 C{chat_id}。")
    turn.desk.messages.say(chat_id, Say(f"{turn.contact.name}：{words}", is_answer=True))
    turn.reply(f"正在发给客户（C{chat_id}），送不到会在这里提醒。")
