"""WeCom: cards and the codes that change them, and how much each member was sent lately

Revision ID: 0006_wecom
Revises: 0005_delivery_engine
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_wecom"
down_revision = "0005_delivery_engine"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "wecom_cards",
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=True),
        sa.Column("outbox_id", ID, nullable=False),
        sa.Column("shown_id", ID, nullable=False),
        sa.Column("code", sa.String(length=500), nullable=True),
        sa.Column("code_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_wecom_cards")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_wecom_cards_outbox_id")),
    )
    op.create_index(
        op.f("ix_wecom_cards_account_user_card"), "wecom_cards", ["account", "user", "card"], unique=False
    )
    op.create_table(
        "wecom_sends",
        sa.Column("id", ID, nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wecom_sends")),
    )
    op.create_index(
        op.f("ix_wecom_sends_account_user_at"), "wecom_sends", ["account", "user", "at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_wecom_sends_account_user_at"), table_name="wecom_sends")
    op.drop_table("wecom_sends")
    op.drop_index(op.f("ix_wecom_cards_account_user_card"), table_name="wecom_cards")
    op.drop_table("wecom_cards")
