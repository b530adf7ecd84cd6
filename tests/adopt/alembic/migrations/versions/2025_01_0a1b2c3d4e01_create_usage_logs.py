"""create usage_logs

The table that every request leaves a row in.
Note: rows are never changed.

Revision ID: 0a1b2c3d4e01
Revises:
Create Date: 2025-01-02 10:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "0a1b2c3d4e01"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage_logs",
        sa.Column("id", sa.BigInteger(), nullable=False, comment="grows by 100% a year \\ or so"),
        sa.Column(
            "action_type",
            sa.Enum("upload", "download", "convert", "delete", name="action_type"),
            nullable=False,
        ),
        sa.Column("endpoint", sa.String(length=255), nullable=False),
        sa.Column("note", sa.Text(), server_default="it's 50%\\x"),
        sa.PrimaryKeyConstraint("id", name="usage_logs_pkey"),
        comment="every request; see\n\tthe manual",
    )
    op.create_index(
        "ix_usage_logs_endpoint",
        "usage_logs",
        ["endpoint"],
        postgresql_where=sa.text("endpoint LIKE '/v1/%'"),
    )


def downgrade() -> None:
    op.drop_table("usage_logs")
    sa.Enum(name="action_type").drop(op.get_bind(), checkfirst=False)
