"""Pictures, speech and films of users: the platforms keep them for three days."""

from __future__ import annotations

import re
from urllib.parse import unquote

from bot.messages import Fetched
from bot.tencent.client import Calls
from bot.tencent.failures import PlatformError, Trouble
from bot.tencent.http import Answer, TooLarge

_NAME = re.compile(r"""filename\*?="?(?:UTF-8'')?([^";]+)""", re.IGNORECASE)
NO_MEDIA = 40007  # gone, or never there
_GONE = {Trouble.PERMANENT, Trouble.UNAUTHORISED}


def media_of(api: Calls, media_id: str, limit: int) -> Fetched:
    """Fetch a temporary file; an error under HTTP 200 is JSON instead of it."""
    try:
        found = api.get("media/get", params={"media_id": media_id}, max_bytes=limit)
        if isinstance(found, dict) and isinstance(found.get("video_url"), str):  # a film lies elsewhere
            found = api.download(found["video_url"], limit)
    except TooLarge:
        return Fetched(error="too_large", is_lost=True)
    except PlatformError as error:
        if error.code == NO_MEDIA:
            return Fetched(error="expired", is_lost=True)
        return Fetched(error=error.short, is_lost=error.trouble in _GONE)
    if not isinstance(found, Answer):
        return Fetched(error="no_file", is_lost=True)
    name = _NAME.search(found.disposition)
    return Fetched(content=found.body, name=unquote(name[1]) if name else "")


def upload(api: Calls, kind: str, name: str, content: bytes, media_type: str) -> str:
    """Put a file on the platform for three days and return its id there.

    Args:
        kind: ``image``, ``voice``, ``video`` or ``file``, each with limits of its own.

    Raises:
        PlatformError: it was not taken.
    """
    said = api.post("media/upload", params={"type": kind}, files={"media": (name, content, media_type)})
    return str(said.get("media_id", ""))
