# Alembic itself as the oracle: thousands of random questions about random graphs, in one process for
# each side, and some to the programs themselves; and what pgsluice prints for one graph with
# everything in it, byte for byte.

load lib/common

oracle=$BATS_TEST_DIRNAME/oracle
python=/usr/bin/python3 # the one whose modules Debian's packages are

needs_alembic() {
    "$python" -c 'import alembic' 2>/dev/null || skip "alembic is not installed"
}

# The transcript with what its commands print now. They run in this folder and its database.
replay() {
    local command status

    while IFS= read -r command; do
        [ "${command:0:2}" = '$ ' ] || continue
        printf '%s\n' "$command"
        status=0
        eval "${command:2}" 2>&1 || status=$?
        [ "$status" -eq 0 ] || printf '[exit status %s]\n' "$status"
    done <"$1" | sed -e "s|$PWD/||g" -e 's|^\(Current revision(s) for \).*|\1URL:|'
}

@test "plans, stamps, printed forms and refusals are Alembic's" {
    needs_alembic
    "$python" "$oracle/run"
}

@test "the printed forms have not changed (UPDATE_GOLDEN=yes accepts them)" {
    create_database
    cp -R "$oracle/golden/versions" migrations/
    write_pgsluice_conf
    replay "$oracle/golden/transcript" >transcript
    if [ -n "${UPDATE_GOLDEN:-}" ]; then
        cp transcript "$oracle/golden/transcript"
    fi
    diff -u "$oracle/golden/transcript" transcript
}

@test "the programs agree, each on its own database and on the other's" {
    needs_alembic
    create_database
    local first=$url
    create_database
    "$python" "$oracle/programs" "$first" "$url"
}
