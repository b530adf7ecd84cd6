# The verbs merge, check and edit.

load lib/common

setup() {
    common_setup
    write_pgsluice_conf
    unset VISUAL EDITOR
}

# aaaa1111 with two heads on it, of which bbbb2222 has the label left.
make_fork() {
    make_table_revision aaaa1111 '' a
    make_table_revision bbbb2222 aaaa1111 b
    sed -i 's/^-- Create Date/-- Branch Labels: left\n&/' migrations/versions/bbbb2222_test.sql
    make_table_revision cccc3333 aaaa1111 c
}

# --- merge ----------------------------------------------------------------------------------------

@test "merge joins heads, by symbol, partial id and label, with a message of its own" {
    make_fork
    run --separate-stderr pgsluice merge heads --rev-id dddd4444
    [ "$status" -eq 0 ]
    [ "$output" = "Generating $PWD/migrations/versions/dddd4444_merge_bbbb2222_and_cccc3333.sql ...  done" ]
    [ "$(pgsluice heads)" = "dddd4444 (left) (head)" ]
    [[ $(pgsluice history) == "bbbb2222, cccc3333 -> dddd4444 (left) (head) (mergepoint), merge bbbb2222 and cccc3333"* ]]
    rm migrations/versions/dddd4444*

    run --separate-stderr pgsluice merge cccc left@head -m "together again" --branch-label joined --json
    [ "$(jq -c '.[0] | [.down_revision, .message, .labels, .is_merge_point]' <<<"$output")" = \
        '[["cccc3333","bbbb2222"],"together again",["joined","left"],true]' ]
}

@test "merge of three; a merge can be applied and undone" {
    create_database
    make_fork
    make_table_revision dddd4444 aaaa1111 d
    pgsluice merge dddd bbbb cccc --rev-id eeee5555
    [[ $(pgsluice show eeee) == *"merge dddd4444, bbbb2222 and cccc3333"* ]]
    pgsluice upgrade head
    [ "$(sql 'SELECT version_num FROM alembic_version')" = eeee5555 ]
    pgsluice downgrade aaaa
    [ "$(sql 'SELECT version_num FROM alembic_version')" = aaaa1111 ]
}

@test "merge needs --splice for what is followed already" {
    make_fork
    make_table_revision dddd4444 cccc3333 d
    run --separate-stderr pgsluice merge bbbb cccc
    [ "$status" -eq 2 ]
    [[ $stderr == *"revision cccc3333 is not a head"*--splice* ]]
    pgsluice merge bbbb cccc --splice --rev-id eeee5555
    [ "$(pgsluice heads)" = $'dddd4444 (head)\neeee5555 (left) (head)' ]
}

@test "merge refuses what joins nothing, and writes nothing" {
    make_fork
    for words in "heads left@head" "bbbb" "base" "bbbb bbbb2" "bbbb aaaa --splice" "nope bbbb"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr pgsluice merge $words
        [ "$status" -eq 2 ]
    done
    run --separate-stderr pgsluice merge heads -m $'two\nlines'
    [ "$status" -eq 2 ]
    [ "$(find migrations/versions -type f | wc -l)" -eq 3 ]
}

# --- check ----------------------------------------------------------------------------------------

@test "check: all good, with a database and without" {
    create_database
    make_table_revision aaaa1111 '' a
    pgsluice upgrade
    run --separate-stderr pgsluice check
    [ "$status" -eq 0 ]
    [ "$output" = "No problems in 1 revision file; the database $database is up to date, at aaaa1111 (head)." ]
    [ -z "$stderr" ]
    SYNC_DATABASE_URL=nonsense run --separate-stderr pgsluice check --no-database --json
    [ "$status" -eq 0 ]
    [ "$(jq -c . <<<"$output")" = '{"ok":true,"files":1,"database":null,"findings":[],"renames":null,"operations":null}' ]
}

