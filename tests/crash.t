#!/usr/bin/perl
# The crash matrix: a run is broken off at a point, in one of four ways, by either program; then the same is
# started again. What is in the database must equal an undisturbed run: the catalog (pg_dump), the version
# table, applied, the ledger, and each statement's effect exactly once. Prints TAP. Needs a build with
# --enable-failpoints.
# timeout: 300 s
#
#   tests/crash.t [PATTERN]      PATTERN: only the cases whose name it matches
#
# A point is a failpoint NAME[:N] of the program, where it stops itself; or a gate, an advisory lock that the
# server waits for inside of a statement (in:REVISION.STATEMENT) or of a COMMIT (commit:REVISION), so that the
# server is the one caught at work. Cases run in groups, a database each, so that a restart of the server
# serves all of a group.
use strict;
use warnings;
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IO::Handle;
use IO::Socket::UNIX;
use IPC::Open2;
use POSIX qw(:sys_wait_h);
use Socket qw(MSG_DONTWAIT SOCK_DGRAM);
use Time::HiRes qw(time sleep);

use constant {
    SLOTS   => 8,
    PATIENT => 60,    # seconds that anything may take
    STEPS   => 3,     # revisions of one transaction each
};

my @points = (
    qw(connected lock-decided state-creating state-created),
    (map {"message-sent:$_"} 1, 5, 6, 17, 18, 19),
    (map {"revision-sent:$_"} 1, 3),
    (map {"answer-taken:$_"} 1, 4, 6, 19),
    (map {"revision-committed:$_"} 1 .. STEPS),
    qw(batch-done run-done unlocking unlocked),
    (map { ("in:$_.1", "in:$_.2", "commit:$_") } 1 .. STEPS),
);
# Of revisions in segments, and with the rows of a COPY. The journal is settled only by a second run.
my @segment_points = qw(segment-started segment-ran segment-finished segment-committed:2 segment-settled rows-sent);
my %break = (kill => \&nothing, terminate => \&terminate, restart => \&restart, cut => \&cut);
my @fronts = ('pgsluice', 'pgsluiced');

