# New revision files: where they go, how they are named and made, what runs on them.

load lib/common

setup() {
    common_setup
    write_pgsluice_conf
}

# configure KEYS: the configuration, with these keys in its section migrations.
configure() {
    printf 'migrations: { directory = "migrations"; %s };\n' "$1" >pgsluice.conf
}

# refused STATUS TEXT ARGUMENT...: the command fails so and says that; its result is empty, and no file
# is left behind.
refused() {
    local expected=$1 text=$2 before

    shift 2
    before=$(files)
    run --separate-stderr pgsluice "$@"
    if [ "$status" -ne "$expected" ] || [[ $stderr != *"$text"* ]] || [ -n "$output" ]; then
        echo "pgsluice $*: exit status $status, $output$stderr"
        return 1
    fi
    [ "$before" = "$(files)" ]
}

# What there is, but for what bats keeps here.
files() {
    find . -type f ! -name '*stderr*' | sort
}

# alike FILE: each line of it is the words of a `revision` that Alembic and pgsluice take or refuse
# alike; a file that they write has the same name but for its ending, in the same folder. PROJECT stands
# for the folder of each one's own.
alike() {
    local words

    "$(sed -n '1s/^#!//p' "$(command -v alembic)")" - "$1" >alembic.out <<'PY'
import contextlib, io, shlex, sys
from alembic.config import main

for words in open(sys.argv[1]):
    silence = io.StringIO()
    try:
        with contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            main(["revision"] + shlex.split(words.replace("PROJECT", "alembic")))
        print("done")
    except SystemExit:
        print("refused")
PY
    sed s/PROJECT/migrations/ "$1" | while read -r words; do
        echo "revision $words" >&2
        if eval "pgsluice revision $words" 1>&2; then echo "done"; else echo refused; fi
    done >pgsluice.out
    diff -u alembic.out pgsluice.out
    (cd alembic && find . -name '*.py' ! -name env.py | sed 's/\.py$//' | sort) >alembic.out
    (cd migrations && find . -name '*.sql' | sed 's/\.sql$//' | sort) >pgsluice.out
    diff -u alembic.out pgsluice.out
    alembic history 2>/dev/null | sort_sets >alembic.out
    pgsluice history | sort_sets >pgsluice.out
    diff -u alembic.out pgsluice.out
}

# Alembic keeps labels and heads in sets, and so prints them, and what does not follow one another, in any
# order.
sort_sets() {
    perl -pe 'sub list { join ", ", sort split /, /, shift }
        s/^([^<>]*) -> /list($1) . " -> "/e; s/\(([^()]*, [^()]*)\)/"(" . list($1) . ")"/ge' | sort
}

# A project of Alembic's beside ours, with these lines in its alembic.ini.
make_alembic() {
    command -v alembic >/dev/null || skip "alembic is not installed"
    alembic init alembic >/dev/null 2>&1
    sed -i "/^version_path_separator/d; s|^script_location = .*|&\n$1|" alembic.ini
}

@test "revision takes and refuses what Alembic does, and names files alike" {
    make_alembic
    cat >commands <<'WORDS'
-m 'Create account: größe & Änderung' --rev-id aaaa1111
-m 'on the head' --rev-id bbbb2222
--message='-- a very long message that goes on and on behind the fortieth character' --rev-id b2b2b2b2
-m 'not a head' --head aaaa1111 --rev-id 11111111
-m 'nothing there' --head feed --rev-id 11111111
-m fork --head aaaa --splice --rev-id cccc3333 --branch-label forked
-m 'which head' --rev-id 11111111
-m labelled --head forked@head --rev-id dddd4444
-m 'label again' --head base --branch-label my-branch --rev-id 2222aaaa
-m 'its branch' --head my-branch@head --rev-id 3333aaaa
-m 'new base' --head base --branch-label other --rev-id eeee5555 --depends-on forked
-m 'needs parts' --head other@head --rev-id ffff6666 --depends-on bbbb --depends-on cccc3333
-m 'bad id' --head other@head --rev-id a@b
-m 'no such dependency' --head other@head --rev-id 11111111 --depends-on feedfeed
-m 'two of them' --head cccc3333 --splice --rev-id 4444aaaa
-m 'all together' --head heads --rev-id 99999999
WORDS
    alike commands
}

