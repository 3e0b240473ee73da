"""Files that support is sent: what customers sent about a ticket, as far as the platforms take it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.messages import File
from bot.tencent.client import Calls
from bot.tencent.failures import PlatformError, Trouble
from bot.tencent.media import upload

MB = 1024 * 1024
LEAST_BYTES = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message that holds a file.

    Attributes:
        name: the platform's own, as the kind of upload too.
        media_types: what it may hold; None: anything.
    """

    name: str
    media_types: Collection[str] | None
    max_bytes: int

    def takes(self, media_type: str, size: int) -> bool:
        """Return whether it may hold such a file."""
        fits = LEAST_BYTES <= size <= self.max_bytes
        return fits and (self.media_types is None or media_type in self.media_types)


def content_of(api: Calls, kinds: Sequence[Kind], folder: Path, file: File) -> dict[str, Any] | None:
    """Put a kept file on the platform and return a message's content with it.

    None where it can't be sent: it is gone, too large, of no kind that the platform takes, or refused.

    Args:
        kinds: what the platform takes, the best first.

    Raises:
        PlatformError: not now.
    """
    try:
        content = (folder / file.path).read_bytes()
    except OSError:
        return None
    media_type = file.media_type or "application/octet-stream"
    for kind in kinds:
        if not kind.takes(media_type, len(content)):
            continue
        try:
            media_id = upload(api, kind.name, file.name, content, media_type)
        except PlatformError as error:
            if error.trouble is not Trouble.PERMANENT:
                raise
        else:
            return {"msgtype": kind.name, kind.name: {"media_id": media_id}}
    return None
