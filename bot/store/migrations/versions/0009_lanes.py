"""delivery: what waits is found by its lane

Revision ID: 0009_lanes
Revises: 0008_unknown_outcomes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_lanes"
down_revision = "0008_unknown_outcomes"
branch_labels = None
depends_on = None

UNRELAYED = "status = 'pending' AND relayed_at IS NULL"
RELAYED = "status = 'pending' AND relayed_at IS NOT NULL"


def upgrade() -> None:
    op.drop_index("ix_outbox_unrelayed", "outbox")
    _index("ix_outbox_unrelayed", ["chat_id", "urgent", "try_at"], UNRELAYED)
    _index("ix_outbox_relayed", ["chat_id", "urgent"], RELAYED)


def downgrade() -> None:
    op.drop_index("ix_outbox_relayed", "outbox")
    op.drop_index("ix_outbox_unrelayed", "outbox")
    _index("ix_outbox_unrelayed", ["id"], UNRELAYED)


def _index(name: str, columns: list[str], which: str) -> None:
    op.create_index(name, "outbox", columns, sqlite_where=sa.text(which), postgresql_where=sa.text(which))
