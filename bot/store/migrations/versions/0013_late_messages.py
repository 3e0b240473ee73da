"""inbox: support was told that a message waits

Revision ID: 0013_late_messages
Revises: 0012_edits
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_late_messages"
down_revision = "0012_edits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("inbox", "late_at")
