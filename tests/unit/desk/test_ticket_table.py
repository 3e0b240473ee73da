"""Every event in every state by every hand: possible, or refused with what is possible instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.events import Kind, Side
from bot.desk.history import apply, opened
from bot.desk.ticket import FINAL, LIVE, STATE_NAMES, Ticket, Work
from bot.desk.transitions import ACTION_NAMES, OBSTACLES, SIDES, TRANSITIONS, check, is_possible
from bot.errors import Refused
from tests.support.actions import actor, event, reported

from .samples import at

NOON = at("2026-03-02T12:00")
TICKET = opened(7, reported(at("2026-03-02T10:00")))
PAIRS = [(work, kind, side) for work in Work for kind in Kind for side in Side]


def in_state(work: Work) -> Ticket:
    return replace(TICKET, work=work, merged_into=3 if work is Work.MERGED else None)


@pytest.mark.parametrize(("work", "kind", "side"), PAIRS)
def test_every_pair_is_possible_or_refused_with_what_is_possible_instead(
    work: Work, kind: Kind, side: Side
) -> None:
    ticket = in_state(work)
    if is_possible(ticket, kind, side):
        check(ticket, kind, actor(side))
        after = apply(ticket, event(kind, side, NOON, ticket))
        assert after.work is TRANSITIONS[kind][work]
        assert after.revision == ticket.revision + 1
        return
    with pytest.raises(Refused) as refusal:
        check(ticket, kind, actor(side))
    said = str(refusal.value)
    assert said.startswith(f"工单 T7 {STATE_NAMES[work]}，不能")
    assert "现在可以：" in said or "新的故障" in said or "已并入 T3" in said


def test_every_kind_has_its_states_and_its_hands() -> None:
    assert set(TRANSITIONS) == set(SIDES) == set(Kind)
    assert set(OBSTACLES) <= set(Kind)
    # What people do has a name that a refusal can say.
    assert {kind for kind, sides in SIDES.items() if sides != {Side.BOT}} <= set(ACTION_NAMES)


@pytest.mark.parametrize("work", sorted(FINAL))
def test_nothing_brings_a_finished_ticket_back_but_reopening_a_closed_one(work: Work) -> None:
    leaving = {kind for kind in Kind if TRANSITIONS[kind].get(work, work) is not work}
    assert leaving == ({Kind.REOPENED} if work is Work.CLOSED else set())


@pytest.mark.parametrize("work", sorted(LIVE))
def test_a_customer_can_always_answer_urge_and_withdraw_what_is_open(work: Work) -> None:
    for kind in (Kind.DETAIL, Kind.VIEW, Kind.URGED, Kind.WITHDRAWN, Kind.CLOSED):
        assert is_possible(in_state(work), kind, Side.CUSTOMER)


def test_support_closes_only_what_is_resolved_or_no_fault_for_both() -> None:
    with pytest.raises(Refused, match="还没有解决"):
        check(TICKET, Kind.CLOSED, actor(Side.VENDOR))
    solved = in_state(Work.RESOLVED)
    with pytest.raises(Refused, match="客户还没有收到答复，请先打电话并记录：响应 T7"):
        check(solved, Kind.CLOSED, actor(Side.VENDOR))
    check(replace(solved, responded_at=NOON), Kind.CLOSED, actor(Side.VENDOR))


def test_what_stands_in_the_way_is_named() -> None:
    with pytest.raises(Refused, match="还没有转现场"):
        check(TICKET, Kind.ARRIVED, actor(Side.VENDOR))
    with pytest.raises(Refused, match="没有暂停"):
        check(TICKET, Kind.RESUMED, actor(Side.VENDOR))
    with pytest.raises(Refused, match="没有待您同意的时间"):
        check(TICKET, Kind.TIME_AGREED, actor(Side.CUSTOMER))


def test_a_declared_on_site_case_is_not_declared_again() -> None:
    there = apply(TICKET, event(Kind.REMOTE_FAILED, Side.VENDOR, NOON, TICKET))
    assert there.work is Work.ONSITE
    with pytest.raises(Refused, match="已经转现场"):
        check(there, Kind.REMOTE_FAILED, actor(Side.VENDOR))