$| = 1;
$ENV{LC_ALL} = 'C';
my $owner = $$;
my $place = tempdir('crash-XXXXXX', DIR => $ENV{TMPDIR} // '/tmp');
chmod 0755, $place;
my $cluster = "$place/c";
my @slots;
my $tested = 0;
my $failed = 0;
END { clean_up() if $$ == $owner }
$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';

if (!has_failpoints()) {
    print "1..0 # SKIP this build has no failpoints\n";
    exit 0;
}
main();

sub main {
    my @cases = choose($ARGV[0]);

    printf "1..%d\n", scalar @cases;
    start_server();
    write_revisions();
    @slots = map { new_slot($_) } 1 .. SLOTS;
    my %kinds = map { ("$_->{line} $_->{front}" => 1) } @cases;
    my $expected = undisturbed(sort keys %kinds);
    while (@cases) {
        my $how = $cases[0]{how};
        my @group;
        push @group, shift @cases while @cases && @group < SLOTS && $cases[0]{how} eq $how;
        run_group($how, $expected, @group);
    }
    exit($failed ? 1 : 0);
}

sub choose {
    my ($pattern) = @_;
    my @cases;

    for my $how (sort keys %break) {
        for my $front (@fronts) {
            for my $point (@points, @segment_points) {
                my $name = "$how, $front at $point";
                my $line = (grep { $_ eq $point } @segment_points) ? 'segments' : 'steps';
                push @cases, { how => $how, front => $front, point => $point, name => $name, line => $line }
                    if !defined $pattern || $name =~ /$pattern/;
            }
        }
    }
    return @cases;
}

sub has_failpoints {
    for my $folder (split /:/, $ENV{PATH}) {
        open my $program, '<:raw', "$folder/pgsluice" or next;
        local $/;
        return <$program> =~ /PGSLUICE_FAILPOINT/;
    }
    return 0;
}

# --- The server and its databases -----------------------------------------------------------------

sub start_server {
    system("pgsluice cluster start --throwaway $cluster >/dev/null 2>$place/start") == 0
        or bail("no server: " . slurp("$place/start"));
}

sub postmaster {
    return (split /\n/, slurp("$cluster/data/postmaster.pid"))[0];
}

# postgresql://... of a database through the socket in a folder.
sub url {
    my ($database, $folder) = @_;
    $folder =~ s{/}{%2F}g;
    return "postgresql:///$database?host=$folder&port=5432&user=postgres";
}

sub new_slot {
    my ($number) = @_;
    my $folder = "$place/$number";
    my $slot = { number => $number, folder => $folder, database => "d$number" };

    mkdir $folder;
    sql_once('postgres', "CREATE DATABASE d$number TEMPLATE template0 STRATEGY file_copy");
    $slot->{direct} = url("d$number", $cluster);
    $slot->{wired} = url("d$number", $folder);
    $slot->{wire_pid} =
        open2($slot->{wire_out}, $slot->{wire_in}, 'wire-proxy', "$folder/.s.PGSQL.5432", "$cluster/.s.PGSQL.5432");
    readline $slot->{wire_out};    # ready
    return $slot;
}

sub sql_once {
    my ($database, $text) = @_;
    open my $psql, '-|', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url($database, $cluster), '-c', $text
        or bail("psql: $!");
    local $/;
    my $answer = <$psql> // '';
    close $psql or bail("psql failed: $text");
    return $answer;
}

# An administrator's session, which lives as long as the server does.
sub session {
    my ($slot) = @_;
    return if $slot->{psql};
    $slot->{psql} = open2($slot->{psql_out}, $slot->{psql_in}, 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d',
        $slot->{direct});
}

sub end_session {
    my ($slot) = @_;
    my $pid = delete $slot->{psql} or return;
    close delete $slot->{psql_in};
    close delete $slot->{psql_out};
    waitpid $pid, 0;
}

sub ask {
    my ($slot, $text) = @_;
    my $answer = '';

    session($slot);
    print { $slot->{psql_in} } "$text;\n\\echo --end--\n";
    $slot->{psql_in}->flush;
    while (defined(my $line = readline $slot->{psql_out})) {
        return $answer if $line eq "--end--\n";
        $answer .= $line;
    }
    end_session($slot);
    return undef;
}

# An empty database, but for the table that counts effects and the gates.
sub reset_database {
    my ($slot) = @_;
    ask($slot, <<'SQL') // bail('reset failed');
SET client_min_messages = error;
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid();
SELECT pg_advisory_unlock_all();
DROP SCHEMA IF EXISTS pgsluice CASCADE;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
CREATE TABLE effects (step int, statement int);
CREATE FUNCTION gate(gate int) RETURNS void LANGUAGE sql AS
    'SELECT pg_catalog.pg_advisory_xact_lock_shared(77, gate)';
CREATE FUNCTION commit_gate() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM public.gate(NEW.step * 10); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER commit_gate AFTER INSERT ON effects DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION commit_gate();
SQL
}

sub write_revision {
    my ($line, $number, $header, $up) = @_;
    my $before = $number > 1 ? 'a' . ($number - 1) : '';
    open my $file, '>', "$place/$line/versions/a${number}_step.sql" or bail($!);
    print $file <<"SQL";
-- step $number
--
-- Revision ID: a$number
-- Revises: $before
$header
-- migrate:up
$up
-- migrate:down
-- nothing to undo
SQL
    close $file;
}

# The lines of revisions, each in a script directory.
sub write_revisions {
    for my $line (qw(steps segments)) {
        mkdir "$place/$line";
        mkdir "$place/$line/versions";
    }
    write_revision('steps', $_, '', <<"SQL") for 1 .. STEPS;
CREATE TABLE t$_ (a int PRIMARY KEY);
INSERT INTO effects SELECT $_, 1 FROM gate(${_}1);
INSERT INTO effects SELECT $_, 2 FROM gate(${_}2);
SQL
    write_revision('segments', 1, '', <<'SQL');
CREATE TABLE s (a int);
INSERT INTO effects VALUES (4, 1);
CREATE INDEX CONCURRENTLY ON s (a);
INSERT INTO effects VALUES (4, 2);
SQL
    # more rows than are sent at once
    my $rows = join '', map {"$_\tsome text that makes a row longer\n"} 1 .. 2000;
    write_revision('segments', 2, "-- Transaction: none\n", <<"SQL");
INSERT INTO effects VALUES (5, 1);
CREATE TABLE copied (a int PRIMARY KEY, b text);
COPY copied FROM stdin;
$rows\\.
INSERT INTO effects SELECT 5, count(*) FROM copied;
SQL
}

# What must be the same whatever happened on the way.
sub picture {
    my ($slot) = @_;
    my $rows = ask($slot, <<'SQL') // '(the database does not answer)';
SELECT 'head ' || version_num FROM public.alembic_version ORDER BY 1;
SELECT concat_ws(' ', 'applied', revision, up_checksum, event) FROM pgsluice.applied ORDER BY 1;
SELECT concat_ws(' ', 'ledger', id, event, revision, heads_before, heads_after, up_checksum)
    FROM pgsluice.ledger ORDER BY id;
SELECT concat_ws(' ', 'settled', listing, heads) FROM pgsluice.settled;
SELECT concat_ws(' ', 'effect', step, statement) FROM public.effects ORDER BY 1;
SELECT concat_ws(' ', 'journal', revision, first_statement) FROM pgsluice.journal ORDER BY 1;
SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid;
SELECT 'migration lock held' FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
SQL
    return $rows . slurp("$slot->{folder}/dump");
}

# pg_dump of all slots at once.
sub dump_all {
    my @pids;
    for my $slot (@_) {
        my $pid = fork // bail("fork: $!");
        if ($pid == 0) {
            open STDOUT, '>', "$slot->{folder}/dump";
            exec 'pg_dump', '--schema-only', '-d', $slot->{direct} or POSIX::_exit(127);
        }
        push @pids, $pid;
    }
    waitpid $_, 0 for @pids;
    for my $slot (@_) {
        my $text = join '', grep { !/^\\(un)?restrict/ } map {"$_\n"} split /\n/, slurp("$slot->{folder}/dump");
        open my $file, '>', "$slot->{folder}/dump" or bail($!);
        print $file $text;
        close $file;
    }
}

# --- The programs ---------------------------------------------------------------------------------

# Starts a program on a slot's database, in the background.
sub start {
    my ($slot, $line, $front, $url, $failpoint) = @_;
    my $folder = $slot->{folder};
    my @command = ($front, '--set', "migrations.directory=$place/$line", '--set', "database.migration_url=$url",
        '--set', 'execution.lock_timeout=0');

    if ($front eq 'pgsluice') {
        push @command, 'upgrade', 'head';
    } else {
        push @command, map { ('--set', $_) } 'environment.controlled=true',
            "http.traffic.listen=unix:$folder/traffic", "http.admin.listen=unix:$folder/admin";
        unlink "$folder/notify", "$folder/traffic", "$folder/admin";
        $slot->{notify} = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "$folder/notify")
            or bail("notify socket: $!");
    }
    my $pid = fork // bail("fork: $!");
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$folder/told";
        open STDERR, '>&', \*STDOUT;
        $ENV{PGSLUICE_FAILPOINT} = $failpoint if defined $failpoint;
        $ENV{NOTIFY_SOCKET} = "$folder/notify" if $front eq 'pgsluiced';
        exec { $command[0] } @command or POSIX::_exit(127);
    }
    $slot->{pid} = $pid;
    $slot->{front} = $front;
}

