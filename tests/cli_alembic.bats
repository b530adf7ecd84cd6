# Alembic itself as the oracle: the same graph as SQL and as Python files, the same output.

load lib/common

setup() {
    command -v alembic >/dev/null || skip "alembic is not installed"
    common_setup
    write_pgsluice_conf
    mkdir -p alembic/versions
    printf '[alembic]\nscript_location = alembic\n' >alembic.ini
    cat >alembic/env.py <<'PY'
import sqlalchemy
from alembic import context

with sqlalchemy.create_engine("sqlite:///alembic.db").connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
PY
}

# add REV PARENTS MESSAGE [LABEL [DEPENDS-ON]]: one revision for both; PARENTS separated by ", ".
add() {
    {
        printf -- '-- %s\n--\n-- Revision ID: %s\n-- Revises: %s\n' "$3" "$1" "$2"
        printf -- '-- Create Date: 2026-01-01 00:00:00+00:00\n'
        [ -z "${4:-}" ] || printf -- '-- Branch Labels: %s\n' "$4"
        [ -z "${5:-}" ] || printf -- '-- Depends On: %s\n' "$5"
        printf -- '\n-- migrate:up\nSELECT 1;\n-- migrate:down\n-- nothing to undo\n'
    } >"migrations/versions/$1_x.sql"
    cat >"alembic/versions/$1_x.py" <<PY
"""$3

Revision ID: $1
Revises: $2
Create Date: 2026-01-01 00:00:00+00:00

"""
revision = '$1'
down_revision = tuple('$2'.split(', ')) if '$2' else None
branch_labels = '${4:-}' or None
depends_on = '${5:-}' or None


def upgrade():
    pass


def downgrade():
    pass
PY
}

make_graph() {
    add 0c6a0576d9be '' 'add account'
    add 1d7b1687eacf 0c6a0576d9be 'add a column'
    add aaaa1111 1d7b1687eacf 'right side' right
    add bbbb2222 1d7b1687eacf 'left side'
    add cccc3333 aaaa1111 'further right'
    add dddd4444 'cccc3333, bbbb2222' 'merge them'
    add eeee5555 dddd4444 'the last'
    add ffff6666 '' 'another base' other
    add abcd7777 ffff6666 'needs the merge' '' dddd4444
}

# alembic_all COMMAND...: one start of Python runs them all; what they print goes into alembic.0, alembic.1...
alembic_all() {
    local python

    python=$(head -n 1 "$(command -v alembic)")
    ${python#\#!} - "$@" 2>alembic.log <<'PY'
import os
import sys

from alembic.config import main

for number, command in enumerate(sys.argv[1:]):
    with open("alembic.%d" % number, "wb") as out:
        os.dup2(out.fileno(), 1)
    main(argv=command.split(), prog="alembic")
    sys.stdout.flush()
PY
}

# same COMMAND...: both print the same, but for paths, blanks at line ends, and what Alembic keeps in a
# Python set and so prints in any order. What changes a database prints nothing that counts.
same() {
    local number command

    alembic_all "$@" || { cat alembic.log; return 1; }
    for ((number = 0; number < $#; number++)); do
        command=${*:number+1:1}
        # shellcheck disable=SC2086 # a verb and its operands
        pgsluice $command 2>/dev/null | normalise "$command" >pgsluice.out
        case $command in stamp* | upgrade*) continue ;; esac
        normalise "$command" <"alembic.$number" >alembic.out
        case "$number $command" in
            '0 current' | *' show base') [ ! -s alembic.out ] ;;
            *) [ -s alembic.out ] ;;
        esac
        diff -u alembic.out pgsluice.out || { echo "of: $command"; return 1; }
    done
}

# normalise COMMAND
normalise() {
    sed -E 's/ +$//; s|^(Path: ).*/(.*)_x\..*|\1\2|; s/^(Current revision.s. for ).*/\1/
        s/^(Branches into: )bbbb2222, aaaa1111$/\1aaaa1111, bbbb2222/
        /^Section /d; /^Transaction: /d; /^Reversible: /d' |
        if [ "$1" = current ]; then sort; else cat; fi
}

@test "heads, history and show are printed as Alembic prints them" {
    make_graph
    same heads 'heads -v' 'heads --resolve-dependencies' \
        history 'history -v' 'history -r 1d7b:dddd4444' 'history -r :bbbb2222' 'history -r cccc3333:eeee5555' \
        'show aaaa1111' 'show bbbb' 'show dddd4444' 'show abcd7777' 'show base'
}

@test "current is printed as Alembic prints it" {
    local commands=(current)

    create_database
    make_graph
    for rev in 0c6a0576d9be 1d7b1687eacf cccc3333 dddd4444 eeee5555 ffff6666; do
        commands+=("stamp --purge $rev" current 'current -v' 'history -i')
    done
    same "${commands[@]}"
}

@test "a dependency shows as an effective head in both" {
    create_database
    rm -f alembic/versions/* migrations/versions/*
    add 0c6a0576d9be '' 'one branch'
    add ffff6666 '' 'another' '' 0c6a0576d9be
    same 'upgrade heads' current heads
    [ "$(sql 'SELECT version_num FROM alembic_version')" = ffff6666 ]
}

@test "upgrade and downgrade run in Alembic's order and say it in its words" {
    create_database
    make_graph
    cat >>alembic.ini <<'INI'
[loggers]
keys = root,alembic
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
handlers = console
level = WARNING
[logger_alembic]
handlers =
level = INFO
qualname = alembic
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(message)s
INI
    sed -i '1i import logging.config\nlogging.config.fileConfig("alembic.ini")' alembic/env.py
    for step in "upgrade dddd4444" "downgrade 1d7b1687eacf" "upgrade heads" "downgrade base"; do
        # shellcheck disable=SC2086 # a verb and its target
        alembic $step 2>&1 | grep '^Running' >alembic.out
        # shellcheck disable=SC2086
        pgsluice $step 2>&1 | grep '^Running' | sed -E 's/ \([^()]*\)$//' >pgsluice.out
        diff -u alembic.out pgsluice.out
    done
}
