"""Customers and support on different platforms, each behind its own stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from bot.desk.terms import Role
from bot.settings import Settings
from bot.web.server import url_of
from tests.support.telegram.api import STAFF_CHAT, Api
from tests.support.telegram.world import TelegramWorld
from tests.support.wechat import ACCOUNT, WechatUsers, WechatWorld
from tests.support.wecom import Members, WecomApi, account, buttons, words
from tests.support.world import MONDAY_10

P1 = "所有坐席都登不上系统了，电话全打不进来"
LI, WANG = "LiGong", "WangGong"


class TelegramAndWecom(Members, TelegramWorld):
    """Customers on Telegram, and two members of support in WeCom beside those on Telegram."""

    def __init__(self, api: Api, wecom_api: WecomApi, database_url: str, data: Path) -> None:
        self.wecom_api = wecom_api
        super().__init__(api, database_url, "webhook", data, wecom={"default": account(wecom_api.url)})
        self.join(LI, "周工", Role.ENGINEER)
        self.join(WANG, "吴工", Role.ENGINEER)

    def post_wecom(self, query: Mapping[str, str], body: str) -> httpx.Response:
        """Call the program as the platform does."""
        url = f"{url_of(self.listener)}/wecom/default"
        return httpx.post(url, params=dict(query), content=body.encode(), trust_env=False)

    def after_wecom(self) -> None:
        """Wait until what was said is handled; the running service delivers."""
        self.wait_handled()

    def sees(self, user: str, holds: Callable[[str], bool]) -> None:
        """Wait until a member's latest card is so."""
        self.until(lambda: holds(words(self.wecom_api.card(user))))


@pytest.fixture
def telegram_wecom(
    api: Api, wecom_api: WecomApi, migrated_url: str, tmp_path: Path
) -> Iterator[TelegramAndWecom]:
    made = TelegramAndWecom(api, wecom_api, migrated_url, tmp_path / "data")
    yield made
    made.stop()


def test_support_in_wecom_confirms_while_the_customer_is_on_telegram(
    telegram_wecom: TelegramAndWecom,
) -> None:
    world = telegram_wecom
    world.until(lambda: "已作为工程师加入" in str(world.wecom_api.texts(WANG)))
    world.chen.say(P1)
    world.until(lambda: any(shown["kind"] == "card" for shown in world.wecom_api.shown(WANG)))
    assert "确认1" in buttons(world.wecom_api.card(LI))

    world.press(LI, "确认1")
    world.sees(WANG, lambda card: "我方认为优先等级1" in card or "双方已确认" in card)

    world.until(lambda: "周工" in world.chen.last())
    assert "周工" in str(world.card()["text"]) or "优先等级1" in world.card()["text"]
    world.write(WANG, "回复 T1 正在恢复登录服务")
    world.until(lambda: world.chen.last() == "吴工（工单 T1）：正在恢复登录服务")
    world.settle()
    world.sees(LI, lambda card: "T1" in card)
    assert world.tickets()[0]["responded_at"] is not None


def test_who_presses_second_on_another_platform_is_told_who_was_first(
    telegram_wecom: TelegramAndWecom,
) -> None:
    world = telegram_wecom
    world.until(lambda: "已作为工程师加入" in str(world.wecom_api.texts(WANG)))
    world.chen.say(P1)
    world.until(lambda: any(shown["kind"] == "card" for shown in world.wecom_api.shown(LI)))
    late = world.wecom_api.tell("press", user=LI, label="确认2")

    world.li.press("确认1", chat=STAFF_CHAT)
    world.call_back(late)

    world.until(lambda: "李工" in world.wecom_api.texts(LI)[-1])
    assert "确认" in world.wecom_api.texts(LI)[-1]
    assert world.tickets()[0]["held"] == 1


