"""What happens in a chat without a word: somebody comes, leaves, or scans a code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.dialogue import answers, joining, notify, staff_gone, their_ticket
from bot.dialogue.codes import looks_like_code
from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Occasion

REPORT = "报修：直接用一句话描述故障，例如“IVR 打不进来，全部受影响”，也可以发图片。"
BIND = "请先绑定合同：把工程师给您的绑定码发给我，例如“绑定 ABCD2345”。没有绑定也可以报修。"
# In a group only commands and replies are sure to reach us: a mention may be kept from bots.
REPORT_GROUP = "报修请发：/report 加一句话，例如“/report IVR 打不进来，全部受影响”；也可以直接回复我的消息。"
BIND_GROUP = "请先绑定合同，发：/bind 加工程师给您的绑定码。没有绑定也可以报修。"


def answer(turn: Turn) -> None:
    """Answer an occasion."""
    occasion = turn.inbound.occasion
    assert occasion is not None  # noqa: S101 - asked for such messages only
    ANSWERS[occasion](turn)


def _came(turn: Turn) -> None:
    """Welcome somebody; what the code that brought them carries is taken as if they had typed it."""
    turn = staff_gone.is_here(turn)
    if looks_like_code(turn.inbound.scene):
        try:
            joining.enter(turn, Command("bind", None, turn.inbound.scene))
        except Refused as refusal:
            turn.reply(f"{refusal}\n{their_ticket.hotline(turn)}")
        else:
            if turn.inbound.occasion is Occasion.FOLLOWED and not turn.contact.is_staff:
                turn.reply(REPORT)
        return
    if turn.chat.kind == "staff" or (turn.contact.is_staff and not turn.inbound.is_group):
        turn.reply("您好，我已在这里。发“待办”看未结的工单，发“帮助”看命令。")
    elif turn.inbound.is_group:
        bind = () if turn.chat.customer_id else (BIND_GROUP,)
        turn.reply(
            "\n".join(["大家好，我是服务热线机器人。", REPORT_GROUP, *bind, their_ticket.hotline(turn)])
        )
    elif turn.chat.customer_id is None:
        turn.reply("\n".join(["您好，这里是服务热线。", REPORT, BIND, their_ticket.hotline(turn)]))
    else:
        turn.reply("\n".join(["您好，这里是服务热线。", REPORT, their_ticket.hotline(turn)]), *answers.USUAL)


def _left(turn: Turn) -> None:
    """Nothing reaches them any more: who has a ticket open must be phoned."""
    if turn.chat.kind == "staff":
        staff_gone.gone(turn.desk, turn.chat.id)
        return
    if turn.inbound.is_group:
        customer_id = turn.chat.customer_id
        name = turn.desk.customers.get(customer_id).name if customer_id else "未绑定客户"
        notify.staff_line(turn.desk, f"{name}的群移出了机器人（{turn.contact.name}），群里收不到消息了。")
        _must_be_phoned(turn, "的群里已没有机器人，消息送不到")
        return
    _must_be_phoned(turn, "客户已离开这个对话（取消关注或停用），消息送不到")


def _unreached(turn: Turn) -> None:
    _must_be_phoned(turn, "提醒客户看消息的通知没有送到")


def _must_be_phoned(turn: Turn, why: str) -> None:
    if turn.contact.is_staff and not turn.inbound.is_group:
        notify.staff_line(turn.desk, f"{turn.contact.name}：这里的消息送不到了，请换一个渠道接收提醒。")
        return
    for case in turn.desk.tickets.live(turn.chat):
        if case.chat_id == turn.chat.id:
            phone = case.reporter.phone or "未登记，请查合同"
            line = f"⚠ {case.number} {why}，请打电话：{phone}"
            notify.staff_line(turn.desk, line, ticket=case.ticket.id)


ANSWERS: Mapping[Occasion, Callable[[Turn], None]] = {
    Occasion.FOLLOWED: _came,
    Occasion.SCANNED: _came,
    Occasion.UNFOLLOWED: _left,
    Occasion.UNREACHED: _unreached,
}
