"""One token for all processes: who renews it, when, and how often at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.tencent.failures import PlatformError, Trouble
from bot.tencent.tokens import EARLY, FORCED_EVERY, Kept, Token, Tokens

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


class Table:
    """A shelf in memory; ``others`` hold a lease."""

    def __init__(self) -> None:
        self.kept: Kept | None = None
        self.leased = False

    def token(self, _key: str) -> Kept | None:
        return self.kept

    def lease(self, _key: str, _now: datetime, _until: datetime) -> bool:
        taken, self.leased = not self.leased, True
        return taken

    def keep(self, _key: str, token: Kept | None) -> None:
        self.kept, self.leased = token or self.kept, False


class Platform:
    """Gives t1, t2, …; a new one only when forced."""

    def __init__(self) -> None:
        self.given = 1
        self.asked: list[bool] = []
        self.is_down = False

    def __call__(self, force: bool) -> tuple[str, int]:
        self.asked.append(force)
        if self.is_down:
            raise PlatformError("stable_token", Trouble.BUSY)
        self.given += force
        return f"t{self.given}", 7200


class Clock:
    """An instant that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def table() -> Table:
    """An empty shelf."""
    return Table()


@pytest.fixture
def platform() -> Platform:
    """The platform's side."""
    return Platform()


@pytest.fixture
def clock() -> Clock:
    """The present."""
    return Clock()


@pytest.fixture
def tokens(table: Table, platform: Platform, clock: Clock) -> Tokens:
    """The tokens of one account."""
    return Tokens("wechat:a", table, platform, clock)


def test_a_token_is_asked_for_once(tokens: Tokens, platform: Platform) -> None:
    assert [tokens.current() for _ in range(3)] == ["t1"] * 3
    assert platform.asked == [False]


def test_it_is_renewed_before_it_ends(tokens: Tokens, platform: Platform, clock: Clock) -> None:
    tokens.current()
    clock.now += timedelta(hours=2) - EARLY
    platform.given = 2
    assert tokens.current() == "t2"


def test_while_another_renews_it_the_old_one_serves(tokens: Tokens, table: Table, clock: Clock) -> None:
    tokens.current()
    clock.now += timedelta(hours=2) - EARLY
    table.leased = True
    assert tokens.current() == "t1"


def test_with_none_to_use_another_process_is_waited_for_a_little(
    tokens: Tokens, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tencent.tokens.time.sleep", lambda _: None)
    table.leased = True
    with pytest.raises(PlatformError) as raised:
        tokens.current()
    assert raised.value.trouble is Trouble.BUSY


def test_a_rejected_token_that_another_process_renewed_is_not_renewed_again(
    tokens: Tokens, table: Table, platform: Platform
) -> None:
    tokens.current()
    table.kept = ("t9", NOW + timedelta(hours=2), None)
    assert tokens.after("t1") == "t9"
    assert platform.asked == [False]


def test_a_new_token_is_forced_only_where_the_platform_gives_the_rejected_one(
    tokens: Tokens, platform: Platform
) -> None:
    tokens.current()
    assert tokens.after("t1") == "t2"
    assert platform.asked == [False, False, True]


def test_force_is_used_rarely(tokens: Tokens, platform: Platform, clock: Clock) -> None:
    tokens.current()
    tokens.after("t1")
    with pytest.raises(PlatformError) as raised:
        tokens.after("t2")
    assert raised.value.trouble is Trouble.OPERATOR
    assert platform.asked.count(True) == 1
    clock.now += FORCED_EVERY
    assert tokens.after("t2") == "t3"


def test_a_failure_gives_the_lease_back(tokens: Tokens, table: Table, platform: Platform) -> None:
    platform.is_down = True
    with pytest.raises(PlatformError):
        tokens.current()
    assert not table.leased
    platform.is_down = False
    assert tokens.current() == "t1"


def test_a_token_is_never_shown() -> None:
    assert "secret-value" not in repr(Token("secret-value", NOW))
