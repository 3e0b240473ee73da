"""The demo's interface: samples, sending, both chats as phones show them, tickets, what was understood."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from bot.web.demo import sentences
from bot.web.demo.changes import LISTENERS
from tests.support.demo import Demo

PATIENCE_S = 30.0
P1 = "所有坐席都登不上系统了，电话全打不进来"


def send(http: httpx.Client, text: str | None = None, *, customer: str = "regular", **more: Any) -> int:
    """Send as a customer; with ``staff``, as support."""
    side = "staff" if "staff" in more else "customer"
    body = {"side": side, "customer": customer, "text": text, **more}
    response = http.post(
        "/try/api/send", json={name: value for name, value in body.items() if value is not None}
    )
    assert response.status_code == 200, response.text
    number = response.json()["id"]
    assert isinstance(number, int)
    return number


def feed_when(
    http: httpx.Client, is_there: Callable[[dict[str, Any]], bool], customer: str = "regular"
) -> dict[str, Any]:
    """Return both chats once delivery has brought what is awaited."""
    last = time.monotonic() + PATIENCE_S
    while True:
        feed: dict[str, Any] = http.get("/try/api/feed", params={"customer": customer}).json()
        if is_there(feed):
            return feed
        assert time.monotonic() < last, feed
        time.sleep(0.02)


def told(feed: dict[str, Any], side: str = "customer") -> list[dict[str, Any]]:
    return [message for message in feed[side]["messages"] if message["kind"] == "told"]


def has_card(feed: dict[str, Any]) -> bool:
    return any(message["is_card"] for message in told(feed, "staff"))


def choice(message: dict[str, Any], label: str) -> str:
    key = next(one["id"] for one in message["choices"] if one["label"] == label)
    assert isinstance(key, str)
    return key


def test_a_report_is_answered_with_ticket_priority_deadline_and_hotline_and_support_gets_a_card(
    http: httpx.Client,
) -> None:
    send(http, P1)
    feed = feed_when(http, lambda feed: bool(told(feed)) and has_card(feed))
    said, answer = feed["customer"]["messages"]
    assert (said["kind"], said["text"], said["who"]["name"]) == ("said", P1, "陈班长")
    for words in ("T1", "优先等级1", "今天 12:00 前", "400-818-1110", "010-62283281"):
        assert words in answer["text"]
    [card] = told(feed, "staff")
    assert [one["label"] for one in card["choices"]] == ["确认1", "确认2", "不是故障", "问客户"]
    [ticket] = feed["customer"]["tickets"]
    assert (ticket["number"], ticket["priority"], ticket["state"]) == ("T1", "优先等级1", "待响应")
    assert ticket["deadline"]["due"] == "2026-03-02T04:00:00+00:00"
    assert ticket["deadline"]["receipt"][-1] == "响应截止：3月2日（周一）12:00"


def test_a_card_that_changed_stays_in_its_place_with_a_note_at_the_time_of_the_change(
    http: httpx.Client, demo: Demo
) -> None:
    send(http, P1)
    card = told(feed_when(http, has_card), "staff")[0]
    demo.wait(minutes=3)
    send(http, choice=choice(card, "确认1"), staff="li")
    feed = feed_when(http, lambda feed: any(m["kind"] == "note" for m in feed["staff"]["messages"]))
    changed, tapped, note = feed["staff"]["messages"]
    assert changed["key"] == card["key"]
    assert changed["at"] == card["at"]
    assert changed["edited_at"] == "2026-03-02T02:03:00+00:00"
    assert "我方认为优先等级1" in changed["text"]
    assert (tapped["kind"], tapped["text"], tapped["tapped"]) == ("said", "确认1", True)
    assert note["text"] == "T1 李工：优先等级1"
    assert note["card"] == card["key"]


def test_whoever_presses_a_button_that_is_gone_is_told_who_was_first(http: httpx.Client) -> None:
    send(http, P1)
    card = told(feed_when(http, has_card), "staff")[0]
    send(http, choice=choice(card, "确认1"), staff="li")
    send(http, choice=choice(card, "确认2"), staff="wang")
    feed = feed_when(http, lambda feed: len(told(feed, "staff")) == 2)
    assert "李工已于 10:00 确认 T1 为优先等级1" in told(feed, "staff")[-1]["text"]


def test_a_button_that_was_tapped_is_marked(http: httpx.Client) -> None:
    send(http, P1)
    answer = told(feed_when(http, lambda feed: bool(told(feed))))[0]
    send(http, choice=choice(answer, "全部受影响"))
    feed = feed_when(http, lambda feed: len(told(feed)) == 2)
    assert [one["label"] for one in told(feed)[0]["choices"] if one["tapped"]] == ["全部受影响"]
    assert feed["customer"]["messages"][2]["text"] == "全部受影响"


@pytest.mark.parametrize("forged", ["999.0", "1.99", "x", "1", "１.０", "9" * 30 + ".0"])
def test_a_button_that_never_was_is_shown_as_such_and_answered(http: httpx.Client, forged: str) -> None:
    send(http, choice=forged)
    feed = feed_when(http, lambda feed: bool(told(feed)))
    assert feed["customer"]["messages"][0]["text"] == "（已失效的按钮）"


def test_a_message_that_the_page_sends_twice_is_taken_once(http: httpx.Client) -> None:
    assert send(http, P1, key="same") == send(http, P1, key="same")
    feed = feed_when(http, lambda feed: bool(told(feed)))
    assert [message["kind"] for message in feed["customer"]["messages"]] == ["said", "told"]


def test_a_picture_alone_opens_a_ticket(http: httpx.Client) -> None:
    send(http, photo=True)
    feed = feed_when(http, lambda feed: bool(feed["customer"]["tickets"]))
    assert feed["customer"]["messages"][0]["photos"] == 1
    assert feed["customer"]["tickets"][0]["is_certain"] is False


def test_a_customer_sees_only_their_own_chat_and_tickets(http: httpx.Client) -> None:
    send(http, P1)
    feed_when(http, lambda feed: bool(told(feed)))
    other = http.get("/try/api/feed?customer=enhanced").json()["customer"]
    assert (other["messages"], other["tickets"]) == ([], [])


def test_an_unbound_visitor_gets_a_ticket_without_a_deadline(http: httpx.Client) -> None:
    send(http, P1, customer="visitor")
    feed = feed_when(http, lambda feed: bool(told(feed)), "visitor")
    [ticket] = feed["customer"]["tickets"]
    assert ticket["deadline"] is None
    assert "还没有绑定合同" in ticket["why_none"]


@pytest.mark.parametrize(
    "text", ["", " ", "\0\x07\x1b[2J", "<img src=x onerror=alert(1)>", "🙏😭", "help me", "ช่วยด้วย"]
)
def test_odd_messages_are_answered_in_chinese(http: httpx.Client, text: str) -> None:
    send(http, text)
    answer = told(feed_when(http, lambda feed: bool(told(feed))))[0]["text"]
    assert "400-818-1110" in answer or "？" in answer


def test_an_unknown_customer_is_refused(http: httpx.Client) -> None:
    assert http.get("/try/api/feed?customer=nobody").status_code == 400
    assert http.get("/try/api/feed").status_code == 400


def test_the_samples_name_everybody_who_can_be_played(http: httpx.Client) -> None:
    body = http.get("/try/api/samples").json()
    assert [customer["level"] for customer in body["customers"]] == ["常规级", "增强级", "钻石级", None]
    assert [person["name"] for person in body["staff"]] == ["李工", "王工", "赵主管"]


def test_what_was_understood_is_told_with_its_evidence(http: httpx.Client) -> None:
    body = http.post("/try/api/understanding", json={"text": P1}).json()
    assert body["verdict"]["label"] == "P1"
    assert body["verdict"]["clause"].startswith("2.1 P1")
    for match in body["matches"]:
        assert match["text"] == P1[match["start"] : match["end"]]
    assert "登不上" in [match["text"] for match in body["matches"]]
    assert "".join(body["tokens"]) == body["normalised"]
    assert body["is_command"] is False


def test_a_command_is_told_from_a_sentence(http: httpx.Client) -> None:
    assert http.post("/try/api/understanding", json={"text": "查进度"}).json()["is_command"] is True
    assert http.post("/try/api/understanding", json={"text": 5}).status_code == 400


@pytest.mark.parametrize(("title", "is_fault"), [("报修", True), ("不该当故障的", False)])
def test_the_sentences_to_tap_show_what_they_promise(http: httpx.Client, title: str, is_fault: bool) -> None:
    group = dict(sentences.GROUPS)[title]
    for sentence in group:
        text = "，".join(said for said in sentence.messages if said != sentences.PHOTO)
        verdict = http.post("/try/api/understanding", json={"text": text}).json()["verdict"]
        assert (verdict["label"] != "none") is is_fault, sentence


def test_a_page_that_listens_is_woken_when_somebody_writes(http: httpx.Client) -> None:
    with http.stream("GET", "/try/api/events") as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("event")) == "event: change"
        send(http, P1)
        assert next(line for line in lines if line.startswith("event")) == "event: change"


def test_more_pages_than_may_listen_are_told_so_and_a_page_that_left_makes_room(http: httpx.Client) -> None:
    with ExitStack() as pages:
        streams = [
            pages.enter_context(http.stream("GET", "/try/api/events")).iter_lines() for _ in range(LISTENERS)
        ]
        assert {next(lines) for lines in streams} == {"retry: 1000"}
        assert listening(http) == 503
    last = time.monotonic() + PATIENCE_S
    while listening(http) != 200:
        assert time.monotonic() < last
        time.sleep(0.02)


def listening(http: httpx.Client) -> int:
    with http.stream("GET", "/try/api/events") as stream:
        return stream.status_code
