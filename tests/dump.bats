# pgsluice dump as its user sees it: what is in, what is left out, how it fails. That the script makes the
# same schema again is tests/schema.t's to prove, for every kind of object.

load lib/common

# has TEXT, lacks TEXT: whether the output of the last `run` does.
has() {
    grep -qF -- "$1" <<<"$output" || { echo "missing: $1"; echo "$output"; return 1; }
}
lacks() {
    ! grep -F -- "$1" <<<"$output"
}

@test "dump: prints what is managed, and leaves out what belongs to others" {
    create_database
    sql "CREATE TABLE orders (id serial PRIMARY KEY, total numeric(10,2) CHECK (total >= 0));
         CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
         CREATE SCHEMA auth CREATE TABLE users (id int);
         CREATE SCHEMA supabase_functions CREATE TABLE hooks (id int);
         CREATE SCHEMA billing CREATE TABLE invoices (id int REFERENCES public.orders);
         CREATE EXTENSION citext;
         CREATE TABLE tmp_1 (a citext PRIMARY KEY)"
    pgsluice -q ensure_version
    run --separate-stderr pgsluice dump
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    has 'CREATE TABLE public.orders ('
    has "id integer DEFAULT nextval('public.orders_id_seq'::regclass) NOT NULL"
    has 'CREATE TABLE billing.invoices ('
    has 'CREATE EXTENSION citext WITH SCHEMA public'
    lacks alembic_version
    lacks pgsluice
    lacks users
    lacks hooks
    lacks citextin
    lacks "$(date +%Y)"

    run pgsluice dump --schema billing --no-owner
    [ "$status" -eq 0 ]
    has 'CREATE SCHEMA billing'
    has 'CREATE TABLE billing.invoices'
    lacks 'CREATE TABLE public.orders'
    lacks EXTENSION
    lacks OWNER

    run pgsluice dump --exclude 'tmp_*' --exclude public.orders --set migrations.exclude=billing
    [ "$status" -eq 0 ]
    has EXTENSION
    lacks tmp_1
    lacks orders
    lacks billing

    run pgsluice --set migrations.schemas=auth dump
    [ "$status" -eq 0 ]
    has 'CREATE TABLE auth.users'
    lacks public.orders
}

@test "dump: JSON and fingerprints" {
    local first
    create_database
    sql "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t"
    pgsluice --json dump >dump.json
    [ "$(jq -r '.objects[] | select(.identity == "view public.v") | .kind + " " + .schema + " " + .name + " " + .needs[0]' dump.json)" = \
        'view public v table public.t' ]
    jq -e '.objects[] | select(.identity == "table public.t").sql | startswith("CREATE TABLE public.t (")' dump.json
    first=$(pgsluice dump --fingerprint)
    [[ $first =~ ^[0-9a-f]{64}$ ]]
    [ "$(jq -r .fingerprint dump.json)" = "$first" ]
    pgsluice --json dump --fingerprint >prints.json
    [ "$(jq -c '[.objects[] | [.identity, .fingerprint]]' prints.json)" = \
        "$(jq -c '[.objects[] | [.identity, .fingerprint]]' dump.json)" ]
    jq -e '.objects | all(has("sql") | not)' prints.json
    sql "COMMENT ON COLUMN t.a IS 'x'"
    [ "$(pgsluice dump --fingerprint)" != "$first" ]
    sql "COMMENT ON COLUMN t.a IS NULL"
    [ "$(pgsluice dump --fingerprint)" = "$first" ]
}

@test "dump: a schema that is not there is a mistake, not an empty dump" {
    create_database
    for schema in nowhere pg_catalog pgsluice '"public"'; do
        run --separate-stderr pgsluice dump --schema "$schema"
        [ "$status" -eq 2 ]
        [ -z "$output" ]
        [[ $stderr == *"no schema \"$schema\" to dump"* ]]
    done
    run pgsluice dump public
    [ "$status" -eq 2 ]
}

@test "dump: passwords of foreign servers stay where they are" {
    create_database
    sql "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h');
         CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'hunter2', sslpassword 'hunter3')"
    run pgsluice dump
    [ "$status" -eq 0 ]
    has "CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (\"user\" 'u');"
    lacks hunter
    run pgsluice --json dump
    lacks hunter
}

@test "dump: a role without any privileges may read the schema" {
    create_database
    sql "CREATE TABLE t (a int PRIMARY KEY); CREATE SCHEMA closed CREATE VIEW v AS SELECT 1 AS a; CREATE INDEX ON t ((a + 1))"
    pgsluice dump >of_owner
    [[ $url == *user=* ]]
    role=t_dump_$$
    sql "CREATE ROLE $role LOGIN"
    SYNC_DATABASE_URL=$(sed -E "s|user=[^&]*|user=$role|" <<<"$url") pgsluice dump >of_role || status=$?
    sql "DROP ROLE $role"
    diff of_owner of_role
}

@test "dump: an index that is not valid is named, whatever its name is" {
    create_database
    sql "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)"
    run sql "CREATE UNIQUE INDEX CONCURRENTLY \"bad
; DROP TABLE t; --\" ON t (a)"
    [ "$status" -ne 0 ]
    run pgsluice dump
    [ "$status" -eq 0 ]
    has '-- index public."bad ; DROP TABLE t; --" is not valid: it is not made'
    lacks 'CREATE UNIQUE INDEX'
}

@test "dump: while tables come and go every answer is whole" {
    create_database
    sql "CREATE TABLE stays (a int)"
    # Each state stays for as long as reading takes, about: now and then a reading must begin again.
    psql -Xq -d "$url" -c "DO \$\$ BEGIN FOR i IN 1..1000 LOOP PERFORM pg_sleep(0.1);
            EXECUTE 'CREATE TABLE goes (a int PRIMARY KEY, b int DEFAULT 1 CHECK (b > 0))'; COMMIT;
            EXECUTE 'CREATE VIEW seen AS SELECT a FROM goes'; COMMIT; PERFORM pg_sleep(0.1);
            EXECUTE 'DROP TABLE goes CASCADE'; COMMIT; END LOOP; END \$\$" >/dev/null 2>&1 3>&- 4>&- &
    local disturber=$!
    for _ in 1 2 3; do
        run pgsluice dump
        [ "$status" -eq 0 ] || { echo "$output"; break; }
        has 'CREATE TABLE public.stays'
    done
    kill "$disturber"
    sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$database' AND pid <> pg_backend_pid()" >/dev/null
    wait "$disturber" || :
    [ "$status" -eq 0 ]
}
