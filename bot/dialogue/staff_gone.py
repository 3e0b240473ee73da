"""A staff chat that the bot was put out of: nothing reaches support there, until it is there again."""

from __future__ import annotations

from typing import Any

from bot.desk.case import Chat
from bot.dialogue import notify
from bot.dialogue.ports import Desk
from bot.dialogue.turn import Turn
from bot.messages import LEFT, Say


def gone(desk: Desk, chat_id: int) -> None:
    """Count on a staff chat no longer, and tell support wherever they are reached now; once.

    Where nobody is left to tell, it is said in that chat: what can't be delivered there goes to the pager.
    """
    chat = desk.chats.get(chat_id)
    if chat.kind != "staff" or LEFT in chat.state:
        return
    state: dict[str, Any] = {**chat.state, LEFT: True}
    desk.chats.keep(chat_id, state)
    elsewhere = [other for other in desk.chats.staff() if other != chat_id]
    line = (
        f"⚠ 机器人已被移出值班群（C{chat_id}），那里收不到工单和提醒了。"
        + ("现在改发到这里。" if elsewhere else "")
        + "请把机器人重新拉进群，或另建值班群。"
    )
    if elsewhere:
        notify.staff_line(desk, line, urgent=True)
    else:
        desk.messages.say(chat_id, Say(line, urgent=True))


def is_here(turn: Turn) -> Turn:
    """Return the turn whose chat is counted on again: who is heard there can be told something."""
    return turn.remember(**{LEFT: None}) if _is_left(turn.chat) else turn


def _is_left(chat: Chat) -> bool:
    return chat.kind == "staff" and LEFT in chat.state
