# pgsluice revision --autogenerate and check: from models to a file that is worth reviewing.
# timeout: 300 s

# Conditions of wait_for are evaluated in common.bash; $output and $stderr are set by run.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib/common
load lib/daemon
load lib/models

# --- The daily loop -------------------------------------------------------------------------------

@test "autogenerate: update model, generate migration, review, apply" {
    first_models
    generate 0
    [ "${output%% *}" = Generating ]
    [ "$stderr" = "$(printf '%s\n' "Detected added table 'account'" \
        "Detected added index 'ix_account_email' on '['email', 'id']'" "Detected added view 'emails'")" ]
    grep -qx -- '-- Review: pending' "$file"
    up | grep -qx -- '-- create_table account'
    down | grep -q -- '^-- data-loss: '
    run ! grep -q OWNER "$file"
    [ -z "$(sql 'SELECT FROM pg_tables WHERE schemaname = '"'public'")" ] # only written, not applied

    pgsluice -q upgrade head
    run -0 pgsluice check
    [[ $output == *'No new upgrade operations detected.' ]]
    sed -i 's/email text NOT NULL UNIQUE/&, success boolean DEFAULT true/' migrations/models/schema.sql
    run -1 --separate-stderr pgsluice check
    [[ $output == $'New upgrade operations detected:\n  add_column public.account.success' ]]
    generate 0
    [ "$stderr" = "Detected added column 'account.success'" ]
    [ "$(up | head -1)" = '-- add_column account.success' ]
    pgsluice -q upgrade head
    pgsluice -q downgrade -1
    pgsluice -q upgrade head
    nothing_left
}

@test "autogenerate: nothing to do writes nothing, and says so" {
    first_models
    generate 0
    pgsluice -q upgrade head
    generate 0
    [[ $stderr == 'Nothing to do: '* ]]
    [ -z "$output" ]
    [ "$(files)" = 1 ]
    [ "$(pgsluice revision --autogenerate -m x --json 2>/dev/null)" = '[]' ]
    [ "$(pgsluice --json check | jq -c '[.ok, .operations]')" = '[true,[]]' ]
}

@test "autogenerate: a project without models has nothing to compare, and loses nothing" {
    sql 'CREATE TABLE precious (a int)'
    generate 2
    [[ $stderr == *'there are no models'*'pgsluice dump > '* ]]
    run -0 pgsluice check
    [ "$(pgsluice --json check | jq .operations)" = null ]
}

@test "autogenerate: what dump prints is a model of the database" {
    sql "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id serial PRIMARY KEY, m mood[] DEFAULT '{a}', d numeric(3,1) CHECK (d > 0));
         CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT \$1.id'; CREATE VIEW v AS SELECT f(t) FROM t;
         COMMENT ON TABLE t IS 'it''s; commented'"
    pgsluice dump >migrations/models/schema.sql
    generate 0
    [[ $stderr == 'Nothing to do: '* ]]
}

@test "autogenerate: --sql prints the file, and --json describes it" {
    first_models
    generate 0 --sql
    [ -z "$file" ]
    [[ $output == *'-- create_table account'* ]]
    [ "$(files)" = 0 ]
    [ "$(pgsluice revision --autogenerate -m x --json 2>/dev/null | jq -r '.[0].message')" = x ]
}

# --- Refusals -------------------------------------------------------------------------------------

@test "autogenerate: a database that is behind, has drifted or files with several heads are refused" {
    first_models
    generate 0
    generate 1
    [[ $stderr == *'Target database is not up to date'*'pgsluice upgrade heads'* ]]
    pgsluice -q upgrade head
    sql 'CREATE TABLE by_hand (a int)'
    generate 6
    [[ $stderr == *'table public.by_hand (added)'*'pgsluice drift'* ]]
    sql 'DROP TABLE by_hand'
    make_table_revision aaaa0009 '' other
    generate 2
    [[ $stderr == *'several heads'* ]]
}

