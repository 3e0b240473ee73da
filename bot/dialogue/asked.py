"""A bare yes or no of the customer: to what was asked last, never to another question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.desk.case import Case
from bot.dialogue.commands import Command, customer_command
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Option

_YES = ("agree", "pause_yes", "time_yes")
_NO = ("object", "pause_no", "time_no")
_BARE: Mapping[str, tuple[str, ...]] = {"同意": _YES, "可以": _YES, "不同意": _NO, "不可以": _NO}
# To a time or a pause that is proposed: 不行，太晚了. Of a priority more than the refusal is asked.
_PROPOSED = ("pause_no", "time_no")
_REFUSES = re.compile(r"(不行|不可以|不同意|不接受)[，,。.！!；;\s]")
_ENDING = " \t。.!！~～,，"


def answer_to(options: Sequence[Option], text: str) -> Option | None:
    """Return what 同意, 可以 or 不同意 means to the choices of one question; None if it asks nothing such.

    A refusal may go on with its reason; what consents is said plainly.
    """
    words = text.strip(_ENDING)
    command = customer_command(words)
    is_yes = command is not None and command.verb == "agree"
    verbs = _BARE.get(words, _YES if is_yes else ())
    if not verbs and _REFUSES.match(text.strip()):
        verbs = _PROPOSED
    ticket = command.ticket if command else None
    meant = [option for option in options if option.verb in verbs and ticket in (None, option.ticket)]
    return meant[0] if len(meant) == 1 else None


def check_unambiguous(turn: Turn, case: Case, command: Command) -> None:
    """Raise `Refused` where a 同意 to no question in particular could mean a pause or a time.

    Consent to a lower priority is never inferred from consent to something else (contract 2.1).
    """
    if command.argument:
        return  # a tap, or the answer to the question itself
    cases = [case] if command.ticket is not None else turn.desk.tickets.live(turn.chat)
    for one in cases:
        what, word = ("暂停计时", "暂停") if one.ticket.pause_asked is not None else ("建议的时间", "时间")
        if one.ticket.pause_asked is not None or one.ticket.offers:
            yes, no = f"同意{word} {one.number}", f"不同意{word} {one.number}"
            raise Refused(f"您同意的是{what}吗？请回复：{yes}，或：{no}")
