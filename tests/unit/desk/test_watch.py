"""When alarms ring: computed from a ticket's state, each step once, whenever somebody looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import SHANGHAI
from bot.desk.case import Case, Contact, Customer
from bot.desk.clocks import clocks
from bot.desk.contract import Terms
from bot.desk.deadlines import deadlines
from bot.desk.events import BOT, Actor, Event, Kind, Side
from bot.desk.history import fold
from bot.desk.ladder import Step
from bot.desk.roster import Member
from bot.desk.sla import ClockName
from bot.desk.terms import Level, Priority, Role
from bot.desk.watch import called, due_steps, next_alarm
from bot.desk.watch_policy import DEADLINE, Chain, Target, WatchPolicy
from bot.errors import UnknownYear
from bot.workdays import PrcWorkdays
from tests.unit.desk.samples import at, terms

POLICY = WatchPolicy()
WORKDAYS = PrcWorkdays()
REPORTER = Contact(1, "陈班长", Role.CUSTOMER, 1, None)
LI = Actor(Side.VENDOR, 7, "李工")
MONDAY_9 = "2021-03-01T09:00"

Rung = set[tuple[str, datetime, int]]


def reported(when: str, priority: Priority = Priority.ONE) -> Event:
    data = {
        "inbox": 1,
        "reported_at": at(when).isoformat(),
        "priority": int(priority),
        "certain": True,
        "rule": "p1.down",
        "clause": "2.1 P1 (A)",
        "words": ["崩溃"],
        "knowledge_version": "1",
        "contract": {"number": "BC-2021-001", "version": 1},
    }
    return Event(Kind.REPORTED, at(when), Actor(Side.CUSTOMER, 1, "陈班长"), data)


def confirmed(when: str, priority: Priority = Priority.ONE) -> Event:
    data = {"side": "vendor", "priority": int(priority), "reason": "", "past_due": False}
    return Event(Kind.VIEW, at(when), LI, data)


def case_of(*events: Event, contract: Terms | None = None) -> Case:
    contract = contract or terms(level=Level.ENHANCED)
    ticket = fold(1, list(events))
    found = deadlines(ticket, contract, WORKDAYS)
    return Case(ticket, Customer(1, "示例"), contract, 1, REPORTER, "", frozenset(), found)


def settled(when: str = MONDAY_9, priority: Priority = Priority.ONE, contract: Terms | None = None) -> Case:
    """A ticket of which only the response is awaited."""
    return case_of(reported(when, priority), confirmed(when, priority), contract=contract)


def key(step: Step) -> tuple[str, datetime, int]:
    return (step.clock, step.revision, step.rank)


def watch(case: Case, looks: Iterable[datetime], rung: Rung | None = None) -> list[tuple[datetime, Step]]:
    """Look at the ticket at some instants as the sweep does, and return what rang."""
    rung = set() if rung is None else rung
    rang = []
    for now in looks:
        for step in due_steps(case, rung, now, POLICY, WORKDAYS):
            rung.add(key(step))
            rang.append((now, step))
    return rang


def every(minutes: int, since: str, hours: float) -> list[datetime]:
    return [at(since) + timedelta(minutes=m) for m in range(0, int(hours * 60) + 1, minutes)]


def said(rang: list[tuple[datetime, Step]]) -> list[tuple[str, int, Target]]:
    return [(f"{now.astimezone(SHANGHAI):%H:%M}", step.rank, step.target) for now, step in rang]


def test_a_grave_clock_warns_rings_and_climbs_by_the_wall_clock() -> None:
    rang = said(watch(settled(), every(1, MONDAY_9, 3)))

    assert rang == [
        ("09:30", 50, Target.ASSIGNEE),
        ("09:45", 75, Target.ASSIGNEE),
        ("09:54", 90, Target.ASSIGNEE),
        ("10:00", DEADLINE, Target.ASSIGNEE),
        ("10:10", 101, Target.ON_CALL),
        ("10:20", 102, Target.LEAD),
        ("10:30", 103, Target.MANAGER),
        ("11:00", 104, Target.MANAGER),
        ("11:30", 105, Target.MANAGER),
        ("12:00", 106, Target.MANAGER),
    ]


def test_the_share_is_of_business_time() -> None:
    contract = terms(level=Level.REGULAR)
    case = settled("2021-03-01T16:00", contract=contract)  # 2 h: one today, one tomorrow from 09:00

    rang = watch(case, every(1, "2021-03-01T16:00", 24))

    assert [now for now, step in rang if step.rank <= DEADLINE] == [
        at("2021-03-01T17:00"),
        at("2021-03-02T09:30"),
        at("2021-03-02T09:48"),
        at("2021-03-02T10:00"),
    ]


def test_what_is_lesser_climbs_in_the_hours_of_its_clock() -> None:
    contract = terms(level=Level.REGULAR)
    case = settled("2021-03-01T12:45", Priority.TWO, contract)  # 4 h: until 16:45

    rang = watch(case, every(1, "2021-03-01T12:45", 24))

    assert [now for now, step in rang if step.rank >= DEADLINE] == [
        at("2021-03-01T16:45"),
        at("2021-03-02T09:15"),
        at("2021-03-02T09:45"),
        at("2021-03-02T10:45"),
    ]


def test_held_back_warnings_ring_in_the_morning_unless_something_graver_came_first() -> None:
    enhanced = settled("2021-03-01T20:00", Priority.TWO)  # 2 h day and night: until 22:00
    early = settled("2021-03-01T07:30", Priority.TWO)  # until 09:30: 50 % at 08:30

    # Its deadline would pass before the morning: who is on call is warned while there is time.
    assert [s.rank for _, s in watch(enhanced, every(1, "2021-03-01T20:00", 2))] == [75, 90, DEADLINE]
    assert said(watch(early, every(1, "2021-03-01T07:30", 2)))[:2] == [
        ("09:00", 75, Target.ASSIGNEE),
        ("09:18", 90, Target.ASSIGNEE),
    ]


def test_at_night_a_lesser_fault_calls_who_is_on_call_and_the_chain_only_for_a_missed_deadline() -> None:
    """The confirmation is a target of ours; the response is the contract's, and 7×24."""
    evening = "2021-03-01T22:00"
    unconfirmed, unanswered = case_of(reported(evening, Priority.TWO)), settled(evening, Priority.TWO)

    rang = watch(unconfirmed, every(1, evening, 12))
    ours = [(now, step) for now, step in rang if step.clock is ClockName.CONFIRMATION]

    assert said(ours) == [
        ("22:30", DEADLINE, Target.ASSIGNEE),
        ("23:00", 101, Target.ON_CALL),
        ("09:00", 103, Target.MANAGER),
    ]
    assert ours[-1][1].also == (Target.LEAD,)
    assert said(watch(unanswered, every(1, evening, 6))) == [
        ("23:30", 75, Target.ASSIGNEE),
        ("23:48", 90, Target.ASSIGNEE),
        ("00:00", DEADLINE, Target.ASSIGNEE),
        ("00:30", 101, Target.ON_CALL),
        ("01:00", 102, Target.LEAD),
        ("02:00", 103, Target.MANAGER),
    ]