@test "autogenerate: models that do not load are named with file, line, statement and SQLSTATE" {
    models a <<'SQL'
CREATE VIEW v AS SELECT * FROM nowhere;

CREATE TABLE t (a int,);
CREATE TABLE c (a citext);
CREATE EXTENSION no_such_extension;
CREATE TABLE u ();
ALTER TABLE u OWNER TO no_such_role;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$
  SELECT nothing FROM nobody $$;
SQL
    generate 2
    [[ $stderr == *'models/a.sql:1:32'*'CREATE VIEW v'*'SQLSTATE: 42P01'* ]]
    [[ $stderr == *'type "citext" does not exist'*'a.sql:4:19'*'CREATE EXTENSION "citext"'* ]]
    [[ $stderr == *'no_such_extension'*'a.sql:5:1'* ]]
    [[ $stderr == *'role "no_such_role" does not exist'*'a.sql:7:1'*'CREATE ROLE no_such_role'* ]]
    [[ $stderr == *'relation "nobody" does not exist'*'a.sql:9:23'*'SQLSTATE: 42P01'* ]]
    # what explains most comes last
    [[ $stderr == *'the models cannot be loaded: syntax error at or near ")"'*'models/a.sql:3:23'*'SQLSTATE: 42601' ]]
    for broken in 'COPY t FROM stdin;' 'BEGIN; CREATE TABLE t ();' "SELECT 'open" 'create  role r_x LOGIN;' 'DROP DATABASE postgres' \
        'ALTER SYSTEM SET work_mem = 1'; do
        models a <<<"$broken"
        generate 2
        [[ $stderr == *'a.sql:1:'* ]]
    done
    printf 'CREATE TABLE t (); -- \xff' >migrations/models/a.sql
    generate 2
    [[ $stderr == *'is not UTF-8'* ]]
    nothing_left
}

@test "autogenerate: files in folders are loaded in the order that works" {
    mkdir migrations/models/a
    models a/first <<<'CREATE TABLE orders (id int PRIMARY KEY, who int REFERENCES person);'
    models b <<<$'SET search_path = app, public;\nCREATE TABLE inside (a int REFERENCES public.orders);'
    models c <<<'CREATE SCHEMA app; CREATE TABLE person (id int PRIMARY KEY, last_order int);'
    models d <<<'ALTER TABLE person ADD FOREIGN KEY (last_order) REFERENCES orders;'
    models .hidden <<<'nonsense'
    echo nonsense >migrations/models/notes.txt
    generate 0
    pgsluice -q upgrade head
    [ "$(sql "SELECT to_regclass('app.inside')")" = app.inside ]
    run -0 pgsluice check
    run -0 pgsluice check --set "migrations.models=migrations/models/a,migrations/models/b.sql,migrations/models/c.sql,migrations/models/d.sql"
    run -2 pgsluice check --set migrations.models=migrations/models/no.sql
}

@test "autogenerate: a file of more statements than go in one batch holds what it has set, and waits for what comes later" {
    {
        echo 'CREATE SCHEMA app; SET search_path = app;'
        for ((i = 1; i <= 400; i++)); do
            echo "CREATE DOMAIN d_$i AS int;"
            [ $i -ne 200 ] || echo 'CREATE VIEW early AS SELECT id FROM late;'
        done
        echo 'CREATE TABLE late (id d_1, last d_400);'
    } | models
    run -0 pgsluice diff --from live --to models
    [ "$(grep -c '^CREATE DOMAIN app\.d_' <<<"$output")" -eq 400 ]
    [[ $output == *'CREATE TABLE app.late'*'CREATE VIEW app.early'* ]]
    echo 'CREATE TABLE worse (id nothing);' >>migrations/models/schema.sql
    run -2 --separate-stderr pgsluice check
    [[ $stderr == *schema.sql:404:*nothing* ]]
    [[ $stderr != *'late'* ]]
}

# --- A command ------------------------------------------------------------------------------------