sub is_ready {
    my ($slot) = @_;
    return 0 if $slot->{front} ne 'pgsluiced';
    my $message;
    while (defined recv $slot->{notify}, $message, 4096, MSG_DONTWAIT) {
        return 1 if $message =~ /^READY=1$/m;
    }
    return 0;
}

# Waits until the program has ended (a daemon that is ready is asked to). Returns the wait status.
sub finish {
    my ($slot) = @_;
    my $deadline = time + PATIENT;

    until (waitpid($slot->{pid}, WNOHANG) > 0) {
        kill 'TERM', $slot->{pid} if is_ready($slot);
        if (time > $deadline) {
            kill 'KILL', $slot->{pid};
            waitpid $slot->{pid}, 0;
            return 'hung';
        }
        sleep 0.01;
    }
    my $status = $?;
    delete $slot->{pid};
    return $status & 127 ? 'signal ' . ($status & 127) : 'exit ' . ($status >> 8);
}

# --- Points ---------------------------------------------------------------------------------------

# in:2.1 => 21, commit:2 => 20; undef for a failpoint.
sub gate_of {
    my ($point) = @_;
    return "$1$2" if $point =~ /^in:(\d)\.(\d)$/;
    return "${1}0" if $point =~ /^commit:(\d)$/;
    return undef;
}

sub start_case {
    my ($case) = @_;
    my $slot = $case->{slot};
    my $gate = gate_of($case->{point});
    my ($name, $count) = split /:/, $case->{point};
    my $failpoint = defined $gate ? undef : join ':', $name, 'stop', $count // 1;

    truncate "$slot->{folder}/told", 0;
    reset_database($slot);
    ask($slot, "SELECT pg_advisory_lock(77, $gate)") if defined $gate;
    run_half($case) if $name eq 'segment-settled';
    start($slot, $case->{line}, $case->{front}, $case->{how} eq 'cut' ? $slot->{wired} : $slot->{direct}, $failpoint);
}

# Leaves a statement in the journal of which nobody knows how it ended.
sub run_half {
    my ($case) = @_;

    start($case->{slot}, $case->{line}, $case->{front}, $case->{slot}{direct}, 'segment-ran:kill:1');
    my $ended = finish($case->{slot});
    $case->{why} = "the run that leaves it half-run: $ended" if $ended ne 'signal 9';
}

# TRUE once the program has stopped itself, or the server waits at the gate.
sub has_arrived {
    my ($case) = @_;
    my $slot = $case->{slot};
    my $gate = gate_of($case->{point});

    return 1 if slurp("/proc/$slot->{pid}/stat") =~ /\) T /;
    if (waitpid($slot->{pid}, WNOHANG) > 0) {
        $case->{why} = 'ended without coming to the point';
        $slot->{pid} = undef;
        return 1;
    }
    return defined $gate
        && ask($slot, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 77
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND objid = $gate AND NOT granted") == 1;
}

