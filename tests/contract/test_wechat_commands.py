"""`hotline wechat`, `hotline bind --qr` and the doctor's look at an account, against the stand-in."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import samples
from bot.channels.wechat_menu import BUTTONS
from bot.cli import run
from bot.clock import now
from bot.dialogue.commands import customer_command
from bot.doctor import platforms
from bot.doctor.finding import Status
from bot.opening import open_store
from bot.settings import Settings, load

Control = Callable[..., dict[str, Any]]


@pytest.fixture
def platform(wechat_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Control:
    """Set one account in the environment, and give what sets the platform's state."""
    appid = f"wx{secrets.token_hex(8)}"
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path / 't.db'}",
        "WECHAT_APPID": appid,
        "WECHAT_SECRET": "the-secret",
        "WECHAT_TOKEN": "the-token",
        "WECHAT_AES_KEY": "a" * 43,
        "WECHAT_API_BASE": wechat_api,
    }.items():
        monkeypatch.setenv(f"HOTLINE_{name}", value)
    monkeypatch.chdir(tmp_path)

    def control(**asked: Any) -> dict[str, Any]:
        body = {"appid": appid, "now": now().timestamp(), **asked}
        found: dict[str, Any] = httpx.post(f"{wechat_api}/test", json=body, trust_env=False).json()
        return found

    control(secret="the-secret")  # noqa: S106 - made up
    return control


def test_the_menu_is_made_and_shown(platform: Control, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["wechat", "menu", "--show"]) == 0
    assert "no menu" in capsys.readouterr().err

    assert run(["wechat", "menu"]) == 0

    assert capsys.readouterr().out.splitlines()[:2] == ["报修", "我的工单: 查进度 · 催单 · 为什么 · 关闭"]
    menu = platform()["menu"]
    assert menu["button"][0] == {"type": "click", "name": "报修", "key": "报修"}
    assert all(len(button["name"].encode()) <= 16 for button in menu["button"])


@pytest.mark.parametrize("key", [item for name, items in BUTTONS.items() for item in items or (name,)])
def test_each_button_is_a_command(key: str) -> None:
    assert customer_command(key) is not None


def test_a_code_can_be_had_as_a_picture_to_scan(
    platform: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(load())
    samples.load(store, now(), "phone")
    store.close()

    assert run(["bind", "青禾", "--qr", "--json"]) == 0

    made = json.loads(capsys.readouterr().out)
    assert made["qr"] == f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=ticket-{made['code']}"
    assert "qrcode/create" in platform()["calls"]


def test_a_code_is_printed_even_where_the_platform_refuses_the_picture(
    platform: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(load())
    samples.load(store, now(), "phone")
    store.close()
    platform(whitelisted=False)

    assert run(["bind", "青禾", "--qr"]) == 1

    shown = capsys.readouterr()
    assert "绑定 " in shown.out
    assert "40164" in shown.err


def test_several_accounts_must_be_told_apart(
    platform: Control, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del platform
    one = {name: f"HOTLINE_WECHAT_{name.upper()}" for name in ("appid", "secret", "token", "aes_key")}
    for name in one.values():
        monkeypatch.delenv(name)
    monkeypatch.delenv("HOTLINE_WECHAT_API_BASE")
    table = 'appid="wx"\nsecret="s"\ntoken="t"\nmode="plain"\n'
    (tmp_path / "h.toml").write_text(f"[wechat.north]\n{table}[wechat.south]\n{table}")
    monkeypatch.setenv("HOTLINE_CONFIG", str(tmp_path / "h.toml"))

    assert run(["wechat", "menu"]) == 1
    assert "north, south" in capsys.readouterr().err
    assert run(["wechat", "menu", "--account", "west"]) == 1
    assert "no WeChat account is called west" in capsys.readouterr().err


def findings(settings: Settings) -> dict[str, tuple[Status, str]]:
    """Return what the doctor finds, by check."""
    found = platforms.check_wechat(settings)
    return {one.check: (one.status, f"{one.detail} {one.advice}") for one in found}


def test_the_doctor_sees_an_account_that_is_complete(
    platform: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    del platform
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://hotline.invalid")
    before = findings(load())
    run(["wechat", "menu"])

    assert before["wechat default: menu"][0] is Status.WARN
    found = findings(load())
    assert found.pop("wechat default: reached")[0] is Status.WARN  # nobody is there
    assert {status for status, _ in found.values()} == {Status.OK}
    assert "https://hotline.invalid/wechat/default" in findings(load())["wechat default: callback"][1]


@pytest.mark.parametrize(
    ("state", "words"),
    [({"whitelisted": False}, "203.0.113.9"), ({"secret": "another"}, "AppSecret")],
    ids=["whitelist", "secret"],
)
def test_the_doctor_says_what_to_mend(platform: Control, state: dict[str, Any], words: str) -> None:
    platform(**state)
    status, said = findings(load())["wechat default: api"]
    assert status is Status.FAIL
    assert words in said
    assert "the-secret" not in said


def test_an_account_that_may_only_answer_is_warned_of_and_no_failure(platform: Control) -> None:
    platform(is_verified=False)
    status, said = findings(load())["wechat default: api"]
    assert status is Status.WARN
    assert "can only answer what users write" in said


@pytest.mark.parametrize(
    ("check", "kept", "another"),
    [("template", "templates", "notices"), ("notice", "notices", "templates")],
    ids=["template message", "subscription notice"],
)
@pytest.mark.parametrize(
    ("found", "status", "words"),
    [
        ({"tpl": ["character_string1", "thing2", "time3"]}, Status.OK, "the account has it"),
        ({"tpl": ["thing9", "time3"]}, Status.FAIL, "NOTICE_FIELDS to its fields: thing9, time3"),
        ({}, Status.FAIL, "into HOTLINE_WECHAT_{check}"),
    ],
    ids=["right", "other fields", "none"],
)
def test_the_doctor_compares_the_template_with_its_fields(
    platform: Control,
    monkeypatch: pytest.MonkeyPatch,
    check: str,
    kept: str,
    another: str,
    found: dict[str, list[str]],
    status: Status,
    words: str,
) -> None:
    platform(**{kept: found, another: {"tpl": ["thing7"]}})  # the other kind's is not asked for
    monkeypatch.setenv(f"HOTLINE_WECHAT_{check.upper()}", "tpl")

    said = findings(load())[f"wechat default: {check}"]

    assert said[0] is status
    assert words.format(check=check.upper()) in said[1]


def test_the_doctor_says_why_it_does_not_see_the_notices(
    platform: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform(faults=[{"endpoint": "wxaapi/newtmpl/gettemplate", "code": 48001}])
    monkeypatch.setenv("HOTLINE_WECHAT_NOTICE", "tpl")

    status, said = findings(load())["wechat default: notice"]

    assert status is Status.WARN
    assert "48001" in said


def test_plain_mode_and_a_missing_address_are_warned_of(
    platform: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    del platform
    monkeypatch.setenv("HOTLINE_WECHAT_MODE", "plain")
    found = findings(load())
    assert found["wechat default: mode"][0] is Status.WARN
    assert "HOTLINE_PUBLIC_URL" in found["wechat default: callback"][1]