@test "autogenerate: models_command prints the models, and its failures are told" {
    command() {
        printf 'migrations: { directory = "migrations"; models_timeout = "%s"; models_command = [ %s ]; };\n' \
            "${2:-1min}" "$1" >pgsluice.conf
    }
    command '"sh", "-c", "echo listening >&2; echo \"CREATE TABLE c (a int);\""'
    generate 0
    [[ $stderr == *listening* ]]
    up | grep -qx -- '-- create_table c'
    rm "$file"
    command '"sh", "-c", "echo ouch >&2; exit 3"'
    generate 2
    [[ $stderr == *ouch*'exit status 3'* ]]
    command '"sh", "-c", "sleep 100"' 1s
    generate 2
    [[ $stderr == *'not done after 1'*models_timeout* ]]
    command '"no-such-program"'
    generate 2
    [[ $stderr == *no-such-program* ]]
    command '"yes", "SELECT 1;"'
    generate 2
    [[ $stderr == *'more than 64 MiB'* ]]
    command '"echo", "CREATE TABLE ;"'
    generate 2
    [[ $stderr == *'(echo CREATE TABLE ;):1:13'* ]]
    printf 'migrations: { directory = "migrations"; models = "x.sql"; models_command = [ "true" ]; };' >pgsluice.conf
    generate 2
    [[ $stderr == *'both set'* ]]
}