@test "check lists every broken file with its place, headers and bodies" {
    make_fork
    sed -i 's/^-- Revises/-- Revisess/; s/migrate:down/migrate:dwn/' migrations/versions/aaaa1111_test.sql
    sed -i "s/^DROP.*/SELECT ';/" migrations/versions/bbbb2222_test.sql
    sed -i 's/^CREATE/BEGIN;\n&/' migrations/versions/cccc3333_test.sql
    printf -- '-- migrate:verify\nCOMMIT;\n' >>migrations/versions/cccc3333_test.sql
    run --separate-stderr pgsluice check --no-database
    [ "$status" -eq 1 ]
    [ "$(grep -o '_test.sql:.*' <<<"$output")" = '_test.sql:4:4
_test.sql:9:12
_test.sql:11:8
_test.sql:8:1
_test.sql:13:1' ]
    [[ $stderr == "pgsluice check found 5 problems"* ]]
    run --separate-stderr pgsluice check --no-database --json
    [ "$status" -eq 1 ]
    [ "$(jq -c '[.ok, .files, (.findings | map(.kind) | unique)]' <<<"$output")" = \
        '[false,3,["revision-file"]]' ]
}

@test "check lists all that is wrong between files" {
    make_table_revision aaaa1111 gone0001 a
    make_table_revision bbbb2222 gone0002 b
    make_table_revision cccc3333 cccc3333 c
    cp migrations/versions/bbbb2222_test.sql migrations/versions/copy.sql
    run --separate-stderr pgsluice check --no-database --json
    [ "$status" -eq 1 ]
    [ "$(jq '.findings | length' <<<"$output")" = 5 ]
    [[ $output == *gone0001* && $output == *gone0002* && $output == *Self-loop* && $output == *copy.sql* ]]
}

@test "check: pending, several heads, a changed file and a hold at once" {
    create_database
    make_fork
    pgsluice upgrade aaaa
    sed -i 's/^CREATE TABLE a/CREATE TABLE IF NOT EXISTS a/' migrations/versions/aaaa1111_test.sql
    pgsluice hold --reason 'incident 7'
    run --separate-stderr pgsluice check --json
    [ "$status" -eq 1 ]
    [ "$(jq -c '[.database, (.findings | map(.kind))]' <<<"$output")" = \
        "[\"$database\",[\"several-heads\",\"mismatch\",\"held\",\"behind\"]]" ]
    run --separate-stderr pgsluice check
    [ "$status" -eq 1 ]
    [[ $output == *"pgsluice merge heads"*"incident 7"*"2 revisions are not applied: cccc3333, bbbb2222"* ]]
}

@test "check: a database that the files do not know" {
    create_database
    make_table_revision aaaa1111 '' a
    pgsluice upgrade
    sql "UPDATE alembic_version SET version_num = 'feedbeef'"
    run --separate-stderr pgsluice check
    [ "$status" -eq 1 ]
    [[ $output == "the database is at revision feedbeef, which is not in the files"*"stamp --purge"* ]]
}

@test "check: a server that cannot be reached is no verdict" {
    make_fork
    export SYNC_DATABASE_URL="postgresql:///x?host=$BATS_TEST_TMPDIR"
    run --separate-stderr pgsluice check
    [ "$status" -eq 3 ]
    [[ $output == "the files have 2 heads"* ]]
    unset SYNC_DATABASE_URL
    run --separate-stderr pgsluice check
    [ "$status" -eq 2 ]
    [[ $stderr == *"--no-database"* ]]
}

# --- edit -----------------------------------------------------------------------------------------

# An editor that notes its arguments, one a line, and then does what the test says.
make_editor() {
    cat >"$BATS_TEST_TMPDIR/my editor" <<SH
#!/bin/sh
printf '%s\n' "\$@" >>'$BATS_TEST_TMPDIR/edited'
$1
SH
    chmod +x "$BATS_TEST_TMPDIR/my editor"
}

@test "edit opens the files of what is named in \$VISUAL, else \$EDITOR, split like a shell would" {
    create_database
    make_fork
    make_editor :
    export EDITOR="'$BATS_TEST_TMPDIR/my editor' --wait '\$(x)'"
    pgsluice edit aaaa
    [ "$(cat edited)" = "--wait
\$(x)
$PWD/migrations/versions/aaaa1111_test.sql" ]
    rm edited
    export VISUAL="'$BATS_TEST_TMPDIR/my editor'" EDITOR=false
    run --separate-stderr pgsluice edit heads --json
    [ "$status" -eq 0 ]
    [ "$(jq -r '.files[]' <<<"$output")" = "$(cat edited)" ]
    [ "$(wc -l <edited)" -eq 2 ]
    pgsluice upgrade aaaa1111
    rm edited
    pgsluice edit current
    [ "$(cat edited)" = "$PWD/migrations/versions/aaaa1111_test.sql" ]
}

@test "edit tells of a file that is broken now, and can open it again" {
    make_fork
    # shellcheck disable=SC2016 # the editor's
    make_editor 'sed -i s/Revises:/Revisess:/ "$1"'
    export EDITOR="'$BATS_TEST_TMPDIR/my editor'"
    run --separate-stderr pgsluice edit bbbb
    [ "$status" -eq 2 ]
    [[ $stderr == *"the file is saved, but broken: Unknown header key 'Revisess'"*bbbb2222_test.sql:4:4* ]]
    grep -q Revisess migrations/versions/bbbb2222_test.sql
    # shellcheck disable=SC2016
    make_editor 'sed -i s/Revisess:/Revises:/ "$1"'
    pgsluice edit bbbb
    pgsluice history
}

@test "edit: no editor, a bad one, one that fails" {
    make_fork
    EDITOR=/nonexistent/editor run --separate-stderr pgsluice edit bbbb
    [ "$status" -eq 2 ]
    [[ $stderr == *"/nonexistent/editor"* ]]
    EDITOR="vi '" run --separate-stderr pgsluice edit bbbb
    [ "$status" -eq 2 ]
    [[ $stderr == *"variable EDITOR"* ]]
    EDITOR=false run --separate-stderr pgsluice edit bbbb
    [ "$status" -eq 2 ]
    [[ $stderr == *"the editor false failed"* ]]
    EDITOR=rm run --separate-stderr pgsluice edit bbbb
    [ "$status" -eq 2 ]
    [[ $stderr == *"the file is gone"*bbbb2222_test.sql* ]]
}

@test "Ctrl-C belongs to the editor" {
    make_fork
    make_editor 'trap "echo interrupted >>edited" INT; kill -INT 0'
    EDITOR="'$BATS_TEST_TMPDIR/my editor'" run --separate-stderr setsid -w pgsluice edit bbbb
    [ "$status" -eq 0 ]
    grep -q interrupted edited
}
