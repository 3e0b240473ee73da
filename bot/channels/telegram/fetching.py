"""Files that messages carried: asked for by id, capped before they are downloaded."""

from __future__ import annotations

from datetime import datetime

from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram.errors import pause_of
from bot.messages import Fetched

TOO_LARGE = "too_large"


async def fetch(bot: Bot, file_id: str, limit: int, now: datetime) -> Fetched:
    """Return a file's content, or why it can't be had (see `bot.messages.Fetched`)."""
    try:
        file = await bot.get_file(file_id)
        if file.file_size is not None and file.file_size > limit:
            return Fetched(error=TOO_LARGE, is_lost=True)
        return Fetched(bytes(await file.download_as_bytearray()))
    except RetryAfter as error:
        return Fetched(error="flood", retry_at=now + pause_of(error))
    except (BadRequest, Forbidden) as error:
        return _refused(error)
    except TelegramError:
        return Fetched(error="network")


def _refused(error: TelegramError) -> Fetched:
    said = error.message.lower()
    if "too big" in said:  # above the platform's own 20 MB
        return Fetched(error=TOO_LARGE, is_lost=True)
    if "temporarily unavailable" in said:
        return Fetched(error="unavailable")
    return Fetched(error="expired", is_lost=True)
