"""edits of files: of which version support was told

Revision ID: 0012_edits
Revises: 0011_unread_updates
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_edits"
down_revision = "0011_unread_updates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edits",
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_edits")),
    )


def downgrade() -> None:
    op.drop_table("edits")
