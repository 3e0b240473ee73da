"""What is said because of delivery: the response is on record, or a message could not be delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.desk.case import Case, Chat
from bot.desk.terms import Priority
from bot.dialogue import notify
from bot.dialogue.ports import Desk
from bot.messages import Option

NUDGED = "nudged"
NAMED = 5  # messages, by their numbers
# Why a platform takes no message now, as its channel says it.
WAITS: Mapping[str, str] = {
    "quota": "平台允许的消息条数已用完",
    "window": "客户超过 48 小时没有发言",
    "passive": "公众号只能在客户发言时回复",
    NUDGED: "已发通知请客户查看",
    "silent": "已通知客户查看，客户还没有发言",
}

# Why a message did not arrive, in the words that support reads.
REASONS: Mapping[str, str] = {
    "blocked": "客户停用了机器人",
    "deactivated": "客户的账号已注销",
    "kicked": "机器人已被移出群",
    "chat_gone": "这个聊天已不存在",
    "not_started": "客户没有打开过与机器人的对话",
    "no_rights": "机器人在群里不能发言",
    "silent": "客户一直没有发言",
    "account": "这个账号已不在设置里",
    "no-account": "这个账号已不在设置里",
    "token": "平台不认我们的令牌",
    "unreachable": "连不上平台",
    "timeout": "平台没有回音，可能已送达",
    "network": "平台没有回音，可能已送达",
    "unknown": "平台没有回音，可能已送达",
}


def responded(desk: Desk, case: Case, now: datetime) -> None:
    """An engineer's answer has reached the customer: that is the response (contract 1)."""
    late = (
        case.response is not None
        and case.ticket.responded_at is not None
        and not case.response.is_met_at(case.ticket.responded_at)
    )
    who = desk.tickets.events(case.ticket.id)[-1].actor.name
    note = f"{case.number} {who}的答复已送达客户，已响应{'（超期）' if late else ''}"
    notify.staff(desk, case, now, note)


def answered(desk: Desk, case: Case, now: datetime) -> None:
    """Who had urged has heard from an engineer: their card asks for no answer any more."""
    who = desk.tickets.events(case.ticket.id)[-1].actor.name
    notify.staff(desk, case, now, f"{case.number} {who}的答复已送达客户")


def undelivered(desk: Desk, case: Case, error: str, now: datetime) -> None:
    """A message to the customer failed for good: support must phone."""
    phone = case.reporter.phone or "未登记，请查合同"
    notify.staff_line(
        desk,
        f"⚠ {case.number} 有消息送不到客户（{REASONS.get(error, error)}），请打电话：{phone}",
        ticket=case.ticket.id,
        urgent=True,
    )
    notify.staff(desk, case, now, f"{case.number} 消息未送达")


def late(desk: Desk, case: Case, error: str) -> None:
    """A message to the customer does not get through for long, and is still tried: support may phone."""
    phone, why = case.reporter.phone or "未登记，请查合同", REASONS.get(error, error)
    notify.staff_line(
        desk,
        f"⚠ {case.number} 有消息一直没送到客户（{why}），还在重发；要紧请打电话：{phone}",
        ticket=case.ticket.id,
        urgent=True,
    )


def held(desk: Desk, case: Case, error: str) -> None:
    """A message waits until the customer writes again: support must phone, at once for a priority 1.

    For a priority 2 a notice that asks the customer to write is enough (``nudged``).
    """
    phone = case.reporter.phone or "未登记，请查合同"
    if case.ticket.agreement.held is Priority.ONE:
        words = f"⚠ {case.number} 有消息暂时送不到客户（{WAITS.get(error, error)}），请马上打电话：{phone}"
    elif error == NUDGED:
        return
    else:
        why = WAITS.get(error, error)
        words = f"{case.number} 有消息在排队（{why}），客户下次发言时送达；要紧请打电话：{phone}"
    called = Option("已打电话", f"响应 {case.number}", "respond", case.ticket.id)
    notify.staff_line(desk, words, called, ticket=case.ticket.id)


def unheard(desk: Desk, chat: Chat, status: str, error: str) -> None:
    """An engineer's words to a chat without a ticket failed, are late, or wait for the customer to write."""
    name = desk.customers.get(chat.customer_id).name if chat.customer_id else "未绑定客户"
    persons = desk.customers.phones_of(chat.customer_id) if chat.customer_id else []
    phone = "；".join(f"{person.name} {person.phone}" for person in persons) or "未登记，请查合同"
    about = f"给{name}（C{chat.id}）的答复"
    if status == "held":
        why = WAITS.get(error, error)
        notify.staff_line(desk, f"{about}在排队（{why}），客户下次发言时送达；要紧请打电话：{phone}")
        return
    why = REASONS.get(error, error)
    how = "没有送到" if status == "failed" else "一直没送到，还在重发"
    notify.staff_line(desk, f"⚠ {about}{how}（{why}），请打电话：{phone}", urgent=True)


def stuck(desk: Desk, messages: int) -> None:
    """The delivery engine had lost messages; they go out late."""
    notify.staff_line(desk, f"⚠ 消息投递中断过，有 {messages} 条消息延误，已重新发送。请运维查看日志。")


def unrecorded(desk: Desk, outbox_id: int) -> None:
    """What follows from a message's outcome could not be recorded, such as a response."""
    notify.staff_line(
        desk, f"⚠ 一条消息（编号 {outbox_id}）的送达结果没能完整记录，请运维查看日志。", urgent=True
    )


def unread(desk: Desk, number: int) -> None:
    """A platform sent what can't be read; it may be a customer's report."""
    notify.staff_line(
        desk,
        f"⚠ 有一条消息看不懂（留存编号 {number}），可能是客户报修。请运维查看，并留意客户来电。",
        urgent=True,
    )


def waiting(desk: Desk, chats: int, messages: Sequence[int]) -> None:
    """Messages of customers wait for long, and the program can't handle them for now."""
    numbers = "、".join(str(number) for number in messages[:NAMED]) + ("等" if len(messages) > NAMED else "")
    notify.staff_line(
        desk,
        f"⚠ {chats} 个聊天里有消息超过 5 分钟没能处理（编号 {numbers}）。"
        "请运维查看日志，并尽快联系客户；系统还在重试。",
        urgent=True,
    )


def unreadable(desk: Desk, inbox_id: int) -> None:
    """A stored message can't be read or handled in any way: somebody must look it up."""
    notify.staff_line(
        desk, f"⚠ 有一条消息（编号 {inbox_id}）没能处理，请运维查看日志，并尽快联系客户。", urgent=True
    )
