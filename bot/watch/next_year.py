"""Tells support in good time that the calendar ends: the working days of the next year are not known."""

from __future__ import annotations

from datetime import datetime

from bot.desk.calendar import SHANGHAI
from bot.dialogue import notify
from bot.store import edits
from bot.store.store import Store, UnitOfWork
from bot.workdays import FILE_NAME, PrcWorkdays

DECEMBER = 12  # the State Council announces the year's holidays in the November before
DAYTIME = range(9, 18)  # nobody is woken for it
WHAT = "下一年的工作日"


class NextYear:
    """The look ahead of one process; of several that look one tells."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told = 0

    def look(self, workdays: PrcWorkdays, now: datetime) -> None:
        """Tell support once, from 1 December on, that a year is not known; later too, if nobody was there."""
        local = now.astimezone(SHANGHAI)
        year = local.year + (local.month == DECEMBER)
        if year == self._told or local.hour not in DAYTIME or workdays.knows(year):
            return
        if self._store.transact(lambda unit: _tell(unit, year), now):
            self._told = year


def _tell(unit: UnitOfWork, year: int) -> bool:
    """Return whether support knows now."""
    if not unit.chats.staff():
        return False
    if edits.is_news(unit.session, WHAT, str(year)):
        notify.staff_line(
            unit,
            f"⚠ 系统还没有 {year} 年的工作日安排：涉及该年的钻石级期限和付款日期算不出来，也不会猜。\n"
            f"请管理员按国务院通知补充 {FILE_NAME}，或升级 chinesecalendar；写法见 hotline doctor。",
        )
    return True
