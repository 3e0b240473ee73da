"""telegram: messages that ask somebody in a group

Revision ID: 0007_telegram
Revises: 0006_wecom
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_telegram"
down_revision = "0006_wecom"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("outbox", "asks")
