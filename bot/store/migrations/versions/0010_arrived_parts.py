"""delivery: of a message that goes in parts it is known how many have arrived

Revision ID: 0010_arrived_parts
Revises: 0009_lanes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_arrived_parts"
down_revision = "0009_lanes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("arrived", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("outbox", "arrived")
