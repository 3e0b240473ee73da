"""chats, outbox: an index that serves one question only; one for the messages of a card

Revision ID: 0015_narrow_indexes
Revises: 0014_parts_and_moves

A database without statistics took the index of former ids for the present ones, and read all chats of an
account for each message that was received.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_narrow_indexes"
down_revision = "0014_parts_and_moves"
branch_labels = None
depends_on = None

MOVED, ON_A_CARD = sa.text("former_chat IS NOT NULL"), sa.text("card IS NOT NULL")


def upgrade() -> None:
    op.drop_index(op.f("ix_chats_channel_account_former_chat"), table_name="chats")
    op.create_index("ix_chats_moved", "chats", ["former_chat"], sqlite_where=MOVED, postgresql_where=MOVED)
    op.create_index(
        "ix_outbox_card", "outbox", ["chat_id", "card"], sqlite_where=ON_A_CARD, postgresql_where=ON_A_CARD
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_card", table_name="outbox")
    op.drop_index("ix_chats_moved", table_name="chats")
    op.create_index(
        op.f("ix_chats_channel_account_former_chat"), "chats", ["channel", "account", "former_chat"]
    )
