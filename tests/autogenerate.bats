# pgsluice revision --autogenerate, check, diff and drift --adopt: from models to a file that is worth reviewing.
# timeout: 480 s

# Conditions of wait_for are evaluated in common.bash; $output and $stderr are set by run.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib/common
load lib/daemon

setup() {
    common_setup || return
    create_database
    role=r_$database
    sql "CREATE ROLE $role LOGIN SUPERUSER; ALTER DATABASE $database OWNER TO $role"
    SYNC_DATABASE_URL=$(as_role "$url")
    mkdir -p migrations/models
    write_pgsluice_conf
}

# A role of its own for each test, so that its scratch databases can be told from others.
teardown() {
    common_teardown
    sql "DROP OWNED BY $role; DROP ROLE $role" "$PGSLUICE_TEST_URL"
}

# as_role URL: the same as the test's role.
as_role() {
    sed -E "s/([?&]user=)[^&]*/\1$role/" <<<"$1"
}

# models [NAME] < DDL: the whole of one file of the models.
models() {
    cat >"migrations/models/${1:-schema}.sql"
}

# generate STATUS [OPTION...]: the file's path is in $file, what was printed in $output and $stderr.
generate() {
    local status_wanted=$1
    shift
    run --separate-stderr pgsluice revision --autogenerate -m "a change" "$@" </dev/null
    echo "$output"
    echo "$stderr"
    [ "$status" -eq "$status_wanted" ] || return
    file=$(sed -n 's/^Generating \(.*\) \.\.\.  done$/\1/p' <<<"$output")
}

# How many revision files there are.
files() {
    find migrations/versions -type f | wc -l
}

# The file's two sections.
up() {
    sed -n '/^-- migrate:up$/,/^-- migrate:down$/p' "$file" | sed '1d;$d'
}
down() {
    sed -n '/^-- migrate:down$/,$p' "$file" | sed 1d
}

scratch_databases() {
    sql "SELECT datname FROM pg_database WHERE datname LIKE 'pgsluice_scratch_%' AND datdba = '$role'::regrole"
}

nothing_left() {
    [ -z "$(scratch_databases)" ]
}

first_models() {
    models <<'SQL'
CREATE VIEW emails AS SELECT email FROM account;
CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE
);
CREATE INDEX ix_account_email ON account (email, id);
SQL
}

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

# --- Scratch --------------------------------------------------------------------------------------

@test "autogenerate: without CREATEDB a scratch database must be given, and is left empty" {
    first_models
    sql "ALTER ROLE $role NOSUPERUSER NOCREATEDB"
    run -0 pgsluice check --no-models
    generate 6
    [[ $stderr == *"role $role must not create databases"*'migrations.scratch_url'*embedded* ]]
    migrated=$database
    create_database
    scratch=$database
    sql "ALTER DATABASE $scratch OWNER TO $role"
    SYNC_DATABASE_URL=$(as_role "$(url_of "$migrated")")
    PGSLUICE_MIGRATIONS_SCRATCH_URL=$(as_role "$url")
    export PGSLUICE_MIGRATIONS_SCRATCH_URL
    in_scratch() {
        sql "SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relnamespace::regnamespace::text !~ '^(pg_|information)'"
    }
    generate 0
    [ "$(in_scratch)" = 0 ]
    pgsluice -q upgrade head
    run -0 pgsluice check

    sql 'CREATE TABLE somebodys (a int)'
    run -6 pgsluice check
    [[ $output == *"$scratch is not empty: relation somebodys"* ]]
    [ "$(in_scratch)" = 1 ]
    sql 'DROP TABLE somebodys'
    sql 'CREATE SCHEMA pgsluice_scratch; CREATE TYPE mood AS ENUM (); CREATE TABLE left_over (a serial, m mood);
         CREATE FUNCTION f(mood) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE STATISTICS s ON a, m FROM left_over;
         CREATE SCHEMA "o; dd"; CREATE TABLE "o; dd"."t""t" (); COMMENT ON SCHEMA public IS $$x$$; GRANT CREATE ON SCHEMA public TO PUBLIC' \
        "$PGSLUICE_MIGRATIONS_SCRATCH_URL"
    run -0 pgsluice check
    [ "$(in_scratch)" = 0 ]
    PGSLUICE_MIGRATIONS_SCRATCH_URL=$SYNC_DATABASE_URL run -6 pgsluice check
    [[ $output == *'the very database'* ]]
}

