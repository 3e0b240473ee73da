"""What the delivery engine's library may log: never who a customer is."""

from __future__ import annotations

import threading

import pytest
from dbos import DBOS
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.engine import Phone, delivering

OPENID = "oGZUI0egBJY1zhBYw2KhdUfwVJJE"


def test_a_database_that_refuses_makes_no_line_that_names_a_chat(
    migrated_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with delivering(migrated_url, phone=Phone()) as post:
        guest = post.engine._database
        table = "workflow_status" if guest.dialect.name == "sqlite" else "dbos.workflow_status"
        post.say(OPENID, "before")
        post.wait(lambda: bool(DBOS.list_workflows(status="SUCCESS")))
        [workflow] = DBOS.list_workflows()
        assert OPENID not in str(workflow.__dict__)

        post.say(OPENID, "refused")
        with guest.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} RENAME TO gone"))
        try:
            with pytest.raises(DBAPIError) as refused:
                post.engine.feed()
            assert "hide_parameters" in str(refused.value)
            while "workflow_status" not in caplog.text:  # a queue is looked into several times a second
                threading.Event().wait(0.05)
        finally:
            with guest.begin() as connection:
                connection.execute(
                    text(f"ALTER TABLE {table.replace('workflow_status', 'gone')} RENAME TO workflow_status")
                )
    assert OPENID not in caplog.text
    assert "[parameters: (" not in caplog.text
    assert "[parameters: {" not in caplog.text
