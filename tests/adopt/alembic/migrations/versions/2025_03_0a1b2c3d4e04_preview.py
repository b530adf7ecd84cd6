"""preview

Revision ID: 0a1b2c3d4e04
Revises: 0a1b2c3d4e02
Create Date: 2025-03-03 10:00:00.000000

"""
from alembic import op

revision = "0a1b2c3d4e04"
down_revision = "0a1b2c3d4e02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE action_type ADD VALUE IF NOT EXISTS 'preview'")
        op.create_index("ix_usage_logs_success", "usage_logs", ["success"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_usage_logs_success", postgresql_concurrently=True)
