# URLs, .env files and sections as they come from elsewhere: read as others read them, refused where a
# guess would be wrong, and no password in anything that is said.
load lib/common

one_table() {
    make_table_revision aaaa1111 '' t
    write_pgsluice_conf
}

# The value of a parameter of $url, decoded.
parameter() {
    sed -nE "s/.*[?&]$1=([^&]*).*/\1/; s/%2F/\//g; p" <<<"$url"
}

# --- Oracles --------------------------------------------------------------------------------------

@test "URLs are read as SQLAlchemy and libpq read them" {
    "$top_srcdir/tests/lib/url-oracle" >table || { grep -v '^ok' table; false; }
    [ "$(grep -c '^ok' table)" -gt 60 ]
}

@test ".env files are read as python-dotenv reads them" {
    "$top_srcdir/tests/lib/dotenv-oracle" >table || { grep -v '^ok' table; false; }
    [ "$(grep -c '^ok' table)" -gt 60 ]
}

# --- Where the connection is described elsewhere --------------------------------------------------

@test "a service file, by its name in a URL, in a conninfo string and in PGSERVICE" {
    create_database
    one_table
    printf '[prod]\nhost=%s\nport=%s\nuser=postgres\ndbname=%s\n' "$(parameter host)" "$(parameter port)" \
        "$database" >services
    export PGSERVICEFILE=$PWD/services

    SYNC_DATABASE_URL='postgresql:///?service=prod' pgsluice upgrade head
    SYNC_DATABASE_URL='service=prod' run --separate-stderr pgsluice current
    [ "$output" = 'aaaa1111 (head)' ]
    PGSERVICE=prod SYNC_DATABASE_URL='postgresql://' run --separate-stderr pgsluice current
    [ "$output" = 'aaaa1111 (head)' ]

    SYNC_DATABASE_URL='service=prd' run --separate-stderr pgsluice current
    [ "$status" -eq 2 ]
    [[ $stderr == *'"prd"'* ]]
}

# --- Poolers --------------------------------------------------------------------------------------

ref=abcdefghijklmnopqrst
pooled="postgresql+asyncpg://postgres.$ref:canary-7f3a@aws-0-eu-west-1.pooler.supabase.com:6543/postgres?ssl=require"
direct="postgresql://postgres:***@db.$ref.supabase.co:5432/postgres?sslmode=require"

@test "a pooler's URL is refused before any connection, by both programs, with the URL to use" {
    one_table
    SYNC_DATABASE_URL=$pooled run --separate-stderr pgsluice upgrade head
    [ "$status" -eq 6 ]
    [[ $stderr == *'(SYNC_DATABASE_URL): aws-0-eu-west-1.pooler.supabase.com:6543 is a connection pooler'* ]]
    [[ $stderr == *"next: use the direct connection: $direct;"* ]]
    [[ $stderr != *canary* ]]

    SYNC_DATABASE_URL=$pooled run --separate-stderr pgsluice --json current
    [ "$status" -eq 6 ]
    [ "$(jq -r .error.kind <<<"$output")" = pooler ]
    [[ $output != *canary* ]]

    SYNC_DATABASE_URL=$pooled run pgsluiced -c pgsluice.conf --check-config --show
    [ "$status" -eq 6 ]
    [[ $output == *"$direct"* && $output != *canary* ]]
    SYNC_DATABASE_URL=$pooled run pgsluiced -c pgsluice.conf
    [ "$status" -eq 6 ]
    [[ $output == *"$direct"* && $output != *canary* ]]
}

@test "a pooler in a service file is refused like one in a URL" {
    printf '[prod]\nhost=AWS-0-eu-west-1.pooler.supabase.com.\nport=6543\nuser=postgres.%s\ndbname=postgres\npassword=canary-7f3a\n' \
        "$ref" >services
    export PGSERVICEFILE=$PWD/services
    for source in SYNC_DATABASE_URL=service=prod 'SYNC_DATABASE_URL=postgresql:///?service=prod' \
        'SYNC_DATABASE_URL=postgresql:// PGSERVICE=prod'; do
        # shellcheck disable=SC2086 # several variables
        run -6 --separate-stderr env $source pgsluice -vvv current
        [[ $stderr == *'.pooler.supabase.com.:6543 is a connection pooler'*"$direct"* ]]
        [[ $stderr != *canary* ]]
    done
}

@test "database.pooler = session lets port 5432 of a pooler through, never 6543" {
    one_table
    local session=${pooled/6543/5432}

    SYNC_DATABASE_URL=$session run pgsluiced -c pgsluice.conf --check-config
    [ "$status" -eq 6 ]
    SYNC_DATABASE_URL=$session run pgsluiced -c pgsluice.conf --check-config --set database.pooler=session
    [ "$status" -eq 0 ]
    SYNC_DATABASE_URL=$pooled run pgsluiced -c pgsluice.conf --check-config --set database.pooler=session
    [ "$status" -eq 6 ]
}

