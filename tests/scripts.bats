# What the scripts of the tree say to whoever runs them wrongly.
load lib/common

@test "run-tests: an option that it does not know is a usage error, and nothing else" {
    run "$top_srcdir/scripts/run-tests" --nonsense
    [ "$status" = 2 ]
    [ "${#lines[@]}" = 2 ]
    [[ ${lines[1]} == 'usage: run-tests '*'[NAME...]' ]]
    run "$top_srcdir/scripts/run-tests" --builddir "$BATS_TEST_TMPDIR"
    [ "$status" = 2 ]
    [[ $output == 'run-tests: no build found'* && ${#lines[@]} == 1 ]]
}
