import os

from alembic import context
from sqlalchemy import create_engine, pool

from app.models.base import Base

config = context.config
config.set_main_option("sqlalchemy.url", os.getenv("SYNC_DATABASE_URL").replace("%", "%%"))
print("printed by env.py")

if context.is_offline_mode():
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        target_metadata=Base.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