@test "revision chooses among folders as Alembic does" {
    make_alembic 'version_locations = alembic/one alembic/two\nfile_template = %%(slug)s-%%(rev)s'
    mkdir -p alembic/one alembic/two migrations/one migrations/two
    configure 'version_locations = [ "migrations/one", "migrations/two" ];
        file_template = "%(slug)s-%(rev)s";'
    cat >commands <<'WORDS'
-m 'which one' --head base --rev-id 11111111
-m 'in one' --head base --version-path PROJECT/one --rev-id aaaa1111
-m 'in two' --head base --version-path PROJECT/two --rev-id bbbb2222
-m 'follows' --head bbbb --rev-id cccc3333
-m 'moves' --head cccc --version-path PROJECT/one --rev-id dddd4444
-m 'elsewhere' --head dddd --version-path PROJECT --rev-id eeee5555
WORDS
    alike commands
}

@test "several folders are one history" {
    create_database
    mkdir -p core billing
    echo 'migrations: { directory = "migrations"; version_locations = [ "core", "billing" ]; };' >pgsluice.conf
    migrations=core
    pgsluice revision -m "begin core" --head base --branch-label core --version-path core --rev-id aaaa1111
    refused 2 "--version-path $PWD/core or --version-path $PWD/billing" revision -m x --head base
    pgsluice revision -m "begin billing" --head base --version-path ./billing/../billing --rev-id bbbb2222
    pgsluice revision -m more --head bbbb2222 --rev-id cccc3333
    [ -f billing/cccc3333_more.sql ]
    sed -i 's/^-- migrate:down/SELECT 1;\n&\n-- nothing to undo/' core/*.sql billing/*.sql

    pgsluice upgrade heads
    run pgsluice status
    [[ $output == *"3 revisions in $PWD/core, $PWD/billing, heads: "* ]]
    [ "$(pgsluice status --json | jq -c '[.scripts.count, (.scripts.folders | length)]')" = '[3,2]' ]
    run --separate-stderr pgsluice upgrade heads # known from the names of the files alone
    [[ $stderr == "Nothing to do: "* ]]
    pgsluice revision -m last --head core@head --rev-id dddd4444
    sed -i 's/^-- migrate:down/CREATE TABLE last ();\n&/' core/dddd4444_last.sql
    pgsluice upgrade heads
    [ "$(sql "SELECT count(*) FROM last")" = 0 ]
}

@test "folders that cannot be are refused" {
    mkdir -p a/b
    ln -s a same
    : >file
    configure 'version_locations = [ "nowhere" ];'
    refused 2 "there is no folder $PWD/nowhere" heads
    [[ $stderr == *"pgsluice.conf:1"*"mkdir -p $PWD/nowhere"* ]]
    refused 2 "is there twice" heads --set migrations.version_locations=a,same
    refused 2 "one folder is within another" heads --set migrations.version_locations=same/b,a
    refused 2 "$PWD/file is not a folder" heads --set migrations.version_locations=a,file
}

@test "the daemon reads several folders, and again on reload" {
    create_database
    mkdir one two
    migrations=$PWD/one make_revision aaaa1111 <<'SQL'
-- migrate:up
CREATE TABLE one ();
SQL
    mv one/versions/* one/
    rmdir one/versions
    write_config <<CONF
database:    { migration_url = "$url"; };
migrations:  { version_locations = [ "one", "two" ]; };
environment: { controlled = true; };
http:        { traffic: { listen = [ "127.0.0.1:0" ]; }; admin: { listen = [ "127.0.0.1:0" ]; }; };
CONF
    start_daemon
    wait_until_ready
    sed 's/aaaa1111/bbbb2222/; s/Revises:/& aaaa1111/; s/one/two/' one/*.sql >two/bbbb2222_test.sql
    kill -HUP "${daemon_pids[daemon]}"
    wait_for '[ "$(sql "SELECT version_num FROM alembic_version")" = bbbb2222 ]'
    stop_daemon
}

@test "a new file is made from the script directory's template" {
    cat >migrations/revision.sql.in <<'SQL'
@# not in the result
-- @{message}
-- Owner: @{user}, @{year}; write @@{message} or :{name} as it is
--
-- Revision ID: @{revision_id}
-- Revises: @{revises}
-- Branch Labels: @{branch_labels}
-- Depends On: @{depends_on}

-- migrate:up
SET LOCAL lock_timeout = '1s';
@{up}

-- migrate:down
@{down}
SQL
    pgsluice revision -m one --rev-id aaaa1111 --branch-label first
    pgsluice revision -m two --head base --rev-id bbbb2222 --depends-on first
    pgsluice revision -m three --head base --rev-id dddd4444
    pgsluice revision -m both --head heads --rev-id cccc3333
    run cat migrations/versions/aaaa1111_one.sql
    [ "${lines[0]}" = "-- one" ]
    [ "${lines[1]}" = "-- Owner: $(id -un), $(date -u +%Y); write @{message} or :{name} as it is" ]
    [[ $output != *"not in the result"* && $output != *"Depends On"* ]]
    [[ $output == *"-- Branch Labels: first"*"SET LOCAL lock_timeout"*"-- Undo the above"* ]]
    grep -q '^-- Depends On: first$' migrations/versions/bbbb2222_two.sql
    grep -q '^-- Revises: .*, ' migrations/versions/cccc3333_both.sql
    grep -q '^-- nothing to undo$' migrations/versions/cccc3333_both.sql
    pgsluice heads
}

@test "a template that makes something else writes nothing" {
    refused_template() {
        printf '%b' "$1" >migrations/revision.sql.in
        refused 2 "$2" revision -m x --branch-label label
    }

    refused_template '-- @{message}\n-- by @{usr}\n' "did you mean @{user}?"
    [[ $stderr == *"at $PWD/migrations/revision.sql.in:2:7"* ]]
    refused_template '-- Revision ID: @{revision_id}\n-- migrate:up\n' "must say 'Branch Labels: label'"
    refused_template '-- Revision ID: @{revision_id}\n-- Branch Labels: @{branch_labels}\n' "migrate:up"
    rm migrations/revision.sql.in
    mkfifo migrations/revision.sql.in
    refused 2 "is not a file" revision -m x
    rm migrations/revision.sql.in
    head -c 300000 /dev/zero | tr '\0' ' ' >migrations/revision.sql.in
    refused 2 "is larger than 256 KiB" revision -m x
}

@test "names and dates follow the configuration" {
    configure 'file_template = "%(year)d-%(month).2d-%(rev)s_%(slug)s"; truncate_slug_length = 10;
        timezone = "+05:45";'
    run pgsluice revision -m "one two three" --rev-id aaaa1111
    [[ $output =~ /versions/20[0-9][0-9]-[01][0-9]-aaaa1111_one_two_\.sql ]]
    grep -qE '^-- Create Date: 20[0-9-]+ [0-9:]+\+05:45$' migrations/versions/*_one_two_.sql
    pgsluice revision -m '!!!' --rev-id bbbb2222
    ls migrations/versions/*-bbbb2222.sql
    pgsluice revision -m same --rev-id cccc3333 --set 'migrations.file_template=%(slug)s'
    refused 2 "same.sql: File exists" revision -m same --set 'migrations.file_template=%(slug)s'
    refused 2 "has the Revision ID" revision -m "deadbeef0123 x" --set migrations.truncate_slug_length=20 --set 'migrations.file_template=%(slug)s'
    refused 2 "which is hidden" revision -m x --rev-id .abc --set 'migrations.file_template=%(rev)s'
    refused 2 "did you mean %(slug)?" heads --set 'migrations.file_template=%(slig)s'
    refused 2 "no slash" heads --set 'migrations.file_template=../%(rev)s'
    refused 2 "no time zone" heads --set migrations.timezone=Nowhere
    [ "$(pgsluice heads)" = "cccc3333 (head)" ]
}

@test "revision --sql prints the file and writes nothing" {
    configure 'post_write = [ "touch ran" ];'
    run --separate-stderr pgsluice revision -m "as it would be" --rev-id aaaa1111 --sql
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "-- as it would be" ]
    [[ $output == *"-- Revision ID: aaaa1111"*"-- migrate:up"*"-- migrate:down"* ]]
    printed=$output
    run --separate-stderr pgsluice revision -m "as it would be" --rev-id aaaa1111 --sql --json
    diff -B -I '^-- Create Date' <(echo "$printed") <(jq -r .text <<<"$output")
    [ "$(jq -r .path <<<"$output")" = "$PWD/migrations/versions/aaaa1111_as_it_would_be.sql" ]
    [ "$(files)" = ./pgsluice.conf ]
}

@test "messages of every kind become files that are read" {
    messages=('Revises: x' '--drop' '-- migrate:up' "it's \"quoted\" \$1 \\ @{up} %(rev)s"
        "$(printf 'x%.0s' {1..500})")
    for message in "${messages[@]}"; do
        pgsluice revision -q -m "$message"
    done
    [ "$(pgsluice history | wc -l)" -eq "${#messages[@]}" ]
    [ "$(pgsluice heads | wc -l)" -eq 1 ]
    refused 2 "one line of UTF-8" revision -m $'a\nb'
    refused 2 "one line of UTF-8" revision -m $'\xff'
    refused 2 "longer than" revision -m "$(printf 'x%.0s' {1..5000})"
    refused 2 "the label same is taken" revision -m x --rev-id same --branch-label same
}

@test "commands run on the new file, and what they print is no result" {
    cat >tool <<'SH'
#!/bin/sh
printf '<%s>' "$@"
echo
SH
    chmod +x tool
    configure 'post_write = [ "./tool first", "./tool \"a b\" REVISION_SCRIPT_FILENAME $HOME c,d",
        "sed -i s/SELECT/VALUES/" ];'
    echo "-- Revision ID: @{revision_id}
-- migrate:up
SELECT 1;" >migrations/revision.sql.in
    run --separate-stderr pgsluice revision -m x --rev-id aaaa1111
    [ "$status" -eq 0 ]
    file=$PWD/migrations/versions/aaaa1111_x.sql
    [ "$output" = "Generating $file ...  done" ]
    [[ $stderr == *"<first><$file>"*"<a b><$file><\$HOME><c,d>"* ]]
    grep -q VALUES "$file"
    rm "$file"
    run --separate-stderr pgsluice revision -m x --rev-id aaaa1111 --json
    [ "$(jq -r '.[0].revision' <<<"$output")" = aaaa1111 ]
}

# failing COMMAND STATUS TEXT: the command fails so, and the file is there afterwards.
failing() {
    rm -f migrations/versions/*
    run --separate-stderr pgsluice revision -m x --rev-id aaaa1111 --set "migrations.post_write=$1"
    [ "$status" -eq "$2" ]
    [[ $stderr == *"$3"* ]]
}

@test "a command that fails leaves the file and says so" {
    failing 'sh -c "exit 3"' 1 'ended with exit status 3'
    [[ $stderr == *"aaaa1111_x.sql is written and stays"* ]]
    [ -f migrations/versions/aaaa1111_x.sql ]
    failing 'sh -c "kill -9 \$\$"' 1 'ended by signal 9'
    failing 'no-such-tool' 1 '"no-such-tool"'
    [ -f migrations/versions/aaaa1111_x.sql ]
    failing 'sed -i s/Revises/Revised/' 2 "has broken the file: Unknown header key 'Revised'"
    failing "sed -i 's/ID: a/ID: b/'" 2 "says 'Revision ID: baaa1111', but must say 'Revision ID: aaaa1111'"
    failing 'rm' 1 'has removed'
    failing 'sh -c "rm $0 && mkfifo $0"' 1 'has made something else'
    failing 'sh -c "cat >/dev/null; test ! -t 0"' 0 ''
    run --separate-stderr pgsluice revision -m y --set 'migrations.post_write=false' --json
    [ "$status" -eq 1 ]
    [ "$(jq -r .error.kind <<<"$output")" = post-write-command ]
    refused 2 "is no command" heads --set "migrations.post_write=a 'b"
}

@test "an interrupt ends a command with all that it has started" {
    # shellcheck disable=SC2016 # the tool's
    printf '#!/bin/sh\n(trap "" TERM; exec sleep 60) &\necho $! >begun.new; mv begun.new begun; wait\n' >tool
    chmod +x tool
    configure 'post_write = [ "./tool" ];'
    pgsluice revision -m x 3>&- 4>&- &
    pid=$!
    wait_for '[ -s begun ]'
    kill -INT "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 130 ]
    wait_for '! kill -0 "$(cat begun)" 2>/dev/null' 5
    ls migrations/versions/*_x.sql
}

@test "init makes what a template says" {
    rm -r pgsluice.conf migrations
    run --separate-stderr pgsluice list_templates
    [ "${lines[0]}" = "generic - One database, one folder of revisions." ]
    [[ $output == *$'\n'"multidb - "* ]]
    [ "$(pgsluice list_templates --json | jq -r 'keys | join(" ")')" = "generic modules multidb" ]

    run pgsluice init
    [[ $output != *.gitkeep* ]]
    pgsluice revision -m one --rev-id aaaa1111 --sql >generic.out
    rm migrations/revision.sql.in
    pgsluice revision -m one --rev-id aaaa1111 --sql | diff -I '^-- Create Date' generic.out -
    [ -f migrations/versions/.gitkeep ]

    rm pgsluice.conf
    run --separate-stderr pgsluice init --package -t modules 'of "mine"'
    [ "$status" -eq 0 ]
    [[ $stderr == *"--package has no effect"* ]]
    pgsluice revision -m core --head base --branch-label core --version-path 'of "mine"/core'
    pgsluice revision -m billing --head base --version-path 'of "mine"/billing'
    [ "$(pgsluice heads | wc -l)" -eq 2 ]

    rm pgsluice.conf
    [ "$(pgsluice init -t multidb multi --json | jq '.created | length')" -gt 6 ]
    [ -d multi/app/versions ] && [ -d multi/analytics/versions ]
    grep -q 'directory = "multi/analytics";' pgsluice.conf
}

@test "init takes a template of one's own" {
    rm -r pgsluice.conf migrations
    mkdir -p own/scripts/versions own/scripts/deep/er
    echo 'migrations: { directory = "@{directory}"; timezone = "+01:00"; };' >own/pgsluice.conf.in
    echo 'SELECT 1;' >own/scripts/deep/er/file.sql
    : >own/scripts/versions/.gitkeep
    pgsluice init -t ./own there
    pgsluice heads
    cmp own/scripts/deep/er/file.sql there/deep/er/file.sql
    grep -q 'directory = "there"; timezone' pgsluice.conf

    refused 2 'has a line end in it' init $'x\ny'
    refused 2 'is empty' init ''
    refused 2 'a folder is written with a slash: ./own' init -t own x
    refused 2 'did you mean "multidb"?' init -t mulitdb x
    refused 2 'is no template' init -t ./there x
    mkfifo own/scripts/fifo
    refused 2 'neither a file nor a folder' init -t ./own x
    rm own/scripts/fifo
    ln -s . own/scripts/loop
    refused 2 'more than a template' init -t ./own x
    refused 2 'No such file' init -t ./nowhere x
}