def test_our_own_target_repeats_at_the_manager_in_the_daytime_only() -> None:
    evening = "2021-03-01T14:00"
    case = case_of(reported(evening, Priority.TWO), confirmed(evening, Priority.TWO))
    unbound = replace(case, terms=None, deadlines=deadlines(case.ticket, None, WORKDAYS))  # 4 h: until 18:00

    looks = every(1, evening, 44)

    called = [(when, rank) for when, rank, target in said(watch(unbound, looks)) if target is Target.MANAGER]
    assert called == [("09:00", 106), ("12:00", 107), ("16:00", 108), ("09:00", 112)]
    for now in looks:  # the sweep is woken for what rings, and for nothing that is held back
        rung = {("response", at("2021-03-01T18:00"), rank) for rank in range(50, 107)}
        coming = next_alarm(unbound, rung, POLICY, WORKDAYS)
        assert coming == at("2021-03-02T12:00")
        assert bool(due_steps(unbound, rung, now, POLICY, WORKDAYS)) == (now >= coming)


def test_a_clock_without_duration_alarms_at_once_and_who_takes_it_has_its_time_anew() -> None:
    diamond = terms(level=Level.DIAMOND, man_months=12)
    case = settled(MONDAY_9, Priority.TWO, diamond)
    looks = every(1, MONDAY_9, 0.5)

    assert [rank for _, rank, _ in said(watch(case, looks))] == [DEADLINE, 101, 102, 103]

    assigned = Event(Kind.ASSIGNED, at("2021-03-01T09:05"), LI, {"contact": 7, "name": "李工"})
    taken = case_of(
        reported(MONDAY_9, Priority.TWO),
        confirmed(MONDAY_9, Priority.TWO),
        assigned,
        contract=diamond,
    )
    rung = {key(step) for _, step in watch(case, looks[:6])}
    assert said(watch(taken, every(1, "2021-03-01T09:05", 1.2), rung)) == [
        ("09:15", 101, Target.ASSIGNEE),
        ("09:25", 102, Target.LEAD),
        ("09:35", 103, Target.MANAGER),
        ("10:05", 104, Target.MANAGER),
    ]


