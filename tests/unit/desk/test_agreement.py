"""Joint determination: raising needs one side, lowering both, and until then the stricter holds (2.1)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.agreement import Agreement, Standing
from bot.desk.events import Side
from bot.desk.terms import Priority

ONE, TWO, NONE = Priority.ONE, Priority.TWO, Priority.NOT_A_FAULT
priorities = st.sampled_from(Priority)
sides = st.sampled_from([Side.CUSTOMER, Side.VENDOR])
views = st.lists(st.tuples(sides, priorities), max_size=8)


def played(start: Priority, said: list[tuple[Side, Priority]], *, certain: bool = True) -> list[Agreement]:
    steps = [Agreement.open(start, certain=certain)]
    for side, priority in said:
        steps.append(steps[-1].view(side, priority))
    return steps


def test_what_is_in_doubt_is_held_as_priority_1() -> None:
    assert Agreement.open(TWO, certain=False).held is ONE


@given(priorities, views)
def test_a_lowering_is_always_shared_by_both(start: Priority, said: list[tuple[Side, Priority]]) -> None:
    steps = played(start, said)
    for before, after in pairwise(steps):
        if after.held > before.held:
            assert after.customer == after.vendor == after.held


@given(priorities, views, sides, priorities)
def test_one_side_is_enough_to_raise(
    start: Priority, said: list[tuple[Side, Priority]], side: Side, view: Priority
) -> None:
    last = played(start, said)[-1]
    if view < last.held:
        assert last.view(side, view).held == view


@given(priorities, views)
def test_agreed_means_that_both_views_are_there_and_hold(
    start: Priority, said: list[tuple[Side, Priority]]
) -> None:
    last = played(start, said)[-1]
    if last.standing is Standing.AGREED:
        assert last.held == last.customer == last.vendor
    else:
        assert last.held <= min(view for view in (last.customer, last.vendor, NONE) if view is not None)


@given(priorities, views, priorities)
def test_the_bots_new_reading_never_lowers_what_holds(
    start: Priority, said: list[tuple[Side, Priority]], view: Priority
) -> None:
    last = played(start, said)[-1]
    assert last.propose(view).held <= last.held


heard = st.lists(st.tuples(st.sampled_from([*Side]), priorities), max_size=12)  # the bot's: its new readings


@given(priorities, heard)
def test_nobody_is_taken_at_a_word_that_is_older_than_graver_facts(
    start: Priority, said: list[tuple[Side, Priority]]
) -> None:
    agreement = Agreement.open(start, certain=True)
    facts = dict.fromkeys((Side.CUSTOMER, Side.VENDOR), NONE)  # the gravest since each side has spoken
    for side, priority in said:
        if side is Side.BOT:
            agreement = agreement.propose(priority)
            facts = {one: min(gravest, priority) for one, gravest in facts.items()}
        else:
            agreement = agreement.view(side, priority)
            facts[side] = NONE
        for one, view in ((Side.CUSTOMER, agreement.customer), (Side.VENDOR, agreement.vendor)):
            assert view is None or view <= facts[one]


@given(priorities, views, st.booleans())
def test_an_agreement_survives_its_json(
    start: Priority, said: list[tuple[Side, Priority]], certain: bool
) -> None:
    for step in played(start, said, certain=certain):
        assert Agreement.from_dict(step.to_dict()) == step


@given(priorities, views, views, sides)
def test_of_joined_faults_one_side_alone_lowers_neither(
    start: Priority, of_one: list[tuple[Side, Priority]], of_other: list[tuple[Side, Priority]], side: Side
) -> None:
    one, other = played(start, of_one)[-1], played(start, of_other)[-1]
    if one.held is not other.held:
        return
    joined = one.joined(other)
    theirs = Side.VENDOR if side is Side.CUSTOMER else Side.CUSTOMER
    said = [a.customer if theirs is Side.CUSTOMER else a.vendor for a in (one, other)]
    for lower in Priority:
        if any(view is None or view < lower for view in said):
            assert joined.view(side, lower).held <= joined.held


def test_the_bot_has_no_view() -> None:
    with pytest.raises(ValueError, match="no view"):
        Agreement.open(ONE, certain=True).view(Side.BOT, TWO)
