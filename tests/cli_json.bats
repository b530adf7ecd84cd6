# Every verb of verbs.def prints one JSON document with --json, also when it fails.

load lib/common
load lib/stand_in

setup() {
    common_setup
    write_pgsluice_conf
}

# words_of VERB: a command of that verb that succeeds where `prepare` has been. A verb that needs no
# operand needs no row.
words_of() {
    case $1 in
        init) echo init another ;;
        diff) echo diff --from live --to live ;;
        revision) echo revision -m more --head head ;;
        merge) echo merge bbbb cccc --splice ;;
        edit) echo edit aaaa ;;
        downgrade) echo downgrade head ;;
        show) echo show aaaa ;;
        stamp) echo stamp head ;;
        plan) echo plan upgrade head ;;
        cluster) echo cluster stop nowhere ;;
        run) echo run -- echo '{}' ;;
        completion) echo completion bash ;;
        rollback) echo rollback --dry-run --socket played/socket ;;
        token) echo token new --scope read ;;
        import) echo import dbmate theirs --to imported ;;
        *) echo "$1" ;;
    esac
}

verbs() {
    sed -n 's/^VERB(\([a-z_]*\),.*/\1/p' "$BATS_TEST_DIRNAME/../src/cli/verbs.def"
}

prepare() {
    create_database
    export EDITOR=true
    mkdir theirs
    echo '-- migrate:up' >theirs/1_first.sql
    make_revision aaaa1111 '' <<<$'-- migrate:up\n-- migrate:down\n-- nothing to undo'
    make_revision bbbb2222 aaaa1111 <<<$'-- migrate:up\n-- migrate:down\n-- nothing to undo'
    make_revision cccc3333 aaaa1111 <<<$'-- migrate:up\n-- migrate:down\n-- nothing to undo'
    make_revision dddd4444 'bbbb2222, cccc3333' <<<$'-- migrate:up\n-- migrate:down\n-- nothing to undo'
    pgsluice -q upgrade
    start_stand_in
}

teardown() {
    stop_stand_in
    common_teardown
}

@test "every verb prints one document with --json and nothing else on stdout" {
    prepare
    mkdir work
    for verb in $(verbs); do
        [ "$verb" != complete ] || continue
        # shellcheck disable=SC2046 # words
        run --separate-stderr pgsluice -q --json $(words_of "$verb")
        echo "$verb: $status $output $stderr"
        [ "$status" -eq 0 ]
        [ "$(jq -s length <<<"$output")" = 1 ]
        [ -z "$stderr" ]
        find migrations/versions -newer work -name '*_m*.sql' -delete
    done
    for words in --version --help "upgrade --help"; do
        # shellcheck disable=SC2086
        run --separate-stderr pgsluice --json $words
        [ "$(jq -s length <<<"$output")" = 1 ]
    done
}

@test "a verb that fails prints the error as its one document, and the text on stderr" {
    for verb in $(verbs); do
        [ "$verb" != complete ] || continue
        run --separate-stderr pgsluice --json "$verb" --no-such-option
        [ "$status" -eq 2 ]
        [ "$(jq -s -r 'map(.error.kind) | join(" ")' <<<"$output")" = usage ]
        [[ $stderr == "pgsluice: error: Unknown option --no-such-option"* ]]
    done
}

@test "a line that is not understood asks for JSON all the same" {
    for words in 'heads --no-such-option --json' 'no-such-verb --json' '--no-such-option --json heads'; do
        run -2 --separate-stderr pgsluice $words
        [ "$(jq -r .error.kind <<<"$output")" = usage ]
    done
}
