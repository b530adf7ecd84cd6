# Projects with models: for the tests of what compares them.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2119,SC2120,SC2154 # what bats, common.bash and the tests set, read or call

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
