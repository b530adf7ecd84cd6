# Completion: the candidates, and the scripts that hand them to bash, zsh and fish.

load lib/common

setup() {
    common_setup
    write_pgsluice_conf
    for shell in bash zsh fish; do
        pgsluice completion $shell >"script.$shell"
    done
    make_revision aaaa1111 '' <<<'-- migrate:up'
    make_revision bbbb2222 aaaa1111 <<<'-- migrate:up'
    sed -i 's/^-- Create Date/-- Branch Labels: left\n&/' migrations/versions/bbbb2222_test.sql
    # Nothing here may be asked or told while somebody types.
    export SYNC_DATABASE_URL="postgresql:///x?host=$BATS_TEST_TMPDIR"
}

# The candidates, without descriptions, on one line.
candidates() {
    pgsluice complete -- "$@" | cut -f 1 | paste -s -d ' '
}

@test "verbs, options, operands and values are completed" {
    [ "$(candidates up)" = upgrade ]
    [ "$(candidates -q stat)" = status ]
    [ "$(candidates heads --re)" = --resolve-dependencies ]
    [[ $(candidates --) == *"--config --name --set"*--json* ]]
    [ "$(candidates upgrade '')" = "head heads base current left@head left bbbb2222 aaaa1111" ]
    [ "$(candidates merge aaaa1111 b)" = "base bbbb2222" ]
    [ "$(candidates plan u)" = upgrade ]
    [ "$(candidates plan upgrade aa)" = aaaa1111 ]
    [ "$(candidates plan upgrade aaaa1111 '')" = "" ]
    [ "$(candidates cluster st)" = "start stop status" ]
    [ "$(candidates cluster start '')" = :folders ]
    [ "$(candidates -c '')" = :files ]
    [ "$(candidates --set gate.lo)" = gate.lock_wait= ]
    [ "$(candidates revision --depends-on aa)" = aaaa1111 ]
    [ "$(candidates history --rev-range=aaaa1111:bb)" = --rev-range=aaaa1111:bbbb2222 ]
    [ "$(candidates help he)" = "heads help" ]
    [ "$(candidates revision -m '')" = "" ]
    [ "$(candidates nosuchverb '')" = "" ]
    [ "$(candidates complet)" = completion ]
}

@test "every operand and option of every verb can be completed without a word on stderr" {
    for verb in $(pgsluice complete -- '' | cut -f 1); do
        run --separate-stderr pgsluice complete -- "$verb" ''
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
        run --separate-stderr pgsluice complete -- "$verb" --
        [ "$status" -eq 0 ]
        [[ $output == *"--json"$'\t'* ]]
    done
}

@test "what is broken makes candidates fewer, and nothing is told" {
    echo 'nonsense' >migrations/versions/broken.sql
    run --separate-stderr pgsluice complete -- -vvv upgrade ''
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 4 ]
    [ -z "$stderr" ]
    echo 'nonsense' >pgsluice.conf
    printf 'A="' >.env
    run --separate-stderr pgsluice complete -- upgrade ''
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    run --separate-stderr pgsluice complete -- -c
    [ "$status" -eq 0 ]
    run --separate-stderr pgsluice complete
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
}

@test "the configuration that is named on the line is used" {
    mkdir -p elsewhere/versions
    printf -- '-- Revision ID: eeee9999\n-- migrate:up\n' >elsewhere/versions/e.sql
    echo 'migrations: { directory = "elsewhere"; };' >other.conf
    [ "$(candidates -c other.conf show ee)" = eeee9999 ]
    [ "$(candidates show --set migrations.directory=elsewhere ee)" = eeee9999 ]
    echo 'sections: { billing: { migrations: { directory = "elsewhere"; }; }; };' >>pgsluice.conf
    [ "$(candidates -n b)" = billing ]
    [ "$(candidates -n billing show ee)" = eeee9999 ]
}

# bash_complete LINE PIECE...: COMPREPLY for that line, which bash has cut into those pieces.
bash_complete() {
    # shellcheck disable=SC2016 # the other bash's
    bash -c 'source "$1"; COMP_LINE=$2; COMP_POINT=${#2}; COMP_WORDS=("${@:3}"); COMP_CWORD=$(($# - 3))
        _pgsluice "${COMP_WORDS[0]}"; echo "${COMPREPLY[*]}"; complete -p pgsluice >&2' \
        bash script.bash "$@" 2>complete.out
}

@test "bash" {
    [ "$(bash_complete 'pgsluice up' pgsluice up)" = upgrade ]
    [ "$(bash_complete 'pgsluice ' pgsluice '')" = "$(candidates '')" ]
    [ "$(bash_complete 'pgsluice upgrade left@h' pgsluice upgrade left @ h)" = head ]
    [ "$(bash_complete 'pgsluice upgrade left@' pgsluice upgrade left @)" = head ]
    [ "$(bash_complete 'pgsluice history --rev-range=aaaa1111:b' \
        pgsluice history --rev-range = aaaa1111 : b)" = "base bbbb2222" ]
    [ "$(bash_complete 'pgsluice  -c pgs' pgsluice -c pgs)" = pgsluice.conf ]
    [ "$(bash_complete 'pgsluice --config=pgs' pgsluice --config = pgs)" = pgsluice.conf ]
    [ "$(bash_complete 'pgsluice cluster start mig' pgsluice cluster start mig)" = migrations ]
    grep -q '^complete -F _pgsluice pgsluice' complete.out
    shellcheck script.bash
}

# zsh_complete WORD...: what the function hands to zsh's own helpers.
zsh_complete() {
    # shellcheck disable=SC2016 # zsh's
    zsh -f -c 'compdef() { }; compset() { }; _files() { print files $* }
        _describe() { print -rl -- "${(@P)@[-1]}" }
        source $1; shift; words=("$@"); CURRENT=$#; PREFIX=$words[-1]; _pgsluice' zsh script.zsh "$@"
}

@test "zsh" {
    [ "$(zsh_complete pgsluice up)" = "upgrade:Apply revisions up to TARGET (default: head)" ]
    [ "$(zsh_complete pgsluice show aa)" = "aaaa1111:revision aaaa1111" ]
    [ "$(zsh_complete pgsluice 'plan' \'upgrade\' aa)" = "aaaa1111:revision aaaa1111" ]
    [ "$(zsh_complete pgsluice history -r aaaa1111:b | tail -n 1)" = 'aaaa1111\:bbbb2222:revision bbbb2222' ]
    [ "$(zsh_complete pgsluice plan u)" = upgrade ]
    [ "$(zsh_complete pgsluice -c '')" = files ]
    [ "$(zsh_complete pgsluice init '')" = "files -/" ]
}

fish_complete() {
    # shellcheck disable=SC2016 # fish's
    HOME=$BATS_TEST_TMPDIR fish --no-config -c 'source $argv[1]; for line in $argv[2..-1]
        complete -C $line; end' script.fish "$@"
}

@test "fish" {
    run --separate-stderr fish_complete 'pgsluice up' 'pgsluice plan upgrade bb' 'pgsluice upgrade left@' \
        'pgsluice -c pgs' 'pgsluice --config=pgs' 'pgsluice history --rev-range=aa'
    [ "$output" = "upgrade	Apply revisions up to TARGET (default: head)
bbbb2222	revision bbbb2222
left@head	the head of that branch
pgsluice.conf
--config=pgsluice.conf
--rev-range=aaaa1111	revision aaaa1111" ]
    [ -z "$stderr" ]
}
