"""What can be seen of an account from here, for `hotline doctor`: facts only, nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from telegram import Bot, ChatMember
from telegram.error import InvalidToken, TelegramError

from bot.accounts import TelegramAccount
from bot.channels.telegram import webhook
from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import receipt


@dataclass(frozen=True, slots=True)
class Hook:
    """The platform's own view of the webhook; ``trouble`` is its code for what went wrong last."""

    url: str
    waiting: int
    has_trouble: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform says of an account.

    Attributes:
        error: why it could not be asked: token, unreachable, timeout …
        reads_groups: privacy mode is off: in groups everything is read, not only commands and replies.
        staff_chat: how the staff chat stands: None: none is set; ok, admin, or a code such as chat_gone.
        clock: what the platform says that time it is.
    """

    error: str | None = None
    username: str = ""
    joins_groups: bool = True
    reads_groups: bool = False
    hook: Hook | None = None
    staff_chat: str | None = None
    clock: datetime | None = None


def look(account: TelegramAccount, variable: str, now: datetime) -> Seen:
    """Ask the platform about an account.

    Raises:
        SettingError: the account's proxy can't be used.
    """
    api = Api(account, variable)
    try:
        return api.call(_look(api, account, now))
    finally:
        api.close()


def expected_url(public_url: str, account: str) -> str:
    """Return where the platform should send an account's updates."""
    return webhook.address(public_url, account)


async def _look(api: Api, account: TelegramAccount, now: datetime) -> Seen:
    try:
        me = await api.bot.get_me()
        info = await api.bot.get_webhook_info()
    except InvalidToken:
        return Seen(error="token")
    except TelegramError as error:
        return Seen(error=receipt(error, now).error)
    return Seen(
        username=me.username or "",
        joins_groups=bool(me.can_join_groups),
        reads_groups=bool(me.can_read_all_group_messages),
        hook=Hook(info.url, info.pending_update_count, bool(info.last_error_message)),
        staff_chat=await _staff_chat(api.bot, account.staff_chat, me.id, now),
        clock=parsedate_to_datetime(api.clock_header) if api.clock_header else None,
    )


async def _staff_chat(bot: Bot, chat: str | None, me: int, now: datetime) -> str | None:
    if chat is None:
        return None
    try:
        member = await bot.get_chat_member(chat, me)
    except TelegramError as error:
        return receipt(error, now).error
    if member.status in (ChatMember.LEFT, ChatMember.BANNED):
        return "kicked"
    return "admin" if member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER) else "ok"
