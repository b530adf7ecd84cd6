# Alembic itself as the oracle, in one process for each side: thousands of random questions about
# random graphs; and what pgsluice prints for one graph with everything in it, byte for byte.

load lib/common

@test "plans, stamps, printed forms and refusals are Alembic's" {
    python3=/usr/bin/python3
    "$python3" -c 'import alembic' 2>/dev/null || skip "alembic is not installed"
    # shellcheck disable=SC2154 # set by scripts/run-tests
    "$python3" "$top_srcdir/tests/oracle/run"
}
