"""What WeChat reports, as the messages that every channel speaks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.messages import Address, Attachment, AttachmentKind, Inbound, Occasion, Reach, Sender
from bot.tencent.xml import BadBody, Fields

NAME = "wechat"
LONGEST_USER = 100
LONGEST_TEXT = 4000
SCENE = "qrscene_"


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the platform's.

    Attributes:
        account: the platform's own name of our account (``gh_…``), for the answer.
        inbound: the message; None: nothing that we act on.
    """

    user: Address
    account: str
    inbound: Inbound | None


@dataclass(frozen=True, slots=True)
class _Content:
    """What one kind of report says."""

    text: str = ""
    choice: str | None = None
    attachment: Attachment | None = None
    occasion: Occasion | None = None
    scene: str = ""
    reach: Reach = Reach.MESSAGE


def report_of(fields: Fields, account: str) -> Report:
    """Return what a callback reports; ``account`` is the account's name in the settings.

    Raises:
        BadBody: a field is missing, repeated, nested or no number.
    """
    user = fields.text("FromUserName", None)
    if not 0 < len(user) <= LONGEST_USER:
        raise BadBody("FromUserName has no sensible length")
    kind = fields.text("MsgType", None).strip().lower()
    event = fields.text("Event").strip().lower() if kind == "event" else ""
    read = (_EVENTS if kind == "event" else _MESSAGES).get(event or kind)
    address = Address(NAME, account, user)
    content = read(fields) if read is not None else None
    if content is None:
        return Report(address, fields.text("ToUserName"), None)
    sent_at = _instant(fields)
    inbound = Inbound(
        address=address,
        sender=Sender(user, f"微信用户{user[-4:]}"),
        dedupe_key=_key(fields, user, kind),
        sent_at=sent_at,
        text=content.text[:LONGEST_TEXT],
        choice=content.choice,
        attachments=(content.attachment,) if content.attachment else (),
        occasion=content.occasion,
        scene=content.scene,
        is_inline=content.reach in (Reach.MESSAGE, Reach.ACTION),
        reach=content.reach,
    )
    return Report(address, fields.text("ToUserName"), inbound)


def _instant(fields: Fields) -> datetime:
    try:
        return datetime.fromtimestamp(fields.number("CreateTime"), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadBody("CreateTime is no instant") from None


def _key(fields: Fields, user: str, kind: str) -> str:
    """Return what the platform's retries have in common; a message id alone has collided between users."""
    if kind == "event":
        names = ("CreateTime", "Event", "EventKey", "MsgID")
        parts = [user, *(fields.text(name) for name in names)]
    else:
        parts = [user, str(_message_id(fields))]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _message_id(fields: Fields) -> int:
    number = fields.number("MsgId")
    if number == 0:
        raise BadBody("MsgId is zero")
    return number


# --- messages


def _text(fields: Fields) -> _Content:
    """A text; a press on an item of a message comes as its text, with the item's id."""
    text, item = fields.text("Content", None), fields.text("bizmsgmenuid")
    if item:
        return _Content(text=text, choice=item, reach=Reach.ACTION)
    return _Content(text=text)


def _media(kind: AttachmentKind) -> Callable[[Fields], _Content]:
    def read(fields: Fields) -> _Content:
        name = fields.text("Title") if kind is AttachmentKind.FILE else ""
        return _Content(attachment=Attachment(kind, fields.text("MediaId", None), name[:200]))

    return read


def _voice(fields: Fields) -> _Content:
    """Speech: with what the platform understood of it, where it did."""
    attachment = Attachment(AttachmentKind.VOICE, fields.text("MediaId", None))
    return _Content(text=fields.text("Recognition").strip(), attachment=attachment)


def _location(fields: Fields) -> _Content:
    place = f"{fields.text('Location_X', None)},{fields.text('Location_Y', None)}"
    return _Content(attachment=Attachment(AttachmentKind.LOCATION, place[:60], fields.text("Label")[:200]))


def _link(fields: Fields) -> _Content:
    url, title = fields.text("Url", None), fields.text("Title")
    return _Content(attachment=Attachment(AttachmentKind.LINK, url[:1000], title[:200]))


_MESSAGES: Mapping[str, Callable[[Fields], _Content | None]] = {
    "text": _text,
    "image": _media(AttachmentKind.PHOTO),
    "voice": _voice,
    "video": _media(AttachmentKind.VIDEO),
    "shortvideo": _media(AttachmentKind.VIDEO),
    "file": _media(AttachmentKind.FILE),
    "location": _location,
    "link": _link,
}


# --- events


def _subscribed(fields: Fields) -> _Content:
    scene = fields.text("EventKey")
    scene = scene.removeprefix(SCENE) if scene.startswith(SCENE) else ""
    return _Content(occasion=Occasion.FOLLOWED, scene=scene, reach=Reach.ACTION)


def _unsubscribed(_: Fields) -> _Content:
    return _Content(occasion=Occasion.UNFOLLOWED, reach=Reach.LEFT)


def _scanned(fields: Fields) -> _Content:
    return _Content(occasion=Occasion.SCANNED, scene=fields.text("EventKey"), reach=Reach.ACTION)


def _notice_ended(fields: Fields) -> _Content | None:
    """How a template message ended: news only if it did not arrive."""
    if fields.text("Status").strip().lower() == "success":
        return None
    return _Content(occasion=Occasion.UNREACHED, reach=Reach.UNREACHED)


def _clicked(fields: Fields) -> _Content:
    """A press on the account's menu: each button's key is what could be typed."""
    return _Content(text=fields.text("EventKey", None), reach=Reach.ACTION)


_EVENTS: Mapping[str, Callable[[Fields], _Content | None]] = {
    "subscribe": _subscribed,
    "unsubscribe": _unsubscribed,
    "scan": _scanned,
    "click": _clicked,
    "templatesendjobfinish": _notice_ended,
}
