"""outbox: when it was put off

Revision ID: 0016_put_off
Revises: 0015_narrow_indexes
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_put_off"
down_revision = "0015_narrow_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("put_off_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "put_off_at")
