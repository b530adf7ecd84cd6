"""processing time

Revision ID: 0a1b2c3d4e08
Revises: 0a1b2c3d4e05
Create Date: 2025-06-02 10:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "0a1b2c3d4e08"
down_revision = "0a1b2c3d4e05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("usage_logs", sa.Column("processing_time_ms", sa.Integer()))
    op.create_check_constraint("time_is_positive", "usage_logs", "processing_time_ms >= 0")


def downgrade() -> None:
    op.drop_column("usage_logs", "processing_time_ms")
