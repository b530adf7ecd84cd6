#!/usr/bin/perl
# What `pgsluice dump` prints makes the same schema again: every case of tests/schema/cases/*.sql is loaded into one
# database, in a schema of its own; the dump of that is loaded into an empty database; and then pgsluice and
# pg_dump (where it is as new as the server) must find the same in both. Prints TAP, one line a state of a case.
#
#   tests/schema.t [PATTERN]      PATTERN: only the cases whose name it matches
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use lib dirname(abs_path(__FILE__)) . '/schema';
use Cases;

main(states($ARGV[0]));
exit result();

# Each state by itself.
sub states {
    my ($pattern) = @_;
    my @states;

    for my $case (read_cases()) {
        push @states,
            map { { name => $case->{name} . ($_ eq 'both' ? '' : " ($_)"), sql => $case->{$_} } }
            grep { defined $case->{$_} } qw(both old new);
    }
    @states = grep { !defined $pattern || $_->{name} =~ /$pattern/ } @states;
    $states[$_]{schema} = sprintf 'case_%03d', $_ + 1 for 0 .. $#states;
    return @states;
}

sub main {
    my @cases = @_;

    printf "1..%d\n", @cases + 4;
    add_databases(qw(a b));
    my $refused = load_cases('a', map { [$_, $_->{sql}] } @cases);
    my %dump = (a => run('pgsluice dump', 'a'));
    my $complaints = load('b', $dump{a});
    $dump{b} = run('pgsluice dump', 'b');
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
