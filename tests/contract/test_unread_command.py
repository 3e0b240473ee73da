"""`hotline unread` as an operator calls it, on both databases."""

from __future__ import annotations

import json

import pytest

from bot.cli import run
from bot.messages import Unread
from bot.places import StorePlaces
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.support.world import MONDAY_10

BODY = json.dumps({"update_id": 2, "message": {"text": "坐席登不上"}})


@pytest.fixture
def url(migrated_url: str) -> str:
    """A database in which one update is kept."""
    store = Store(migrated_url, load_workdays())
    places = StorePlaces(store, lambda: MONDAY_10)
    places.keep_unread(Unread("telegram", "default", "update:1:2", BODY, "BadInput"))
    store.close()
    return migrated_url


def test_the_list_says_what_came_and_none_of_its_words(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["unread", "list", "--db", url]) == 0
    shown = capsys.readouterr().out
    assert "2026-03-02 10:00" in shown
    assert "BadInput" in shown
    assert "坐席" not in shown
    assert run(["unread", "list", "--json", "--db", url]) == 0
    [one] = json.loads(capsys.readouterr().out)
    assert (one["id"], one["channel"], one["account"]) == (1, "telegram", "default")


def test_one_is_shown_as_people_read_it_and_dropped_when_it_is_dealt_with(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["unread", "show", "1", "--db", url]) == 0
    assert '"text": "坐席登不上"' in capsys.readouterr().out
    assert run(["unread", "drop", "1", "--db", url]) == 0
    assert capsys.readouterr().out == "1 is dropped\n"
    assert run(["unread", "list", "--db", url]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("command", ["show", "drop"])
def test_an_unknown_number_is_told(url: str, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert run(["unread", command, "7", "--db", url]) == 1
    assert "nothing is kept under 7: `hotline unread list`" in capsys.readouterr().err
