"""Prints the DDL of a SQLAlchemy project's metadata for PostgreSQL, for pgsluice's models.

In pgsluice.conf, with the interpreter of the project's environment:

    migrations: { models_command = [ "python", "/usr/share/pgsluice/contrib/sqlalchemy_ddl.py",
                                     "app.models.base:Base" ]; };

MODULE:OBJECT names a declarative base, a MetaData, or a list of either; several may be given. The working
folder is searched for modules first. No database is asked: types, sequences, tables, keys (also in a circle),
indexes and comments come out as create_all() would send them, with the names of the naming convention.

Modules that define tables must be imported by MODULE, as they must be for Alembic's target_metadata.
"""
import importlib
import sys
from os import getcwd

from sqlalchemy import Enum, MetaData
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.engine.mock import MockConnection


def fail(text):
    print(f"sqlalchemy_ddl.py: {text}", file=sys.stderr)
    sys.exit(2)


def find_metadata(name):
    """The MetaData of MODULE:OBJECT, as a list."""
    module_name, separator, attribute = name.partition(":")
    if not separator or not attribute:
        fail(f'"{name}" is not of the form MODULE:OBJECT, for example app.models.base:Base')
    found = importlib.import_module(module_name)
    for part in attribute.split("."):
        if not hasattr(found, part):
            fail(f'there is no "{part}" in {name}')
        found = getattr(found, part)
    every = found if isinstance(found, (list, tuple)) else [found]
    all_metadata = [getattr(one, "metadata", one) for one in every]
    if not all(isinstance(one, MetaData) for one in all_metadata):
        fail(f"{name} is neither a declarative base nor a MetaData")
    return all_metadata


def schemas_of(metadata):
    """The schemas that its tables, types and sequences are in, apart from the default one."""
    schemas = {table.schema or metadata.schema for table in metadata.tables.values()}
    for table in metadata.tables.values():
        schemas |= {column.type.schema for column in table.columns if isinstance(column.type, Enum)}
    schemas |= {sequence.schema for sequence in metadata._sequences.values()}
    return sorted(schemas - {None, "public"})


def main(names):
    if not names or names[0] in ("-h", "--help"):
        print(__doc__, end="", file=sys.stdout if names else sys.stderr)
        sys.exit(0 if names else 2)
    sys.path.insert(0, getcwd())
    # Without a driver's parameters nothing is doubled for it: neither % nor backslashes.
    postgresql = dialect(paramstyle="named")
    postgresql.supports_comments = True
    connection = MockConnection(postgresql, lambda ddl, *_, **__: print(str(ddl.compile(dialect=postgresql)).strip() + ";\n"))
    for metadata in [one for name in names for one in find_metadata(name)]:
        for schema in schemas_of(metadata):
            print(f"CREATE SCHEMA IF NOT EXISTS {postgresql.identifier_preparer.quote_schema(schema)};\n")
        metadata.create_all(connection, checkfirst=False)


main(sys.argv[1:])
