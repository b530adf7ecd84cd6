#!/usr/bin/perl
# What `pgsluice dump` prints makes the same schema again: every case of tests/schema/cases/*.sql is loaded into one
# database, in a schema of its own; the dump of that is loaded into an empty database; and then pgsluice and
# pg_dump (where it is as new as the server) must find the same in both. Prints TAP, one line a case.
#
#   tests/schema.t [PATTERN]      PATTERN: only the cases whose name it matches
#
# A file of cases:
#
#   -- case: NAME                 begins a case
#   -- old, -- new                may begin its states: what is above the first such line stands in both. Each
#                                 state is tested like a case
#
# psql reads it with the search_path at the case's own schema, which :"schema" names. The roles schema_case_owner,
# schema_case_reader and "Schema case; odd" are there. What is in no schema needs a name of its own.
use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use JSON::PP;

my @roles = ('schema_case_owner', 'schema_case_reader', '"Schema case; odd"');
my $url = $ENV{PGSLUICE_TEST_URL} // die "PGSLUICE_TEST_URL is not set (scripts/run-tests sets it)\n";
my $place = tempdir('schema-XXXXXX', DIR => $ENV{TMPDIR} // '/tmp', CLEANUP => 1);
my %database = map { $_ => "t_schema_${_}_$$" } qw(a b);
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

main(read_cases($ARGV[0]));
exit($failed ? 1 : 0);

sub main {
    my @cases = @_;

    printf "1..%d\n", @cases + 4;
    make_databases();
    my $refused = load_cases(@cases);
    my %dump = (a => dump_of('a'));
    my $complaints = load('b', $dump{a});
    $dump{b} = dump_of('b');
    my %objects = map { $_ => objects_of($_) } qw(a b);
    my %entries = map { $_ => entries_of($_) } qw(a b);
    for my $case (@cases) {
        my $schema = $case->{schema};
        my $problem = $refused->{$schema}
            // ($objects{a}{$schema} ? undef : "nothing was dumped\n")
            // difference($objects{a}{$schema}, $objects{b}{$schema})
            // difference($entries{a}{$schema}, $entries{b}{$schema});
        check($case->{name}, $problem);
    }
    check('a dump loads without a word', $complaints eq '' ? undef : $complaints);
    check('the dump of what was loaded is the same', difference($dump{a}, $dump{b}));
    check('its fingerprint is the same', difference(map { $objects{$_}{fingerprint} } qw(a b)));
    check('what is in no case\'s schema is the same for pg_dump',
        difference(map { $entries{$_}{'-'} } qw(a b)));
}

sub check {
    my ($name, $problem) = @_;
    $tested++;
    $failed++ if defined $problem;
    printf "%s %d - %s\n", defined $problem ? 'not ok' : 'ok', $tested, $name;
    print map {"# $_\n"} split /\n/, $problem if defined $problem;
}

# --- Cases ----------------------------------------------------------------------------------------

sub read_cases {
    my ($pattern) = @_;
    my $folder = dirname(__FILE__) . '/schema/cases';
    my @cases;

    for my $file (sort glob "$folder/*.sql") {
        my (undef, @parts) = split /^-- case: (.*)\n/m, slurp($file);
        while (my ($name, $body) = splice @parts, 0, 2) {
            push @cases, map { { %$_, name => basename($file, '.sql') . ": $name$_->{state}" } }
                states($body);
        }
    }
    @cases = grep { !defined $pattern || $_->{name} =~ /$pattern/ } @cases;
    $cases[$_]{schema} = sprintf 'case_%03d', $_ + 1 for 0 .. $#cases;
    return @cases;
}

sub states {
    my ($body) = @_;
    my ($common, %sql) = split /^-- (old|new)\n/m, $body;
    return { state => '', sql => $common } if !%sql;
    return map { { state => " ($_)", sql => $common . $sql{$_} } } sort keys %sql;
}

# What psql said against a case, by its schema.
sub load_cases {
    my $script = '';
    my %refused;

    for my $case (@_) {
        $script .= "\\warn case $case->{schema}\n\\set schema $case->{schema}\nRESET ROLE;\n"
            . "CREATE SCHEMA $case->{schema};\nSET search_path = $case->{schema};\n$case->{sql}";
    }
    my (undef, @said) = split /^case (case_\d+)\n/m, load('a', $script);
    while (my ($schema, $text) = splice @said, 0, 2) {
        $refused{$schema} = $text if ($text // '') ne '';
    }
    return \%refused;
}

# --- What is in a database ------------------------------------------------------------------------

sub dump_of {
    my ($which) = @_;
    return run("pgsluice dump", $which);
}

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

sub administer {
    my (@statements) = @_;
    spill("$place/administer", join '', map {"$_;\n"} @statements);
    system("psql -XqAt -d '$url' -f $place/administer >$place/out 2>$place/err");
    return slurp("$place/err");
}

sub make_databases {
    my $said = administer(
        (map {"CREATE ROLE $_"} @roles),
        map {"CREATE DATABASE $database{$_} TEMPLATE template0 STRATEGY file_copy"} qw(a b)
    );
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
    system("psql -Xq -d '" . url_of($which) . "' -f $place/script >/dev/null 2>$place/err");
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
