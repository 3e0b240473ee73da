"""The delivery engine: what it has, and what waits for a chat to write again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_delivery_engine"
down_revision = "0004_wechat"
branch_labels = None
depends_on = None

UNRELAYED = sa.text("status = 'pending' AND relayed_at IS NULL")
HELD = sa.text("status = 'held'")


def upgrade() -> None:
    """Add what the engine notes on a message."""
    op.add_column("outbox", sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("relays", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_outbox_unrelayed", "outbox", ["id"], sqlite_where=UNRELAYED, postgresql_where=UNRELAYED
    )
    op.create_index("ix_outbox_held", "outbox", ["chat_id"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    """Take it away; what was held is tried again."""
    op.drop_index("ix_outbox_held", table_name="outbox")
    op.drop_index("ix_outbox_unrelayed", table_name="outbox")
    op.execute("UPDATE outbox SET status = 'pending' WHERE status = 'held'")
    op.drop_column("outbox", "relays")
    op.drop_column("outbox", "relayed_at")
