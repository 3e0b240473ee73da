"""What WeChat reports, as the messages that every channel speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.messages import Address, Attachment, AttachmentKind, Inbound, Occasion, Reach, Sender
from bot.tencent import inbound
from bot.tencent.faces import spoken
from bot.tencent.xml import BadBody, Fields

NAME = "wechat"
LONGEST_USER = 100
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
    message = Inbound(
        address=address,
        sender=Sender(user, f"微信用户{user[-4:]}"),
        dedupe_key=_key(fields, user, kind),
        sent_at=inbound.instant(fields),
        text=content.text[: inbound.LONGEST_TEXT],
        choice=content.choice,
        attachments=(content.attachment,) if content.attachment else (),
        occasion=content.occasion,
        scene=content.scene,
        is_inline=content.reach in (Reach.MESSAGE, Reach.ACTION),
        reach=content.reach,
    )
    return Report(address, fields.text("ToUserName"), message)


def _key(fields: Fields, user: str, kind: str) -> str:
    """Return what the platform's retries have in common."""
    if kind == "event":
        names = ("CreateTime", "Event", "EventKey", "MsgID")
        return inbound.key(user, *(fields.text(name) for name in names))
    return inbound.message_key(fields, user)


# --- messages


def _text(fields: Fields) -> _Content:
    """A text; a press on an item of a message comes as its text, with the item's id."""
    text, item = fields.text("Content", None), inbound.reference(fields, "bizmsgmenuid", "")
    if item:
        return _Content(text=text, choice=item, reach=Reach.ACTION)
    return _Content(text=spoken(text))


def _media(kind: AttachmentKind) -> Callable[[Fields], _Content]:
    return lambda fields: _Content(attachment=inbound.media(fields, kind))


def _voice(fields: Fields) -> _Content:
    """Speech: with what the platform understood of it, where it did."""
    speech = inbound.media(fields, AttachmentKind.VOICE)
    return _Content(text=fields.text("Recognition").strip(), attachment=speech)


def _location(fields: Fields) -> _Content:
    return _Content(attachment=inbound.location(fields))


def _link(fields: Fields) -> _Content:
    return _Content(attachment=inbound.link(fields))


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
    scene = inbound.reference(fields, "EventKey", "")
    scene = scene.removeprefix(SCENE) if scene.startswith(SCENE) else ""
    return _Content(occasion=Occasion.FOLLOWED, scene=scene, reach=Reach.ACTION)


def _unsubscribed(_: Fields) -> _Content:
    return _Content(occasion=Occasion.UNFOLLOWED, reach=Reach.LEFT)


def _scanned(fields: Fields) -> _Content:
    return _Content(
        occasion=Occasion.SCANNED, scene=inbound.reference(fields, "EventKey", ""), reach=Reach.ACTION
    )


_UNREACHED = _Content(occasion=Occasion.UNREACHED, reach=Reach.UNREACHED)


def _template_ended(fields: Fields) -> _Content | None:
    """How a template message ended: news only if it did not arrive."""
    return None if fields.text("Status").strip().lower() == "success" else _UNREACHED


def _notice_ended(fields: Fields) -> _Content | None:
    """How a subscription notice ended, which stands two levels deeper."""
    events = fields.below.get("SubscribeMsgSentEvent", [])
    codes = [one.text("ErrorCode").strip() for event in events for one in event.below.get("List", [])]
    return _UNREACHED if any(code != "0" for code in codes) else None


def _clicked(fields: Fields) -> _Content:
    """A press on the account's menu: each button's key is what could be typed."""
    return _Content(text=fields.text("EventKey", None), reach=Reach.ACTION)


_EVENTS: Mapping[str, Callable[[Fields], _Content | None]] = {
    "subscribe": _subscribed,
    "unsubscribe": _unsubscribed,
    "scan": _scanned,
    "click": _clicked,
    "templatesendjobfinish": _template_ended,
    "subscribe_msg_sent_event": _notice_ended,
}
