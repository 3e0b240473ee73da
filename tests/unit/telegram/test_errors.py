"""What each error of the library means; a new one of the library must be thought about here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from telegram import error as library
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram.errors import is_stale_query, is_uneditable, is_unmodified, receipt
from bot.messages import Outcome

NOW = datetime(2026, 3, 2, tzinfo=UTC)
QUOTED = "https://api.example.org/bot123:token/sendMessage"


@pytest.fixture(autouse=True)
def _spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Outcome.FAILED, "blocked"),
        (Forbidden("Forbidden: user is deactivated"), Outcome.FAILED, "deactivated"),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Outcome.FAILED, "kicked"),
        (Forbidden("Forbidden: something new"), Outcome.FAILED, "forbidden"),
        (BadRequest("Bad Request: chat not found"), Outcome.FAILED, "chat_gone"),
        (BadRequest("Bad Request: not enough rights to send text messages"), Outcome.FAILED, "no_rights"),
        (BadRequest("Bad Request: something new"), Outcome.FAILED, "refused"),
        (InvalidToken("Unauthorized"), Outcome.LATER, "token"),
        (Conflict("terminated by other getUpdates request"), Outcome.UNKNOWN, "answer"),
        (ChatMigrated(-100), Outcome.LATER, "migrated"),
        (caused(TimedOut(), httpx.ConnectTimeout("")), Outcome.LATER, "unreachable"),
        (caused(TimedOut(), httpx.PoolTimeout("")), Outcome.LATER, "unreachable"),
        (caused(NetworkError(QUOTED), httpx.ConnectError(QUOTED)), Outcome.LATER, "unreachable"),
        (caused(NetworkError(QUOTED), httpx.ProxyError(QUOTED)), Outcome.LATER, "unreachable"),
        (caused(TimedOut(), httpx.ReadTimeout("")), Outcome.UNKNOWN, "timeout"),
        (caused(NetworkError(QUOTED), httpx.ReadError(QUOTED)), Outcome.UNKNOWN, "network"),
        (NetworkError("Bad Gateway"), Outcome.UNKNOWN, "network"),
        (TelegramError("Invalid server response"), Outcome.UNKNOWN, "answer"),
    ],
    ids=lambda value: str(value) if not isinstance(value, Exception) else type(value).__name__,
)
def test_what_an_error_means(error: TelegramError, outcome: Outcome, code: str) -> None:
    found = receipt(error, NOW)
    assert (found.outcome, found.error) == (outcome, code)
    assert "token/" not in str(found)


def test_a_flood_says_when_to_try_again() -> None:
    found = receipt(RetryAfter(17), NOW)
    assert (found.outcome, found.retry_at) == (Outcome.LATER, NOW + timedelta(seconds=17))


def test_every_error_of_the_library_has_been_thought_about() -> None:
    known = {
        name
        for name, thing in vars(library).items()
        if isinstance(thing, type) and issubclass(thing, TelegramError)
    }
    assert known == {
        "BadRequest",
        "ChatMigrated",
        "Conflict",
        "EndPointNotFound",
        "Forbidden",
        "InvalidToken",
        "NetworkError",
        "PassportDecryptionError",
        "RetryAfter",
        "TelegramError",
        "TimedOut",
    }


def test_edits_and_presses_that_are_no_errors() -> None:
    assert is_unmodified(BadRequest("Bad Request: message is not modified: specified new message …"))
    assert is_uneditable(BadRequest("Bad Request: message to edit not found"))
    assert is_uneditable(BadRequest("Bad Request: message can't be edited"))
    assert is_stale_query(BadRequest("Bad Request: query is too old and response timeout expired"))
    assert not is_unmodified(BadRequest("Bad Request: message to edit not found"))
    assert not is_uneditable(Forbidden("Forbidden: message can't be edited"))
