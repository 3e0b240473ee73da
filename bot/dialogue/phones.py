"""Telephone numbers: asked for where none is on record, and taken when a customer sends one."""

from __future__ import annotations

import re
import unicodedata

from bot.desk.case import Case
from bot.dialogue import notify
from bot.dialogue.turn import Turn

_NUMBER = r"(?:\+?86[ -]?)?(?:1\d{10}|0\d{2,3}[ -]?\d{7,8}|400[ -]?\d{3}[ -]?\d{4})(?:\s?(?:转|-)\s?\d{1,6})?"
_GIVEN = re.compile(rf"(?P<said>(?:我的|联系)*(?:电话|手机)(?:号码?)?[是为:\s]*)?(?P<number>{_NUMBER})[。.]?")


def request(case: Case) -> str:
    """Return the sentence that asks the reporter for a number, empty where one is on record."""
    return "" if case.reporter.phone else "请回复一个联系电话，方便工程师打给您。"


def given(turn: Turn) -> bool:
    """Take a message that is nothing but a telephone number; tell whether it was one.

    A bare number counts only from a contact who has none on record: it may be about a fault.
    """
    match = _GIVEN.fullmatch(unicodedata.normalize("NFKC", turn.text))
    if match is None or (turn.contact.phone and not match["said"]):
        return False
    keep(turn, match["number"])
    return True


def keep(turn: Turn, phone: str) -> None:
    """Keep the sender's telephone number, and show it to support."""
    turn.desk.people.keep_phone(turn.contact, phone)
    turn.reply(f"已记下联系电话 {phone}。")
    for case in turn.desk.tickets.live(turn.chat):
        if case.ticket.is_live and case.reporter.id == turn.contact.id:
            notify.staff(turn.desk, case, turn.now, f"{case.number} 客户留了电话 {phone}")
