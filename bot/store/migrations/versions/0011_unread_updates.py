"""channels: updates that could not be read

Revision ID: 0011_unread_updates
Revises: 0010_arrived_parts
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_unread_updates"
down_revision = "0010_arrived_parts"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "unread_updates",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unread_updates")),
        sa.UniqueConstraint("channel", "account", "key", name=op.f("uq_unread_updates_channel_account_key")),
    )


def downgrade() -> None:
    op.drop_table("unread_updates")