def test_what_was_taken_before_it_is_due_at_once_calls_the_one_who_took_it() -> None:
    assigned = Event(Kind.ASSIGNED, at("2021-03-01T20:00"), LI, {"contact": 7, "name": "李工"})
    diamond = terms(level=Level.DIAMOND, man_months=12)
    evening = "2021-03-01T19:50"
    taken = case_of(reported(evening), confirmed(evening), assigned, contract=diamond)

    assert said(watch(taken, every(1, evening, 13.5)))[:2] == [
        ("09:00", DEADLINE, Target.ASSIGNEE),
        ("09:10", 101, Target.ON_CALL),
    ]


def test_of_several_that_are_due_at_once_the_gravest_rings_and_calls_everybody() -> None:
    [(_, step)] = watch(settled(), [at("2021-03-01T10:25")])

    assert (step.rank, step.target) == (102, Target.LEAD)
    assert step.also == (Target.ASSIGNEE, Target.ON_CALL)


def test_after_long_downtime_the_next_repetition_is_in_the_future() -> None:
    case, rung = settled(), set[tuple[str, datetime, int]]()
    late = at("2021-03-05T10:17")

    [(_, step)] = watch(case, [late], rung)

    assert step.target is Target.MANAGER
    assert step.at <= late < step.at + timedelta(minutes=30)
    assert next_alarm(case, rung, POLICY, WORKDAYS) == step.at + timedelta(minutes=30)


def test_a_new_deadline_rings_anew() -> None:
    lesser, rung = settled(MONDAY_9, Priority.TWO), set[tuple[str, datetime, int]]()
    watch(lesser, [at("2021-03-01T10:01")], rung)

    raised = settled(MONDAY_9, Priority.ONE)

    [(_, step)] = watch(raised, [at("2021-03-01T10:01")], rung)
    assert step.rank == DEADLINE


def test_the_end_of_a_pause_warns_nobody_twice_and_the_moved_deadline_rings() -> None:
    start = [reported(MONDAY_9), confirmed(MONDAY_9)]
    running, rung = case_of(*start), set[tuple[str, datetime, int]]()
    watch(running, [at("2021-03-01T09:30")], rung)
    asked = Event(Kind.PAUSE_ASKED, at("2021-03-01T09:31"), LI, {"reason": "等日志"})
    paused = Event(Kind.PAUSED, at("2021-03-01T09:35"), Actor(Side.CUSTOMER, 1, "陈班长"), {})

    resting = case_of(*start, asked, paused)
    assert watch(resting, every(5, "2021-03-01T09:35", 5), rung) == []
    tomorrow = at("2021-03-02T09:35")  # the pause is brought to mind
    assert next_alarm(resting, rung, POLICY, WORKDAYS) == tomorrow

    resumed = Event(Kind.RESUMED, at("2021-03-01T14:35"), LI, {})
    rang = watch(case_of(*start, asked, paused, resumed), every(1, "2021-03-01T14:35", 0.5), rung)
    assert [(now, step.rank) for now, step in rang] == [
        (at("2021-03-01T14:45"), 75),
        (at("2021-03-01T14:54"), 90),
        (at("2021-03-01T15:00"), DEADLINE),
    ]


