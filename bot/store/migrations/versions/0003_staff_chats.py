"""what finds support's chats: indexes over the few contacts and chats that are support's

Revision ID: 0003_staff_chats
Revises: 0002_attachments
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_staff_chats"
down_revision = "0002_attachments"
branch_labels = None
depends_on = None

STAFF_CONTACT = sa.text("role <> 'customer'")
STAFF_CHAT = sa.text("kind = 'staff'")


def upgrade() -> None:
    op.create_index(
        "ix_contacts_staff",
        "contacts",
        ["channel", "account", "user"],
        unique=False,
        sqlite_where=STAFF_CONTACT,
        postgresql_where=STAFF_CONTACT,
    )
    op.create_index(
        "ix_chats_staff", "chats", ["id"], unique=False, sqlite_where=STAFF_CHAT, postgresql_where=STAFF_CHAT
    )


def downgrade() -> None:
    op.drop_index("ix_chats_staff", table_name="chats")
    op.drop_index("ix_contacts_staff", table_name="contacts")
