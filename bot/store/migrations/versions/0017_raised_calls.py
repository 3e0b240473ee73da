"""outbox: when a call to support that did not arrive was raised another way

Revision ID: 0017_raised_calls
Revises: 0016_put_off
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_raised_calls"
down_revision = "0016_put_off"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE outbox SET raised_at = created_at "
        "WHERE id IN (SELECT instead_of FROM outbox WHERE instead_of IS NOT NULL)"
    )


def downgrade() -> None:
    op.drop_column("outbox", "raised_at")
