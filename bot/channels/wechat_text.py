"""Text as WeChat takes it: cut by bytes at sentence ends, and never able to forge a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.channels.wechat_files import instead
from bot.messages import Choice, Outbound
from bot.tencent import text as cut
from bot.tencent.text import clean, size

MAX_BYTES = 1800  # no figure is published; users see failures near 2,048
_PASSIVE = (
    "<xml><ToUserName>{to}</ToUserName><FromUserName>{sender}</FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType>{kind}</MsgType><Content>{content}</Content></xml>"
)
UNFINISHED = "（未完，回复任意字看余下）"
CUT = "……（内容较长，余下请来电了解）"
LATER_LINE = "回复任意字查看结果"  # where nothing can be sent but answers


def pieces(text: str, limit: int = MAX_BYTES) -> list[str]:
    """Return a text in pieces of at most ``limit`` bytes, cut where sentences end, if they do."""
    return cut.pieces(text, limit)


def parts_of(message: Outbound) -> list[str]:
    """Return what is said, in pieces, without those that have arrived."""
    return pieces(_said(message))[message.arrived :]


def words_of(message: Outbound) -> str:
    """Return what is said and has not arrived."""
    return "\n".join(parts_of(message)) if message.arrived else _said(message)


def _said(message: Outbound) -> str:
    """Return what is said: of a card that changed only the change, since no message can be edited here."""
    return clean(message.note if message.note is not None else message.text)


def choices_of(message: Outbound) -> tuple[Choice, ...]:
    """Return the choices that go with it; a card's change is one line."""
    return message.choices if message.note is None else ()


def numbered(choices: Sequence[Choice]) -> str:
    """Return choices as numbers that can be typed."""
    return "回复数字：" + " · ".join(f"{number} {choice.label}" for number, choice in enumerate(choices, 1))


def in_words(choices: Sequence[Choice]) -> str:
    """Return choices by their typed equivalents: a number would mean those of the last message."""
    return "可回复：" + " · ".join(choice.typed for choice in choices)


@dataclass(frozen=True, slots=True)
class Together:
    """Several messages as one.

    Attributes:
        taken: how many of them it holds, from the first on.
        choices: those of the last one that has any, where they are not in the text.
    """

    text: str
    taken: int
    choices: tuple[Choice, ...] = ()


def together(messages: Sequence[Outbound], limit: int = MAX_BYTES, *, as_numbers: bool) -> Together:
    """Return as many messages as fit, in order, as one.

    The first one may be too long by itself, or have a file: then nothing is taken, and it goes by itself.

    Args:
        as_numbers: put the choices into the text.
    """
    best = Together("", 0)
    for count, message in enumerate(messages, start=1):
        if message.file is not None:
            break
        made = _join(messages[:count], as_numbers=as_numbers)
        if size(made.text) > limit:
            break
        best = made
    return best


def answer_of(messages: Sequence[Outbound], *, is_last_way: bool) -> Together:
    """Return what goes back inside the platform's request: as many messages as fit, with numbered choices.

    Args:
        is_last_way: nothing can be sent but this: it says how to get the rest, and what is too long for it is
            cut, with a word about it; of a file it says where it is to be had.
    """
    if not is_last_way:
        return together(messages, as_numbers=True)
    messages = [_without_file(message) for message in messages]
    room = MAX_BYTES - size(LATER_LINE) - 1
    whole = together(messages, room, as_numbers=True)
    if messages and not whole.taken:
        whole = Together(pieces(words_of(messages[0]), room - size(CUT))[0] + CUT, 1)
    return replace(whole, text=f"{whole.text}\n{LATER_LINE}")


def _without_file(message: Outbound) -> Outbound:
    if message.file is None:
        return message
    return replace(message, text=message.text + instead(message.file), file=None)


def _join(messages: Sequence[Outbound], *, as_numbers: bool) -> Together:
    asking = [message for message in messages if choices_of(message)]
    last = asking[-1] if asking else None
    parts = []
    for message in messages:
        parts.append(_as_typed(message) if as_numbers else words_of(message))
        if message is last and as_numbers:
            parts[-1] += "\n" + numbered(message.choices)
        elif message is not last and choices_of(message):
            parts[-1] += "\n" + in_words(message.choices)
    return Together(
        "\n\n".join(parts), len(messages), last.choices if last is not None and not as_numbers else ()
    )


def _as_typed(message: Outbound) -> str:
    """Return what is said where there is nothing to tap: 请回复“有异议” rather than 请点“有异议”."""
    said = words_of(message)
    for choice in choices_of(message):
        said = said.replace(f"点“{choice.label}”", f"回复“{choice.label}”")
    return said


def passive(user: str, account: str, text: str, at: datetime) -> str:
    """Return a passive text reply.

    Args:
        account: the platform's own name of our account, as the message was addressed to (``gh_…``).
    """
    return _PASSIVE.format(
        to=_cdata(user),
        sender=_cdata(account),
        at=int(at.timestamp()),
        kind=_cdata("text"),
        content=_cdata(clean(text)),
    )


def _cdata(text: str) -> str:
    """Return a text that the reader gets back as it is: nothing in it ends the section."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
