"""`hotline doctor` on the work itself: a watch that stands still, messages that wait."""

from __future__ import annotations

from bot.doctor.finding import Finding, Status
from bot.doctor.work import check_work
from bot.messages import Sender, Unread
from bot.places import StorePlaces
from tests.support.world import World


def examined(world: World) -> dict[str, Finding]:
    """Return what was found, by the name of the check."""
    with world.app.store.read() as session:
        return {finding.check: finding for finding in check_work(session, world.now)}


def test_a_watch_that_has_never_gone_round_is_told(world: World) -> None:
    found = examined(world)["watch"]
    assert found.status is Status.WARN
    assert "never" in found.detail
    assert found.advice == "start `hotline serve` or `hotline worker`"


def test_where_all_goes_well_nothing_is_to_do(world: World) -> None:
    world.app.sweep()
    world.customer("录音听不了了")
    assert [finding.status for finding in examined(world).values()] == [Status.OK] * 3


def test_updates_that_could_not_be_read_are_told(world: World) -> None:
    unread = Unread("telegram", "default", "update:1:2", "{}", "BadInput")
    for _ in range(2):
        StorePlaces(world.app.store, world.read_clock).keep_unread(unread)
    assert examined(world)["unread"].detail == "1 updates of a platform could not be read"


def test_what_waits_too_long_is_told_with_its_channel(world: World) -> None:
    world.app.sweep()
    world.app.receive(world.inbound("enhanced", Sender("enhanced", "林主管"), "IVR挂了"))
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "录音听不了了"))
    world.wait_undelivered(minutes=6)
    found = examined(world)
    assert "360 s ago" in found["watch"].detail
    assert found["inbox"].detail == "1 messages received and not handled"
    assert "the oldest for 360 s (phone)" in found["outbox"].detail
