"""Nothing is lost and nothing is said twice, whatever dies or is restarted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import samples
from bot.delivery.attempts import SENDERS
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.crash.platform import Platform
from tests.crash.processes import Processes, launched
from tests.crash.program import NAME
from tests.crash.sums import (
    CHATS,
    FAULTS,
    check_answers,
    check_order,
    check_reports,
    reports,
    sum_up,
    wait_until_done,
)
from tests.support.order import witness

REPORTS = 2000
KILLS = 20
RATE = 60.0  # reports a second
IN_DOUBT = 2 * SENDERS  # threads that send, messages and alarms: what each is at may come again
CALM_REPORTS, CALM_RATE = 500, 40.0


@pytest.fixture
def witnessed_url(migrated_url: str) -> Iterator[str]:
    """Return the address of a migrated database whose messages note who could know of which."""
    with witness(migrated_url):
        yield migrated_url


@contextmanager
def busy(url: str, platform: Platform, count: int, rate: float) -> Iterator[Processes]:
    """Run the program while reports come in; ends when all of them are handled and answered."""
    roles = ["serve"] if url.startswith("sqlite") else ["web", "web", "worker", "worker"]
    store = Store(url, load_workdays(Path("none")))
    samples.load(store, datetime.now(UTC), NAME)
    with platform.listening() as port, launched(url, port, roles, seed=2) as processes:
        ports = [port for role, port in processes.pids if role != "worker"]
        sender = threading.Thread(
            target=platform.deliver, args=(reports(count, rate), ports, rate), daemon=True
        )
        sender.start()
        yield processes
        sender.join()
        finished = wait_until_done(store)
    store.close()
    assert finished


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("count", "rate", "faulty", "disturb"),
    [
        pytest.param(REPORTS, RATE, True, lambda processes: [processes.kill_one() for _ in range(KILLS)]),
        pytest.param(CALM_REPORTS, CALM_RATE, False, Processes.restart_all),
    ],
    ids=["twenty-kills", "rolling-restart"],
)
def test_no_report_and_no_message_is_lost_or_doubled(
    witnessed_url: str,
    capsys: pytest.CaptureFixture[str],
    count: int,
    rate: float,
    faulty: bool,
    disturb: Callable[[Processes], object],
) -> None:
    platform = Platform(seed=1, faulty=faulty)
    with busy(witnessed_url, platform, count, rate) as processes:
        disturb(processes)

    store = Store(witnessed_url, load_workdays(Path("none")))
    found, books = sum_up(store, platform, processes.killed), platform.books
    with capsys.disabled():
        print(
            f"\n{store.engine.dialect.name}: killed {len(processes.killed)}, received {found.received}, "
            f"tickets {found.tickets}, sent {found.sent} ({found.alarms} alarms), superseded "
            f"{found.superseded}, doubled {found.doubled} (outcome unknown; by kills "
            f"{found.by_kill.total()}, at most {max(found.by_kill.values(), default=0)} by one), "
            f"lost {found.lost}; "
            f"posts {books.posted}, {books.failed_posts} of them in vain, "
            f"refused {books.refused}"
        )
    check_reports(store)
    check_answers(store)
    check_order(store, books.arrivals)
    assert (found.received, found.tickets, found.lost) == (count, len(CHATS) * len(FAULTS), 0)
    assert found.alarms > 0
    assert found.unexcused == []
    assert max(found.by_kill.values(), default=0) <= IN_DOUBT
    if not processes.killed:
        assert found.doubled == 0  # who ends as asked leaves nothing in doubt
    store.close()