@test "autogenerate: SQLAlchemy metadata give what Alembic detects" {
    mkdir -p app alembic/versions
    cat >app/models.py <<'PY'
from sqlalchemy import *
from sqlalchemy.orm import declarative_base
import enum, os
Base = declarative_base(metadata=MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"}))
class ActionType(enum.Enum):
    upload = 1
    download = 2
class User(Base):
    __tablename__ = "users"
    __table_args__ = {"comment": "it's 100% people"}
    id = Column(BigInteger, primary_key=True)
    email = Column(String(255), nullable=False, unique=True, comment="where; to write")
class UsageLog(Base):
    __tablename__ = "usage_logs"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey(User.id), index=True)
    action = Column(Enum(ActionType), nullable=False)
    endpoint = Column(String, nullable=bool(os.environ.get("LATER")))
    if os.environ.get("LATER"):
        success = Column(Boolean, server_default=true())
    else:
        old = Column(Integer, index=True)
if os.environ.get("LATER"):
    Index("ix_both", UsageLog.id, UsageLog.success)
PY
    cat >alembic.ini <<<$'[alembic]\nscript_location = alembic'
    cat >alembic/env.py <<'PY'
import logging, os, sys
logging.basicConfig(level=logging.INFO)
sys.path.insert(0, os.getcwd())
from alembic import context
from sqlalchemy import create_engine
from app.models import Base
with create_engine(os.environ["SYNC_DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata,
                      include_name=lambda name, type_, parents: name != "pgsluice")
    with context.begin_transaction():
        context.run_migrations()
PY
    cp "$(dirname "$(/usr/bin/python3 -c 'import alembic; print(alembic.__file__)')")/templates/generic/script.py.mako" alembic/
    printf 'migrations: { directory = "migrations"; models_command = [ "/usr/bin/python3", "%s/contrib/sqlalchemy_ddl.py", "app.models:Base" ]; };' \
        "$top_srcdir" >pgsluice.conf
    # Whether our lines are Alembic's; what it does not look at (types) we say besides.
    same_as_alembic() {
        sql 'CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)'
        mv alembic/versions alembic/kept && mkdir alembic/versions
        at=$(sql 'SELECT version_num FROM alembic_version')
        sql 'TRUNCATE alembic_version'
        alembic revision --autogenerate -m x 2>&1 | grep -o 'Detected .*' | grep -v 'assuming SERIAL' | sort >theirs
        [ -z "$at" ] || sql "INSERT INTO alembic_version VALUES ('$at')"
        rm -r alembic/versions && mv alembic/kept alembic/versions
        generate 0
        grep '^Detected' <<<"$stderr" | grep -v "type 'actiontype'\|sequence" | sort >ours
        diff -u theirs ours
    }
    same_as_alembic
    pgsluice -q upgrade head
    export LATER=yes
    same_as_alembic
    [ "$(wc -l <ours)" -ge 5 ]
    pgsluice -q upgrade head
    run -0 pgsluice check
    [ "$(sql "SELECT obj_description('users'::regclass)")" = "it's 100% people" ]
    run -2 /usr/bin/python3 "$top_srcdir/contrib/sqlalchemy_ddl.py" app.models:Nothing
    run -2 /usr/bin/python3 "$top_srcdir/contrib/sqlalchemy_ddl.py" app.models
}

# --- Renames --------------------------------------------------------------------------------------

renamed_models() {
    models <<<'CREATE TABLE orders (id int, amount numeric);'
    generate 0
    pgsluice -q upgrade head
    sql 'INSERT INTO orders VALUES (1, 2.50)'
    models <<<'CREATE TABLE orders (id int, total numeric);'
}

@test "autogenerate: what may be a rename is printed, not written, until one or the other is said" {
    renamed_models
    generate 1
    [ -z "$file" ]
    [[ $output == *"-- data-loss: unless this is a rename: --rename 'orders.amount=total'"* ]]
    [[ $stderr == *'--no-rename'* ]]
    [ "$(files)" = 1 ]
    generate 2 --rename orders.amont=total
    generate 0 --rename orders.amount=total
    [[ $(up) == *'RENAME COLUMN amount TO total;' ]]
    [[ $(down) == *'RENAME COLUMN total TO amount;' ]]
    pgsluice -q upgrade head
    [ "$(sql 'SELECT total FROM orders')" = 2.50 ]
    pgsluice -q downgrade -1
    [ "$(sql 'SELECT amount FROM orders')" = 2.50 ]
    rm "$file"
    generate 0 --no-rename
    up | grep -q -- '-- data-loss: '
    run -2 pgsluice revision -m x --rename a.b=c
}

@test "autogenerate: a rename is asked on a terminal, or told by a comment in the models" {
    renamed_models
    "$top_srcdir/tests/lib/typist" 'is that a rename' y -- pgsluice revision --autogenerate -m renamed
    grep -q 'RENAME COLUMN amount TO total' migrations/versions/*renamed.sql
    rm migrations/versions/*renamed.sql
    "$top_srcdir/tests/lib/typist" 'is that a rename' n -- pgsluice revision --autogenerate -m dropped
    grep -q 'DROP COLUMN amount' migrations/versions/*dropped.sql
    rm migrations/versions/*dropped.sql
    run "$top_srcdir/tests/lib/typist" 'is that a rename' ^C -- pgsluice revision --autogenerate -m nothing
    [ "$status" -ne 0 ]
    nothing_left
    models <<<$'CREATE TABLE orders (\n    id int,\n    total numeric -- rename: amount\n);'
    generate 0
    up | grep -q 'RENAME COLUMN amount TO total'
    pgsluice -q upgrade head
    run -0 pgsluice check # the comment may stay
}

@test "autogenerate: what is only called otherwise is not made again" {
    models <<<'CREATE TABLE purchases (id int PRIMARY KEY, code text UNIQUE CHECK (code > $$a$$)); CREATE INDEX ix ON purchases (code, id);'
    generate 0
    pgsluice -q upgrade head
    sql "INSERT INTO purchases VALUES (1, 'b')"
    models <<<$'CREATE TABLE orders ( -- rename: purchases\nid int PRIMARY KEY, code text UNIQUE CHECK (code > $$a$$)); CREATE INDEX ix_orders ON orders (code, id);'
    generate 0
    [ "$(up | grep -c '^ALTER .* RENAME ')" = 5 ]
    run ! grep -qi 'drop\|create\|data-loss' <(up; down)
    pgsluice -q upgrade head
    run -0 pgsluice check
    pgsluice -q downgrade -1
    [ "$(sql 'SELECT * FROM purchases')" = '1|b' ]
}

@test "autogenerate: what is validated has none of the locks of what comes before it" {
    first_models
    models orders <<<'CREATE TABLE orders (id int PRIMARY KEY, account bigint, code text);'
    generate 0
    run ! grep -q pgsluice:commit "$file"
    pgsluice -q upgrade head
    sql "INSERT INTO account (email) VALUES ('a'); INSERT INTO orders VALUES (1, 1, 'x')"
    models orders <<<'CREATE TABLE orders (id int PRIMARY KEY, account bigint REFERENCES account CHECK (account > 0), code text NOT NULL);'
    generate 0 --offline-ok --sql
    [[ $output != *pgsluice:commit* ]]
    generate 0
    [ "$(grep -A1 -- '^-- pgsluice:commit$' "$file" | grep -c '^ALTER TABLE .* VALIDATE CONSTRAINT ')" = 3 ]
    # Between the mark and the reading: does this session keep anybody out?
    sed -i '/^-- pgsluice:commit$/a INSERT INTO public.locked SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = $$orders$$::regclass;' "$file"
    sql "CREATE TABLE locked (mode text); ALTER TABLE locked OWNER TO $role"
    pgsluice -q upgrade head
    [ -z "$(sql "SELECT * FROM locked WHERE mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareUpdateExclusiveLock')")" ]
    sql 'DROP TABLE locked'
    run -0 pgsluice check
    pgsluice -q downgrade -1
    [ "$(sql 'SELECT * FROM orders')" = '1|1|x' ]
}

@test "autogenerate: functions whose text speaks of what is renamed come and go with it" {
    named() {
        models <<<"CREATE TYPE $1 AS ENUM ('a', '$2'); CREATE TABLE $3 (id int PRIMARY KEY, $4 text, kind $1 DEFAULT 'a');
            CREATE FUNCTION f(int) RETURNS text LANGUAGE sql AS 'SELECT $4 FROM $3 WHERE id = \$1'; CREATE VIEW v AS SELECT $4 FROM $3;"
    }
    named mood b users mail
    generate 0
    pgsluice -q upgrade head
    sql "INSERT INTO users VALUES (1, 'x', 'b')"
    named feeling bb people email
    generate 0 --rename users=people --rename people.mail=email --rename mood=feeling --rename feeling.b=bb
    pgsluice -q upgrade head
    [ "$(sql 'SELECT *, f(1) FROM people')" = '1|x|bb|x' ]
    run -0 pgsluice check
    pgsluice -q downgrade -1
    [ "$(sql 'SELECT *, f(1) FROM users')" = '1|x|b|x' ]
}

@test "autogenerate: an old name that something new takes is free again before it is given back" {
    models <<<'CREATE TABLE users (id int PRIMARY KEY, mail text);'
    generate 0
    pgsluice -q upgrade head
    sql "INSERT INTO users VALUES (1, 'x')"
    models <<<'CREATE TABLE people (id int PRIMARY KEY, mail text); CREATE TABLE users (a date);'
    generate 0 --rename users=people
    pgsluice -q upgrade head
    pgsluice -q downgrade -1
    [ "$(sql 'SELECT * FROM users')" = '1|x' ]
}

@test "autogenerate: labels of an enum are added, renamed and removed, with all that has them" {
    models <<<"CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood DEFAULT 'a', many mood[]); CREATE VIEW v AS SELECT m FROM t WHERE m > 'a';"
    generate 0
    pgsluice -q upgrade head
    sql "INSERT INTO t VALUES ('b', '{a,b}')"
    models <<<$'CREATE TYPE mood AS ENUM (\'a\', \'a2\',\n\'bee\', -- rename: b\n\'c\');
        CREATE TABLE t (m mood DEFAULT \'a\', many mood[]); CREATE VIEW v AS SELECT m FROM t WHERE m > \'a\';'
    generate 0
    up | grep -qx "ALTER TYPE public.mood RENAME VALUE 'b' TO 'bee';"
    [ "$(up | grep -c 'ADD VALUE')" = 2 ]
    pgsluice -q upgrade head
    [ "$(sql 'SELECT * FROM t')" = 'bee|{a,bee}' ]
    models <<<"CREATE TYPE mood AS ENUM ('c', 'bee', 'a'); CREATE TABLE t (m mood DEFAULT 'a', many mood[]); CREATE VIEW v AS SELECT m FROM t WHERE m > 'a';"
    generate 0
    sql "UPDATE t SET m = 'a2'"
    run -5 pgsluice -q upgrade head
    [[ $output == *'public.mood'*a2* ]]
    sql "UPDATE t SET m = 'c'"
    pgsluice -q upgrade head
    [ "$(sql 'SELECT * FROM t')" = 'c|{a,bee}' ]
    run -0 pgsluice check
    pgsluice -q downgrade -1
    [ "$(sql "SELECT enum_range(NULL::mood)")" = '{a,a2,bee,c}' ]
}