@test "autogenerate: a private cluster can have the scratch databases" {
    first_models
    sql "ALTER ROLE $role NOSUPERUSER NOCREATEDB"
    # the server runs as somebody who may not enter the tests' folder
    embedded=$(mktemp -d /tmp/pgsluice-scratch.XXXXXX)
    chmod 755 "$embedded"
    cp -r pgsluice.conf migrations "$embedded"
    cd "$embedded"
    generate 0 --set migrations.scratch_url=embedded
    pgsluice -q upgrade head
    run -0 pgsluice check --set migrations.scratch_url=embedded
    run ! pgsluice cluster status .pgsluice-scratch
    cd - && rm -r "$embedded"
}

@test "autogenerate: scratch databases that a crash has left are dropped, those in use are not" {
    first_models
    models slow <<<'SELECT pg_sleep(600);'
    pgsluice check &
    victim=$!
    wait_for '! nothing_left && [ -n "$(sql "SELECT 1 FROM pg_stat_activity WHERE query ~ \$\$^SELECT pg_sleep\$\$ AND usename = \$\$$role\$\$")" ]'
    rm migrations/models/slow.sql
    in_use=$(scratch_databases)
    run -0 pgsluice check --no-database
    generate 0 --sql
    [ "$(scratch_databases)" = "$in_use" ]
    kill -KILL $victim
    wait $victim || :
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$in_use'"
    wait_for '[ -z "$(sql "SELECT 1 FROM pg_stat_activity WHERE datname = \$\$$in_use\$\$")" ]'
    wait_for 'generate 0 --sql && nothing_left'
}

@test "autogenerate: an interruption leaves nothing behind" {
    models <<<'SELECT pg_sleep(600);'
    pgsluice check &
    victim=$!
    wait_for '! nothing_left'
    kill -INT $victim
    status=0
    wait $victim || status=$?
    [ "$status" -eq 130 ] || [ "$status" -eq 1 ] || [ "$status" -gt 128 ]
    nothing_left
}

# --- Surroundings ---------------------------------------------------------------------------------

@test "autogenerate: extensions, other schemas and default privileges are as on the target" {
    sql "CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions; CREATE SCHEMA auth;
         CREATE TABLE auth.users (id uuid PRIMARY KEY);
         ALTER DEFAULT PRIVILEGES FOR ROLE $role IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor"
    models <<'SQL'
CREATE EXTENSION IF NOT EXISTS citext SCHEMA extensions;
CREATE TABLE profile (id uuid PRIMARY KEY REFERENCES auth.users, name extensions.citext);
CREATE VIEW names AS SELECT name FROM profile JOIN auth.users USING (id);
SQL
    generate 0
    run ! grep -q 'auth.users (\|EXTENSION\|REVOKE' "$file"
    pgsluice -q upgrade head
    run -0 pgsluice check
    [ "$(sql "SELECT has_table_privilege('pg_monitor', 'profile', 'SELECT')")" = t ]
}

@test "autogenerate: an extension gets the version that the models name, and what cannot go back says why" {
    sql "CREATE EXTENSION pg_trgm VERSION '1.5'"
    models <<<"CREATE EXTENSION pg_trgm; CREATE TABLE t (a int);"
    generate 0
    pgsluice -q upgrade head
    models <<<"CREATE EXTENSION pg_trgm WITH SCHEMA public VERSION '1.6'; CREATE TABLE t (a int);"
    generate 0
    [[ $(up) == *"ALTER EXTENSION pg_trgm UPDATE TO '1.6';" ]]
    [[ $(down) == *'-- Cannot be undone: extension pg_trgm cannot go back from version 1.6 to 1.5.'* ]]
    pgsluice -q upgrade head
    run -0 pgsluice check
    models <<<"CREATE EXTENSION pg_trgm VERSION '1.3'; CREATE TABLE t (a int);"
    generate 2
    [[ $stderr == *'no update path from version "1.6" to version "1.3"'* ]]
}

