"""What an account is refused for, before anything is asked of the platform."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.accounts import TelegramAccount
from bot.channels.telegram.platform import Telegram
from bot.errors import SettingError
from bot.messages import Address, Outbound, Outcome


class NoPorts:
    """Ports that nothing may be asked of."""

    def moved(self, old: Address, new: Address) -> None:
        raise AssertionError(old, new)

    def staff(self, channel: str, account: str) -> list[str]:
        raise AssertionError(channel, account)

    def make_staff(self, place: Address) -> bool:
        raise AssertionError(place)


def no_lock(name: str) -> object:
    raise AssertionError(name)


def telegram(name: str = "default", public_url: str | None = None, **account: str) -> Telegram:
    made = TelegramAccount(token="1:secret-token", **account)  # type: ignore[arg-type]  # noqa: S106
    ports = (NoPorts(), no_lock)
    return Telegram(
        {name: made},
        ports,  # type: ignore[arg-type]
        lambda: datetime(2026, 3, 2, tzinfo=UTC),
        public_url=public_url,
        files=Path("unused"),
    )


@pytest.mark.parametrize(
    ("name", "variable"), [("default", "HOTLINE_TELEGRAM_MODE"), ("north", "HOTLINE_TELEGRAM_NORTH_MODE")]
)
def test_a_webhook_needs_a_public_address(name: str, variable: str) -> None:
    with pytest.raises(SettingError, match=rf"^{variable}: webhook needs HOTLINE_PUBLIC_URL") as refused:
        telegram(name, mode="webhook", secret="s")  # noqa: S106
    assert "secret-token" not in str(refused.value)


def test_a_proxy_that_can_not_be_used_is_named_without_its_password() -> None:
    with pytest.raises(SettingError, match=r"^HOTLINE_TELEGRAM_PROXY: ") as refused:
        telegram(proxy="ftp://user:password@127.0.0.1:1")
    assert "password" not in str(refused.value)


def test_an_account_that_is_no_longer_set_takes_nothing() -> None:
    made = telegram()
    receipt = made.send(Outbound(1, Address("telegram", "gone", "1"), "x"))
    assert (receipt.outcome, receipt.error) == (Outcome.FAILED, "account")
    assert made.fetch("gone", "f", 1).is_lost
    made.close()


def test_only_a_webhook_has_a_route() -> None:
    polls, hooks = telegram(), telegram(public_url="https://h.example.com", mode="webhook", secret="s")  # noqa: S106
    assert polls.routes(None) == ()  # type: ignore[arg-type]
    assert [route.path for route in hooks.routes(None)] == ["/telegram/{account}"]  # type: ignore[arg-type,attr-defined]
    polls.close()
    hooks.close()
