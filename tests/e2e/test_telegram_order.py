"""Updates that a webhook brings in another order than they were written in."""

from __future__ import annotations

import json

import httpx
import pytest

from bot.web.server import url_of
from tests.support.telegram.api import SECRET, Json
from tests.support.telegram.people import Person
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上系统"


@pytest.fixture
def mode() -> str:
    """Polling has one order."""
    return "webhook"


class Late:
    """Updates of one person that the platform numbers as they are written, and brings as the test says."""

    def __init__(self, telegram: TelegramWorld, person: Person) -> None:
        self._telegram, self._person = telegram, person
        self._written: list[Json] = []

    def write(self, kind: str = "message", number: int | None = None, **content: object) -> int:
        """Write a message, or change one by its number; return its number."""
        telegram, person = self._telegram, self._person
        telegram.wait(seconds=1)
        at, count = int(telegram.now.timestamp()), len(self._written)
        chat = {"id": person.id, "type": "private", "first_name": "陈班长"}
        message = {
            "message_id": number or 900 + count,
            "date": at,
            "chat": chat,
            "from": person.user,
            **content,
        }
        if kind == "edited_message":
            message["edit_date"] = at
        self._written.append({"update_id": 9000 + count, kind: message})
        return int(message["message_id"])

    def bring(self, *order: int) -> None:
        """Let the platform bring what was written, each after the one before has been dealt with."""
        url = f"{url_of(self._telegram.listener)}/telegram/default"
        for place in order:
            headers = {"x-telegram-bot-api-secret-token": SECRET}
            body = json.dumps(self._written[place])
            assert httpx.post(url, content=body, headers=headers, trust_env=False).status_code == 200
            self._telegram.settle()


@pytest.fixture
def late(telegram: TelegramWorld) -> Late:
    return Late(telegram, telegram.chen)


def test_a_report_that_comes_after_its_supplement_is_one_ticket(telegram: TelegramWorld, late: Late) -> None:
    late.write(text=P1)
    late.write(text="补充一下，北京的坐席也登不上")
    late.bring(1, 0)
    [ticket] = telegram.tickets()
    assert f"原话：{P1}；补充一下，北京的坐席也登不上" in telegram.card()["text"]  # as it was written
    assert ticket["held"] == 1


def test_a_change_that_comes_before_what_it_changes_is_one_ticket_and_lowers_nothing(
    telegram: TelegramWorld, late: Late
) -> None:
    number = late.write(text=P2)
    late.write("edited_message", number, text=P1)
    late.bring(1, 0)
    [ticket] = telegram.tickets()
    assert ticket["held"] == 1


def test_an_album_whose_words_come_last_is_one_ticket(telegram: TelegramWorld, late: Late) -> None:
    for place, words in enumerate(({"caption": P1}, {}, {})):
        telegram.put_file(f"p{place}", b"\x89PNG\r\n\x1a\n....")
        photo = [{"file_id": f"p{place}", "file_unique_id": f"u{place}", "width": 9, "height": 9}]
        late.write(photo=photo, media_group_id="g", **words)
    late.bring(2, 1, 0)
    assert len(telegram.tickets()) == 1
    assert "优先级不明" not in telegram.card()["text"]
    assert f"原话：{P1}［附件 3 个］" in telegram.card()["text"]


def test_a_question_that_comes_late_is_answered_as_of_now(telegram: TelegramWorld, late: Late) -> None:
    late.write(text="查进度")
    late.write(text=P1)
    late.bring(1, 0)
    assert len(telegram.tickets()) == 1
    assert "T1" in telegram.chen.last()