@test "autogenerate: what stands on the schema from outside is named when it is in the way" {
    first_models
    generate 0
    pgsluice -q upgrade head
    sql 'CREATE SCHEMA auth; CREATE VIEW auth.who AS SELECT email FROM emails'
    sed -i 's/email text/email varchar(99)/' migrations/models/schema.sql
    generate 1
    [[ $stderr == *'cannot drop view emails because other objects depend on it'*'view auth.who depends on view emails'* ]]
    [ "$(files)" = 1 ]
    sed -i 's/email varchar(99)/email text, more int/' migrations/models/schema.sql
    generate 0
    pgsluice -q upgrade head
    run -0 pgsluice check
}

@test "autogenerate: what is left alone in a managed schema can be referred to, and is named when it is in the way" {
    echo 'migrations: { directory = "migrations"; exclude = [ "celery_*" ]; };' >pgsluice.conf
    sql 'CREATE TYPE celery_state AS ENUM ($$x$$); CREATE TABLE celery_jobs (id serial PRIMARY KEY, s celery_state)'
    models <<<'CREATE TABLE t (job int REFERENCES celery_jobs, s celery_state, n int); CREATE VIEW v AS SELECT id FROM celery_jobs;'
    generate 0
    [ "$stderr" = "$(printf '%s\n' "Detected added table 't'" "Detected added view 'v'")" ]
    pgsluice -q upgrade head
    run -0 pgsluice check
    sql 'CREATE VIEW celery_view AS SELECT n FROM t'
    sed -i 's/n int/n bigint/' migrations/models/schema.sql
    generate 1
    [[ $stderr == *'rule _RETURN on view celery_view depends on column "n"'* ]]
}

@test "autogenerate: a public schema that was made again, or given away, is as it is" {
    models <<<'CREATE TABLE t (a int);'
    for made in 'CREATE SCHEMA public' 'CREATE SCHEMA public; GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC' \
        'CREATE SCHEMA public AUTHORIZATION pg_monitor'; do
        sql "DROP SCHEMA public CASCADE; $made"
        generate 0 --sql
        [ "$stderr" = "Detected added table 't'" ]
    done
}

@test "autogenerate: who may only make databases generates for tables of others" {
    sql "CREATE TABLE legacy (a int, b int); GRANT SELECT, UPDATE (b) ON legacy TO pg_monitor; GRANT ALL ON legacy TO $role;
         ALTER ROLE $role NOSUPERUSER CREATEDB"
    pgsluice dump --no-owner >migrations/models/schema.sql
    models more <<<'CREATE TABLE mine (a int); GRANT SELECT ON mine TO pg_monitor;'
    generate 0
    [ "$stderr" = "Detected added table 'mine'" ]
    run ! grep -q 'legacy\|REVOKE' "$file"
    pgsluice -q upgrade head
    run -0 pgsluice check
}

@test "autogenerate: what the daemon and pgsluice itself make is none of its business" {
    export PGSLUICE_MIGRATIONS_DIRECTORY=$top_srcdir/migrations
    pgsluice -q upgrade head
    sql "ALTER TABLE usage_logs DETACH PARTITION usage_logs_first; DROP TABLE usage_logs_first;
         CREATE TABLE usage_logs_2026 PARTITION OF usage_logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
    run -0 pgsluice check
    [[ $output == *'No new upgrade operations detected.' ]]
}

