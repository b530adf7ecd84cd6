"""audit

Revision ID: 0a1b2c3d4e06
Revises:
Create Date: 2025-05-02 10:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "0a1b2c3d4e06"
down_revision = None
branch_labels = ("audit",)
depends_on = "0a1b2c3d4e02"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("log_id", sa.BigInteger(), sa.ForeignKey("usage_logs.id"), primary_key=True),
        sa.Column("seen", sa.Text()),
    )


def downgrade() -> None:
    op.drop_table("audit")
