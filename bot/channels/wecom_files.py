"""Files that members are sent, within the platform's own limits (its page on temporary files)."""

from __future__ import annotations

from bot.messages import File
from bot.tencent.files import MB, Kind

KINDS = (
    Kind("image", {"image/jpeg", "image/png"}, 10 * MB),
    Kind("voice", {"audio/amr"}, 2 * MB),
    Kind("video", {"video/mp4"}, 10 * MB),
    Kind("file", None, 20 * MB),
)


def instead(file: File) -> str:
    """Return what is said where a file can't be sent."""
    return f"（文件发不到企业微信。请在 Telegram 里发同样的命令，或向管理员要 {file.path}）"
