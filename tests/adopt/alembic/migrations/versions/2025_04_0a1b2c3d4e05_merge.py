"""merge file types and preview

Revision ID: 0a1b2c3d4e05
Revises: 0a1b2c3d4e03, 0a1b2c3d4e04
Create Date: 2025-04-02 10:00:00.000000

"""
revision = "0a1b2c3d4e05"
down_revision = ("0a1b2c3d4e03", "0a1b2c3d4e04")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
