"""Which ways in and which databases a test runs on: what is about the platform needs no other database."""

from __future__ import annotations

import pytest

_ON = ("mode", "migrated_url")
_SQLITE_POLLED = ("polling", "sqlite")

polled = pytest.mark.parametrize(_ON, [_SQLITE_POLLED], indirect=["migrated_url"])
hooked = pytest.mark.parametrize(_ON, [("webhook", "sqlite")], indirect=["migrated_url"])
everywhere = pytest.mark.parametrize(
    _ON,
    [_SQLITE_POLLED, pytest.param("webhook", "postgresql", marks=pytest.mark.postgres)],
    indirect=["migrated_url"],
)
