# test/lib/Wire.pm: speaks the server's protocol, message by message.
#
# A query's outcome is everything that the client is given: rows, errors and
# notices with all their fields, command tags.  The messages of the extended
# protocol are queued, in the order of the calls, until sync() or flush()
# sends them; what comes back is told in words, one a message.
package Wire;

use strict;
use warnings;
use IO::Socket::UNIX;

# Fields of errors and notices that say where in the server's source they
# arose: of no interest.
my %skipped_field = map { $_ => 1 } qw(F L R V);

# Connects by the socket, of port 5432 where a folder is given.  Dies with the
# server's message where it refuses.
sub connect
{
	my ($class, $path, $user, $database, %options) = @_;
	my $socket = IO::Socket::UNIX->new(
		Peer => -d $path ? "$path/.s.PGSQL.5432" : $path)
	  or die "cannot connect to $path: $!\n";
	my $self = bless {
		socket => $socket, path => $path, buffer => '', queued => '',
		where => [ $path, $user, $database, %options ]
	}, $class;
	my $startup = pack('N', 196608) . join("\0", 'user', $user, 'database',
		$database, %options) . "\0\0";

	$self->send_bytes(pack('N', length($startup) + 4) . $startup);
	for my $message (@{ $self->read_until('Z|E') })
	{
		$self->{key} = $message->[1] if $message->[0] eq 'K';
		die read_fields($message->[1])->{M} . "\n" if $message->[0] eq 'E';
	}
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

# All messages up to one of these types.  Data that COPY asks for are refused,
# unless that is what is waited for.
sub read_until
{
	my ($self, $types) = @_;
	my @messages;

	for (;;)
	{
		while (my $message = $self->next_message)
		{
			push @messages, $message;
			return \@messages if $message->[0] =~ /^(?:$types)$/;
			$self->send_bytes('f' . pack('N', 5) . "\0")
			  if $message->[0] eq 'G';
		}
		$self->fill;
	}
}

# All messages up to the one that says the server is ready for more.
sub read_until_ready { return $_[0]->read_until('Z') }

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

# ---------- the extended protocol ----------

sub queue_message
{
	my ($self, $type, $body) = @_;

	$self->{queued} .= $type . pack('N', length($body) + 4) . $body;
	return $self;
}

sub send_queued
{
	my ($self) = @_;

	$self->send_bytes($self->{queued});
	$self->{queued} = '';
}

# Values of parameters or arguments, all as text, undef for NULL.
sub values_of
{
	return pack('n', scalar @_)
	  . join('', map { defined $_ ? pack('N/a*', $_) : pack('N', 0xFFFFFFFF) } @_);
}

sub parse
{
	my ($self, $name, $sql, @types) = @_;

	return $self->queue_message('P',
		"$name\0$sql\0" . pack('nN*', scalar @types, @types));
}

# Results come as text, or, where format is 1, in binary.
sub bind
{
	my ($self, $portal, $name, $values, $format) = @_;

	return $self->queue_message('B', "$portal\0$name\0" . pack('n', 0)
		  . values_of(@{ $values // [] }) . pack('nn', 1, $format // 0));
}

sub describe
{
	my ($self, $kind, $name) = @_;

	return $self->queue_message('D', "$kind$name\0");
}

# At most so many rows; all where none is said.
sub execute
{
	my ($self, $portal, $rows) = @_;

	return $self->queue_message('E', "$portal\0" . pack('N', $rows // 0));
}

sub close_named
{
	my ($self, $kind, $name) = @_;

	return $self->queue_message('C', "$kind$name\0");
}

# The fast path: calls the function of this OID.  Text in, text out.
sub call
{
	my ($self, $oid, @arguments) = @_;

	$self->queue_message('F', pack('Nn', $oid, 0) . values_of(@arguments)
		  . pack('n', 0));
	$self->send_queued;
	return $self->words($self->read_until_ready);
}

# Sends what is queued and has it carried out; what came back, in words.
sub sync
{
	my ($self) = @_;

	$self->queue_message('S', '');
	$self->send_queued;
	return $self->words($self->read_until_ready);
}

# The same without ending the transaction; up to a message of these types, or
# an error, after which Sync is due.
sub flush
{
	my ($self, $types) = @_;

	$self->queue_message('H', '');
	$self->send_queued;
	return $self->words($self->read_until("$types|E"));
}

# What a string of simple queries gives, in words.
sub ask
{
	my ($self, $sql) = @_;

	$self->send_query($sql);
	return $self->words($self->read_until('Z|G|W'));
}

# Parses, binds and executes as the nameless statement and portal.
sub run
{
	my ($self, $sql, @values) = @_;

	return $self->parse('', $sql)->bind('', '', \@values)->execute('')->sync;
}

# Asks the server to cancel what the session is running.
sub cancel
{
	my ($self) = @_;
	my $other = IO::Socket::UNIX->new(Peer => -d $self->{path}
		? "$self->{path}/.s.PGSQL.5432" : $self->{path})
	  or die "cannot connect: $!\n";

	syswrite($other, pack('NN', 16, 80877102) . $self->{key});
	sysread($other, my $nothing, 1);
}

sub columns_of
{
	my ($body) = @_;
	my ($count, @columns) = (unpack('n', $body));
	my $at = 2;

	for (1 .. $count)
	{
		my $name = unpack('Z*', substr($body, $at));

		$at += length($name) + 1;
		push @columns, "$name:" . unpack('N', substr($body, $at + 6, 4));
		$at += 18;
	}
	return join(',', @columns);
}

my %word_for = (
	1 => 'parsed', 2 => 'bound', 3 => 'closed', n => 'no-data',
	s => 'suspended', I => 'empty', G => 'copy-in', H => 'copy-out',
	W => 'copy-both', c => 'copied',
	T => sub { 'columns(' . columns_of($_[0]) . ')' },
	t => sub { 'parameters(' . join(',', unpack('x2N*', $_[0])) . ')' },
	D => sub { 'row(' . read_row($_[0]) . ')' },
	d => sub { "data($_[0])" },
	C => sub { 'done(' . unpack('Z*', $_[0]) . ')' },
	V => sub { 'value(' . substr($_[0], 4) . ')' },
	Z => sub { "ready($_[0])" },
	E => sub { 'error(' . read_fields($_[0])->{C} . ')' });

# One word a message; notices and settings have none.  The fields of the last
# error are kept, and each message is shown to $self->{watch}.
sub words
{
	my ($self, $messages) = @_;
	my @words;

	for my $message (@$messages)
	{
		my ($type, $body) = @$message;
		my $word = $word_for{$type};

		$self->{error} = read_fields($body) if $type eq 'E';
		$self->{watch}->($type, $body) if $self->{watch};
		push @words, ref $word ? $word->($body) : $word if $word;
	}
	return join(' ', @words);
}

1;
