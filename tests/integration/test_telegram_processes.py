"""`hotline serve` on Telegram as it runs: its limits, two processes for one bot, several bots."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import samples
from bot.messages import Say
from bot.store import tables as t
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.integration.test_serve import running
from tests.support.telegram.api import BOT_ID, STAFF_CHAT, TIMEOUT_S, Api
from tests.support.telegram.fixtures import TOKENS

P1 = "所有坐席都登不上系统了，电话全打不进来"
CHEN = {"id": 41, "is_bot": False, "first_name": "陈班长"}
LOOK_EVERY_S = 0.05


def made(api: Api, number: int = BOT_ID) -> Api:
    """Make a bot with the customer's chat and support's."""
    user = {"id": number, "is_bot": True, "first_name": "热线", "username": f"Hotline{number}Bot"}
    user |= {"can_join_groups": True, "can_read_all_group_messages": False}
    api.control("create", user=user, now=int(time.time()))
    api.control("chat", id=CHEN["id"], type="private", title="陈班长")
    api.control("chat", id=STAFF_CHAT, type="supergroup", title="值班群")
    return api


def know(url: str, account: str = "default") -> None:
    """Bind the customer's chat."""
    now = datetime.now(UTC)
    store = Store(url, load_workdays())
    if account == "default":
        samples.load(store, now, "elsewhere", staff=False)
    with store.begin(now) as unit:
        owner = unit.session.scalars(select(t.CustomerRow.id).order_by(t.CustomerRow.id)).first()
        place = {"channel": "telegram", "account": account, "chat": str(CHEN["id"])}
        unit.session.add(t.ChatRow(**place, kind="private", customer_id=owner, state={}))
    store.close()


def say(api: Api, text: str) -> None:
    api.control("say", user=CHEN, chat=CHEN["id"], text=text)


def heard(api: Api, chat: int = int(str(CHEN["id"]))) -> list[str]:
    return [m["text"] for m in api.messages(chat) if m["from"]["is_bot"]]


def until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(LOOK_EVERY_S)


def settings(url: str, api: Api, **more: str) -> dict[str, str]:
    return {
        "HOTLINE_DATABASE_URL": url,
        "HOTLINE_TELEGRAM_TOKEN": api.token,
        "HOTLINE_TELEGRAM_API_BASE": api.url,
        "HOTLINE_TELEGRAM_STAFF_CHAT": str(STAFF_CHAT),
        **more,
    }


LONG = "这是一句话。" * 1500  # three parts


@pytest.mark.slow  # five messages take four seconds
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_the_platforms_limits_are_kept(api: Api, migrated_url: str, tmp_path: Path) -> None:
    made(api).control("limit", is_limited=True)
    know(migrated_url)
    store = Store(migrated_url, load_workdays())
    with store.begin(datetime.now(UTC)) as unit:
        chat = unit.session.scalars(select(t.ChatRow.id).where(t.ChatRow.channel == "telegram")).one()
        for words in ("第一条", LONG, "末一条"):
            unit.messages.say(chat, Say(words))
    store.close()
    with running(tmp_path, **settings(migrated_url, api)):
        until(lambda: len(heard(api)) == 5)
    assert "".join(heard(api)) == f"第一条{LONG}末一条"
    assert api.look()["floods"] == 0


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_a_call_that_hangs_holds_up_no_other_chat(api: Api, migrated_url: str, tmp_path: Path) -> None:
    made(api).control("fault", method="sendMessage", chat=CHEN["id"], kind="hang")
    know(migrated_url)
    with running(tmp_path, **settings(migrated_url, api)):
        say(api, P1)
        until(lambda: api.look()["hanging"] == 1)
        until(lambda: any("【T1】" in line for line in heard(api, STAFF_CHAT)))
        assert (api.look()["hanging"], heard(api)) == (1, [])
        api.control("release")


@pytest.mark.slow  # the lock is looked for every five seconds
@pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_of_two_processes_one_polls_and_the_other_takes_over(
    api: Api, migrated_url: str, tmp_path: Path
) -> None:
    know(migrated_url)
    made(api)
    given = settings(migrated_url, api)
    with running(tmp_path, **given) as (first, _), running(tmp_path, **given):
        say(api, P1)
        until(lambda: any("已收到，工单号 T1" in line for line in heard(api)))
        assert api.look()["conflicts"] == 0
        first.terminate()
        say(api, "查进度")
        until(lambda: any("T1" in line for line in heard(api)[1:]))
    assert sum("已收到，工单号" in line for line in heard(api)) == 1


@pytest.fixture
def south(api: Api) -> Iterator[Api]:
    """A second bot."""
    other = Api(api.url, next(TOKENS))
    yield other
    other.close()


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_several_bots_answer_each_in_their_own_name(
    api: Api, south: Api, migrated_url: str, tmp_path: Path
) -> None:
    made(api)
    made(south, 778)
    know(migrated_url)
    know(migrated_url, "south")
    bots = {"default": api, "south": south}
    lines = [
        f'[telegram.{name}]\ntoken = "{bot.token}"\napi_base = "{bot.url}"\n' for name, bot in bots.items()
    ]
    lines[0] += f'staff_chat = "{STAFF_CHAT}"\n'
    (tmp_path / "hotline.toml").write_text("".join(lines))
    more = {"HOTLINE_CONFIG": str(tmp_path / "hotline.toml"), "HOTLINE_DATABASE_URL": migrated_url}
    with running(tmp_path, **more):
        say(api, P1)  # the same update number at both
        until(lambda: heard(api))
        say(south, "有两个座席听不到录音")
        until(lambda: heard(south))
        until(lambda: any("T2" in line or "听不到录音" in line for line in heard(api, STAFF_CHAT)))
    assert len(heard(api)) == len(heard(south)) == 1
    assert heard(south, STAFF_CHAT) == []
