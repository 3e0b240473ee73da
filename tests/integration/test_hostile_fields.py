"""Reports of WeChat and WeCom with wrong fields: refused or ignored, never a fault, a leak or a guess."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.store import tables as t
from tests.support.callbacks import Target, xml
from tests.support.hostile import (
    NOW,
    SECURE,
    WECOM,
    WORDS,
    Hostile,
    each_target,
    inner,
    message,
)

FIELDS: dict[str, dict[str, str | None]] = {
    "no sender": {"FromUserName": None},
    "an empty sender": {"FromUserName": ""},
    "a long sender": {"FromUserName": "a" * 10_000},
    "no kind": {"MsgType": None},
    "no content": {"Content": None},
    "no id": {"MsgId": None},
    "id 0": {"MsgId": "0"},
    "a negative id": {"MsgId": "-1"},
    "a long id": {"MsgId": "9" * 5000},
    "words for an id": {"MsgId": "abc"},
    "an id in other digits": {"MsgId": "１２３"},
    "no time": {"CreateTime": None},
    "a time that is none": {"CreateTime": "yesterday"},
    "a time beyond all calendars": {"CreateTime": "9" * 20},
    "a negative time": {"CreateTime": "-1"},
}


@each_target
@pytest.mark.parametrize("kind", FIELDS)
def test_a_wrong_field_is_refused(hostile: Hostile, target: Target, kind: str) -> None:
    before = hostile.received()

    answer = hostile.call(target, *target.call(xml(message(target, **FIELDS[kind])), NOW))

    assert answer.status_code == 400
    assert hostile.received() == before


@pytest.mark.parametrize("sender", ["@all", "a|b", "a\nb", "../x", "李工", " LiGong"])
def test_nobody_writes_to_wecom_as_everybody(hostile: Hostile, sender: str) -> None:
    before = hostile.received()

    assert hostile.call(WECOM, *WECOM.call(xml(message(WECOM, FromUserName=sender)), NOW)).status_code == 400
    assert hostile.received() == before


@pytest.mark.parametrize(
    "wrong", [{"ToUserName": "ww-another"}, {"ToUserName": None}, {"AgentID": "1000003"}], ids=str
)
def test_what_is_for_another_company_or_application_is_refused(
    hostile: Hostile, wrong: dict[str, str | None]
) -> None:
    assert hostile.call(WECOM, *WECOM.call(xml(message(WECOM, **wrong)), NOW)).status_code == 400


REPEATED = [
    b"<Content>x</Content>",
    b"<MsgId>1</MsgId>",
    b"<FromUserName>x</FromUserName>",
    b"<MsgType>event</MsgType>",
    b"<CreateTime>1</CreateTime>",
]


@each_target
@pytest.mark.parametrize("more", REPEATED)
def test_a_repeated_field_is_refused(hostile: Hostile, target: Target, more: bytes) -> None:
    assert hostile.call(target, *target.call(inner(target, more), NOW)).status_code == 400


@each_target
@pytest.mark.parametrize("name", ["Content", "FromUserName", "MsgType", "MsgId", "CreateTime"])
def test_a_nested_field_is_refused(hostile: Hostile, target: Target, name: str) -> None:
    fields = xml(message(target, **{name: None}))
    body = fields.replace(b"</xml>", f"<{name}>1<a>2</a></{name}></xml>".encode())

    assert hostile.call(target, *target.call(body, NOW)).status_code == 400


IGNORED: dict[str, dict[str, str]] = {
    "an unknown kind": {"MsgType": "hologram"},
    "an event of no name": {"MsgType": "event"},
    "an unknown event": {"MsgType": "event", "Event": "LOCATION_OF_THE_MOON"},
    "a kind that is an event's name": {"MsgType": "template_card_event", "EventKey": "1.0"},
}


@each_target
@pytest.mark.parametrize("kind", IGNORED)
def test_what_we_do_not_act_on_is_ignored(hostile: Hostile, target: Target, kind: str) -> None:
    before = hostile.received()

    assert hostile.call(target, *target.call(xml(message(target, **IGNORED[kind])), NOW)).status_code == 200
    assert hostile.received() == before


CHOICES = ["1.0", "../..", "9" * 400, "0.999999", "-1.0", "１.０", "1.0' OR 1=1 --", "\u202e", "x" * 10_000]


@pytest.mark.parametrize("choice", CHOICES)
def test_a_button_that_there_is_not_does_nothing(hostile: Hostile, choice: str) -> None:
    press = message(
        WECOM, MsgType="event", Event="template_card_event", EventKey=choice, Content=None, MsgId=None
    )
    item = message(SECURE, bizmsgmenuid=choice)

    hostile.call(WECOM, *WECOM.call(xml({**press, "TaskId": choice, "ResponseCode": "x" * 9000}), NOW))
    hostile.call(SECURE, *SECURE.call(xml(item), NOW))

    with hostile.app.store.read() as session:
        waiting = select(func.count()).select_from(t.InboxRow).where(t.InboxRow.status != "handled")
        assert session.scalar(waiting) == 0


@each_target
def test_control_characters_are_not_kept(hostile: Hostile, target: Target) -> None:
    raw = xml(message(target, Content="所有坐席\x01\x0b\x1b[31m都登不上" + WORDS))

    assert hostile.call(target, *target.call(raw, NOW)).status_code == 200
    with hostile.app.store.read() as session:
        latest = session.scalars(select(t.InboxRow.content).order_by(t.InboxRow.id.desc())).first()
    assert latest is not None
    assert latest["text"].startswith("所有坐席[31m都登不上")
