"""All checks, in the order in which a new installation meets them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot import settings
from bot.doctor import database, machine, platforms, telegram, wecom
from bot.doctor.finding import Finding, fail, ok
from bot.errors import SettingError


def examine(now: datetime, database_url: str | None = None) -> Iterator[Finding]:
    """Yield what each check found; those that need the settings are left out where these can't be read."""
    yield machine.check_python()
    try:
        loaded = settings.load(database_url=database_url)
    except SettingError as error:
        yield fail("settings", str(error), "mend the variable, .env, or the file that HOTLINE_CONFIG names")
        yield machine.check_fonts()
        return
    yield ok("settings", "read")
    yield machine.check_hotline(loaded)
    yield machine.check_folder("data folder", loaded.data)
    yield from machine.check_packages(loaded.database_url)
    yield from database.check_database(loaded.database_url, now)
    yield machine.check_knowledge(loaded.knowledge)
    yield machine.check_workdays(loaded.data, now)
    yield machine.check_fonts()
    yield from telegram.check_telegram(loaded, now, database.staff_chats_of(loaded.database_url, "telegram"))
    yield from platforms.check_wechat(loaded)
    yield from wecom.check_wecom(loaded)
