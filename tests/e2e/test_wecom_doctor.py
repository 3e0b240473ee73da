"""`hotline doctor` on an account in WeCom: what is wrong, and where to mend it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.cli import run
from tests.support.wecom import SECRET, WecomApi, account_settings

Doctor = Callable[..., dict[str, dict[str, str]]]


@pytest.fixture
def doctor(
    wecom_api: WecomApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    """Run the checks of WeCom with the account's settings, some of them changed."""

    def call(**changes: str) -> dict[str, dict[str, str]]:
        for name, value in {**account_settings(wecom_api.url), **changes}.items():
            monkeypatch.setenv(f"HOTLINE_WECOM_{name.upper()}", value)
        monkeypatch.setenv("HOTLINE_DATABASE_URL", "sqlite:///:memory:")
        run(["doctor", "--json"])
        told = capsys.readouterr().out
        assert SECRET not in told
        found: list[dict[str, str]] = json.loads(told)
        return {one["check"]: one for one in found if one["check"].startswith("wecom")}

    return call


def test_a_set_up_that_works(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://hotline.invalid")

    found = doctor()

    assert found.pop("wecom default: reached")["status"] == "warn"  # nobody is there
    assert {one["status"] for one in found.values()} == {"ok"}
    assert "https://hotline.invalid/wecom/default" in found["wecom default: callback"]["detail"]
    assert found["wecom default: application"]["detail"] == "visible to 3 members, 0 departments and 0 tags"


def test_an_application_that_nobody_sees(doctor: Doctor, wecom_api: WecomApi) -> None:
    wecom_api.tell("members", users=[])

    assert "可见范围" in doctor()["wecom default: application"]["advice"]


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"corpid": "ww-another"}, "HOTLINE_WECOM_CORPID"),
        ({"secret": "another-secret"}, "HOTLINE_WECOM_SECRET"),
        ({"agent": "1"}, "HOTLINE_WECOM_AGENT"),
    ],
)
def test_a_wrong_setting_is_named(doctor: Doctor, changes: dict[str, Any], advice: str) -> None:
    found = doctor(**changes)["wecom default: api"]

    assert found["status"] == "fail"
    assert advice in found["advice"]


def test_an_address_that_is_not_trusted_is_said(doctor: Doctor, wecom_api: WecomApi) -> None:
    refusal = {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.7"}
    wecom_api.tell("fault", call="gettoken", fault=refusal)

    found = doctor()["wecom default: api"]

    assert "203.0.113.7" in found["detail"]
    assert "企业可信IP" in found["advice"]
