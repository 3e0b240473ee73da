"""What can be seen of an account from here, for `hotline doctor`: facts only, nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from telegram import Bot, BotCommandScopeAllPrivateChats, ChatMember, ChatMemberRestricted, WebhookInfo
from telegram.constants import ChatAction
from telegram.error import InvalidToken, TelegramError

from bot.accounts import TelegramAccount
from bot.channels.telegram import webhook
from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import is_topic_gone, receipt
from bot.channels.telegram.updates import ALLOWED

RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hook:
    """The platform's own view of the webhook; ``missing`` are kinds of updates that it does not send."""

    url: str
    waiting: int
    has_trouble: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform says of an account.

    Attributes:
        error: why it could not be asked: token, unreachable, timeout …
        reads_groups: privacy mode is off: in groups everything is read, not only commands and replies.
        staff_chats: how each chat stands that was asked about: ok, admin, or a code such as chat_gone.
        has_staff_topic: whether the topic of the settings is there; None: none is set, or it can't be told.
        has_menu: whether customers are shown the menu of commands.
        clock: what the platform says that time it is.
    """

    error: str | None = None
    username: str = ""
    joins_groups: bool = True
    reads_groups: bool = False
    hook: Hook | None = None
    staff_chats: Mapping[str, str] = field(default_factory=dict)
    has_staff_topic: bool | None = None
    has_menu: bool = False
    clock: datetime | None = None


def look(account: TelegramAccount, variable: str, now: datetime, chats: Sequence[str] = ()) -> Seen:
    """Ask the platform about an account, and about chats by the platform's ids of them.

    Raises:
        SettingError: the account's proxy can't be used.
    """
    api = Api(account, variable)
    try:
        return api.call(_look(api, account, now, chats))
    finally:
        api.close()


def expected_url(public_url: str, account: str) -> str:
    """Return where the platform should send an account's updates."""
    return webhook.address(public_url, account)


async def _look(api: Api, account: TelegramAccount, now: datetime, chats: Sequence[str]) -> Seen:
    try:
        me = await api.bot.get_me()
        info = await api.bot.get_webhook_info()
        menu = await api.bot.get_my_commands(BotCommandScopeAllPrivateChats())
    except InvalidToken:
        return Seen(error="token")
    except TelegramError as error:
        return Seen(error=receipt(error, now).error)
    return Seen(
        username=me.username or "",
        joins_groups=bool(me.can_join_groups),
        reads_groups=bool(me.can_read_all_group_messages),
        hook=Hook(
            info.url,
            info.pending_update_count,
            is_failing(info, now),
            tuple(kind for kind in ALLOWED if kind not in (info.allowed_updates or ALLOWED)),
        ),
        staff_chats={chat: await _staff_chat(api.bot, chat, me.id, now) for chat in chats},
        has_staff_topic=(
            await has_topic(api.bot, account.staff_chat, int(account.staff_topic))
            if account.staff_chat is not None and account.staff_topic is not None
            else None
        ),
        has_menu=bool(menu),
        clock=parsedate_to_datetime(api.clock_header) if api.clock_header else None,
    )


async def has_topic(bot: Bot, chat: str, topic: int) -> bool | None:
    """Tell whether a group has a topic, None where the platform says nothing of it.

    No call asks that; the sign that the bot is typing there, which fades by itself, is refused if it has not.
    """
    try:
        await bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=topic)
    except TelegramError as error:
        return False if is_topic_gone(error) else None
    return True


def is_failing(info: WebhookInfo, now: datetime) -> bool:
    """Tell whether updates do not arrive: the platform keeps its latest error for ever, mended or not."""
    if not info.last_error_message:
        return False
    is_recent = info.last_error_date is not None and now - info.last_error_date < RECENT
    return is_recent or info.pending_update_count > 0


async def _staff_chat(bot: Bot, chat: str, me: int, now: datetime) -> str:
    try:
        member = await bot.get_chat_member(chat, me)
    except TelegramError as error:
        return receipt(error, now).error or "unknown"
    if member.status in (ChatMember.LEFT, ChatMember.BANNED) or not getattr(member, "is_member", True):
        return "kicked"
    if isinstance(member, ChatMemberRestricted) and not member.can_send_messages:
        return "no_rights"
    return "admin" if member.status in (ChatMember.ADMINISTRATOR, ChatMember.OWNER) else "ok"