sub await_arrival {
    my @waiting = @_;
    my $deadline = time + PATIENT;

    while (@waiting = grep { !has_arrived($_) } @waiting) {
        if (time > $deadline) {
            $_->{why} = 'never came to the point' for @waiting;
            return;
        }
        sleep 0.01;
    }
}

# --- Breaking -------------------------------------------------------------------------------------

sub nothing { }

sub terminate {
    ask($_->{slot}, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'pgsluice/%'") for @_;
}

sub restart {
    my $pid = postmaster();

    end_session($_) for @slots;
    kill 'QUIT', $pid;
    my $deadline = time + PATIENT;
    while (kill 0, $pid) {
        bail('the server does not stop') if time > $deadline;
        sleep 0.01;
    }
    start_server();
}

sub cut {
    for my $slot (map { $_->{slot} } @_) {
        print { $slot->{wire_in} } "cut now\n";
        $slot->{wire_in}->flush;
        readline $slot->{wire_out};
    }
}

sub break_all {
    my ($how, @cases) = @_;

    if ($how eq 'kill') {
        kill 'KILL', grep { defined } map { $_->{slot}{pid} } @cases;
    }
    $break{$how}->(@cases);
    for my $case (@cases) {
        ask($case->{slot}, 'SELECT pg_advisory_unlock_all()') if defined gate_of($case->{point});
        kill 'CONT', $case->{slot}{pid} if $case->{slot}{pid};
    }
    for my $case (@cases) {
        $case->{first} = $case->{slot}{pid} ? finish($case->{slot}) : 'nothing';
    }
}

# --- Cases ----------------------------------------------------------------------------------------

sub undisturbed {
    my $slot = $slots[0];
    my %pictures;

    for my $kind (@_) {
        my ($line, $front) = split / /, $kind;
        reset_database($slot);
        start($slot, $line, $front, $slot->{direct});
        my $ended = finish($slot);
        bail("an undisturbed run of $front: $ended\n" . slurp("$slot->{folder}/told")) if $ended ne 'exit 0';
        dump_all($slot);
        $pictures{$kind} = picture($slot);
    }
    return \%pictures;
}

sub run_group {
    my ($how, $expected, @group) = @_;

    $group[$_]{slot} = $slots[$_] for 0 .. $#group;
    start_case($_) for @group;
    await_arrival(@group);
    break_all($how, @group);
    start($_->{slot}, $_->{line}, $_->{front}, $_->{slot}{direct}) for @group;
    $_->{second} = finish($_->{slot}) for @group;
    dump_all(map { $_->{slot} } @group);
    judge($_, $expected->{"$_->{line} $_->{front}"}) for @group;
}

# A first run ends as it must: killed, or done, or with an error that is not a bug's or a sanitizer's.
sub judge {
    my ($case, $expected) = @_;
    my $picture = picture($case->{slot});
    my $first = $case->{how} eq 'kill' ? qr/^signal 9$/ : qr/^exit [0345]$/;

    $case->{why} //= "the first run: $case->{first}" if $case->{first} !~ $first;
    $case->{why} //= "the second run: $case->{second}" if $case->{second} ne 'exit 0';
    $case->{why} //= difference($expected, $picture) if $picture ne $expected;
    $tested++;
    if (!defined $case->{why}) {
        print "ok $tested - $case->{name}\n";
        return;
    }
    $failed++;
    print "not ok $tested - $case->{name}\n";
    print map {"# $_\n"} split /\n/, "$case->{why}\n" . slurp("$case->{slot}{folder}/told");
}

sub difference {
    my ($expected, $found) = @_;
    my %expected = map { $_ => 1 } split /\n/, $expected;
    my %found = map { $_ => 1 } split /\n/, $found;

    return join "\n", 'not as after an undisturbed run',
        (map {"- $_"} grep { !$found{$_} } sort keys %expected),
        (map {"+ $_"} grep { !$expected{$_} } sort keys %found),
        length $expected == length $found ? () : 'lines occur more or less often';
}

# --- Small things ---------------------------------------------------------------------------------

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return <$file> // '';
}

sub bail {
    my ($why) = @_;
    print map {"# $_\n"} split /\n/, $why;
    print "Bail out!\n";
    exit 1;
}

sub clean_up {
    my $status = $?;

    for my $slot (@slots) {
        kill 'KILL', $slot->{pid} if $slot->{pid};
        kill 'TERM', $slot->{wire_pid};
        end_session($slot);
        waitpid $_, 0 for grep { $_ } $slot->{pid}, $slot->{wire_pid};
    }
    system("pgsluice cluster stop $cluster >/dev/null 2>&1") if -d $cluster;
    remove_tree($place);
    $? = $status;
}
