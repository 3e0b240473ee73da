"""Checks of the bots on Telegram: token, groups, the way in, the staff chat, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.accounts import TelegramAccount
from bot.channels.telegram import probe
from bot.channels.telegram.bot import variable
from bot.channels.telegram.probe import Seen
from bot.doctor.finding import Finding, fail, ok, warn
from bot.errors import SettingError
from bot.settings import Settings

SKEW = timedelta(seconds=30)
MANY = 100  # updates that wait: somebody does not take them

# Why the platform could not be asked, and what to do.
_ERRORS = {
    "token": ("the platform refuses the token", "copy it anew from @BotFather (/mybots → API Token)"),
    "unreachable": (
        "the platform can't be reached",
        "set {variable}_PROXY, such as socks5://127.0.0.1:1080, or open the way to {base}",
    ),
}
_STAFF_CHAT = {
    "chat_gone": "no such chat: add the bot to the group, or mend the id",
    "kicked": "add the bot to the group again",
    "no_rights": "let the bot send messages in the group's permissions",
}


def check_telegram(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what can be seen of each bot; nothing is changed, no secret is shown."""
    for name, account in settings.telegram.items():
        check = f"telegram {name}"
        try:
            seen = probe.look(account, variable(name), now)
        except SettingError as error:
            yield fail(check, str(error), "mend the variable")
            continue
        if seen.error is not None:
            yield _unasked(check, name, account, seen.error)
            continue
        yield ok(check, f"@{seen.username}")
        yield _groups(f"{check} groups", seen)
        yield _way_in(f"{check} {account.mode}", name, account, settings.public_url, seen)
        yield _staff_chat(f"{check} staff chat", name, account, seen)
        if seen.clock is not None:
            yield _clock(f"{check} clock", seen.clock, now)


def _unasked(check: str, name: str, account: TelegramAccount, error: str) -> Finding:
    said, advice = _ERRORS.get(error, (f"the platform did not answer ({error})", "try again in a minute"))
    return fail(check, said, advice.format(variable=variable(name), base=account.api_base))


def _groups(check: str, seen: Seen) -> Finding:
    if not seen.joins_groups:
        advice = "@BotFather: /setjoingroups → Enable, if customers or support work in groups"
        return warn(check, "the bot can't be added to groups", advice)
    if not seen.reads_groups and seen.staff_chat != "admin":
        return warn(
            check,
            "privacy mode is on: in groups only commands and replies reach the bot",
            "@BotFather: /setprivacy → Disable, then remove the bot from its groups and add it again; "
            "or make it an administrator there",
        )
    return ok(check, "the bot hears what is said in its groups")


def _way_in(check: str, name: str, account: TelegramAccount, public_url: str | None, seen: Seen) -> Finding:
    hook = seen.hook
    assert hook is not None  # noqa: S101 - it was asked
    if account.mode == "polling":
        if hook.url:
            return warn(
                check, "a webhook is set", "start `hotline serve`: it ends the webhook, and then polls"
            )
        return _waiting(check, hook.waiting, "no webhook is set")
    if not public_url:
        return fail(check, "HOTLINE_PUBLIC_URL is not set", "set it to the https address of this service")
    if not public_url.startswith("https://"):
        return fail(
            check, "HOTLINE_PUBLIC_URL is not https", "put a reverse proxy before it (docs/telegram.md)"
        )
    if hook.url != probe.expected_url(public_url, name):
        return warn(check, "the platform sends updates elsewhere", "start `hotline serve`: it says where to")
    if hook.has_trouble:
        return warn(
            check,
            "the platform's last attempt to send an update failed",
            "see that HOTLINE_PUBLIC_URL is reachable from outside, on port 443, 80, 88 or 8443",
        )
    return _waiting(check, hook.waiting, "set")


def _waiting(check: str, waiting: int, detail: str) -> Finding:
    if waiting > MANY:
        return warn(check, f"{detail}; {waiting} updates wait", "see that `hotline serve` runs")
    return ok(check, f"{detail}; {waiting} updates wait")


def _staff_chat(check: str, name: str, account: TelegramAccount, seen: Seen) -> Finding:
    if account.staff_chat is None:
        return ok(check, "not set here; 设为值班群 CODE in a group makes it one (`hotline staff chat-code`)")
    if seen.staff_chat in ("ok", "admin"):
        return ok(check, "reachable")
    code = seen.staff_chat or ""
    return fail(
        check, f"{variable(name)}_STAFF_CHAT: {code}", _STAFF_CHAT.get(code, "see the id, then try again")
    )


def _clock(check: str, theirs: datetime, now: datetime) -> Finding:
    skew = abs(now - theirs)
    if skew > SKEW:
        return warn(check, f"differs from the platform's by {skew.total_seconds():.0f} s", "set up NTP")
    return ok(check, "agrees with the platform's")
