# URLs, .env files and sections as they come from elsewhere: read as others read them, refused where a
# guess would be wrong, and no password in anything that is said.
load lib/common

one_table() {
    make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE TABLE t ();
-- migrate:down
DROP TABLE t;
SQL
    echo 'migrations: { directory = "migrations"; };' >pgsluice.conf
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
