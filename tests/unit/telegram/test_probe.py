"""What the platform remembers of a webhook's errors, and what of it still matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from telegram import WebhookInfo

from bot.channels.telegram.probe import is_failing

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "ago", "pending", "failing"),
    [
        (None, None, 0, False),
        (None, None, 7, False),
        ("Connection refused", timedelta(minutes=5), 0, True),
        ("Connection refused", timedelta(days=30), 0, False),
        ("Connection refused", timedelta(days=2), 3, True),
    ],
)
def test_only_an_error_that_is_recent_or_holds_something_up_counts(
    error: str | None, ago: timedelta | None, pending: int, failing: bool
) -> None:
    at = NOW - ago if ago else None
    info = WebhookInfo("https://hotline.example.com/telegram", False, pending, at, error)

    assert is_failing(info, NOW) is failing
