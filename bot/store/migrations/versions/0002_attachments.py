"""attachments, and what a reply answers

Revision ID: 0002_attachments
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_attachments"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("inbox_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_attachments_inbox_id_inbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("inbox_id", "number", name=op.f("uq_attachments_inbox_id_number")),
    )
    op.create_index(
        "ix_attachments_pending",
        "attachments",
        ["try_at", "id"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.add_column("outbox", sa.Column("attachment_id", ID, nullable=True))
    op.create_index("ix_outbox_attachment", "outbox", ["attachment_id"])
    op.create_index("ix_outbox_external", "outbox", ["chat_id", "external_id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_external", table_name="outbox")
    op.drop_index("ix_outbox_attachment", table_name="outbox")
    op.drop_column("outbox", "attachment_id")
    op.drop_index(
        "ix_attachments_pending", table_name="attachments", sqlite_where=PENDING, postgresql_where=PENDING
    )
    op.drop_table("attachments")
