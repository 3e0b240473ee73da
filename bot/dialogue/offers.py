"""What somebody means who types a choice: its number, its label, or the words that stand for it.

A number is about the message in which it was read. Where more than one may be meant, none is guessed: what
was offered under one question must never answer another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from bot.desk.terms import Priority
from bot.dialogue import asked
from bot.dialogue.replies import PRIORITY_NAMES
from bot.dialogue.turn import Turn
from bot.messages import Option

Question = tuple[Option, ...]  # the choices under one message, in its order

_CHINESE = "一二三四五六七八九十"
_SPELT = re.compile(f"(.{{0,3}})([{_CHINESE}])(.?)", re.DOTALL)
_AROUND = " \t\r\n.。,，、!！~:：;；()（）[]【】“”\"'\ufe0f\u20e3"  # and what makes a key of a digit: 1️⃣
# 三个 is an amount: of seats, say.
_NUMBER = re.compile(r"(?:回复|选择|选)?([1-9][0-9]?)|第([1-9][0-9]?)(?:个|项)?", re.ASCII)
_GAPS = re.compile(r"[\s.。,，、:：]+")


def number_in(text: str) -> int | None:
    """Return the number that a text is: 1, １, 一, ①, 第一个, 选1; None where it says anything else."""
    match = _NUMBER.fullmatch(_digits(text))
    return int(match[1] or match[2]) if match else None


def meant(questions: Sequence[Question], text: str) -> list[Option]:
    """Return what a text can mean of what was offered, the newest first: each meaning once."""
    found: dict[tuple[str, int | None, str], Option] = {}
    for question in questions:
        named = (option for number, option in enumerate(question, start=1) if _names(text, number, option))
        if option := next(named, None) or asked.answer_to(question, text):
            found.setdefault(_meaning(option), option)
    return list(found.values())


def ask_which(turn: Turn, options: Sequence[Option]) -> None:
    """Ask which of several choices is meant; the answer is again a tap, a number or words."""
    several = len({option.ticket for option in options}) > 1
    shown = [_with_ticket(option) if several else _told(option) for option in options]
    if len(shown) == 1:
        turn.reply(f"请问“{turn.text}”是指“{shown[0].label}”吗？不是的话，请直接打字告诉我。", *shown)
    else:
        turn.reply(f"请问“{turn.text}”是指哪一个？", *shown)


def _names(text: str, number: int, option: Option) -> bool:
    if number_in(text) == number:
        return True
    words, names = _closed(text), [_closed(option.label), _closed(option.typed)]
    return words in names or words in [f"{number}{name}" for name in names]


def _closed(text: str) -> str:
    return _GAPS.sub("", _digits(text))


def _digits(text: str) -> str:
    """Return a text with plain digits, and without what stands around it."""
    plain = unicodedata.normalize("NFKC", text).strip(_AROUND)
    if spelt := _SPELT.fullmatch(plain):
        return f"{spelt[1]}{_CHINESE.index(spelt[2]) + 1}{spelt[3]}"
    return plain


def _meaning(option: Option) -> tuple[str, int | None, str]:
    """Return by what two choices are the same; 全部受影响 and 同意 to priority 1 are one view (2.1)."""
    if option.verb in ("effect", "agree"):
        return "view", option.ticket, option.argument
    return option.verb, option.ticket, option.label


def _told(option: Option) -> Option:
    """Return a choice under words that say what it is about, away from its question: 同意时间, not 同意."""
    if option.verb == "agree" and option.argument.isdecimal():
        words = "同意" + PRIORITY_NAMES[Priority(int(option.argument))]
        return replace(option, label=words, typed=words)
    return replace(option, label=option.typed) if option.typed.startswith(option.label) else option


def _with_ticket(option: Option) -> Option:
    option = _told(option)
    if option.ticket is None or f"T{option.ticket}" in option.label:
        return option
    number = f" T{option.ticket}"
    typed = option.typed if number in option.typed else option.typed + number
    return replace(option, label=option.label + number, typed=typed)
