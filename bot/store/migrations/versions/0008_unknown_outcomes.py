"""delivery: attempts that may have arrived are counted apart

Revision ID: 0008_unknown_outcomes
Revises: 0007_telegram
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_unknown_outcomes"
down_revision = "0007_telegram"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("unknowns", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("outbox", "unknowns")