@test "a direct host that cannot be reached: the hint speaks of IPv6" {
    one_table
    SYNC_DATABASE_URL="postgresql://u:canary-7f3a@db.$ref.supabase.co:1/d?hostaddr=127.0.0.1" \
        run --separate-stderr pgsluice current
    [ "$status" -eq 3 ]
    [[ $stderr == *'next: '*IPv6*'database.pooler = "session"'* ]]
    [[ $stderr != *canary* ]]
}

# --- The two URLs ---------------------------------------------------------------------------------

@test "only DATABASE_URL: the error says what is missing, and how it reads" {
    one_table
    echo "DATABASE_URL=$pooled" >.env
    run --separate-stderr pgsluice upgrade head
    [ "$status" -eq 2 ]
    [[ $stderr == *'(.env:1)'*'next: set SYNC_DATABASE_URL'*"$direct"* ]]
    [[ $stderr != *canary* ]]
    echo 'DATABASE_URL=postgresql+asyncpg://u:canary-7f3a@h:5432/d?ssl=require' >.env
    run --separate-stderr pgsluice upgrade head
    [ "$status" -eq 2 ]
    [[ $stderr == *'postgresql://u:***@h:5432/d?sslmode=require' ]]
}

@test "an application's own URL works for migrations, driver, ssl and caches and all" {
    create_database
    one_table
    cat >.env <<ENV
# Used by FastAPI (async)
DATABASE_URL=postgresql+asyncpg://postgres:password@db.xxxxx.supabase.co:5432/postgres?ssl=require

# Used by Alembic (sync)
SYNC_DATABASE_URL="postgresql+asyncpg://postgres:any%20word@/$database?host=$(parameter host)&port=$(parameter port)&ssl=disable&prepared_statement_cache_size=0"
ENV
    unset SYNC_DATABASE_URL
    run --separate-stderr pgsluice -vvv upgrade head
    [ "$status" -eq 0 ]
    [[ $stderr == *'database.migration_url = '*'# .env:5'* ]]
    [[ $stderr != *'any word'* && $stderr != *'any%20word'* ]]
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa1111 ]
}

@test "a URL that is not ours, in DATABASE_URL: hidden as a whole, no obstacle" {
    one_table
    export SYNC_DATABASE_URL='postgresql://u:canary-7f3a@127.0.0.1:1/d' DATABASE_URL='sqlite:///x?key=canary-7f3a'
    run --separate-stderr pgsluice -vvv history
    [ "$status" -eq 0 ]
    [[ $stderr == *'database.migration_url = postgresql://u:***@127.0.0.1:1/d '* ]]
    [[ $stderr == *'database.runtime_url = *** (not understood) '* ]]
    run pgsluiced -c pgsluice.conf --check-config --show
    [ "$status" -eq 0 ]
    [[ $output == *'database.runtime_url = *** (not understood) '* && $output != *canary* ]]
}

# --- Sections -------------------------------------------------------------------------------------

# Two databases, the second as section billing. Sets `main_url` and `billing_url`.
two_databases() {
    create_database
    main_url=$url
    create_database
    billing_url=$url
    one_table
    mkdir -p billing/versions
    sed 's/aaaa1111/bbbb2222/; s/TABLE t/TABLE invoice/' migrations/versions/aaaa1111_test.sql >billing/versions/b.sql
    cat >pgsluice.conf <<CONF
migrations: { directory = "migrations"; };
http:       { traffic: { listen = [ "127.0.0.1:0" ]; }; admin: { listen = [ "127.0.0.1:0" ]; }; };
sections:
{
    billing: { database: { migration_url = "$billing_url"; };
               migrations: { directory = "billing"; };
               environment: { controlled = true; }; };
    bare:    { migrations: { directory = "billing"; }; };
};
CONF
    export SYNC_DATABASE_URL=$main_url
}

@test "-n chooses a database: its files go there and nowhere else" {
    two_databases
    pgsluice upgrade head
    pgsluice -n billing upgrade head
    [ "$(sql 'SELECT version_num FROM alembic_version' "$main_url")" = aaaa1111 ]
    [ "$(sql 'SELECT version_num FROM alembic_version' "$billing_url")" = bbbb2222 ]
    run --separate-stderr pgsluice current --name=billing
    [ "$output" = 'bbbb2222 (head)' ]
    run --separate-stderr pgsluice current -nbilling --set "database.migration_url=$main_url"
    [ "$output" = 'aaaa1111 (unknown)' ]
}

@test "a section without a URL is refused, whatever the environment says" {
    two_databases
    run --separate-stderr pgsluice -n bare upgrade head
    [ "$status" -eq 2 ]
    [[ $stderr == *'section bare has no database.migration_url'*PGSLUICE_SECTIONS_BARE_DATABASE_MIGRATION_URL* ]]
    PGSLUICE_SECTIONS_BARE_DATABASE_MIGRATION_URL=$billing_url pgsluice -n bare upgrade head
    [ "$(sql 'SELECT version_num FROM alembic_version' "$billing_url")" = bbbb2222 ]
    [ "$(sql "SELECT to_regclass('alembic_version') IS NULL" "$main_url")" = t ]
}

