# The EXAMPLES of the manual pages are typed and loaded as they stand. Those of pgsluiced(8) over HTTP are in
# rollback.bats, the import of an Alembic project in adopt_alembic.bats.
load lib/common

setup() {
    common_setup
    create_database
}

# examples PAGE: its section, as text.
examples() {
    sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$top_srcdir/man/$1" | sed 's/\\(dq/"/g; s/\\e/\\/g'
}

# block PAGE NUMBER: the text between .Bd and .Ed.
block() {
    examples "$1" | awk -v number="$2" '/^\.Ed/ { is_inside = 0 } is_inside && found == number
        /^\.Bd/ { is_inside = 1; found++ }'
}

commands() {
    examples "$1" | sed -n 's/^\$ //p'
}

# What the reader of pgsluice(1) has done before typing that.
prepare() {
    case $1 in
        *'merge heads')
            base=$(pgsluice heads | cut -d' ' -f1)
            pgsluice -q revision -m one --head "$base"
            pgsluice -q revision -m two --head "$base" --splice
            ;;
        *'downgrade -1')
            pgsluice -q revision -m three
            sed -i 's/^-- migrate:down/&\n-- nothing to undo/' migrations/versions/*.sql
            pgsluice -q upgrade head
            ;;
        'psql '*) pgsluice -q downgrade "$base" ;;
    esac
}

@test "the examples of pgsluice(1)" {
    local command base='' status_wanted

    mkdir -p bin project
    printf '#!/bin/sh\necho the application runs\n' >bin/app
    chmod 755 bin/app
    PATH=$PWD/bin:$PATH
    export HOME=$PWD
    cd project
    while IFS= read -r command; do
        case $command in *'import alembic'*) continue ;; esac
        prepare "$command"
        command=${command//'$(pgsluice cluster start)'/"'$url'"}
        command=${command//'postgresql://dba@db.example/app'/"'$url'"}
        command=${command//3f2a9c1b7d10/$base}
        status_wanted=0
        case $command in *' --url '*)
            command="${command/db1:8081/127.0.0.1:1}"
            echo token >~/.pgsluice-token
            status_wanted=3 # nobody is there
            ;;
        esac
        echo "$command"
        if [[ $command = export* ]]; then
            eval "export ${command#export }"
            continue
        fi
        run bash -c "$command" </dev/null
        echo "$output"
        [ "$status" = "$status_wanted" ]
    done < <(commands pgsluice.1)
    [[ $(sql 'SELECT version_num FROM alembic_version') = "$base" ]]
}

@test "the examples of pgsluice.conf(5)" {
    local command

    write_pgsluice_conf
    { block pgsluice.conf.5 1 | sed "s/64 hexadecimal digits/$(printf x | sha256sum | cut -c1-64)/"
      block pgsluice.conf.5 4; cat pgsluice.conf; } >example.conf
    run pgsluiced --check-config --show -c example.conf
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == *'rollback.enabled = true'* ]]
    make_revision aaaa1111 '' <<'SQL'
-- migrate:up
CREATE TABLE t (id int);
SQL
    while IFS= read -r command; do
        bash -c "$command"
    done < <(commands pgsluice.conf.5)
    [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
}

@test "the examples of pgsluice-revision(5)" {
    write_pgsluice_conf
    make_table_revision 3f2a9c1b7d10 '' one
    make_table_revision 77aa00bb11cc '' two
    block pgsluice-revision.5 1 >"$migrations/versions/5d0f3b6e91aa.sql"
    block pgsluice-revision.5 2 | make_revision aaaa1111 5d0f3b6e91aa
    pgsluice upgrade head -x tenant=acme
    [ "$(sql "SELECT count(*) FROM acme.account")" = 0 ]
    [ "$(sql "SELECT obj_description('acme'::regnamespace)")" = acme ]
    pgsluice downgrade 5d0f3b6e91aa -x tenant=acme
    [ "$(sql "SELECT to_regnamespace('acme') IS NULL")" = t ]
}
