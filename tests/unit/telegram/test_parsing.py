"""What can't be read in an update costs as little as possible, and is quoted nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram import updates
from bot.channels.telegram.parsing import parse
from bot.errors import BadInput
from tests.unit.telegram.sent import BOT, CHEN, CONTEXT, GROUP, heard, message, read


def test_a_novelty_in_a_message_does_not_lose_its_words() -> None:
    found = heard(text="IVR挂了", reply_to_message={"a": "shape of next year"}, quote="?")
    assert (found.text, found.external_id) == ("IVR挂了", "7")


@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_a_novelty_in_a_reply_does_not_lose_what_it_answers(kind: str) -> None:
    ours = message(message_id=5, **{"from": BOT}, chat=GROUP, text="【T1】", a_novelty={})
    found = read(kind, chat=GROUP, text="马上处理", reply_to_message=ours, quote={"new": 1})
    assert found is not None
    assert (found.text, found.addressed, found.answers) == ("马上处理", True, "5")


def test_in_a_group_a_reply_that_can_not_be_read_is_not_taken_for_an_aside() -> None:
    with pytest.raises(BadInput):
        read(chat=GROUP, text="马上处理", reply_to_message={"a": "shape of next year"}, quote="?")
    assert heard(text="马上处理", reply_to_message={"a": "shape of next year"}, quote="?").answers is None


def test_a_novelty_below_a_button_does_not_lose_the_press() -> None:
    shown = message(chat=GROUP, **{"from": BOT}, quote="?")
    query = {"id": "q", "from": CHEN, "chat_instance": "c", "data": "12.0", "message": shown}
    found = updates.inbound(parse({"update_id": 9, "callback_query": query}), CONTEXT)
    assert found is not None
    assert (found.choice, found.address.chat) == ("12.0", "-100123")


def test_a_kind_of_update_that_can_not_be_read_is_not_passed_over() -> None:
    with pytest.raises(BadInput):
        parse({"update_id": 9, "my_chat_member": {"chat": "a shape of next year"}})


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"update_id": "9"},
        {"update_id": 9, "message": {"text": "客户的话"}},
        {"update_id": 9, "message": "客户的话"},
        {"update_id": 9, "message": message(date="yesterday")},
        {"update_id": 9, "message": message(date=10**20)},
    ],
)
def test_what_can_not_be_read_is_refused_without_quoting_it(data: Any) -> None:
    with pytest.raises(BadInput) as refused:
        parse(data)
    assert "客户" not in str(refused.value)
