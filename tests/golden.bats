# What is said when a command is wrong, to the last byte: transcripts in tests/golden/errors/. A line
# "$ COMMAND" is run in the folder that the test of the same name makes; what follows is its stderr
# and, in brackets, its exit status. Paths and names that change are written as /project, DATABASE,
# SOCKETS, USER and TIME. A new command is a new "$" line; this writes the answers into the files, for
# review as a diff:
#
#   UPDATE_GOLDEN=yes scripts/run-tests golden.bats

load lib/common

golden=$BATS_TEST_DIRNAME/golden/errors

setup() {
    common_setup
    unset SYNC_DATABASE_URL VISUAL
    export LC_ALL=C EDITOR=false
    write_pgsluice_conf
}

# normalise: paths, and names of this run's database.
normalise() {
    sed -e "s|$PWD|/project|g" -e "s|${database:-%no database%}|DATABASE|g" \
        -e "s|'-- Revision ID: [0-9a-f]*'|'-- Revision ID: NEW'|" \
        -e 's|/[^ ]*/etc/pgsluice/|/etc/pgsluice/|' \
        -e "s|\"/[^\"]*/\.s\.PGSQL\.|\"SOCKETS/.s.PGSQL.|g" \
        -e "s|set by $(id -un)|set by USER|" \
        -e 's|[0-9-]*T[0-9:.]*Z|TIME|g'
}

# transcript FILE: its commands, with what they answer now.
transcript() {
    local line

    while IFS= read -r line; do
        case $line in
            '#'*) printf '%s\n' "$line" ;;
            '$ '*)
                printf '\n%s\n' "$line"
                status=0
                bash -c "${line#??}" 2>&1 >/dev/null </dev/null 3>&- 4>&- || status=$?
                printf '[%s]\n' "$status"
                ;;
        esac
    done <"$1" | normalise
}

# check NAME: the transcript is as it was, or is written anew.
check() {
    transcript "$golden/$1.txt" >now.txt
    if [ -n "${UPDATE_GOLDEN:-}" ]; then
        cp now.txt "$golden/$1.txt"
    fi
    diff -u "$golden/$1.txt" now.txt
}

# make_file FOLDER/NAME < TEXT: a file of the script directory FOLDER.
make_file() {
    mkdir -p "${1%/*}/versions"
    cat >"${1%/*}/versions/${1##*/}.sql"
}

# make_good FOLDER REV [DOWN-REV [LABEL]]
make_good() {
    make_file "$1/$2" <<SQL
-- revision $2
--
-- Revision ID: $2
-- Revises: ${3:-}
-- Create Date: 2026-01-01 00:00:00+00:00
${4:+-- Branch Labels: $4}

-- migrate:up
CREATE TABLE t_$2 ();
-- migrate:down
DROP TABLE t_$2;
SQL
}

# aaaa1111 with two heads on it, the branches left and right.
make_fork() {
    make_good migrations aaaa1111
    make_good migrations bbbb2222 aaaa1111 left
    make_good migrations bbcc3333 aaaa1111 right
}

@test "command-line" {
    make_good migrations aaaa1111
    check command-line
}

@test "configuration" {
    make_good migrations aaaa1111
    mkdir empty
    echo 'migrations: { directory = "migrations" ' >syntax.conf
    printf 'migrations: {\n    directry = "migrations";\n};\n' >key.conf
    printf 'gate: {\n    lock_wait = 5;\n};\n' >type.conf
    printf 'gates: {\n};\n' >section.conf
    printf '[alembic]\nscript_location = migrations\n' >alembic.ini
    check configuration
}

@test "names" {
    make_fork
    check names
}

@test "files" {
    make_good key aaaa1111
    sed -i 's/^-- Revises:/-- Revisess:/' key/versions/aaaa1111.sql
    make_good section aaaa1111
    sed -i 's/migrate:down/migrate:dwn/' section/versions/aaaa1111.sql
    make_file no-up/aaaa1111 <<<'-- Revision ID: aaaa1111'
    make_file no-id/aaaa1111 <<<$'-- hello\n--\n-- Revises: \n-- migrate:up'
    make_file stray/aaaa1111 <<<$'-- Revision ID: aaaa1111\nSELECT 1;\n-- migrate:up'
    make_good id aaaa-1111
    make_file empty/aaaa1111 <<<''
    make_good missing bbbb2222 aaaa1111
    make_good loop aaaa1111 bbbb2222
    make_good loop bbbb2222 aaaa1111
    make_good self aaaa1111 aaaa1111
    make_good twice aaaa1111
    cp twice/versions/aaaa1111.sql twice/versions/copy.sql
    make_good labels aaaa1111 '' left
    make_good labels bbbb2222 aaaa1111 left
    make_good name aaaa11112222
    mv name/versions/aaaa11112222.sql name/versions/bbbb11112222_copied.sql
    make_file binary/aaaa1111 < <(printf -- '-- Revision ID: aaaa1111\n-- migrate:up\n\0\n')
    make_file many/aaaa1111 <<<$'-- Revision ID: aaaa1111\n-- migrate:up\nBEGIN;\n-- migrate:down\nSELECT "x;'
    make_file many/bbbb2222 <<<$'-- Revision ID: bbbb2222\n-- migrate:up\n\\d\n-- migrate:down\nCOPY t FROM STDIN;'
    check files
}

@test "database" {
    create_database
    make_fork
    make_good broken aaaa1111
    make_file broken/bbbb2222 <<SQL
-- Revision ID: bbbb2222
-- Revises: aaaa1111
-- migrate:up
CREATE TABLE t (id bigint);
CREATE INDEX ON t (idd);
SQL
    make_good other bbbb2222
    pgsluice -q upgrade aaaa1111
    check database
}
