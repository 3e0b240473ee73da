"""The real application with callbacks of WeChat and WeCom, for tests that call them as an enemy would."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import func, select

from bot.accounts import WechatAccount, WecomAccount
from bot.app import App
from bot.opening import open_store
from bot.platforms import Platforms
from bot.settings import Settings
from bot.store import tables as t
from bot.web.application import application
from bot.web.service import Service
from intents import default_classifier
from tests.support.callbacks import Target, ask, everything_logged, xml
from tests.support.world import CHANNEL, MONDAY_10, Phones, empty

NOW = MONDAY_10.timestamp()
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"
WORDS = "机密的话别记下来"  # stands in every message: no log may hold it
SECURE = Target("/wechat/secure", "token-of-secure", "wx0123456789abcdef", KEY)
PLAIN = Target("/wechat/plain", "token-of-plain", "wxfedcba9876543210")
WECOM = Target("/wecom/support", "token-of-wecom", "ww0123456789abcdef", KEY[::-1])
TARGETS = (SECURE, PLAIN, WECOM)
SECRETS = [*(target.token for target in TARGETS), KEY, KEY[::-1], "app-secret", WORDS]
IDS = itertools.count(1)


class Hostile:
    """The real application with three accounts; nothing is sent."""

    def __init__(self, url: str) -> None:
        nowhere = "http://127.0.0.1:9"
        wechat = {"secret": "app-secret", "api_base": nowhere}
        loaded = Settings(
            database_url=url,
            wechat={
                "secure": WechatAccount.model_validate(
                    {**wechat, "appid": SECURE.receiver, "token": SECURE.token, "aes_key": KEY}
                ),
                "plain": WechatAccount.model_validate(
                    {**wechat, "appid": PLAIN.receiver, "token": PLAIN.token, "mode": "plain"}
                ),
            },
            wecom={
                "support": WecomAccount.model_validate(
                    {
                        **wechat,
                        "corpid": WECOM.receiver,
                        "agent": "1000002",
                        "token": WECOM.token,
                        "aes_key": WECOM.aes_key,
                    }
                )
            },
        )
        store = open_store(loaded)
        self.now = MONDAY_10
        self.platforms = Platforms(loaded, store, lambda: self.now)
        channels = {**self.platforms.channels, CHANNEL: Phones()}
        self.app = App(loaded, channels, lambda: self.now, default_classifier(), store)
        service = Service(self.app, worker=False)
        self.served = application(service, self.platforms.routes(service))

    def call(self, target: Target, query: dict[str, str], body: object) -> httpx.Response:
        """Call a callback; whatever comes back, nothing failed and nothing leaked."""
        with everything_logged() as lines:
            answer = ask(self.served, "POST", target.path, query, body)
        logged = "\n".join(lines)
        assert answer.status_code < 500
        assert [secret for secret in SECRETS if secret in logged + answer.text] == []
        assert not [word for word in ("Traceback", "request failed", "handling failed") if word in logged]
        return answer

    def received(self) -> int:
        """Return how many messages were taken."""
        with self.app.store.read() as session:
            return session.scalar(select(func.count()).select_from(t.InboxRow)) or 0

    def close(self) -> None:
        """End it."""
        self.app.close()
        self.platforms.close()


@pytest.fixture(scope="module")
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """Run the application on SQLite, or on the database that the test names."""
    folder = tmp_path_factory.mktemp("hostile")
    is_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    if is_sqlite:
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "hostile.db")
    file = f"sqlite:///{folder / 'hostile.db'}"
    made = Hostile(file if is_sqlite else request.getfixturevalue("postgres_migrated"))
    yield made
    made.close()
    if not is_sqlite:
        empty(request.getfixturevalue("postgres_server"), "migrated")


def message(target: Target, **changes: str | None) -> dict[str, str]:
    """Return the fields of a valid text message, with changes; None leaves a field out."""
    fields: dict[str, str | None] = {
        "ToUserName": target.receiver if target is WECOM else "gh_0123456789ab",
        "FromUserName": "LiGong",
        "CreateTime": str(int(NOW)),
        "MsgType": "text",
        "Content": WORDS,
        "MsgId": str(7_000_000_000_000_000_000 + next(IDS)),
        "AgentID": "1000002",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def inner(target: Target, more: bytes) -> bytes:
    """Return a valid message with something more inside."""
    return xml(message(target)).replace(b"</xml>", more + b"</xml>")


each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
each_sealed = pytest.mark.parametrize("target", [SECURE, WECOM], ids=lambda target: target.name)
