"""Binding a chat to a customer, by which its tickets get the contract, and taking that back."""

from __future__ import annotations

from bot.desk.events import BOT, Event, Kind
from bot.desk.ticket import FINAL
from bot.dialogue import notify, opening, replies
from bot.dialogue.their_ticket import hotline
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Say

BOUND = 20  # of a chat's closed tickets so many are bound with it


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


def unbind_chat(turn: Turn, chat_id: int) -> None:
    """Take back that a chat is a customer's: it hears and sees nothing of theirs any more (contract 5.2).

    What was reported from it stays the customer's.

    Raises:
        Refused: there is no such chat, or it is nobody's.
    """
    desk = turn.desk
    chat = desk.chats.get(chat_id) if desk.chats.exists(chat_id) else None
    if chat is None or chat.customer_id is None:
        raise Refused(f"C{chat_id} 没有绑定客户。")
    name = desk.customers.get(chat.customer_id).name
    desk.chats.unbind(chat_id)
    desk.messages.say(chat_id, Say(f"这个聊天与合同的绑定已解除。\n{hotline(turn)}"))
    notify.staff_line(desk, f"{turn.contact.name} 已解绑 {name} 的聊天 C{chat_id}。", but=turn.chat.id)
    turn.reply(f"已解绑：{name}（C{chat_id}），它不再收到也查不到 {name} 的工单。重新绑定请发新的绑定码。")