@test "autogenerate: hostile names reach the file and the database unharmed" {
    sixty_three=$(printf 'x%.0s' {1..63})
    models <<SQL
CREATE SCHEMA "a.b; c";
CREATE TABLE "a.b; c"."t""able -- migrate:down" ("co'l" int, "ümläut €" text, "$sixty_three" int);
CREATE TABLE "SELECT" (":{x}" int, "line
end" int);
COMMENT ON TABLE "SELECT" IS \$\$it's :{x} -- migrate:down\$\$;
SQL
    generate 0
    pgsluice -q upgrade head
    run -0 pgsluice check
    pgsluice -q downgrade base
    pgsluice -q upgrade head
}

# --- Proof ----------------------------------------------------------------------------------------

@test "autogenerate: what cannot be copied exactly is not the ground of a proof" {
    first_models
    generate 0
    pgsluice -q upgrade head
    sql 'CREATE TABLE doubled (a int); INSERT INTO doubled VALUES (1), (1)'
    run psql -Xq -d "$url" -c 'CREATE UNIQUE INDEX CONCURRENTLY broken ON doubled (a)'
    pgsluice drift --accept --reason test -q
    models more <<<'CREATE TABLE more (a int); CREATE TABLE doubled (a int);'
    generate 6
    [[ $stderr == *'index public.broken'* ]]
    [ "$(files)" = 1 ]
    nothing_left
}

@test "autogenerate: columns in another order are no difference" {
    models <<<'CREATE TABLE t (a int, b int); CREATE TYPE r AS (a int, b text); CREATE TABLE u (r r);'
    generate 0
    pgsluice -q upgrade head
    sql "INSERT INTO u VALUES (ROW(1, 'x'))"
    models <<<'CREATE TABLE t (b int, a int); CREATE TYPE r AS (b text, a int); CREATE TABLE u (r r);'
    generate 0
    [[ $stderr == 'Nothing to do: '* ]]
    models <<<'CREATE TABLE t (b int, c int, a int); CREATE TYPE r AS (b text, c int, a int); CREATE TABLE u (r r);'
    generate 0
    [ "$stderr" = "$(printf '%s\n' "Detected changed type 'r'" "Detected added column 't.c'")" ]
    pgsluice -q upgrade head
    run -0 pgsluice check
    [ "$(sql 'SELECT (r).a, (r).b, (r).c FROM u')" = '1|x|' ]
}

# --- diff -----------------------------------------------------------------------------------------

@test "diff: between databases, files, models, revisions and what is live" {
    first_models
    generate 0
    pgsluice -q upgrade head
    for other in models migrations@head migrations/models/schema.sql "$SYNC_DATABASE_URL"; do
        run -0 --separate-stderr pgsluice diff --from live --to "$other"
        [ -z "$output" ]
        [ "$stderr" = 'The schemas are the same' ]
    done
    run -0 --separate-stderr pgsluice diff --from migrations@base --to live
    [[ $output == *'CREATE TABLE public.account'* ]]
    other=$SYNC_DATABASE_URL
    create_database
    SYNC_DATABASE_URL=$(as_role "$url")
    pgsluice diff --from "$SYNC_DATABASE_URL" --to "$other" >change.sql
    psql -Xq -v ON_ERROR_STOP=1 -d "$SYNC_DATABASE_URL" -f change.sql
    run -0 --separate-stderr pgsluice diff --from "$SYNC_DATABASE_URL" --to "$other"
    [ -z "$output" ]
    [ "$(pgsluice diff --from "$SYNC_DATABASE_URL" --to "$other" --json | jq -c '[.operations, .down]')" = '[[],[]]' ]
    run -2 pgsluice diff --from live
    run -2 pgsluice diff --from live --to nowhere
    run -3 pgsluice diff --from postgresql://localhost:1/x --to live
    nothing_left
}

# --- drift ----------------------------------------------------------------------------------------

@test "drift: --adopt writes the revision that makes a change by hand official" {
    first_models
    generate 0
    pgsluice -q upgrade head
    sql 'ALTER TABLE account ADD COLUMN by_hand int'
    run -2 pgsluice drift --adopt
    run -2 pgsluice drift --adopt --accept --reason x -m y
    run -2 pgsluice drift -m y
    run -0 --separate-stderr pgsluice drift --adopt -m 'hotfix of Sunday'
    file=$(sed -n 's/^Generating \(.*\) \.\.\.  done$/\1/p' <<<"$output")
    [ "$(up | head -1)" = '-- add_column account.by_hand' ]
    run -0 pgsluice drift
    run -0 pgsluice verify
    [[ $(pgsluice current) == *' (head)' ]]
    pgsluice -q downgrade -1
    [ "$(sql "SELECT count(*) FROM pg_attribute WHERE attname = 'by_hand' AND NOT attisdropped")" = 0 ]
    pgsluice -q upgrade head
    run -0 --separate-stderr pgsluice drift --adopt -m again
    [[ $stderr == 'Nothing to do: '* ]]
}
