#!/usr/bin/perl
# timeout: 300 s
# From one schema to another and back: each case of tests/schema/cases/*.sql with an old and a new state is loaded into one
# database as it was and into another as it shall be, in a schema of its own; a case without states goes from an empty
# schema to what it has. What diff_schemas says is done to a copy of the old database: pgsluice and pg_dump must then
# find there what the new one has; and after the way down what the old one has. A row put into every table
# beforehand is still there, wherever table and column are in both. Prints TAP, one line a case.
#
#   tests/diff.t [PATTERN]        PATTERN: only the cases whose name it matches
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use lib dirname(abs_path(__FILE__)) . '/schema';
use Cases;
use Proof;

my @cases = select_cases($ARGV[0]);

printf "1..%d\n", @cases + 1;
prove(grep { !@{ $_->{refused} } } @cases);
refuse(grep { @{ $_->{refused} } } @cases);
check($_->{name}, problem_of($_->{schema})) for @cases;
check('what is in no case\'s schema', problem_of('-'));
exit result();

sub select_cases {
    my ($pattern) = @_;
    my @cases = grep { !defined $pattern || $_->{name} =~ /$pattern/ } read_cases();
    for my $i (0 .. $#cases) {
        my $case = $cases[$i];
        $case->{schema} = sprintf 'case_%03d', $i + 1;
        ($case->{old}, $case->{new}, $case->{rows}) = ('', $case->{both}, '') if defined $case->{both};
    }
    return @cases;
}
