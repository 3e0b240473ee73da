"""Files that support is sent in WeChat, within the platform's own limits (its page on temporary material).

There is no message for documents: those are had elsewhere. A film goes without a thumbnail of its own: the
platform's page has one, and users report that giving it is refused.
"""

from __future__ import annotations

from bot.messages import File
from bot.tencent.files import MB, Kind

KINDS = (
    Kind("image", {"image/jpeg", "image/png", "image/gif", "image/bmp"}, 10 * MB),
    Kind("voice", {"audio/amr", "audio/mpeg"}, 2 * MB),
    Kind("video", {"video/mp4"}, 10 * MB),
)


def instead(file: File) -> str:
    """Return what is said where a file can't be sent."""
    return f"（文件发不到微信。请在企业微信或 Telegram 里发同样的命令，或向管理员要 {file.path}）"
