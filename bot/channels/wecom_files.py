"""Files that members are sent: what customers sent about a ticket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.messages import AttachmentKind, File
from bot.tencent.client import WecomApi
from bot.tencent.failures import PlatformError, Trouble
from bot.tencent.media import upload

UNSENT = "（文件发不到企业微信，请在其他平台查看）"
# The platform's own limits (the page on temporary files).
IMAGE_TYPES = {"image/jpeg", "image/png"}
IMAGE_BYTES = 10 * 1024 * 1024
FILE_BYTES = 20 * 1024 * 1024
LEAST_BYTES = 6


def content_of(api: WecomApi, folder: Path, file: File) -> dict[str, Any] | None:
    """Put a kept file on the platform and return a message's content with it.

    None where it can't be sent: it is gone, too large, or refused.

    Raises:
        PlatformError: not now.
    """
    try:
        content = (folder / file.path).read_bytes()
    except OSError:
        return None
    if not LEAST_BYTES <= len(content) <= FILE_BYTES:
        return None
    kind = "image" if _is_image(file, len(content)) else "file"
    try:
        media_id = upload(api, kind, file.name, content, file.media_type or "application/octet-stream")
    except PlatformError as error:
        if error.trouble is Trouble.PERMANENT:
            return None
        raise
    return {"msgtype": kind, kind: {"media_id": media_id}}


def _is_image(file: File, size: int) -> bool:
    return file.kind is AttachmentKind.PHOTO and file.media_type in IMAGE_TYPES and size <= IMAGE_BYTES
