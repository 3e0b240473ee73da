"""Checks of the machine: settings, folders, rules, working days, fonts, packages."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import knowledge
from bot.desk import tables
from bot.desk.calendar import SHANGHAI
from bot.doctor.finding import Finding, fail, ok, warn
from bot.errors import BadInput
from bot.settings import Settings
from bot.workdays import FILE_NAME, load_workdays
from intents import Classifier

NOVEMBER = 11  # in which the State Council announces the next year's holidays
FONT_TIMEOUT_S = 20
FAST = ("rjieba", "ahocorasick_rs")


def check_python() -> Finding:
    """Say which interpreter runs."""
    return ok("python", platform.python_version())


def check_hotline(settings: Settings) -> Finding:
    """Compare the numbers that customers are told with the contract's (2.2.1)."""
    shown = ", ".join(settings.hotline_numbers)
    if settings.hotline_numbers == tables.HOTLINE_NUMBERS:
        return ok("hotline numbers", shown)
    named = ", ".join(tables.HOTLINE_NUMBERS)
    return warn(
        "hotline numbers",
        f"{shown}; the contract names {named} (2.2.1)",
        "unset HOTLINE_HOTLINE_NUMBERS unless both sides have agreed on other numbers",
    )


def check_folder(check: str, folder: Path) -> Finding:
    """Try to write into a folder, or into the one in which it would be made."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return fail(check, f"{place}: {error.strerror}", "make it a folder that the service may write into")
    return ok(check, f"{folder} is writable" if place == folder else f"{folder} will be made in {place}")


def check_knowledge(folder: Path | None) -> Finding:
    """Load the rules as the service does."""
    try:
        base = Classifier(knowledge.load(folder)).base
    except knowledge.KnowledgeError as error:
        return fail(
            "knowledge", str(error), "mend the file, or unset HOTLINE_KNOWLEDGE to use the packaged rules"
        )
    return ok("knowledge", f"version {base.version}, {folder or 'packaged'}")


def check_workdays(data: Path, now: datetime) -> Finding:
    """Ask for the working days of this year and, from November on, of the next."""
    file, today = data / FILE_NAME, now.astimezone(SHANGHAI).date()
    try:
        calendar = load_workdays(file)
    except BadInput as error:
        return fail("working days", str(error), "mend the file: until then no command that needs it runs")
    years = [today.year, today.year + 1] if today.month >= NOVEMBER else [today.year]
    unknown = [year for year in years if not calendar.knows(year)]
    if not unknown:
        return ok("working days", f"{' and '.join(map(str, years))} known")
    year = unknown[0]
    advice = (
        f"update the package chinesecalendar, or write the State Council's notice for {year} into {file}, "
        f"like {year}: {{holidays: [{year}-10-01..{year}-10-07], workdays: [{year}-10-10]}}"
    )
    lost = "diamond deadlines and payment days of that year can't be computed"
    made = fail if year == today.year else warn
    return made("working days", f"{year} is not known: {lost}", advice)


def check_fonts() -> Finding:
    """Look for a font with Chinese characters, which plots and PDF reports need."""
    program = shutil.which("fc-list")
    if program is None:
        return warn(
            "fonts",
            "fc-list is not installed, fonts are unknown",
            "on Debian: apt install fontconfig fonts-noto-cjk",
        )
    try:
        listed = subprocess.run(  # noqa: S603 - a fixed command of the system
            [program, ":lang=zh", "family"],
            capture_output=True,
            text=True,
            timeout=FONT_TIMEOUT_S,
            check=True,
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError) as error:
        return warn(
            "fonts",
            f"fc-list failed ({type(error).__name__})",
            "on Debian: apt install --reinstall fontconfig",
        )
    if not listed:
        return warn(
            "fonts",
            "none with Chinese characters: reports would show boxes",
            "on Debian: apt install fonts-noto-cjk",
        )
    return ok(
        "fonts", f"{len(set(listed))} with Chinese characters, such as {sorted(listed)[0].split(',')[0]}"
    )


def check_packages(database_url: str) -> list[Finding]:
    """Look for the optional packages."""
    missing = [name for name in FAST if find_spec(name) is None]
    if missing:
        fast = ok("extra fast", f"not installed: {', '.join(missing)}; slower, with the same answers")
    else:
        fast = ok("extra fast", "installed")
    if find_spec("psycopg") is not None:
        return [fast, ok("extra postgres", "installed")]
    if database_url.startswith("postgresql"):
        advice = "install hotline with the extra postgres"
        return [fast, fail("extra postgres", "not installed, and the database is PostgreSQL", advice)]
    return [fast, ok("extra postgres", "not installed, not needed for SQLite")]
