# The cases of tests/schema/cases, and databases to load them into: for tests/schema.t and tests/diff.t.
#
# A file of cases:
#
#   -- case: NAME                 begins a case
#   -- old, -- new                may begin its states: what is above the first such line stands in both
#   -- rows                       what follows in the old state puts rows into it
#   -- refused: TEXT              there is no way from old to new: what the refusal says
#   -- expect: TEXT, -- never: TEXT
#                                 what the statements from old to new have, or have not, among them
#   -- rename: TEXT               a rename that is offered; as if in the case's schema
#
# psql reads it with the search_path at the case's own schema, which :"schema" names. The roles schema_case_owner,
# schema_case_reader and "Schema case; odd" are there. What is in no schema needs a name of its own.
package Cases;
use strict;
use warnings;
use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use JSON::PP;

our @EXPORT = qw(
    read_cases script_of load_cases load run url_of add_databases copy_database clean_up objects_of entries_of
    difference check result administer slurp spill $place
);

my @roles = ("schema_case_owner_$$", "schema_case_reader_$$", qq{"Schema case; odd $$"});
my $url = $ENV{PGSLUICE_TEST_URL} // die "PGSLUICE_TEST_URL is not set (scripts/run-tests sets it)\n";
our $place = tempdir('schema-XXXXXX', DIR => $ENV{TMPDIR} // '/tmp', CLEANUP => 1);
my %database;
my $has_roles = 0;
my $owner = $$;
my $dumps = server_major() <= (`pg_dump --version` =~ /(\d+)/)[0]; # it refuses newer servers
my $tested = 0;
my $failed = 0;
END { clean_up() if defined $owner && $$ == $owner }
$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);
$ENV{LC_ALL} = 'C';
$ENV{PGOPTIONS} = '-c client_min_messages=warning';
$ENV{PGCLIENTENCODING} = 'UTF8';
delete @ENV{grep {/^PGSLUICE_(?!TEST_URL)/} keys %ENV};

sub check {
    my ($name, $problem) = @_;
    $tested++;
    $failed++ if defined $problem;
    printf "%s %d - %s\n", defined $problem ? 'not ok' : 'ok', $tested, $name;
    print map {"# $_\n"} split /\n/, $problem if defined $problem;
}

# The exit status of the test.
sub result { return $failed ? 1 : 0 }

# --- Cases ----------------------------------------------------------------------------------------

# NAME, SQL of the states (old and new, or only both), and what it expects; `schema` is for who runs it.
sub read_cases {
    my $folder = dirname(__FILE__) . '/cases';
    my @cases;

    for my $file (sort glob "$folder/*.sql") {
        my (undef, @parts) = split /^-- case: (.*)\n/m, with_own_roles(slurp($file));
        while (my ($name, $body) = splice @parts, 0, 2) {
            push @cases, { name => basename($file, '.sql') . ": $name", states($body) };
        }
    }
    return @cases;
}

# Roles are the whole server's, and another test may have the same cases.
sub with_own_roles {
    my ($text) = @_;
    return $text =~ s/\b(schema_case_(?:owner|reader))\b/$1_$$/gr =~ s/(Schema case; odd)/$1 $$/gr;
}

