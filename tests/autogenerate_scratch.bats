# Where models are loaded and revisions are proven: scratch databases and what stands around them. Also diff and
# drift --adopt.
# timeout: 300 s

# Conditions of wait_for are evaluated in common.bash; $output and $stderr are set by run.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib/common
load lib/daemon
load lib/models

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
