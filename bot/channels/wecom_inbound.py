"""What WeCom reports, as the messages that every channel speaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.messages import Address, Attachment, AttachmentKind, Inbound, Sender
from bot.tencent import inbound
from bot.tencent.faces import spoken
from bot.tencent.xml import BadBody, Fields

NAME = "wecom"
LONGEST_CODE = 500
# The platform's own rule for a member's id; what is sent to a|b or @all would reach others.
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Press:
    """A press on a card's button: of which card, and the code that updates it once, within 72 h.

    Attributes:
        choice: id of the button.
    """

    task_id: str
    code: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the platform's; ``inbound`` None: nothing that we act on."""

    inbound: Inbound | None = None
    press: Press | None = None


@dataclass(frozen=True, slots=True)
class _Content:
    text: str = ""
    choice: str | None = None
    attachment: Attachment | None = None
    press: Press | None = None


def report_of(fields: Fields, account: str, corpid: str, agent: str) -> Report:
    """Return what a callback reports; ``account`` is the account's name in the settings.

    Raises:
        BadBody: it is for somebody else, or a field is missing, repeated, nested or no number.
    """
    if fields.text("ToUserName", None) != corpid:
        raise BadBody("for another company")
    if fields.text("AgentID", agent) != agent:
        raise BadBody("for another application")
    kind = fields.text("MsgType", None).strip().lower()
    event = fields.text("Event").strip().lower() if kind == "event" else ""
    read = _EVENTS.get(event) if kind == "event" else _MESSAGES.get(kind)
    if read is None:
        return Report()
    user = fields.text("FromUserName", None)
    if not _MEMBER.fullmatch(user):
        raise BadBody("FromUserName is no member's id")
    content = read(fields)
    message = Inbound(
        address=Address(NAME, account, user),
        sender=Sender(user, user),
        dedupe_key=_key(fields, user, event),
        sent_at=inbound.instant(fields),
        text=content.text[: inbound.LONGEST_TEXT],
        choice=content.choice,
        attachments=(content.attachment,) if content.attachment else (),
    )
    return Report(message, content.press)


def _key(fields: Fields, user: str, event: str) -> str:
    """Return what the platform's retries have in common."""
    if event:
        names = ("CreateTime", "EventKey", "TaskId", "ResponseCode")
        return inbound.key(user, event, *(fields.text(name) for name in names))
    return inbound.message_key(fields, user)


def _text(fields: Fields) -> _Content:
    return _Content(text=spoken(fields.text("Content", None)))


def _pressed(fields: Fields) -> _Content:
    code, choice = fields.text("ResponseCode"), inbound.reference(fields, "EventKey")
    press = Press(fields.text("TaskId"), code, choice) if 0 < len(code) <= LONGEST_CODE else None
    return _Content(choice=choice, press=press)


def _media(kind: AttachmentKind) -> Callable[[Fields], _Content]:
    return lambda fields: _Content(attachment=inbound.media(fields, kind))


def _location(fields: Fields) -> _Content:
    return _Content(attachment=inbound.location(fields))


def _link(fields: Fields) -> _Content:
    return _Content(attachment=inbound.link(fields))


_MESSAGES: Mapping[str, Callable[[Fields], _Content]] = {
    "text": _text,
    "image": _media(AttachmentKind.PHOTO),
    "voice": _media(AttachmentKind.VOICE),
    "video": _media(AttachmentKind.VIDEO),
    "location": _location,
    "link": _link,
}
_EVENTS: Mapping[str, Callable[[Fields], _Content]] = {"template_card_event": _pressed}
