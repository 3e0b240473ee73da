"""Accounts of the chat platforms in the settings: plain variables for one, TOML tables for several."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings
from bot.errors import SettingError


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOTLINE_CONFIG", "HOTLINE_TELEGRAM_TOKEN", "HOTLINE_TELEGRAM_MODE"):
        monkeypatch.delenv(name, raising=False)


def test_plain_variables_describe_one_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_TELEGRAM_TOKEN", "123:abc")
    monkeypatch.setenv("HOTLINE_TELEGRAM_API_BASE", "http://localhost:8081/")
    monkeypatch.setenv("HOTLINE_TELEGRAM_STAFF_CHAT", "-100123")
    account = settings.load().telegram["default"]
    assert account.token.get_secret_value() == "123:abc"
    assert (account.api_base, account.staff_chat, account.mode) == (
        "http://localhost:8081",
        "-100123",
        "polling",
    )


@pytest.mark.parametrize("secret", ["0012", "1e10", "true", "null", "[1]"])
def test_a_secret_is_taken_as_it_is_written(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("HOTLINE_TELEGRAM_TOKEN", secret)
    assert settings.load().telegram["default"].token.get_secret_value() == secret


def test_variables_and_an_env_file_describe_an_account_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HOTLINE_TELEGRAM_TOKEN=of-the-file\nHOTLINE_TELEGRAM_SECRET=s\n")
    monkeypatch.setenv("HOTLINE_TELEGRAM_TOKEN", "of-the-environment")
    account = settings.load().telegram["default"]
    assert account.token.get_secret_value() == "of-the-environment"
    assert account.secret is not None


def test_a_named_env_file_describes_an_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "hotline.env").write_text("HOTLINE_TELEGRAM_TOKEN=x\nHOTLINE_LOG=json\n")
    monkeypatch.setenv("HOTLINE_CONFIG", str(tmp_path / "hotline.env"))
    loaded = settings.load()
    assert (set(loaded.telegram), loaded.log) == ({"default"}, "json")


def test_a_toml_file_describes_several_accounts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = "a" * 43
    (tmp_path / "hotline.toml").write_text(
        '[telegram.sales]\ntoken = "1:a"\nstaff_chat = -100123\n[telegram.north]\ntoken = "2:b"\n'
        f'[wechat.main]\nappid = "wx"\nsecret = "s"\ntoken = "t"\naes_key = "{key}"\n'
    )
    monkeypatch.setenv("HOTLINE_CONFIG", str(tmp_path / "hotline.toml"))
    loaded = settings.load()
    assert set(loaded.telegram) == {"sales", "north"}
    assert loaded.telegram["sales"].staff_chat == "-100123"
    assert loaded.wechat["main"].mode == "secure"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook"}, "HOTLINE_TELEGRAM: mode webhook needs"),
        ({"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "push"}, "HOTLINE_TELEGRAM_MODE"),
        (
            {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_SECRET": "s3cr3t!"},
            "HOTLINE_TELEGRAM_SECRET: must be 1 to 256",
        ),
        ({"TELEGRAM_TOKEN": "1:a", "TELEGRAM_SECRET": "a" * 257}, "HOTLINE_TELEGRAM_SECRET: must be 1 to"),
        (
            {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_STAFF_CHAT": "-1001", "TELEGRAM_STAFF_TOPIC": "alarms"},
            "HOTLINE_TELEGRAM_STAFF_TOPIC: must be a topic's number",
        ),
        (
            {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_STAFF_TOPIC": "7"},
            "HOTLINE_TELEGRAM: staff_topic needs staff_chat",
        ),
        ({"TELEGRAM_TOKEN": " "}, "HOTLINE_TELEGRAM_TOKEN"),
        ({"TELEGRAM_SECRET": "only-that"}, "HOTLINE_TELEGRAM_TOKEN"),
        ({"WECHAT_APPID": "wx", "WECHAT_SECRET": "s", "WECHAT_TOKEN": "t"}, "HOTLINE_WECHAT: mode secure"),
        (
            {"WECOM_CORPID": "c", "WECOM_SECRET": "s3cr3t", "WECOM_AGENT": "1", "WECOM_TOKEN": "t"}
            | {"WECOM_AES_KEY": "short"},
            "HOTLINE_WECOM: aes_key must be 43",
        ),
        ({"WECHAT_API_BASE": "ftp://x"}, "HOTLINE_WECHAT_API_BASE"),
    ],
)
def test_a_wrong_account_stops_the_start_and_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"HOTLINE_{name}", value)
    with pytest.raises(SettingError) as refused:
        settings.load()
    assert said in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


def test_an_account_needs_a_name_that_can_stand_in_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "hotline.toml").write_text('[telegram."a/b"]\ntoken = "1:a"\n')
    monkeypatch.setenv("HOTLINE_CONFIG", str(tmp_path / "hotline.toml"))
    with pytest.raises(SettingError, match="an account's name"):
        settings.load()


def test_the_fields_of_a_wechat_notice_are_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "APPID": "wx1",
        "SECRET": "s",
        "TOKEN": "t",
        "MODE": "plain",
        "TEMPLATE": "tpl",
    }.items():
        monkeypatch.setenv(f"HOTLINE_WECHAT_{name}", value)
    monkeypatch.setenv("HOTLINE_WECHAT_NOTICE_FIELDS", "thing1=text, time2=time")
    account = settings.load().wechat["default"]
    assert (account.template, dict(account.notice_fields)) == ("tpl", {"thing1": "text", "time2": "time"})

    monkeypatch.setenv("HOTLINE_WECHAT_NOTICE_FIELDS", "thing1=whatever")
    with pytest.raises(SettingError, match="HOTLINE_WECHAT_NOTICE_FIELDS"):
        settings.load()