def noticed(when: str, clock: ClockName = ClockName.RESPONSE) -> Event:
    return Event(Kind.ACKNOWLEDGED, at(when), LI, {"clock": clock.value})


def test_notice_taken_before_the_deadline_ends_the_warnings_and_silences_nothing_after_it() -> None:
    start = (reported(MONDAY_9), noticed(MONDAY_9))

    rang = watch(case_of(*start), every(1, MONDAY_9, 1.5))

    response = [(now, step) for now, step in rang if step.clock is ClockName.RESPONSE]
    assert said(response) == [
        ("10:00", DEADLINE, Target.ASSIGNEE),
        ("10:10", 101, Target.ON_CALL),
        ("10:20", 102, Target.LEAD),
        ("10:30", 103, Target.MANAGER),
    ]
    assert ClockName.CONFIRMATION in {step.clock for _, step in rang}  # it rings for itself


def test_who_takes_notice_of_an_overdue_clock_has_the_times_of_the_chain_anew() -> None:
    start = (reported(MONDAY_9), confirmed(MONDAY_9))
    rung: Rung = set()
    watch(case_of(*start), every(1, MONDAY_9, 1), rung)

    rang = watch(case_of(*start, noticed("2021-03-01T10:05")), every(1, "2021-03-01T10:05", 1), rung)

    assert said(rang) == [
        ("10:15", 101, Target.ASSIGNEE),
        ("10:25", 102, Target.LEAD),
        ("10:35", 103, Target.MANAGER),
        ("11:05", 104, Target.MANAGER),
    ]


def test_a_customer_who_urges_is_heard_although_notice_was_taken() -> None:
    start = (reported(MONDAY_9), confirmed(MONDAY_9))
    rung: Rung = set()
    watch(case_of(*start), every(1, MONDAY_9, 1), rung)
    urged = Event(Kind.URGED, at("2021-03-01T10:12"), Actor(Side.CUSTOMER, 1, "陈班长"))
    case = case_of(*start, noticed("2021-03-01T10:05"), urged)

    rang = watch(case, every(1, "2021-03-01T10:12", 0.2), rung)

    assert said(rang) == [("10:12", 101, Target.ON_CALL), ("10:20", 102, Target.LEAD)]


@pytest.mark.parametrize(
    "last",
    [
        Event(Kind.CLOSED, at("2021-03-01T09:05"), BOT, {"why": "customer"}),
        Event(Kind.WITHDRAWN, at("2021-03-01T09:05"), Actor(Side.CUSTOMER, 1, "陈班长")),
        Event(Kind.MERGED, at("2021-03-01T09:05"), LI, {"into": 2}),
    ],
    ids=lambda event: event.kind.value,
)
def test_a_ticket_that_is_over_rings_no_more(last: Event) -> None:
    case = case_of(reported(MONDAY_9), last)

    assert watch(case, every(30, MONDAY_9, 48)) == []
    assert next_alarm(case, set(), POLICY, WORKDAYS) is None


def test_an_unknown_year_lets_alarms_come_early_rather_than_never() -> None:
    class Unknown:
        def is_workday(self, day: date) -> bool:
            if day.year > 2021:
                raise UnknownYear("no data")
            return day.weekday() < 5

    diamond = terms(level=Level.DIAMOND, man_months=12)
    case = settled("2021-12-31T17:58", contract=diamond)
    unconfirmed = replace(case, ticket=replace(case.ticket, vendor_view_at=None))

    alarm = next_alarm(unconfirmed, {("response", at("2021-12-31T17:58"), 110)}, POLICY, Unknown())

    assert alarm is not None
    assert alarm <= at("2022-01-03T09:08")


