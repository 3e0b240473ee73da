"""`hotline doctor` on Telegram: what can be wrong is named with what to do, and no secret is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.doctor.finding import Finding, Status
from bot.doctor.telegram import check_telegram
from bot.settings import Settings
from tests.support.telegram.api import BOT_ID, SECRET, STAFF_CHAT, Api

PUBLIC = "https://hotline.example.com"


def user(**changes: Any) -> dict[str, Any]:
    return {
        "id": BOT_ID,
        "is_bot": True,
        "first_name": "维护热线",
        "username": "HotlineBot",
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        **changes,
    }


def examine(
    api: Api, *, public_url: str | None = None, now: datetime | None = None, **account: Any
) -> dict[str, Finding]:
    given = {"token": api.token, "api_base": api.url, "secret": SECRET, **account}
    settings = Settings(telegram={"default": given}, public_url=public_url)  # type: ignore[dict-item]
    found = list(check_telegram(settings, now or datetime.now(UTC)))
    shown = " ".join(f"{f.check} {f.detail} {f.advice}" for f in found)
    assert SECRET not in shown
    assert api.token not in shown
    return {finding.check.removeprefix("telegram default").strip(): finding for finding in found}


@pytest.fixture
def made(api: Api) -> Api:
    """A bot in its staff chat."""
    api.control("create", user=user(), now=0)
    api.control("chat", id=STAFF_CHAT, type="supergroup", title="值班群")
    api.control("menu", scope="all_private_chats", commands=[{"command": "report", "description": "报修"}])
    return api


def test_all_is_well(made: Api) -> None:
    found = examine(made, staff_chat=str(STAFF_CHAT))
    assert {finding.status for finding in found.values()} == {Status.OK}
    assert found[""].detail == "@HotlineBot"
    assert list(found) == ["", "groups", "polling", "menu", "staff chat", "clock"]


def test_the_topic_for_cards_is_looked_for(made: Api) -> None:
    made.control("chat", id=STAFF_CHAT, type="supergroup", title="值班群", topics=[7])
    there = examine(made, staff_chat=str(STAFF_CHAT), staff_topic="7")["staff topic"]
    assert there.status is Status.OK

    gone = examine(made, staff_chat=str(STAFF_CHAT), staff_topic="8")["staff topic"]

    assert gone.status is Status.FAIL
    assert "HOTLINE_TELEGRAM_STAFF_TOPIC" in gone.detail


def test_a_wrong_token_says_where_to_get_it(made: Api) -> None:
    found = examine(made, token="1:wrong")  # noqa: S106
    assert found[""].status is Status.FAIL
    assert "BotFather" in found[""].advice


def test_a_platform_that_can_not_be_reached_asks_for_a_proxy(made: Api) -> None:
    found = examine(made, api_base="http://127.0.0.1:9")
    assert found[""].status is Status.FAIL
    assert "HOTLINE_TELEGRAM_PROXY" in found[""].advice


def test_privacy_mode_is_explained(made: Api) -> None:
    made.control("create", user=user(can_read_all_group_messages=False), now=0)
    found = examine(made)
    assert found["groups"].status is Status.WARN
    assert "/setprivacy" in found["groups"].advice


def test_a_bot_for_no_groups_is_told(made: Api) -> None:
    made.control("create", user=user(can_join_groups=False), now=0)
    assert "/setjoingroups" in examine(made)["groups"].advice


def test_a_menu_that_was_never_published_is_told(made: Api) -> None:
    made.control("menu", scope="all_private_chats", commands=[])
    assert examine(made)["menu"].advice == "start `hotline serve`: it publishes them"


def test_a_staff_chat_that_a_code_made_is_looked_at_too(made: Api) -> None:
    given = {"token": made.token, "api_base": made.url}
    settings = Settings(telegram={"default": given})  # type: ignore[dict-item]
    known = {"default": [str(STAFF_CHAT), "-1009"]}
    found = list(check_telegram(settings, datetime.now(UTC), known))
    chats = [f for f in found if f.check == "telegram default staff chat"]
    assert [(f.status, f.detail) for f in chats] == [
        (Status.OK, f"{STAFF_CHAT}: reachable"),
        (Status.FAIL, "-1009: chat_gone"),
    ]


def test_without_a_staff_chat_it_warns_unless_support_works_elsewhere(made: Api) -> None:
    alone = examine(made)["staff chat"]
    assert alone.status is Status.WARN
    assert "`hotline staff chat-code`" in alone.advice

    account = {"token": made.token, "api_base": made.url}
    accounts = {"default": account, "south": {**account, "token": "2:another"}}
    settings = Settings(telegram=accounts)  # type: ignore[arg-type]
    found = list(check_telegram(settings, datetime.now(UTC), {"south": [str(STAFF_CHAT)]}))
    [here] = [f for f in found if f.check == "telegram default staff chat"]
    assert (here.status, here.detail) == (Status.OK, "none here; support works at telegram south")


@pytest.mark.parametrize(
    ("state", "words"), [("deleted", "no such chat"), ("kicked", "add the bot to the group again")]
)
def test_a_staff_chat_that_is_lost_is_told(made: Api, state: str, words: str) -> None:
    made.control("state", chat=STAFF_CHAT, state=state)
    found = examine(made, staff_chat=str(STAFF_CHAT))
    assert found["staff chat"].status is Status.FAIL
    assert words in found["staff chat"].advice


RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
    "can_react_to_messages",
)


def restricted(**changes: Any) -> dict[str, Any]:
    rights = dict.fromkeys(RIGHTS, True)
    return {"status": "restricted", "until_date": 0, "is_member": True, **rights, **changes}


@pytest.mark.parametrize(
    ("membership", "detail"),
    [
        ({"status": "left"}, "kicked"),
        ({"status": "kicked", "until_date": 0}, "kicked"),
        (restricted(), None),
        (restricted(is_member=False), "kicked"),
        (restricted(can_send_messages=False), "no_rights"),
    ],
)
def test_what_the_bot_is_in_the_staff_chat_is_told(
    made: Api, membership: dict[str, Any], detail: str | None
) -> None:
    made.control("membership", chat=STAFF_CHAT, **membership)
    found = examine(made, staff_chat=str(STAFF_CHAT))["staff chat"]
    assert found.status is (Status.FAIL if detail else Status.OK)
    if detail:
        assert found.detail == f"HOTLINE_TELEGRAM_STAFF_CHAT: {detail}"
        assert "group" in found.advice


def test_an_administrator_of_the_staff_chat_hears_nothing_more_elsewhere(made: Api) -> None:
    made.control("create", user=user(can_read_all_group_messages=False), now=0)
    made.control("chat", id=STAFF_CHAT, type="supergroup", title="值班群")
    rights = (
        "can_be_edited",
        "is_anonymous",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    )
    admin = {"status": "administrator", **dict.fromkeys(rights, True)}
    made.control("membership", chat=STAFF_CHAT, **admin)
    found = examine(made, staff_chat=str(STAFF_CHAT))
    assert found["staff chat"].status is Status.OK
    assert found["groups"].status is Status.WARN


@pytest.mark.parametrize(
    ("public_url", "url", "status", "words"),
    [
        (None, "", Status.FAIL, "https address"),
        ("http://hotline.example.com", "", Status.FAIL, "reverse proxy"),
        (PUBLIC, "", Status.WARN, "hotline serve"),
        (PUBLIC, "https://elsewhere.example.com/telegram/default", Status.WARN, "hotline serve"),
        (f"{PUBLIC}:9443", f"{PUBLIC}:9443/telegram/default", Status.FAIL, "443, 80, 88 or 8443"),
        (PUBLIC, f"{PUBLIC}/telegram/default", Status.OK, ""),
    ],
)
def test_the_webhook_is_compared_with_the_settings(
    made: Api, public_url: str | None, url: str, status: Status, words: str
) -> None:
    made.control("webhook", url=url)
    found = examine(made, public_url=public_url, mode="webhook")["webhook"]
    assert found.status is status
    assert words in found.advice


def test_a_webhook_that_is_left_over_is_told_where_the_bot_polls(made: Api) -> None:
    made.control("webhook", url=f"{PUBLIC}/telegram/default")
    assert examine(made)["polling"].status is Status.WARN


def test_a_webhook_that_does_not_answer_is_told(made: Api) -> None:
    made.control("create", user=user(), now=int(datetime.now(UTC).timestamp()) - 60)
    made.control("webhook", url=f"{PUBLIC}/telegram/default", error="Connection refused")
    found = examine(made, public_url=PUBLIC, mode="webhook")["webhook"]
    assert found.status is Status.WARN
    assert "reachable from outside" in found.advice


def test_an_error_of_a_webhook_that_was_mended_long_ago_is_not_told(made: Api) -> None:
    made.control("create", user=user(), now=int(datetime.now(UTC).timestamp()) - 86_400)
    made.control("webhook", url=f"{PUBLIC}/telegram/default", error="Connection refused")
    assert examine(made, public_url=PUBLIC, mode="webhook")["webhook"].status is Status.OK


def test_a_kind_of_update_that_is_not_sent_is_told(made: Api) -> None:
    made.control("webhook", url=f"{PUBLIC}/telegram/default", allowed=["message"])
    found = examine(made, public_url=PUBLIC, mode="webhook")["webhook"]
    assert found.detail == "the platform does not send edited_message, callback_query, my_chat_member"


def test_a_clock_that_is_wrong_is_told(made: Api) -> None:
    found = examine(made, now=datetime.now(UTC) + timedelta(minutes=5))
    assert found["clock"].status is Status.WARN
    assert "NTP" in found["clock"].advice


def test_a_proxy_that_can_not_be_used_is_named(made: Api) -> None:
    found = examine(made, proxy="nonsense://x")
    assert found[""].status is Status.FAIL
    assert "HOTLINE_TELEGRAM_PROXY" in found[""].detail


def test_a_socks_proxy_can_be_set(made: Api) -> None:
    found = examine(made, proxy="socks5://127.0.0.1:9")
    assert "can't be reached" in found[""].detail
