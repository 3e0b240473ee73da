"""What a platform needs is loaded where the platform is configured, and only there."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from bot.accounts import PLATFORMS


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_platform_of_the_settings_is_wired(name: str) -> None:
    assert callable(import_module(f"bot.platforms.{name}").wired)


def test_the_service_without_platforms_loads_none_of_their_libraries() -> None:
    loaded = "import sys, bot.commands.serve; print({'telegram', 'wechatpy'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"