OFFSETS = st.lists(st.integers(1, 6 * 60 * 60), min_size=1, max_size=40)


@given(
    OFFSETS, st.sampled_from([Priority.ONE, Priority.TWO]), st.sampled_from([Level.REGULAR, Level.ENHANCED])
)
def test_whenever_somebody_looks_no_step_rings_twice_and_none_is_lost(
    offsets: list[int], priority: Priority, level: Level
) -> None:
    case, rung = (
        case_of(reported(MONDAY_9, priority), contract=terms(level=level)),
        set[tuple[str, datetime, int]](),
    )
    looks = sorted(at(MONDAY_9) + timedelta(seconds=offset) for offset in offsets)

    for now in looks:
        planned = next_alarm(case, rung, POLICY, WORKDAYS)
        steps = due_steps(case, rung, now, POLICY, WORKDAYS)

        assert (planned is not None and planned <= now) == bool(steps)
        assert len({step.clock for step in steps}) == len(steps)
        for step in steps:
            earlier = [rank for clock, _, rank in rung if clock == step.clock]
            assert step.rank > max(earlier, default=0)
            rung.add(key(step))
        assert due_steps(case, rung, now, POLICY, WORKDAYS) == ()
        coming = next_alarm(case, rung, POLICY, WORKDAYS)
        assert coming is None or coming > now


@given(
    st.lists(st.tuples(st.integers(1, 90), st.booleans()), min_size=1, max_size=20),
    st.sampled_from(ClockName),
    st.sampled_from([Priority.ONE, Priority.TWO]),
)
def test_however_often_notice_is_taken_what_waits_rings_again(
    acts: list[tuple[int, bool]], clock: ClockName, priority: Priority
) -> None:
    events, rung, now = [reported(MONDAY_9, priority)], set[tuple[str, datetime, int]](), at(MONDAY_9)
    for minutes, urges in acts:
        now += timedelta(minutes=minutes)
        watch(case_of(*events), [now], rung)
        kind, actor = (Kind.URGED, Actor(Side.CUSTOMER, 1, "陈班长")) if urges else (Kind.ACKNOWLEDGED, LI)
        events.append(Event(kind, now, actor, {} if urges else {"clock": clock.value}))

        case = case_of(*events)
        coming = next_alarm(case, rung, POLICY, WORKDAYS)
        assert coming is not None
        # Within the deadline it rings at the latest there; after it within the longest step of its chain.
        due = max(now, max(clock.deadline.due for clock in clocks(case, WORKDAYS)))
        assert coming <= due + timedelta(hours=24)


def member(name: str, role: Role, contact: int) -> Member:
    return Member(name, role, (contact,), (contact,))


STAFF = [
    member("李工", Role.ENGINEER, 7),
    member("王工", Role.ENGINEER, 8),
    member("赵主管", Role.LEAD, 9),
    member("钱经理", Role.MANAGER, 10),
    member("孙管理员", Role.ADMIN, 11),
]


@pytest.mark.parametrize(
    ("target", "staff", "names"),
    [
        (Target.ASSIGNEE, STAFF, ["王工"]),  # nobody has taken it: who is on call
        (Target.ON_CALL, STAFF, ["王工"]),
        (Target.LEAD, STAFF, ["赵主管"]),
        (Target.LEAD, [STAFF[0], *STAFF[3:]], ["钱经理"]),
        (Target.MANAGER, STAFF, ["钱经理"]),
        (Target.MANAGER, [*STAFF[:3], STAFF[4]], ["孙管理员"]),
        (Target.MANAGER, STAFF[:3], []),
    ],
)
def test_a_step_calls_its_role_or_the_next_one_up(
    target: Target, staff: list[Member], names: list[str]
) -> None:
    assert [one.name for one in called(target, settled(), ["王工"], staff)] == names


def test_a_chain_is_given_in_minutes() -> None:
    assert Chain.of_minutes((0, 5, 10, 15)).repeat is None
    assert Chain.of_minutes((0, 5, 10, 15), 60).repeat == timedelta(hours=1)
