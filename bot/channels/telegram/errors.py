"""What the Bot API's errors mean for a message; none of their words is kept: they may quote a token."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.messages import Outcome, Receipt

TOKEN_PAUSE = timedelta(minutes=1)

# Nothing was sent: no connection, none free, or the proxy refused.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_UNMODIFIED = "message is not modified"
_UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_STALE_QUERY = ("query is too old", "query id is invalid", "query_id_invalid")
# What a refusal says → the code that support is told.
_REFUSALS = (
    ("blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("was kicked", "kicked"),
    ("not a member", "kicked"),
    ("can't initiate conversation", "not_started"),
    ("chat not found", "chat_gone"),
    ("was deactivated", "chat_gone"),
    ("was deleted", "chat_gone"),
    ("was upgraded to a supergroup", "chat_gone"),
    ("peer_id_invalid", "chat_gone"),
    ("not enough rights", "no_rights"),
    ("no rights", "no_rights"),
    ("chat_write_forbidden", "no_rights"),
)


def is_unmodified(error: TelegramError) -> bool:
    """Tell whether an edit changed nothing: what should stand there stands there."""
    return isinstance(error, BadRequest) and _UNMODIFIED in error.message.lower()


def is_uneditable(error: TelegramError) -> bool:
    """Tell whether the message to be edited is gone or too old: it is sent anew."""
    return isinstance(error, BadRequest) and any(words in error.message.lower() for words in _UNEDITABLE)


def is_topic_gone(error: TelegramError) -> bool:
    """Tell whether a topic of a group was deleted or closed."""
    return isinstance(error, BadRequest) and any(words in error.message.lower() for words in _NO_TOPIC)


def is_stale_query(error: TelegramError) -> bool:
    """Tell whether a press came too late to be acknowledged: it is taken all the same."""
    return isinstance(error, BadRequest) and any(words in error.message.lower() for words in _STALE_QUERY)


def pause_of(error: RetryAfter) -> timedelta:
    """Return how long the platform wants us to wait."""
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)


def was_sent(error: TelegramError) -> bool:
    """Tell whether the platform may have got the request although no answer came."""
    return not isinstance(error.__cause__, _BEFORE_SENDING)


def receipt(error: TelegramError, now: datetime, *, is_repeatable: bool = False) -> Receipt:
    """Return how an attempt to send ended.

    Args:
        is_repeatable: the same call again changes nothing: whether it arrived does not matter.
    """
    if isinstance(error, RetryAfter):
        return Receipt(Outcome.LATER, retry_at=now + pause_of(error), error="flood")
    if isinstance(error, InvalidToken):
        return Receipt(Outcome.LATER, retry_at=now + TOKEN_PAUSE, error="token")
    if isinstance(error, Forbidden | BadRequest):
        return Receipt(Outcome.FAILED, error=_refusal(error))
    if isinstance(error, ChatMigrated):
        return Receipt(Outcome.LATER, error="migrated")
    if isinstance(error, NetworkError) and not was_sent(error):
        return Receipt(Outcome.LATER, error="unreachable")
    unclear = Outcome.LATER if is_repeatable else Outcome.UNKNOWN
    if isinstance(error, TimedOut):
        return Receipt(unclear, error="timeout")
    return Receipt(unclear, error="network" if isinstance(error, NetworkError) else "answer")


def _refusal(error: TelegramError) -> str:
    said = error.message.lower()
    default = "forbidden" if isinstance(error, Forbidden) else "refused"
    return next((code for words, code in _REFUSALS if words in said), default)
