"""file types

Revision ID: 0a1b2c3d4e03
Revises: 0a1b2c3d4e02
Create Date: 2025-03-02 10:00:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "0a1b2c3d4e03"
down_revision = "0a1b2c3d4e02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    types = op.create_table(
        "file_types",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("pattern", sa.Text()),
        sa.Column("is_text", sa.Boolean()),
    )
    op.bulk_insert(
        types,
        [
            {"name": "text", "pattern": "%.t\txt", "is_text": True},
            {"name": "o'path", "pattern": "\\%:x", "is_text": None},
        ],
    )
    with op.batch_alter_table("usage_logs") as batch:
        batch.add_column(sa.Column("file_type", sa.Text()))
        batch.create_foreign_key("usage_logs_file_type_fkey", "file_types", ["file_type"], ["name"])
    for column in ("file_name", "file_path"):
        op.add_column("usage_logs", sa.Column(column, sa.String(100)))
    op.execute(types.update().where(types.c.name == "text").values(pattern="100%"))


def downgrade() -> None:
    op.drop_column("usage_logs", "file_path")
    op.drop_column("usage_logs", "file_name")
    op.drop_column("usage_logs", "file_type")
    op.drop_table("file_types")
