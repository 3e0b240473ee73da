"""What support must say with a command: a tap alone is asked for it, and the answer completes the command.

A prompt is known by its own message: who quotes it completes that one, whichever was asked last. Who quotes
something else speaks of that. Words that quote nothing complete the sender's last prompt, and only where
nobody else writes; anything else that the sender does comes between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Answered, Say

Prompts = dict[str, dict[str, Any]]
VALID = timedelta(minutes=15)
CANCEL = "取消"
NO_FILES = "图片和文件不能转给客户，请用文字回复。"

# What must be said with a command; a tap alone is asked for it.
ASKED: Mapping[str, str] = {
    "act": "请发送做了什么，客户会看到",
    "agree_time": "请发送约定哪个时间和几点，例如：响应 15:00；电话里商定的加上对方：响应 15:00 王经理 电话",
    "answer": "请发送要对客户说的话",
    "bind": "请发送客户名称或合同号",
    "change": "请发送新的优先级和原因，例如：2 只有两个座席受影响",
    "merge": "请发送并到哪张工单，例如：T11",
    "pause": "请发送要等客户做什么，客户会看到",
    "promise": "请发送几点给客户进展，例如：15:00",
    "remote_failed": "请发送不能远程解决的原因，客户会看到",
    "reply": "请发送要对客户说的话",
    "resolve": "请发送处理结果，客户会看到",
    "respond": "请发送通话时间和对方，例如：14:05 王经理（不写时间按现在）",
    "workaround": "请发送旁路办法的步骤，客户会看到",
}


def ask(turn: Turn, command: Command) -> None:
    """Ask the sender for what is missing in a command."""
    about = f"（T{command.ticket}）" if command.ticket else ""
    how = "请回复这条消息，" if turn.inbound.is_group else ""
    what = ASKED[command.verb].removeprefix("请") if how else ASKED[command.verb]
    asked = f"{turn.contact.name}，{how}{what}{about}。不做了请发：{CANCEL}"
    key = turn.desk.messages.say(turn.chat.id, Say(asked, asks=True), ticket=command.ticket)
    turn = leave(turn)
    made = {
        "by": turn.contact.id,
        "verb": command.verb,
        "ticket": command.ticket,
        "argument": command.argument,
        "at": turn.now.isoformat(),
        "is_last": True,
    }
    turn.remember(prompts={**_open(turn), str(key): made})


def leave(turn: Turn) -> Turn:
    """Return the turn after which words that quote nothing complete none of the sender's prompts."""
    kept = _open(turn)
    if not any(_is_last(turn, prompt) for prompt in kept.values()):
        return turn
    left = {key: {**one, "is_last": one["is_last"] and not _is_last(turn, one)} for key, one in kept.items()}
    return turn.remember(prompts=left)


def complete(turn: Turn, answered: Answered | None) -> tuple[Turn, Command | None]:
    """Return the command that the sender's words complete, None where they complete none.

    Args:
        answered: the message of ours that they quote.

    Raises:
        Refused: they are not what completes one; the prompt stays open.
    """
    if not turn.inbound.addressed:
        return turn, None  # said to a colleague: the question stays open, and a customer hears none of it
    key = _meant(turn, answered)
    if key is None:
        return leave(turn), None
    if turn.text != CANCEL and turn.inbound.attachments:
        raise Refused(NO_FILES)
    if turn.text != CANCEL and turn.inbound.is_group and answered is None:
        raise Refused("没有发给客户。请回复我问您的那条消息。")
    kept = _open(turn)
    asked = kept.pop(key)
    turn = leave(turn.remember(prompts=kept or None))
    if not turn.text or turn.text == CANCEL:
        return turn, None
    return turn, Command(asked["verb"], asked["ticket"], f"{asked['argument']} {turn.text}".strip())


def _meant(turn: Turn, answered: Answered | None) -> str | None:
    """Return by its key the prompt that the sender answers."""
    kept = _open(turn)
    if answered is not None:
        key = str(answered.id)
        return key if key in kept and kept[key]["by"] == turn.contact.id else None
    if turn.inbound.answers is not None:
        return None  # what is quoted is not known: no guess
    return next((key for key, prompt in kept.items() if _is_last(turn, prompt)), None)


def _open(turn: Turn) -> Prompts:
    """Return the prompts of this chat that can still be answered."""
    kept: Prompts = turn.chat.state.get("prompts", {})
    return {key: one for key, one in kept.items() if turn.now - datetime.fromisoformat(one["at"]) <= VALID}


def _is_last(turn: Turn, prompt: Mapping[str, Any]) -> bool:
    return bool(prompt["is_last"]) and prompt["by"] == turn.contact.id