class WechatAndWecom(Members, WechatWorld):
    """Customers in WeChat, support in WeCom."""

    def __init__(self, api: str, wecom_api: WecomApi, database_url: str, data: Path) -> None:
        self.wecom_api = wecom_api
        super().__init__(database_url, api, data)
        self.join(LI, "周工", Role.ENGINEER)

    def _loaded(self) -> Settings:
        wecom = {"default": account(self.wecom_api.url)}
        return super()._loaded().model_copy(update={"wecom": wecom})

    def post_wecom(self, query: Mapping[str, str], body: str) -> httpx.Response:
        """Call the program as the platform does."""
        return self.http.post("/wecom/default", params=dict(query), content=body.encode())


@pytest.fixture
def wechat_wecom(
    patience: None, wechat_api: str, wecom_api: WecomApi, migrated_url: str, tmp_path: Path
) -> Iterator[WechatAndWecom]:
    del patience
    made = WechatAndWecom(wechat_api, wecom_api, migrated_url, tmp_path / "data")
    yield made
    made.close()


def test_support_in_wecom_answers_a_customer_in_wechat(wechat_wecom: WechatAndWecom) -> None:
    world = wechat_wecom
    world.bind()

    receipt = world.says(P1)

    assert receipt is not None
    assert "优先等级1" in receipt
    world.app.deliver()
    assert P1 in words(world.wecom_api.card(LI))
    world.press(LI, "确认1")
    world.write(LI, "回复 T1 正在恢复登录服务")
    assert "周工（工单 T1）：正在恢复登录服务" in "\n".join(world.texts())
    assert world.tickets()[0]["responded_at"] is not None


class TelegramAndWechat(WechatUsers, TelegramWorld):
    """Customers and support in Telegram and in WeChat, as they like."""

    def __init__(self, api: Api, wechat_api: str, database_url: str, data: Path) -> None:
        self.now = MONDAY_10
        self.begin_wechat(wechat_api, "secure")
        super().__init__(api, database_url, "webhook", data, wechat={ACCOUNT: self.account})

    def post_wechat(self, query: Mapping[str, str], body: str) -> httpx.Response:
        """Call the program as the platform does."""
        url = f"{url_of(self.listener)}/wechat/{ACCOUNT}"
        return httpx.post(url, params=dict(query), content=body.encode(), trust_env=False)


@pytest.fixture
def telegram_wechat(
    patience: None, api: Api, wechat_api: str, migrated_url: str, tmp_path: Path
) -> Iterator[TelegramAndWechat]:
    del patience
    made = TelegramAndWechat(api, wechat_api, migrated_url, tmp_path / "data")
    yield made
    made.stop()
    made.end_wechat()


def test_support_in_wechat_confirms_while_the_customer_is_on_telegram(
    telegram_wechat: TelegramAndWechat,
) -> None:
    world = telegram_wechat
    world.says(f"加入 {world.joining_code('王敏')}", who="wang")
    world.chen.say(P1)
    world.until(lambda: any(P1 in text for text in world.texts("wang")))

    assert "T1" in (world.presses("确认1", who="wang") or "")
    world.until(lambda: "王敏确认" in world.chen.last())
    world.says("回复 T1 正在恢复登录服务", who="wang")
    world.until(lambda: world.chen.last() == "王敏（工单 T1）：正在恢复登录服务")

    world.li.say("/confirm T1 2", chat=STAFF_CHAT)
    world.until(lambda: "王敏" in world.last(STAFF_CHAT).splitlines()[0])
    assert world.tickets()[0]["held"] == 1


def test_support_on_telegram_confirms_while_the_customer_is_in_wechat(
    telegram_wechat: TelegramAndWechat,
) -> None:
    world = telegram_wechat
    assert "T1" in (world.says(P1) or "")
    world.until(lambda: any(P1 in card["text"] for card in world.cards()))

    world.li.press("确认1", chat=STAFF_CHAT)

    world.until(lambda: any("李工确认" in text for text in world.texts()))
    assert "T1" in (world.presses("同意") or "")
    world.until(lambda: "双方已确认" in str(world.card()["text"]))
