# test/fuzz/Wire.pm: speaks the server's protocol, enough for one session.
#
# A query's outcome is everything that the client is given: rows, errors and
# notices with all their fields, command tags.
package Wire;

use strict;
use warnings;
use IO::Socket::UNIX;

# Fields of errors and notices that say where in the server's source they
# arose: of no interest.
my %skipped_field = map { $_ => 1 } qw(F L R V);

sub connect
{
	my ($class, $dir, $user, $database, %options) = @_;
	my $socket = IO::Socket::UNIX->new(Peer => "$dir/.s.PGSQL.5432")
	  or die "cannot connect to $dir: $!\n";
	my $self = bless {
		socket => $socket, buffer => '',
		where => [ $dir, $user, $database, %options ]
	}, $class;
	my $startup = pack('N', 196608) . join("\0", 'user', $user, 'database',
		$database, %options) . "\0\0";

	$self->send_bytes(pack('N', length($startup) + 4) . $startup);
	$self->read_until_ready;
	return $self;
}

sub again
{
	my ($self) = @_;

	return Wire->connect(@{ $self->{where} });
}

sub send_bytes
{
	my ($self, $bytes) = @_;
	my $done = 0;

	while ($done < length $bytes)
	{
		my $sent = syswrite($self->{socket}, $bytes, length($bytes) - $done,
			$done);
		die "lost connection\n" unless defined $sent;
		$done += $sent;
	}
}

# Takes the next message off the buffer, if it is complete: [type, body].
sub next_message
{
	my ($self) = @_;
	my $length;

	return if length $self->{buffer} < 5;
	$length = unpack('N', substr($self->{buffer}, 1, 4)) + 1;
	return if length $self->{buffer} < $length;
	my $message = substr($self->{buffer}, 0, $length, '');
	return [ substr($message, 0, 1), substr($message, 5) ];
}

sub fill
{
	my ($self) = @_;

	sysread($self->{socket}, $self->{buffer}, 65536, length $self->{buffer})
	  or die "lost connection\n";
}

# All messages up to the one that says the server is ready for more.
sub read_until_ready
{
	my ($self) = @_;
	my @messages;

	for (;;)
	{
		while (my $message = $self->next_message)
		{
			push @messages, $message;
			return \@messages if $message->[0] eq 'Z';
		}
		$self->fill;
	}
}

sub send_query
{
	my ($self, $sql) = @_;

	utf8::encode($sql) if utf8::is_utf8($sql);
	$self->send_bytes('Q' . pack('N', length($sql) + 5) . $sql . "\0");
}

# Runs it; returns its outcome.
sub query
{
	my ($self, $sql) = @_;

	$self->send_query($sql);
	return outcome($self->read_until_ready);
}

# Runs it in a transaction of its own that is rolled back.
sub try
{
	my ($self, $sql) = @_;
	my $outcome;

	$self->query('BEGIN');
	$outcome = $self->query($sql);
	$self->query('ROLLBACK');
	return $outcome;
}

sub read_fields
{
	my ($body) = @_;
	my %fields = map { substr($_, 0, 1) => substr($_, 1) }
	  grep { $_ ne '' } split /\0/, $body;

	delete @fields{ keys %skipped_field };
	return \%fields;
}

sub read_row
{
	my ($body) = @_;
	my $count = unpack('n', $body);
	my $at = 2;
	my @values;

	for (1 .. $count)
	{
		my $length = unpack('N', substr($body, $at, 4));

		$at += 4;
		if ($length == 0xFFFFFFFF)
		{
			push @values, '\N';
			next;
		}
		push @values, substr($body, $at, $length);
		$at += $length;
	}
	return join('|', @values);
}

# Messages to {rows, error, code, notices, tags, text}; text is all of it in a
# form that can be compared: the order of rows is none of it.
sub outcome
{
	my ($messages) = @_;
	my %outcome = (rows => [], notices => [], tags => [], shape => [],
		code => '', message => '');
	my @text;

	for my $message (@$messages)
	{
		my ($type, $body) = @$message;

		push @{ $outcome{rows} }, read_row($body) if $type eq 'D';
		push @{ $outcome{tags} }, $body if $type eq 'C';
		push @{ $outcome{shape} }, $body if $type eq 'T';
		push @{ $outcome{copied} }, $body if $type eq 'd';
		if ($type eq 'E' || $type eq 'N')
		{
			my $fields = read_fields($body);

			push @text, join(' ', $type,
				map { "$_=$fields->{$_}" } sort keys %$fields);
			@outcome{qw(code message)} = @$fields{qw(C M)} if $type eq 'E';
		}
	}
	@{ $outcome{rows} } = sort @{ $outcome{rows} };
	$outcome{text} = join("\n", @text, (map { "T $_" } @{ $outcome{shape} }),
		(map { "d $_" } @{ $outcome{copied} // [] }),
		(map { "D $_" } @{ $outcome{rows} }),
		(map { "C $_" } @{ $outcome{tags} }));
	return \%outcome;
}

1;
