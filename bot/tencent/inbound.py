"""What WeChat and WeCom report in the same words: when, how a retry is known, what comes beside text."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from bot.messages import Attachment, AttachmentKind
from bot.tencent.xml import BadBody, Fields

LONGEST_TEXT = 4000
LONGEST_REFERENCE = 500  # of a file on the platform, of a card's button, of a scanned code
LONGEST_NAME = 200
LONGEST_PLACE = 60
LONGEST_URL = 1000


def instant(fields: Fields) -> datetime:
    """Return the platform's own timestamp.

    Raises:
        BadBody: there is none.
    """
    try:
        return datetime.fromtimestamp(fields.number("CreateTime"), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadBody("CreateTime is no instant") from None


def key(*parts: str) -> str:
    """Return the key by which a retry of the platform's is known."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def message_key(fields: Fields, user: str) -> str:
    """Return the key of a message; its id alone has collided between users.

    Raises:
        BadBody: it has no id.
    """
    number = fields.number("MsgId")
    if number == 0:
        raise BadBody("MsgId is zero")
    return key(user, str(number))


def reference(fields: Fields, name: str, default: str | None = None) -> str:
    """Return what refers to something of the platform's or of ours; ``default`` None: it must be there.

    Raises:
        BadBody: it is missing, or longer than such a thing is.
    """
    found = fields.text(name, default)
    if len(found) > LONGEST_REFERENCE:
        raise BadBody(f"{name} is too long")
    return found


def media(fields: Fields, kind: AttachmentKind) -> Attachment:
    """Return a picture, a film or another file."""
    name = fields.text("Title") if kind is AttachmentKind.FILE else ""
    return Attachment(kind, reference(fields, "MediaId"), name[:LONGEST_NAME])


def location(fields: Fields) -> Attachment:
    """Return a place."""
    place = f"{fields.text('Location_X', None)},{fields.text('Location_Y', None)}"
    return Attachment(AttachmentKind.LOCATION, place[:LONGEST_PLACE], fields.text("Label")[:LONGEST_NAME])


def link(fields: Fields) -> Attachment:
    """Return a page that somebody passes on."""
    url, title = fields.text("Url", None), fields.text("Title")
    return Attachment(AttachmentKind.LINK, url[:LONGEST_URL], title[:LONGEST_NAME])
