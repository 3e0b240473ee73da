"""How many messages may still be sent to a user: the platform's two windows, and our reserve."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.quota import Ledger
from bot.messages import Reach

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
WROTE = Ledger().after(Reach.MESSAGE, NOW)
PRESSED = Ledger().after(Reach.ACTION, NOW)


def test_nobody_who_did_nothing_is_written_to() -> None:
    assert Ledger().left(NOW, is_vital=True) == 0


def test_after_a_message_five_may_follow_the_last_of_them_only_if_vital() -> None:
    assert (WROTE.left(NOW), WROTE.left(NOW, is_vital=True)) == (4, 5)
    four = WROTE.spent(NOW, 4)
    assert (four.left(NOW), four.left(NOW, is_vital=True)) == (0, 1)


def test_after_an_action_three_may_follow_within_a_minute() -> None:
    assert PRESSED.left(NOW) == 3
    assert PRESSED.left(NOW + timedelta(seconds=59)) == 3
    assert PRESSED.left(NOW + timedelta(seconds=60)) == 0


def test_the_window_of_48_hours_is_half_open() -> None:
    assert WROTE.left(NOW + timedelta(hours=48, seconds=-1)) == 4
    assert WROTE.left(NOW + timedelta(hours=48)) == 0


def test_what_ends_first_is_spent_first() -> None:
    both = WROTE.after(Reach.ACTION, NOW).spent(NOW, 2)
    assert (both.action_used, both.message_used) == (2, 0)
    both = both.spent(NOW, 2)
    assert (both.action_used, both.message_used) == (3, 1)


def test_what_was_taken_and_not_sent_is_given_back() -> None:
    both = WROTE.after(Reach.ACTION, NOW)
    assert both.spent(NOW, 5).returned(5).left(NOW) == both.left(NOW)
    assert WROTE.returned(3) == WROTE


def test_a_further_message_opens_all_five_again_but_a_retry_of_the_same_none() -> None:
    used = WROTE.spent(NOW, 5)
    assert used.after(Reach.MESSAGE, NOW).left(NOW, is_vital=True) == 0
    assert used.after(Reach.MESSAGE, NOW + timedelta(seconds=1)).left(NOW, is_vital=True) == 5


def test_who_left_gets_nothing_until_they_come_back() -> None:
    gone = replace(WROTE, has_left=True)
    assert gone.left(NOW, is_vital=True) == 0
    assert gone.after(Reach.ACTION, NOW).left(NOW) == 7


def test_the_platform_s_word_goes_before_our_count() -> None:
    assert WROTE.after(Reach.ACTION, NOW).exhausted().left(NOW, is_vital=True) == 0


@given(st.lists(st.tuples(st.sampled_from(["message", "action", "send"]), st.integers(0, 90)), max_size=40))
def test_by_our_count_the_platform_never_refuses(steps: list[tuple[str, int]]) -> None:
    """An independent count of both windows; whatever is sent by our ledger fits into one of them."""
    now, ledger = NOW, Ledger()
    message_at = action_at = None
    messages = actions = 0
    for what, minutes in steps:
        now += timedelta(minutes=minutes, seconds=1)
        if what == "send":
            if not ledger.left(now, is_vital=True):
                continue
            ledger = ledger.spent(now, 1)
            if action_at is not None and (now - action_at).total_seconds() < 60 and actions < 3:
                actions += 1
                continue
            assert message_at is not None
            assert (now - message_at).total_seconds() < 48 * 3600
            messages += 1
            assert messages <= 5
        else:
            ledger = ledger.after(Reach(what), now)
            message_at, messages = (now, 0) if what == "message" else (message_at, messages)
            action_at, actions = (now, 0) if what == "action" else (action_at, actions)


@pytest.mark.parametrize("reach", [Reach.MESSAGE, Reach.ACTION, Reach.UNREACHED])
def test_a_notice_is_over_when_the_user_does_anything_or_never_saw_it(reach: Reach) -> None:
    asked = replace(WROTE, nudged_at=NOW)
    assert asked.after(reach, NOW + timedelta(seconds=1)).nudged_at is None


def test_who_left_and_came_back_is_there_though_the_leaving_is_reported_late() -> None:
    back = Ledger().after(Reach.ACTION, NOW)
    assert not back.after(Reach.LEFT, NOW - timedelta(seconds=1)).has_left
    assert back.after(Reach.LEFT, NOW + timedelta(seconds=1)).has_left
