"""What customers sent beside text: shown to support only, and never lost without a word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.desk.calendar import SHANGHAI
from bot.desk.case import Case
from bot.dialogue import notify
from bot.dialogue.cards import KIND_NAMES
from bot.dialogue.ports import Desk
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Kept, Say

REASONS: Mapping[str, str] = {"too_large": "文件太大", "expired": "平台上已过期"}
# Why a file that is kept goes to nobody's device.
WITHHELD: Mapping[str, str] = {
    "program": "是程序、脚本或网页",
    "macros": "文档里有宏",
    "name": "扩展名不常见，或和内容不符",
    "unknown": "看不出是什么文件",
}
NAME_SHOWN = 60
SHOWN = 10


def show(turn: Turn, case: Case, _: str) -> None:
    """Send a ticket's attachments into this chat, which only support reads (contract 5.2)."""
    found = turn.desk.attachments.of_ticket(case.ticket.id)
    if not found:
        raise Refused(f"{case.number} 没有附件。")
    for number, kept in enumerate(found[-SHOWN:], start=max(len(found) - SHOWN, 0) + 1):
        text = f"{case.number} 附件 {number}/{len(found)}：{_line(kept)}"
        attachment = kept.id if kept.is_kept else None
        turn.desk.messages.say(turn.chat.id, Say(text, attachment=attachment), ticket=case.ticket.id)


def _line(kept: Kept) -> str:
    name = "".join(filter(str.isprintable, kept.name))[-NAME_SHOWN:]  # none that turns its end around
    parts = [KIND_NAMES[kept.kind], name, kept.sender, f"{kept.at.astimezone(SHANGHAI):%m-%d %H:%M}"]
    return " · ".join(part for part in parts if part) + _state(kept)


def _state(kept: Kept) -> str:
    if kept.withheld is not None:
        why = WITHHELD.get(kept.withheld, kept.withheld)
        return f"（已留存，没有转发：{why}。要看请找运维，附件编号 {kept.id}）"
    if kept.is_forgotten:
        return "（已过保存期，已删除）"
    if kept.is_kept:
        return ""
    return "（没有收到）" if kept.is_lost else "（正在取回，请稍后再发一次“附件”）"


def withheld(desk: Desk, inbox_id: int, reason: str, now: datetime) -> None:
    """What a customer sent is kept and not shown: support is told, and why."""
    number = desk.messages.ticket_of(inbox_id)
    case = desk.tickets.get(number) if number else None
    if case is not None:
        why = WITHHELD.get(reason, reason)
        notify.staff(desk, case, now, f"{case.number} 有附件已留存、没有转发（{why}）")


def lost(desk: Desk, inbox_id: int, error: str, now: datetime, hotline: tuple[str, ...]) -> None:
    """What a customer sent could not be kept: they are told, and so is support."""
    chat, contact = desk.messages.sender(inbox_id)
    reason = REASONS.get(error, "没有取到")
    number = desk.messages.ticket_of(inbox_id)
    if chat.kind == "staff" or contact.is_staff:
        return
    about = f"（工单 T{number}）" if number else ""
    text = f"您发的附件没有收到：{reason}{about}。请换一种方式发，或拨打 {hotline[0]}。"
    desk.messages.say(chat.id, Say(text), ticket=number)
    case = desk.tickets.get(number) if number else None
    if case is not None:
        notify.staff(desk, case, now, f"{case.number} 有附件没有收到（{reason}）")
