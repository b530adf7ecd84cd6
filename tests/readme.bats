# The tour in README.md, typed word for word: what it prints is what README.md says.

load lib/common

setup() {
    common_setup
    tour=$(mktemp -d "$TMPDIR/XXXXXX") # where the server's user may go
    chmod 755 "$tour"
    cd "$tour" || return
}

teardown() {
    cd "$tour" && pgsluice -q cluster stop
    common_teardown
}

# blocks LANGUAGE: the text in the fences of that language in "Five minutes".
blocks() {
    awk -v "fence=\`\`\`$1" '
        /^## / { is_tour = $0 == "## Five minutes" }
        /^```/ { is_inside = is_tour && $0 == fence; next }
        is_inside' "$top_srcdir/README.md"
}

# fill_in NAME < SECTIONS: into the revision file of that name, as an editor would.
fill_in() {
    local file

    file=$(echo migrations/versions/*"$1".sql)
    sed -i '/^-- migrate:up/,$d' "$file"
    cat >>"$file"
}

# The change that README.md shows as a diff.
update_model() {
    local old new model

    old=$(blocks diff | sed -n 's/^[ -]//p')
    new=$(blocks diff | sed -n 's/^[ +]//p')
    model=$(<migrations/models/schema.sql)
    [[ $model == *"$old"* ]]
    printf '%s\n' "${model/"$old"/"$new"}" >migrations/models/schema.sql
}

# What a person does in the editor between the commands.
edit_after() {
    case $1 in
        *'"create account table"')
            blocks sql | sed -n '/^-- migrate:up/,$p' | fill_in create_account_table
            ;;
        *'"add last login"')
            fill_in add_last_login <<'SQL'
-- migrate:up
ALTER TABLE account ADD COLUMN last_login timestamptz;
UPDATE account SET last_login = nwo();

-- migrate:down
ALTER TABLE account DROP COLUMN last_login;
SQL
            ;;
        'pgsluice upgrade head')
            sed -i 's/nwo/now/' migrations/versions/*
            ;;
        'pgsluice check')
            [ ! -f migrations/models/schema.sql ] || update_model
            ;;
    esac
}

# Everything that differs from run to run by a name: ids by their order, folders, times, versions, the user.
normalise() {
    perl -pe '
        BEGIN { my ($folder, $user) = splice @ARGV, 0, 2;
                $folders = join "|", map { my $f = $_; ($f, $f =~ s{/}{%2F}gr) } $folder, "/tmp/tour";
                $users = "$user|ann"; }
        s/($folders)/DIR/g;
        s/(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])/$id{$&} ||= "id" . ++$ids/ge;
        s/\b[0-9.]+ (us|ms|s)\b/TIME/g;
        s/PostgreSQL [0-9]+.*? (?=started)|PostgreSQL [0-9]+\.[0-9.]+.*/PostgreSQL VERSION /;
        s/\| +($users) +\| +[0-9]*$/| USER | TIME/;
        s/^-+\+.*/RULE/; s/ +/ /g; s/ $//; s/^\n//;' "$tour" "$(id -un)"
}

@test "the five minutes are as README.md tells them" {
    blocks console >told
    [ "$(grep -c '^\$ ' told)" -ge 12 ]
    sed -n 's/^\$ //p' told >commands
    while read -r command <&5; do
        printf '$ %s\n' "$command" >>seen
        eval "$command" >>seen 2>&1 3>&- 4>&- 5<&- || :
        edit_after "$command"
    done 5<commands
    normalise <told >told.normal
    normalise <seen >seen.normal
    diff -u told.normal seen.normal
}
