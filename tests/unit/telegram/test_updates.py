"""Updates as the platform sends them become neutral messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram import updates
from bot.channels.telegram.parsing import parse
from bot.messages import Address, Attachment, AttachmentKind, Forwarded, Inbound, Occasion, Sender
from tests.unit.telegram.sent import (
    BOT,
    CHEN,
    CONTEXT,
    GROUP,
    NOW,
    PRIVATE,
    SENT,
    entity,
    heard,
    message,
    read,
)


def test_a_private_message() -> None:
    assert heard(text="IVR挂了 😱") == Inbound(
        address=Address("telegram", "default", "42"),
        sender=Sender("42", "陈 班长"),
        dedupe_key="update:777:9",
        sent_at=datetime.fromtimestamp(SENT, UTC),
        text="IVR挂了 😱",
        external_id="7",
        number=9,
    )


@pytest.mark.parametrize(
    ("text", "entities", "expected", "addressed"),
    [
        ("系统挂了", [], "系统挂了", False),
        ("@HotlineBot 系统挂了", [entity("mention", 0, 11)], "系统挂了", True),
        ("😱😱 @hotlinebot 挂了", [entity("mention", 5, 11)], "😱😱  挂了", True),
        ("@somebody 你看", [entity("mention", 0, 9)], "@somebody 你看", False),
        ("热线 挂了", [entity("text_mention", 0, 2, user=BOT)], "挂了", True),
        ("/report@HotlineBot 挂了", [entity("bot_command", 0, 18)], "/report 挂了", True),
        ("/status", [entity("bot_command", 0, 7)], "/status", True),
        ("/status@OtherBot", [entity("bot_command", 0, 16)], "/status@OtherBot", False),
    ],
)
def test_in_a_group_only_what_names_the_bot_is_for_it(
    text: str, entities: list[dict[str, Any]], expected: str, addressed: bool
) -> None:
    found = heard(chat=GROUP, text=text, entities=entities)
    assert (found.text, found.addressed, found.is_group) == (expected, addressed, True)


def test_a_reply_to_the_bot_is_for_it_and_says_to_what() -> None:
    ours = message(message_id=5, **{"from": BOT}, chat=GROUP, text="已收到")
    found = heard(chat=GROUP, text="还是不行", reply_to_message=ours)
    assert (found.addressed, found.answers) == (True, "5")
    colleagues = message(message_id=5, chat=GROUP, text="挂了")
    found = heard(chat=GROUP, text="是的", reply_to_message=colleagues)
    assert (found.addressed, found.answers) == (False, None)


def test_an_edited_message_is_a_correction_of_the_same_message() -> None:
    found = read("edited_message", text="IVR挂了", edit_date=SENT + 60)
    assert found is not None
    assert (found.is_correction, found.external_id) == (True, "7")
    assert found.sent_at == datetime.fromtimestamp(SENT + 60, UTC)


FILE = {"file_unique_id": "u", "file_size": 10}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"photo": [{**FILE, "file_id": id_, "width": 9, "height": 9} for id_ in ("small", "large")]},
            Attachment(AttachmentKind.PHOTO, "large", identity="u"),
        ),
        (
            {"voice": {**FILE, "file_id": "v", "duration": 3}},
            Attachment(AttachmentKind.VOICE, "v", identity="u"),
        ),
        (
            {"video": {**FILE, "file_id": "f", "width": 9, "height": 9, "duration": 3}},
            Attachment(AttachmentKind.VIDEO, "f", identity="u"),
        ),
        (
            {"document": {**FILE, "file_id": "d", "file_name": "日志.txt"}},
            Attachment(AttachmentKind.FILE, "d", "日志.txt", "u"),
        ),
        (
            {"location": {"latitude": 39.9, "longitude": 116.4}},
            Attachment(AttachmentKind.LOCATION, "39.9,116.4"),
        ),
    ],
    ids=["photo", "voice", "video", "document", "location"],
)
def test_what_a_message_carries(fields: dict[str, Any], expected: Attachment) -> None:
    found = heard(**fields, caption="见附件")
    assert found.attachments == (expected,)
    assert found.text == "见附件"


def test_pictures_sent_as_one_album_are_told_apart_from_others() -> None:
    photo = {"photo": [{**FILE, "file_id": "p", "width": 9, "height": 9}]}
    assert heard(**photo, media_group_id="g1").album == "g1"
    assert heard(**photo).album is None


def test_ones_own_number_is_a_telephone_number_somebody_elses_is_words() -> None:
    contact = {"phone_number": "+8613800000000", "first_name": "陈"}
    assert heard(contact={**contact, "user_id": 42}).phone == "+8613800000000"
    other = heard(contact={**contact, "user_id": 43})
    assert (other.phone, other.text) == (None, "陈 +8613800000000")


def test_start_opens_the_chat_and_carries_a_code() -> None:
    plain = heard(text="/start", entities=[entity("bot_command", 0, 6)])
    assert (plain.occasion, plain.scene, plain.text) == (Occasion.FOLLOWED, "", "")
    assert heard(text="/start ABCD2345", entities=[entity("bot_command", 0, 6)]).scene == "ABCD2345"


def test_a_press_is_a_choice_now() -> None:
    query = {
        "id": "q",
        "from": CHEN,
        "chat_instance": "c",
        "data": "12.0",
        "message": message(chat=GROUP, **{"from": BOT}),
    }
    found = updates.inbound(parse({"update_id": 9, "callback_query": query}), CONTEXT)
    assert found is not None
    assert (found.choice, found.address.chat, found.sent_at) == ("12.0", "-100123", NOW)
    old = {**query, "message": {"message_id": 7, "date": 0, "chat": GROUP}}
    found = updates.inbound(parse({"update_id": 9, "callback_query": old}), CONTEXT)
    assert found is not None
    assert found.choice == "12.0"


def membership(chat: dict[str, Any], before: str, after: str) -> Inbound | None:
    def member(status: str) -> dict[str, Any]:
        return {"status": status, "user": BOT, "until_date": 0}

    change = {
        "chat": chat,
        "from": CHEN,
        "date": SENT,
        "old_chat_member": member(before),
        "new_chat_member": member(after),
    }
    return updates.inbound(parse({"update_id": 9, "my_chat_member": change}), CONTEXT)


def test_being_added_removed_and_blocked_are_occasions() -> None:
    added, removed = membership(GROUP, "left", "member"), membership(GROUP, "member", "kicked")
    blocked = membership(PRIVATE, "member", "kicked")
    assert [(o.occasion, o.is_group) for o in (added, removed, blocked) if o] == [
        (Occasion.FOLLOWED, True),
        (Occasion.UNFOLLOWED, True),
        (Occasion.UNFOLLOWED, False),
    ]
    assert membership(PRIVATE, "kicked", "member") is None


@pytest.mark.parametrize(
    "fields",
    [
        {"new_chat_title": "新名字"},
        {"new_chat_members": [CHEN]},
        {"text": "来自频道", "is_automatic_forward": True},
        {"text": "我也是机器人", "from": {**BOT, "id": 5}},
    ],
    ids=["title", "joined", "channel post", "another bot"],
)
def test_what_nobody_wrote_is_left_out(fields: dict[str, Any]) -> None:
    assert read(**{"chat": GROUP, **fields}) is None


def test_a_group_that_moves_names_both_places() -> None:
    old, new = Address("telegram", "default", "-55"), Address("telegram", "default", "-10055")
    group, supergroup = {"id": -55, "type": "group", "title": "g"}, {**GROUP, "id": -10055}
    to = parse({"update_id": 1, "message": message(chat=group, migrate_to_chat_id=-10055)})
    came = parse({"update_id": 2, "message": message(chat=supergroup, migrate_from_chat_id=-55)})
    assert updates.migration(to, "default") == updates.migration(came, "default") == (old, new)


@pytest.mark.parametrize(
    ("origin", "whose"),
    [
        ({"type": "user", "date": SENT, "sender_user": CHEN}, Forwarded.OTHERS),
        ({"type": "user", "date": SENT, "sender_user": BOT}, Forwarded.OURS),
        ({"type": "hidden_user", "date": SENT, "sender_user_name": "陈"}, Forwarded.OTHERS),
        ({"type": "channel", "date": SENT, "chat": GROUP, "message_id": 3}, Forwarded.OTHERS),
        ({"type": "planet", "date": SENT}, Forwarded.OTHERS),
        ({"type": "user", "date": "a shape of next year"}, Forwarded.OTHERS),
        ("a shape of next year", Forwarded.OTHERS),
    ],
)
def test_words_that_are_passed_on_are_known_as_such(origin: Any, whose: Forwarded) -> None:
    found = heard(text="确认 T1 1", forward_origin=origin)
    assert (found.text, found.forwarded) == ("确认 T1 1", whose)
    stored = Inbound.from_dict(
        found.to_dict(), address=found.address, dedupe_key=found.dedupe_key, sent_at=found.sent_at
    )
    assert stored == found