sub states {
    my ($body) = @_;
    my %marks = map {
        my $mark = $_;
        ($mark => [$body =~ /^-- $mark: (.*)$/mg])
    } qw(refused expect never rename);
    my ($common, %sql) = split /^-- (old|new)\n/m, $body;
    return (%marks, both => $common) if !%sql;
    my ($old, $rows) = split /^-- rows\n/m, $sql{old};
    $old //= '';
    return (%marks, old => $common . $old, new => $common . $sql{new}, rows => $rows // '');
}

# What loads `sql` into the case's schema.
sub script_of {
    my ($case, $sql) = @_;
    return "\\warn case $case->{schema}\n\\set schema $case->{schema}\nRESET ROLE;\n"
        . "CREATE SCHEMA $case->{schema};\nSET search_path = $case->{schema};\n$sql";
}

# What psql said against a case, by its schema; pairs of a case and its SQL.
sub load_cases {
    my ($which, @pairs) = @_;
    my $script = join '', map { script_of(@$_) } @pairs;
    my %refused;

    my (undef, @said) = split /^case (case_\d+)\n/m, load($which, $script);
    while (my ($schema, $text) = splice @said, 0, 2) {
        $refused{$schema} = $text if ($text // '') ne '';
    }
    return \%refused;
}

# --- What is in a database ------------------------------------------------------------------------

# Texts of all objects by schema, and the fingerprint.
sub objects_of {
    my ($which) = @_;
    my $document = JSON::PP->new->utf8->decode(run('pgsluice --json dump', $which));
    my %found = (fingerprint => $document->{fingerprint});

    for my $object (@{ $document->{objects} }) {
        my $schema = $object->{kind} eq 'schema' ? $object->{name} : $object->{schema} // '-';
        utf8::encode(my $text = "-- $object->{identity}\n$object->{sql}");
        $found{$schema} .= $text;
    }
    return \%found;
}

# The entries of pg_dump by schema. \restrict has a random word, and grants come in the order in which they were made.
sub entries_of {
    my ($which) = @_;
    my %found;

    return {} if !$dumps;
    my $text = run("pg_dump --schema-only --dbname", $which);
    $text =~ s/^\\(?:un)?restrict .*\n//gm;
    $text =~ s/^--\n-- PostgreSQL database dump complete\n.*//ms;
    my (undef, @parts) = split /^-- Name: (.*); Type: (.*); Schema: (.*); Owner: .*\n/m, $text;
    while (my ($name, $type, $schema, $body) = splice @parts, 0, 4) {
        $schema = $name if $type eq 'SCHEMA';
        $schema = $1 if "$name $type" =~ /(?:SCHEMA|COMMENT|ACL).*(case_\d+)/ && $schema eq '-';
        $body = join '', sort split /^/, $body if $type =~ /ACL/;
        $schema = '-' if $schema !~ /^case_/;
        $found{$schema} .= "-- $name $type\n$body";
    }
    return \%found;
}

# undef when both are the same.
sub difference {
    my ($old, $new) = map { $_ // '' } @_;
    return undef if $old eq $new;
    spill("$place/old", $old);
    spill("$place/new", $new);
    return join '', `diff -u $place/old $place/new`;
}

# --- Databases ------------------------------------------------------------------------------------

sub url_of {
    my ($which) = @_;
    (my $its = $url) =~ s{^([a-z]+://[^/]*/)[^?]*}{$1$database{$which}};
    return $its;
}

sub server_major {
    return int(`psql -XqAt -d '$url' -c 'SHOW server_version_num'` / 10000);
}

# What psql said.
sub administer {
    my (@statements) = @_;
    spill("$place/administer", join '', map {"$_;\n"} @statements);
    system("psql -XqAt -d '$url' -f $place/administer >$place/out 2>$place/err");
    return slurp("$place/err");
}

sub add_databases {
    my (@which) = @_;
    my @statements = $has_roles++ ? () : map {"CREATE ROLE $_"} @roles;
    for my $which (@which) {
        $database{$which} = "t_schema_${which}_$$";
        push @statements, "CREATE DATABASE $database{$which} TEMPLATE template0 STRATEGY file_copy";
    }
    my $said = administer(@statements);
    die $said if $said ne '';
}

sub copy_database {
    my ($from, $to) = @_;
    $database{$to} = "t_schema_${to}_$$";
    my $said = administer("DROP DATABASE IF EXISTS $database{$to}",
        "CREATE DATABASE $database{$to} TEMPLATE $database{$from} STRATEGY file_copy");
    die $said if $said ne '';
}

sub clean_up {
    my $status = $?;
    print STDERR administer(
        (map {"DROP DATABASE IF EXISTS $_ WITH (FORCE)"} values %database),
        map {"DROP ROLE IF EXISTS $_"} @roles
    );
    $? = $status;
}

# Runs a script; what psql said.
sub load {
    my ($which, $script) = @_;
    spill("$place/script", $script);
    system("psql -XqAt -d '" . url_of($which) . "' -f $place/script >$place/out 2>$place/err");
    (my $said = slurp("$place/err")) =~ s{^psql:\Q$place\E/script:}{line }gm;
    $said =~ s/^line \d+: WARNING:  "?wal_level"? is insufficient.*\nHINT: .*\n//gm;
    return $said;
}

sub run {
    my ($command, $which) = @_;
    local $ENV{SYNC_DATABASE_URL} = url_of($which);
    my $argument = $command =~ /dbname/ ? "'" . url_of($which) . "'" : '';
    chdir $place;
    my $out = `$command $argument 2>$place/err`;
    die "$command: status $?: " . slurp("$place/err") if $?;
    return $out;
}

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!";
    local $/;
    return <$file> // '';
}

sub spill {
    my ($path, $text) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $text;
    close $file or die "$path: $!";
}

1;
