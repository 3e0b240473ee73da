"""outbox: the parts of a long message; chats: the id before a move

Revision ID: 0014_parts_and_moves
Revises: 0013_late_messages
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_parts_and_moves"
down_revision = "0013_late_messages"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outbox_parts",
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("outbox_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_outbox_parts_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("external_id", "outbox_id", name=op.f("pk_outbox_parts")),
    )
    op.add_column("chats", sa.Column("former_chat", sa.String(length=128), nullable=True))
    op.create_index(
        op.f("ix_chats_channel_account_former_chat"), "chats", ["channel", "account", "former_chat"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_chats_channel_account_former_chat"), table_name="chats")
    op.drop_column("chats", "former_chat")
    op.drop_table("outbox_parts")
