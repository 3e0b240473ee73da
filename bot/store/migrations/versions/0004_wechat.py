"""WeChat: accounts and their tokens, users' quotas, answers within the callback.

Revision ID: 0004_wechat
Revises: 0003_staff_chats
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_wechat"
down_revision = "0003_staff_chats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "platform_accounts",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_forced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passive_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=64), nullable=True),
        sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_platform_accounts")),
    )
    op.create_table(
        "quotas",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_used", sa.Integer(), nullable=False),
        sa.Column("action_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("action_used", sa.Integer(), nullable=False),
        sa.Column("has_left", sa.Boolean(), nullable=False),
        sa.Column("nudged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", "account", "chat", name=op.f("pk_quotas")),
    )
    op.add_column("inbox", sa.Column("reply", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("vital", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("outbox", "vital")
    op.drop_column("inbox", "reply")
    op.drop_table("quotas")
    op.drop_table("platform_accounts")
