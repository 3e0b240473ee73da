"""`hotline serve` with a WeChat account, as a process: the engine sends what the callback does not take."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cli import run
from tests.integration.test_serve import running
from tests.support.callbacks import Target, xml

KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"
P1 = "所有坐席都登录不上，业务全停了"
PATIENCE_S = 60
IDS = itertools.count(7_000_000_000_000_000_000)


class Users:
    """People in WeChat, and the platform between them and the service."""

    def __init__(self, api: str, target: Target, service: httpx.Client) -> None:
        self._api = api
        self._target = target
        self._service = service

    def platform(self, **asked: Any) -> dict[str, Any]:
        """Set the platform's state and return what it saw."""
        body = {"appid": self._target.receiver, "now": time.time(), **asked}
        found: dict[str, Any] = httpx.post(f"{self._api}/test", json=body, trust_env=False).json()
        return found

    def says(self, who: str, text: str) -> str:
        """Let somebody write; return the service's answer as it is on the wire."""
        self.platform(did=[[who, "message"]])
        fields = {
            "ToUserName": "gh_1",
            "FromUserName": who,
            "CreateTime": str(int(time.time())),
            "MsgType": "text",
            "Content": text,
            "MsgId": str(next(IDS)),
        }
        query, body = self._target.call(xml(fields), time.time())
        answered = self._service.post(self._target.path, params=query, content=body)
        assert answered.status_code == 200
        return answered.text

    def got(self, who: str) -> list[str]:
        """Return what the platform was told to send to somebody."""
        sent = [each for each in self.platform()["sent"] if each["touser"] == who]
        return [
            each["text"]["content"] if each["msgtype"] == "text" else each["msgmenu"]["head_content"]
            for each in sent
        ]

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.1)


def test_a_report_goes_from_a_customer_to_support_and_back(
    tmp_path: Path, wechat_api: str, capsys: pytest.CaptureFixture[str]
) -> None:
    database = f"sqlite:///{tmp_path / 't.db'}"
    run(["staff", "add", "王敏", "--role", "engineer", "--db", database, "--json"])
    code = json.loads(capsys.readouterr().out)["code"]
    target = Target("/wechat/default", "callback-token", f"wx{secrets.token_hex(8)}", KEY)
    settings = {
        "HOTLINE_DATABASE_URL": database,
        "HOTLINE_WECHAT_APPID": target.receiver,
        "HOTLINE_WECHAT_SECRET": "app-secret-of-this-test",
        "HOTLINE_WECHAT_TOKEN": target.token,
        "HOTLINE_WECHAT_AES_KEY": KEY,
        "HOTLINE_WECHAT_API_BASE": wechat_api,
    }
    with running(tmp_path, **settings) as (process, service):
        users = Users(wechat_api, target, service)
        users.platform(secret="app-secret-of-this-test")  # noqa: S106 - made up
        assert "<Encrypt>" in users.says("openid-wang", f"加入 {code}")

        assert "<Encrypt>" in users.says("openid-chen", P1)
        users.until(lambda: any(P1 in text for text in users.got("openid-wang")))
        users.says("openid-wang", "回复 T1 正在重启服务器")
        users.until(lambda: users.got("openid-chen") != [])

        assert users.got("openid-chen") == ["王敏（工单 T1）：正在重启服务器"]
        process.terminate()
        _, logged = process.communicate(timeout=PATIENCE_S)
    private = ["openid-chen", P1, "重启服务器", "app-secret-of-this-test", "token-wx", KEY, code]
    assert [word for word in private if word in logged] == []
