"""Whether a pooled connection to PostgreSQL still stands, found out without asking the server each time."""

from __future__ import annotations

import select
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

RESTED_S = 10.0  # a firewall or a proxy may have forgotten a connection that rested for longer
BACK_SINCE = "back_since"


def watch(engine: Engine) -> None:
    """Let nobody get a connection that is gone.

    A server that goes away says so or closes the connection, and either can be read there; to one that is
    silent nothing has happened. So the server is asked only after a rest, or where there is something to
    read: asking at each turn (``pool_pre_ping``) costs a journey for each transaction.
    """

    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        now = time.monotonic()
        try:
            if now - record.info.get(BACK_SINCE, now) > RESTED_S or _has_said(connection):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the server has gone") from error

    def given_back(_connection: Any, record: Any) -> None:
        record.info[BACK_SINCE] = time.monotonic()

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)


def _has_said(connection: Any) -> bool:
    """Tell whether something can be read that nobody asked for, be it the end."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
