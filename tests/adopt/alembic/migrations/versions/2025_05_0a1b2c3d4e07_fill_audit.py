"""fill audit

Revision ID: 0a1b2c3d4e07
Revises: 0a1b2c3d4e06
Create Date: 2025-05-03 10:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "0a1b2c3d4e07"
down_revision = "0a1b2c3d4e06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT id, endpoint FROM usage_logs ORDER BY id")).fetchall():
        bind.execute(
            sa.text("INSERT INTO audit VALUES (:id, :seen)"),
            {"id": row.id, "seen": row.endpoint.upper()},
        )


def downgrade() -> None:
    op.execute("DELETE FROM audit")
