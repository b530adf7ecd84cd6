# The proof of what diff_schemas says, for tests/diff.t and tests/diff_random.t: cases (Cases.pm) with the schemas case_NNN
# are loaded, the way up and the way down are gone, and what is found is compared.
#
# DIFF_SHOW=1 prints the statements, too. DIFF_OPTIONS=--offline-ok asks for the plain forms.
package Proof;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use JSON::PP;
use Cases;

our @EXPORT = qw(prove refuse problem_of);

my $here = dirname(abs_path(__FILE__));
my $tool = ($ENV{top_builddir} // die "top_builddir is not set (scripts/run-tests sets it)\n")
    . '/tests/schema/diff-tool';
my $shows = $ENV{DIFF_SHOW};
my $options = $ENV{DIFF_OPTIONS} // '';
my %problem;    # by schema: the first thing that went wrong; '-' for what is in no case's schema

sub problem_of {
    my ($schema) = @_;
    return $problem{$schema};
}

sub note_problem {
    my ($schema, $what, $text) = @_;
    $problem{$schema} //= "$what:\n$text" if defined $text;
}

# --- The proof ------------------------------------------------------------------------------------

sub prove {
    my (@cases) = @_;
    load_states(@cases);
    my $document = ask_diff();
    expect($_, $document) for $options eq '' ? @cases : ();

    copy_database('old', 'trial');
    my $before = count('trial');
    my $waived = apply('trial', 'up', $document->{up});
    my $after = count('trial');
    compare_rows('up', $before, $after, $waived);
    compare_with('new', 'up', @cases);
    my %lost = map { /^(case_\d+)/ ? ($1 => 1) : () } grep { !exists $after->{$_} } keys %$before;

    $waived = { %$waived, %{ apply('trial', 'down', $document->{down}, \%lost) } };
    compare_rows('down', $before, count('trial'), $waived, $after);
    compare_with('old', 'down', @cases);
}

sub load_states {
    my (@cases) = @_;
    add_databases(qw(old new));
    my $refused = load_cases('old', map { [$_, $_->{old} . $_->{rows}] } @cases);
    note_problem($_, 'the old state', $refused->{$_}) for keys %$refused;
    $refused = load_cases('new', map { [$_, $_->{new}] } @cases);
    note_problem($_, 'the new state', $refused->{$_}) for keys %$refused;
    my $said = load('old', slurp("$here/rows.sql"));
    die $said if $said ne '';
}

# The cases that are refused by surprise are taken out, so that the others can be judged.
sub ask_diff {
    while (1) {
        my $document = JSON::PP->new->utf8->decode(tool("$options " . urls()));
        my ($refused) = map { $_->{refused} } grep { ref eq 'HASH' } @$document{qw(up down)};
        return $document if !defined $refused;
        my ($schema) = $refused =~ /(case_\d+)/ or die "refused: $refused\n";
        note_problem($schema, 'refused', $refused);
        load($_, "DROP SCHEMA $schema CASCADE;\n") for qw(old new);
    }
}

sub urls { return join ' ', map { "'" . url_of($_) . "'" } qw(old new) }

sub tool {
    my ($arguments) = @_;
    my $out = `$tool $arguments 2>$place/err`;
    die "diff-tool $arguments: status $?: " . slurp("$place/err") if $?;
    return $out;
}

# --- Cases without a way --------------------------------------------------------------------------

sub refuse {
    my (@cases) = @_;
    return if !@cases;
    administer("DROP DATABASE IF EXISTS t_schema_${_}_$$") for qw(old new);
    load_states(@cases);
    my $schemas = join ' ', map {"--schema $_->{schema}"} @cases;
    my $documents = JSON::PP->new->utf8->decode(tool("$schemas " . urls()));
    for my $i (0 .. $#cases) {
        my $up = $documents->[$i]{up};
        my $said = ref $up eq 'HASH' ? $up->{refused} : 'nothing was refused';
        note_problem($cases[$i]{schema}, 'the refusal', $said)
            if index($said, $cases[$i]{refused}[0]) < 0;
    }
}

# --- Statements -----------------------------------------------------------------------------------

# The case that an operation belongs to.
sub schema_of {
    my ($operation) = @_;
    my ($schema) = join("\n", $operation->{subject}, @{ $operation->{statements} }) =~ /(case_\d+)/;
    return $schema // '-';
}

sub text_of {
    my ($operation) = @_;
    my $text = join '', map {"$_;\n"} @{ $operation->{statements} };
    utf8::encode($text);
    return $text;
}

sub expect {
    my ($case, $document) = @_;
    my $text = join '', map { text_of($_) } grep { schema_of($_) eq $case->{schema} } @{ $document->{up} };
    for my $wanted (@{ $case->{expect} }) {
        note_problem($case->{schema}, "expected: $wanted", $text) if index($text, $wanted) < 0;
    }
    my $offers = join '', map {"$_->{statement};\n"} grep { $_->{from} =~ /^$case->{schema}\b/ } @{ $document->{candidates} };
    utf8::encode($offers);
    for my $wanted (@{ $case->{rename} }) {
        note_problem($case->{schema}, "rename: $wanted", $offers) if index($offers, $wanted) < 0;
    }
    for my $unwanted (@{ $case->{never} }) {
        note_problem($case->{schema}, "not expected: $unwanted", $text) if index($text, $unwanted) >= 0;
    }
}

# Rows that a guard finds go first: the tables that had them, as keys.
sub script_for {
    my ($operation, $number) = @_;
    my $script = "\\warn operation $number\n";
    if (defined(my $guard = $operation->{guard})) {
        utf8::encode($guard);
        my $delete = join ";\n",
            map {s/^SELECT FROM/DELETE FROM/r =~ s/ LIMIT 1$//r} split / UNION ALL /, $guard;
        $script .= "SELECT EXISTS ($guard) AS found \\gset\n\\if :found\n\\warn guarded $number\n"
            . "SET session_replication_role = replica;\n$delete;\nRESET session_replication_role;\n\\endif\n";
    }
    return $script . text_of($operation) . retry_of($operation, $number);
}

# A key to a table that was gone meanwhile, and is empty now, holds when those that refer to it are empty.
sub retry_of {
    my ($operation, $number) = @_;
    return '' if $operation->{verb} !~ /^(?:create_foreign_key|validate_constraint)$/;
    my ($table) = $operation->{subject} =~ / ON (.*)$/ or return '';
    my $statement = $operation->{statements}[0];
    my $retry = "\\if :ERROR\n\\warn retried $number\nTRUNCATE $table CASCADE;\n$statement;\n\\endif\n";
    utf8::encode($retry);
    return $retry;
}

sub apply {
    my ($which, $way, $operations, $lost) = @_;
    my $script = "SET check_function_bodies = off;\n";
    my %waived;

    $script .= script_for($operations->[$_], $_) for 0 .. $#$operations;
    print map {"# $_\n"} "--- $way", split /\n/, $script if $shows;
    my (undef, @said) = split /^operation (\d+)\n/m, load($which, $script);
    while (my ($number, $text) = splice @said, 0, 2) {
        my $schema = schema_of($operations->[$number]);
        ($text //= '') =~ s/^line \d+: WARNING: .*\n//gm;
        $waived{$schema} = 1 if $lost->{$schema} && $text =~ s/\A.*^retried \d+\n//ms;
        $waived{$schema} = 1 if $text =~ s/^guarded \d+\n//m;
        note_problem($schema, $way, $text . text_of($operations->[$number])) if $text ne '';
    }
    return \%waived;
}

# --- What became of it ----------------------------------------------------------------------------

# The order of a table's columns is not what ALTER TABLE can give.
sub without_order {
    my ($text) = @_;
    return $text if !defined $text;
    $text =~ s{^((?:CREATE|ALTER)[^\n]* TABLE [^\n]*)\(\n(.*?)\n\)}{
        my ($head, $columns) = ($1, $2);
        "$head(\n" . join("\n", sort map { s/,$//r } split /\n/, $columns) . "\n)"
    }gemsx;
    return $text;
}

sub compare_with {
    my ($which, $way, @cases) = @_;
    my %objects = map { $_ => objects_of($_) } 'trial', $which;
    my %entries = map { $_ => entries_of($_) } 'trial', $which;
    for my $schema ('-', map { $_->{schema} } @cases) {
        for my $found (\%objects, \%entries) {
            note_problem($schema, "after the way $way",
                difference(map { without_order($found->{$_}{$schema}) } $which, 'trial'));
        }
    }
}

# By "TABLE|COLUMN"; and all rows of a case by its schema.
sub count {
    my ($which) = @_;
    my %found;
    load($which, slurp("$here/count.sql"));
    for (split /\n/, slurp("$place/out")) {
        my ($kind, $key, $schema, $number) = /^(.)\|((\w+)\..*)\|(\d+)$/ or next;
        $found{$key} = $number;
        $found{"$schema rows $1"} += $number if $kind eq 'r' && $key =~ /\|(.*)$/;
    }
    return \%found;
}

# Rows that leave one partition are in another, or in what was a partition.
sub compare_rows {
    my ($way, $before, $after, $waived, $between) = @_;
    for my $key (sort grep { exists $after->{$_} && $after->{$_} < $before->{$_} } keys %$before) {
        my ($schema) = $key =~ /^(case_\d+)/;
        next if $waived->{$schema} || ($between && !exists $between->{$key});
        next if $key =~ /^\w+ rows /;
        my $all = $key =~ /\|(.*)$/ ? "$schema rows $1" : '';
        next if ($after->{$all} // 0) >= ($before->{$all} // 1);
        note_problem($schema, "after the way $way", "$key had $before->{$key} values, now $after->{$key}\n");
    }
}

1;
