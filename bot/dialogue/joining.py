"""Single-use codes in a chat: they bind it to a customer, make its sender staff, or it support's chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.desk.staff import ROLE_NAMES, Grant, Purpose, Task, may
from bot.dialogue import binding, notify, their_ticket
from bot.dialogue.codes import code_hash
from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Option

NO_CODE = {False: "请发送“绑定 绑定码”。绑定码请向工程师索取。", True: "请写明码，码由管理员发放。"}


def enter(turn: Turn, command: Command) -> None:
    """Use a code: 绑定 CODE, 加入 CODE, 设为值班群 CODE; the code itself says what it is good for."""
    if not command.argument:
        raise Refused(NO_CODE[turn.contact.is_staff])
    grant = turn.desk.people.redeem(code_hash(command.argument), turn.contact, _accepted(turn))
    if grant is None:
        what, who = ("绑定码", "工程师") if command.verb == "bind" else ("这个码", "管理员")
        turn.reply(f"{what}不对、已用过或已过期，请向{who}重新索取。\n{their_ticket.hotline(turn)}")
    elif not grant.used:
        if grant.purpose is Purpose.STAFF:
            turn.desk.people.void(code_hash(command.argument))
        raise Refused(_why_not_here(grant.purpose))
    else:
        GIVEN[grant.purpose](turn, grant)


def _accepted(turn: Turn) -> set[Purpose]:
    """Return what a code may be good for, from this sender in this chat."""
    accepted = set()
    if not turn.contact.is_staff and turn.chat.kind != "staff":
        accepted.add(Purpose.CUSTOMER)
    if turn.chat.kind == "private":
        accepted.add(Purpose.STAFF)
    if may(turn.contact.role, Task.STAFF_CHAT) and turn.chat.customer_id is None:
        accepted.add(Purpose.STAFF_CHAT)
    return accepted


def _why_not_here(purpose: Purpose) -> str:
    if purpose is Purpose.CUSTOMER:
        return "这是客户的绑定码，请客户在自己的对话里发送。"
    if purpose is Purpose.STAFF:
        return "加入码只能在与我的私聊里发送。这个码已在群里公开，现已作废，请向管理员重新索取。"
    return "只有主管或以上角色可以设置值班群。"


def _bind(turn: Turn, grant: Grant) -> None:
    assert grant.customer_id is not None  # noqa: S101 - the purpose says so
    binding.bind_chat(turn, turn.chat.id, grant.customer_id)
    name, place = turn.desk.customers.get(grant.customer_id).name, f"C{turn.chat.id}"
    notify.staff_line(
        turn.desk,
        f"{turn.contact.name} 用绑定码绑定了 {name}（{place}）。如果不是客户的人，请发：解绑 {place}",
        Option("解绑", f"解绑 {place}", "unbind", None, place),
    )


def _join(turn: Turn, grant: Grant) -> None:
    assert grant.person_id is not None  # noqa: S101 - the purpose says so
    person = turn.desk.people.join(turn.contact, grant.person_id)
    turn.reply(
        f"{person.name}，您已作为{ROLE_NAMES[person.role]}加入。发“待办”看未结的工单，发“帮助”看命令。"
    )
    notify.staff_line(turn.desk, f"{person.name}（{ROLE_NAMES[person.role]}）已加入。", but=turn.chat.id)


def _staff_chat(turn: Turn, _: Grant) -> None:
    turn.desk.chats.make_staff(turn.chat.id)
    turn.reply("这里已设为值班群：报修卡片和提醒会发到这里，请确认群里只有我方人员。")


GIVEN: Mapping[Purpose, Callable[[Turn, Grant], None]] = {
    Purpose.CUSTOMER: _bind,
    Purpose.STAFF: _join,
    Purpose.STAFF_CHAT: _staff_chat,
}
