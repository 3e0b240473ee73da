"""Checks of the bots on Telegram: token, groups, the way in, the staff chat, the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.accounts import TelegramAccount
from bot.channels.telegram import probe
from bot.channels.telegram.bot import variable
from bot.channels.telegram.probe import Seen
from bot.doctor.finding import Finding, fail, ok, warn
from bot.errors import SettingError
from bot.settings import Settings

SKEW = timedelta(seconds=30)
PORTS = {None, 443, 80, 88, 8443}
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


def check_telegram(
    settings: Settings, now: datetime, made: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Finding]:
    """Yield what can be seen of each bot; nothing is changed, no secret is shown.

    Args:
        made: by account, the platform's ids of the chats that the database knows as support's.
    """
    for name, account in settings.telegram.items():
        check = f"telegram {name}"
        chats = dict.fromkeys([*filter(None, [account.staff_chat]), *(made or {}).get(name, ())])
        try:
            seen = probe.look(account, variable(name), now, list(chats))
        except SettingError as error:
            yield fail(check, str(error), "mend the variable")
            continue
        if seen.error is not None:
            yield _unasked(check, name, account, seen.error)
            continue
        way = f", through {_without_secret(account.proxy.get_secret_value())}" if account.proxy else ""
        yield ok(check, f"@{seen.username}{way}")
        yield _groups(f"{check} groups", seen)
        yield _way_in(f"{check} {account.mode}", name, account, settings.public_url, seen)
        yield _menu(f"{check} menu", seen)
        elsewhere = _elsewhere(settings, made or {}, name)
        yield from _staff_chats(f"{check} staff chat", name, account, seen, elsewhere)
        if seen.has_staff_topic is not None:
            yield _topic(f"{check} staff topic", name, exists=seen.has_staff_topic)
        if seen.clock is not None:
            yield _clock(f"{check} clock", seen.clock, now)


def _unasked(check: str, name: str, account: TelegramAccount, error: str) -> Finding:
    said, advice = _ERRORS.get(error, (f"the platform did not answer ({error})", "try again in a minute"))
    return fail(check, said, advice.format(variable=variable(name), base=account.api_base))


def _groups(check: str, seen: Seen) -> Finding:
    if not seen.joins_groups:
        advice = "@BotFather: /setjoingroups → Enable, if customers or support work in groups"
        return warn(check, "the bot can't be added to groups", advice)
    if not seen.reads_groups:
        return warn(
            check,
            "privacy mode is on: in groups it gets only commands and replies, unless it is an administrator",
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
    if urlsplit(public_url).port not in PORTS:
        return fail(check, "Telegram calls no such port", "use port 443, 80, 88 or 8443 (a reverse proxy)")
    if hook.url != probe.expected_url(public_url, name):
        return warn(check, "the platform sends updates elsewhere", "start `hotline serve`: it says where to")
    if hook.has_trouble:
        return warn(
            check,
            "the platform's last attempt to send an update failed",
            "see that HOTLINE_PUBLIC_URL is reachable from outside, on port 443, 80, 88 or 8443",
        )
    if hook.missing:
        said = f"the platform does not send {', '.join(hook.missing)}"
        return warn(check, said, "start `hotline serve`: it asks for them")
    return _waiting(check, hook.waiting, "set")


def _waiting(check: str, waiting: int, detail: str) -> Finding:
    if waiting > MANY:
        return warn(check, f"{detail}; {waiting} updates wait", "see that `hotline serve` runs")
    return ok(check, f"{detail}; {waiting} updates wait")


def _menu(check: str, seen: Seen) -> Finding:
    if not seen.has_menu:
        return warn(check, "no commands are shown in the app", "start `hotline serve`: it publishes them")
    return ok(check, "published")


def _elsewhere(settings: Settings, made: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """Return where else support is told of what happens here."""
    bots = [n for n, other in settings.telegram.items() if n != name and (other.staff_chat or made.get(n))]
    return [
        *(f"telegram {other}" for other in bots),
        *(f"wecom {application}" for application in settings.wecom),
    ]


def _staff_chats(
    check: str, name: str, account: TelegramAccount, seen: Seen, elsewhere: Sequence[str]
) -> Iterator[Finding]:
    if not seen.staff_chats and elsewhere:
        yield ok(check, f"none here; support works at {', '.join(elsewhere)}")
    elif not seen.staff_chats:
        yield warn(
            check,
            "none: cards and alarms reach only members who have opened a chat of their own with a bot",
            "make a group of your own people, add the bot, send /join CODE there (`hotline staff chat-code`)",
        )
    for chat, state in seen.staff_chats.items():
        is_set = chat == account.staff_chat
        place = f"{variable(name)}_STAFF_CHAT" if is_set else chat
        if state in ("ok", "admin"):
            yield ok(check, "reachable" if is_set else f"{chat}: reachable")
            continue
        otherwise = "see the id, then try again" if is_set else "`hotline staff remove-chat` takes it back"
        yield fail(check, f"{place}: {state}", _STAFF_CHAT.get(state, otherwise))


def _topic(check: str, name: str, *, exists: bool) -> Finding:
    if exists:
        return ok(check, "there")
    advice = "mend the number: of the link to a message there, https://t.me/c/1234567890/7/45, the 7"
    return fail(check, f"{variable(name)}_STAFF_TOPIC: no such topic; cards stand in the general one", advice)


def _without_secret(proxy: str) -> str:
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}"


def _clock(check: str, theirs: datetime, now: datetime) -> Finding:
    skew = abs(now - theirs)
    if skew > SKEW:
        return warn(check, f"differs from the platform's by {skew.total_seconds():.0f} s", "set up NTP")
    return ok(check, "agrees with the platform's")
