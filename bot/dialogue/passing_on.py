"""What is no fault goes to a person, and the customer keeps a way out of a wrong verdict."""

from __future__ import annotations

from bot.desk.contract import Terms
from bot.dialogue import notify, replies
from bot.dialogue.cards import FORWARDED, pointer
from bot.dialogue.turn import Turn
from bot.messages import FETCHED_KINDS, Option

WORDS_SHOWN = 200  # of a customer's message in a staff line


def way_out(turn: Turn) -> Option:
    """Return the choice that makes a report of this very message, with its original time."""
    return Option("按故障报修", "按故障报修", "report", None, f"inbox:{turn.inbox_id}")


def pass_on(turn: Turn, what: str, ticket: int | None = None) -> None:
    """Show support what the customer wrote, with a way to answer it."""
    name = turn.desk.customers.get(turn.chat.customer_id).name if turn.chat.customer_id else "未绑定客户"
    answer = (
        Option("回复客户", f"回复 T{ticket} 内容", "reply", ticket)
        if ticket
        else Option("答复", f"答复 C{turn.chat.id} 内容", "answer", None, f"C{turn.chat.id}")
    )
    places = "".join(pointer(one) for one in turn.inbound.attachments if one.kind not in FETCHED_KINDS)
    words = replies.shorten(turn.text, WORDS_SHOWN) + places or "（图片或附件）"
    if turn.inbound.forwarded is not None:
        words = f"{FORWARDED}{words}"
    notify.staff_line(turn.desk, f"{name} {turn.contact.name} {what}：{words}", answer, ticket=ticket)


def terms_of(turn: Turn) -> Terms | None:
    """Return the customer's contract as it is now, None for a chat that is not bound."""
    customer_id = turn.chat.customer_id
    return turn.desk.customers.terms(customer_id, turn.now) if customer_id else None
