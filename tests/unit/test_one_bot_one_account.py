"""A bot is one account: two pollers of one token would end each other for ever."""

from __future__ import annotations

import pytest

from bot import settings
from bot.errors import SettingError

TOKEN = "123:a-secret"  # noqa: S105


def test_the_same_token_twice_is_refused(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path_factory.mktemp("config") / "hotline.toml"
    file.write_text("".join(f'[telegram.{name}]\ntoken = "{TOKEN}"\n' for name in ("north", "south")))
    monkeypatch.setenv("HOTLINE_CONFIG", str(file))
    with pytest.raises(SettingError) as refused:
        settings.load()
    assert "north and south have the same token" in str(refused.value)
    assert TOKEN not in str(refused.value)
    file.write_text(f'[telegram.north]\ntoken = "{TOKEN}"\n[telegram.south]\ntoken = "{TOKEN}2"\n')
    assert set(settings.load().telegram) == {"north", "south"}
