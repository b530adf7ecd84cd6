# Variables in revision files: where their values come from, and what is said without them.

load lib/common
load lib/daemon

setup() {
    common_setup
    create_database
    write_pgsluice_conf
    unset "${!PGSLUICE_VARIABLES_@}"
}

# A schema of its own for each region; what was put in shows what the values were.
make_region_revision() {
    make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE SCHEMA :{"region"};
CREATE TABLE :{"region"}.seen AS SELECT :{region} AS region, :{tag} AS tag, ':{region}' AS text;
CREATE INDEX seen_:{region:raw}_at ON :{"region"}.seen (tag);

-- migrate:down
DROP SCHEMA :{"region"} CASCADE;
SQL
}

@test "values come from the file, .env, the environment, --set, -x: the last one counts" {
    make_region_revision
    echo 'variables: { region = "file"; tag = "none"; };' >>pgsluice.conf
    upgrade_and_back() {
        local expected=$1

        shift
        run -0 --separate-stderr pgsluice -q upgrade head "$@"
        [ "$(sql "SELECT region || ' ' || text FROM \"$expected\".seen")" = "$expected :{region}" ]
        [ -n "$(sql "SELECT to_regclass('\"$expected\".seen_${expected}_at')")" ]
        run -0 pgsluice -q "$@" downgrade base
    }
    upgrade_and_back file
    echo 'PGSLUICE_VARIABLES_REGION=dotenv' >.env
    upgrade_and_back dotenv
    export PGSLUICE_VARIABLES_REGION=environment
    upgrade_and_back environment
    upgrade_and_back set --set variables.region=set
    upgrade_and_back option --set variables.region=set -x region=first -xREGION=option
    [ "$(sql 'SELECT count(DISTINCT up_checksum) FROM pgsluice.ledger')" = 1 ]
}

@test "--tag is the variable tag, and the reason in the ledger" {
    make_region_revision
    run -0 pgsluice -q upgrade head -x region=eu --tag 'release 4.2'
    [ "$(sql 'SELECT tag FROM eu.seen')" = 'release 4.2' ]
    run -0 pgsluice -q -x region=eu downgrade --tag=undone -1
    run -0 pgsluice -q stamp --tag adopted head
    [ "$(sql "SELECT string_agg(event || ':' || reason, ' ' ORDER BY id) FROM pgsluice.ledger")" = \
        'upgrade:release 4.2 downgrade:undone stamp:adopted' ]
    run -2 --separate-stderr pgsluice downgrade base --tag a -x tag=b
    [[ $stderr == *'--tag and -x tag=... set the same variable'*'next: leave'* ]]
}

@test "without a value nothing is changed, and what runs nothing needs none" {
    make_region_revision
    run -2 --separate-stderr pgsluice upgrade head -x regoin=eu
    [[ $stderr == *'variable region is not set'*'aaaa1111_test.sql:8:15'* ]]
    [[ $stderr == *'CREATE SCHEMA :{"region"};'*'^'*'nothing was changed'*'did you mean regoin?'* ]]
    [ -z "$(sql "SELECT to_regclass('alembic_version')")" ]

    run -0 --separate-stderr pgsluice --json upgrade head -x region=eu -x tag
    [[ $output == *'"aaaa1111"'* ]]
    [ "$(sql 'SELECT tag FROM eu.seen')" = '' ]
    for words in 'upgrade head' 'plan downgrade base' 'show head' 'history' 'status' 'current' 'stamp head'; do
        # shellcheck disable=SC2086 # several words
        run -0 pgsluice $words
    done
    run -2 --separate-stderr pgsluice downgrade base
    [[ $stderr == *'variable region is not set'*'aaaa1111_test.sql:13:13'*'nothing was changed'* ]]
}

@test "-vvv shows where values come from; no secret is shown or stored" {
    make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE TABLE t AS SELECT :{api_token} AS v;
SELECT :{api_token}::int;
SQL
    echo 'variables: { api_token = "canary'"'"'s nest"; limit = 3; };' >>pgsluice.conf
    run -5 --separate-stderr pgsluice -vvv upgrade head -x 'name=two
lines'
    [[ $stderr == *'variables.api_token = ***  # pgsluice.conf:2'* ]]
    [[ $stderr == *'variables.limit = 3  # pgsluice.conf:2'*'variables.name = two\nlines  # -x'* ]]
    [[ $stderr == *'invalid input syntax for type integer: "***"'*'aaaa1111_test.sql:9:8'* ]]
    [[ $output$stderr != *canary* ]]
    run -0 --separate-stderr pgsluiced -c pgsluice.conf --check-config --show
    [[ $output == *'variables.api_token = ***'*'variables.limit = 3'* ]]
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger l WHERE l::text LIKE '%canary%'")" = 0 ]
    [ "$(sql "SELECT count(*) FROM pgsluice.ledger WHERE message LIKE '%***%'")" = 1 ]
}

@test "a secret that the server cuts short is not shown in pieces" {
    key=canary$(printf '%03d' {100..140})yranac
    make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE TABLE t (v text CHECK (length(v) < 50));
INSERT INTO t VALUES (:{api_key});
SQL
    make_revision bbbb2222 <<'SQL'
-- migrate:up
SELECT ('{"a": ' || :{api_key} || '}')::jsonb;
SQL
    for rev in aaaa1111 bbbb2222; do
        run -5 --separate-stderr pgsluice -vvv upgrade "$rev" -x "api_key=$key"
        [[ $stderr == *'***...'* || $stderr == *'...***'* ]]
        [[ $stderr != *12[0-9]12[0-9]* && $stderr != *canary* && $stderr != *yranac* ]]
    done
}

@test "a wrong name is an error of its source" {
    run -2 --separate-stderr pgsluice status -x 'a b=1'
    [[ $stderr == *'-x variables.a b: "a b" cannot be the name of a variable'* ]]
    echo 'variables: { ok = 1; a-b = "x"; };' >>pgsluice.conf
    run -2 --separate-stderr pgsluice status
    [[ $stderr == *'"a-b" cannot be the name of a variable'*'pgsluice.conf:2'* ]]
}

@test "the daemon has its own values, and a reload brings new ones" {
    make_region_revision
    write_default_config daemon
    echo 'variables: { region = "eu"; tag = 1; };' >>daemon.conf
    start_daemon
    wait_until_ready
    [ "$(sql 'SELECT tag FROM eu.seen')" = 1 ]
    make_revision bbbb2222 aaaa1111 <<'SQL'
-- migrate:up
INSERT INTO :{"region"}.seen VALUES (:{region}, :{tag});
-- migrate:down
-- nothing to undo
SQL
    sed -i 's/tag = 1/tag = 2/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "status_says 'open at bbbb2222'"
    [ "$(sql "SELECT string_agg(tag, ' ' ORDER BY tag) FROM eu.seen")" = '1 2' ]
    sed -i 's/tag = 2/tag = [ 2 ]/' daemon.conf
    kill -HUP "${daemon_pids[daemon]}"
    wait_for "status_says 'the reload was refused: variables.tag: must be text'"
    [ "$(http_status /readyz)" = 200 ]
}

@test "a start without a value fails, and says which and where" {
    make_region_revision
    start_daemon
    wait_for_exit
    [ "$status" -eq 2 ]
    grep -q 'variable region is not set' daemon.stderr
    grep -q 'aaaa1111_test.sql:8:15' daemon.stderr
    [ -z "$(sql "SELECT to_regclass('alembic_version')")" ]
}