@test "without -n, where only sections have databases, the error names them" {
    two_databases
    sed -i '/^migrations:/d' pgsluice.conf
    run -2 --separate-stderr pgsluice heads
    [[ $stderr == *'pgsluice.conf: -n billing or -n bare'* ]]
}

@test "an unknown section is a mistake that names the known ones, to both programs" {
    two_databases
    run --separate-stderr pgsluice -n biling upgrade head
    [ "$status" -eq 2 ]
    [[ $stderr == *'did you mean billing? The sections of pgsluice.conf are billing, bare'* ]]
    run pgsluiced -c pgsluice.conf -n biling --check-config
    [ "$status" -eq 2 ]
    [[ $output == *'did you mean billing?'* ]]
}

@test "the daemon serves the section it is told, and --show says so" {
    two_databases
    cp pgsluice.conf daemon.conf
    run pgsluiced -c daemon.conf -n billing --check-config --show
    [ "$status" -eq 0 ]
    [[ $output == *'migrations.directory = '*'/billing  # daemon.conf:'*' (section billing)'* ]]
    start_daemon -n billing
    wait_until_ready
    [ "$(sql 'SELECT version_num FROM alembic_version' "$billing_url")" = bbbb2222 ]
    [ "$(sql "SELECT to_regclass('alembic_version') IS NULL" "$main_url")" = t ]
}

# --- Secrets --------------------------------------------------------------------------------------

@test "a password shows in no refusal of a URL, a .env file or a section" {
    local text
    local -a urls=(
        'postgresql://u:canary-7f3a@h@127.0.0.1:1/d' 'postgresql://u:p@canary-7f3a/x@127.0.0.1:1/d'
        'postgresql://u:12345/canary-7f3a@h/d' 'postgresql://u:p@w?canary-7f3a@h/d'
        'postgresql://u:p@w?canary=7f3a&x=canary-7f3a@h/d' 'postgresql://u:canary-7f3a%00@h/d'
        'postgresql://u:canary-7f3a@h:canary-7f3a/d' 'postgresql://u:canary-7f3a@h/d?sslmode=canary-7f3a'
        'postgresql://u:canary-7f3a@[::1/d' 'postgresql://u:canary-7f3a@/d?host=a:1,b:2'
        'postgresql+asyncpg://u:canary-7f3a@h/d?command_timeout=1' '"postgresql://u:canary-7f3a@h/d"'
        'jdbc:postgresql://h/d?user=u&password=canary-7f3a' 'mysql://u:canary-7f3a@h/d'
        'host=h password=my canary-7f3a=1 x=y' "host=h password='canary-7f3a" 'host=a,b port=1,2,3 password=canary-7f3a'
        'postgresql://u:${canary-7f3a}@127.0.0.1:1/d' 'postgresql://u:canary%2D7f3a@127.0.0.1:1/d'
        'postgresql://postgres.abcdefghijklmnopqrst:canary-7f3a@127.0.0.1:6543/d' 'service=canaries password=canary-7f3a'
    )

    one_table
    {
        for text in "${urls[@]}"; do
            SYNC_DATABASE_URL=$text pgsluice -vvv --json current || echo "refused $?"
        done
        for text in 'A="canary-7f3a' "SYNC_DATABASE_URL='canary-7f3a' canary" 'postgresql://u:canary-7f3a@h/d' \
            'SYNC_DATABASE_URL=postgresql://u:canary-7f3a@h/d?nonsense=1'; do
            echo "$text" >.env
            pgsluice -vvv --json current || echo "refused $?"
        done
        rm .env
        SYNC_DATABASE_URL=${urls[0]} pgsluiced -c pgsluice.conf --check-config --show || echo "refused $?"
        for text in 'migration_url = "postgresql://u:canary-7f3a@h/d' 'migration_ulr = "postgresql://u:canary-7f3a@h/d";' \
            'migration_url = [ "postgresql://u:canary-7f3a@h/d" ];'; do
            printf 'sections: { a: { database: { %s }; }; };\n' "$text" >pgsluice.conf
            pgsluice -vvv current || echo "refused $?"
        done
    } >everything 2>&1
    [ "$(grep -c '^refused [236]$' everything)" -eq $((${#urls[@]} + 8)) ]
    run ! grep -n 'canary-7f3a\|canary%2D7f3a' everything
}

@test "a URL in the place of the database's name shows nothing of its password" {
    SYNC_DATABASE_URL='dbname=postgresql://u:canary-7f3a@h/p' run -2 --separate-stderr pgsluice -vvv current
    [[ $stderr == *'write the URL alone'* && $stderr != *canary* ]]
}
