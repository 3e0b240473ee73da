"""WeChat's reports as messages: what each says, and by what the platform's retries are known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.wechat_inbound import Report, report_of
from bot.messages import AttachmentKind, Inbound, Occasion, Reach
from bot.tencent.xml import BadBody, parse

AT = 1772416800


ID = "<MsgId>7</MsgId>"


def report(inside: str, *, user: str = "openid-1", at: int = AT, message_id: str = ID) -> Report:
    """Return what a callback reports."""
    head = f"<ToUserName>gh_1</ToUserName><FromUserName>{user}</FromUserName><CreateTime>{at}</CreateTime>"
    return report_of(parse(f"<xml>{head}{inside}{message_id}</xml>"), "north")


def message(inside: str, **given: object) -> Inbound:
    """Return the message of it."""
    found = report(inside, **given).inbound  # type: ignore[arg-type]
    assert found is not None
    return found


TEXT = "<MsgType>text</MsgType><Content>登录不上</Content>"


def test_a_text() -> None:
    found = message(TEXT)
    assert (found.address.account, found.address.chat, found.text) == ("north", "openid-1", "登录不上")
    assert found.sent_at == datetime.fromtimestamp(AT, UTC)
    assert found.is_inline
    assert found.reach is Reach.MESSAGE


def test_a_press_on_an_item_is_a_choice_and_counts_as_an_action() -> None:
    found = report(f"{TEXT}<bizmsgmenuid>12.1</bizmsgmenuid>")
    assert found.inbound is not None
    assert (found.inbound.choice, found.inbound.reach) == ("12.1", Reach.ACTION)


def test_a_message_is_known_by_its_user_and_id() -> None:
    assert message(TEXT).dedupe_key == message(TEXT, at=AT + 5).dedupe_key
    assert message(TEXT).dedupe_key != message(TEXT, user="openid-2").dedupe_key
    assert message(TEXT).dedupe_key != message(TEXT, message_id="<MsgId>8</MsgId>").dedupe_key


def test_an_id_of_64_bits_is_not_rounded() -> None:
    first, second = (f"<MsgId>{2**63 + n}</MsgId>" for n in (0, 1))
    assert message(TEXT, message_id=first).dedupe_key != message(TEXT, message_id=second).dedupe_key


def test_an_event_is_known_by_what_happened_and_when() -> None:
    scan = "<MsgType>event</MsgType><Event>SCAN</Event><EventKey>A</EventKey>"
    same, later = message(scan, message_id=""), message(scan, message_id="", at=AT + 1)
    assert same.dedupe_key == message(scan, message_id="").dedupe_key != later.dedupe_key
    assert same.dedupe_key != message(scan.replace(">A<", ">B<"), message_id="").dedupe_key


@pytest.mark.parametrize("number", ["", "0", "x", "-1", "<a>1</a>"])
def test_a_message_without_an_id_is_a_bad_body(number: str) -> None:
    with pytest.raises(BadBody):
        report(TEXT, message_id=f"<MsgId>{number}</MsgId>")
    with pytest.raises(BadBody):
        report(TEXT, message_id="")


@pytest.mark.parametrize(
    "inside",
    [
        "<MsgType>text</MsgType>",
        "<MsgType>text</MsgType><Content><b>x</b></Content>",
        "<MsgType>image</MsgType>",
        "<Content>x</Content>",
        "<MsgType>location</MsgType><Location_X>1</Location_X>",
    ],
)
def test_what_lacks_its_content_is_a_bad_body(inside: str) -> None:
    with pytest.raises(BadBody):
        report(inside)


@pytest.mark.parametrize("at", [-1, 10**19])
def test_a_time_that_is_none_is_a_bad_body(at: int) -> None:
    with pytest.raises(BadBody):
        report(TEXT, at=at)


def test_following_by_a_code_brings_what_it_carries() -> None:
    event = "<MsgType>event</MsgType><Event>subscribe</Event><EventKey>qrscene_ABCD2345</EventKey>"
    found = message(event, message_id="")
    assert (found.occasion, found.scene) == (Occasion.FOLLOWED, "ABCD2345")


def test_leaving_opens_nothing_and_is_not_answered() -> None:
    found = report("<MsgType>event</MsgType><Event>unsubscribe</Event><EventKey/>", message_id="")
    assert found.inbound is not None
    assert found.inbound.reach is Reach.LEFT
    assert (found.inbound.occasion, found.inbound.is_inline) == (Occasion.UNFOLLOWED, False)


@pytest.mark.parametrize(
    "inside",
    [
        "<MsgType>event</MsgType><Event>LOCATION</Event><Latitude>1</Latitude>",
        "<MsgType>event</MsgType><Event>VIEW</Event><EventKey>http://x</EventKey>",
        "<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID><Status>success</Status>",
        "<MsgType>never_heard_of</MsgType>",
    ],
)
def test_what_we_do_not_act_on_is_no_message(inside: str) -> None:
    assert report(inside).inbound is None


@pytest.mark.parametrize(
    ("inside", "kind", "reference"),
    [
        ("<MsgType>image</MsgType><MediaId>m</MediaId>", AttachmentKind.PHOTO, "m"),
        ("<MsgType>shortvideo</MsgType><MediaId>m</MediaId>", AttachmentKind.VIDEO, "m"),
        ("<MsgType>link</MsgType><Title>t</Title><Url>u</Url>", AttachmentKind.LINK, "u"),
        (
            "<MsgType>location</MsgType><Location_X>1.5</Location_X><Location_Y>2</Location_Y>",
            AttachmentKind.LOCATION,
            "1.5,2",
        ),
    ],
)
def test_what_is_no_text_is_an_attachment(inside: str, kind: AttachmentKind, reference: str) -> None:
    [found] = message(inside).attachments
    assert (found.kind, found.reference) == (kind, reference)
