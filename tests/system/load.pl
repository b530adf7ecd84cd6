#!/usr/bin/perl
# load.pl GO ADDRESS [keep-alive]
#
# A client that asks ADDRESS (a port of 127.0.0.1, or the /path of a Unix socket) for /livez as long as the file
# GO is there, and leaves the machine a breath in between. Prints a line for each request: the status, or "lost"
# when no answer came. With keep-alive on one connection, as long as the daemon keeps it: a request whose
# connection is closed before the first byte of an answer is made again on a new one, as RFC 9110 (9.2.2) has it.
use strict;
use warnings;
use IO::Handle;
use IO::Socket::INET;
use IO::Socket::UNIX;

my ($go, $address, $keeps) = @ARGV;
my $connection;

sub connected {
    return $address =~ m{^/}
        ? IO::Socket::UNIX->new(Peer => $address)
        : IO::Socket::INET->new(PeerHost => '127.0.0.1', PeerPort => $address, Timeout => 20);
}

# The status; "closed" when the connection ended before an answer began, else "lost".
sub ask {
    my ($socket) = @_;
    my ($answer, $header, $length) = ('');

    print $socket "GET /livez HTTP/1.1\r\nHost: localhost\r\n", $keeps ? '' : "Connection: close\r\n", "\r\n";
    until (($header) = $answer =~ /^(.*?\r\n\r\n)/s) {
        sysread $socket, $answer, 4096, length $answer or return $answer eq '' ? 'closed' : 'lost';
    }
    ($length) = $header =~ /^Content-Length: (\d+)/mi or return 'lost';
    while (length($answer) < length($header) + $length) {
        sysread $socket, $answer, 4096, length $answer or return 'lost';
    }
    undef $connection if !$keeps || $header =~ /^Connection: close/mi;
    return $header =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'lost';
}

$SIG{PIPE} = 'IGNORE';
STDOUT->autoflush(1);
while (-e $go) {
    my $is_used = defined $connection;
    my $status;

    $connection //= connected() or print("lost: $!\n"), next;
    $status = ask($connection);
    undef $connection if $status !~ /^\d/;
    next if $status eq 'closed' && $is_used;
    print $status eq 'closed' ? 'lost' : $status, "\n";
    select undef, undef, undef, 0.002;
}
