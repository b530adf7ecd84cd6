"""add success

Revision ID: 0a1b2c3d4e02
Revises: 0a1b2c3d4e01
Create Date: 2025-02-02 10:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "0a1b2c3d4e02"
down_revision = "0a1b2c3d4e01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("usage_logs", sa.Column("success", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute("INSERT INTO usage_logs (action_type, endpoint) VALUES ('upload', '/v1/a'), ('delete', '/v2/%') -- two")
    op.execute("SELECT 1;")


def downgrade() -> None:
    op.execute("DELETE FROM usage_logs")
    op.drop_column("usage_logs", "success")
