# test/fuzz/smith.pl: lets sqlsmith loose as analyst.
#
#   smith.pl FOLDER SEED COUNT
#
# sqlsmith shows no results.  So it talks to this program, which listens where
# it looks for a server, passes each message on to both worlds, judges what
# they answer, and hands back the first world's answer.  Seeds follow each
# other until COUNT statements have been judged.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
use Judge;
use Wire;

my ($dir, $seed, $count) = @ARGV;
my $per_seed = 5000;
my $socket_dir = "$dir/proxy";
my $judge = Judge->new($dir, 'fuzz_analyst');
my $statements = 0;
my $protected =
  qr/\b(visits|patients|parts|trials|strict|calls|orders|recent|mine|mine_too|by_city|by_day|reach|often|smokers)\b/;
my $started = time;
my %tests;
my %codes;


sub read_exactly
{
	my ($socket, $length) = @_;
	my $bytes = '';

	while (length $bytes < $length)
	{
		sysread($socket, $bytes, $length - length $bytes, length $bytes)
		  or return;
	}
	return $bytes;
}

# The first packet may ask for encryption, which there is none of.
sub read_startup
{
	my ($client) = @_;

	for (;;)
	{
		my $length = read_exactly($client, 4) // return;
		my $body = read_exactly($client, unpack('N', $length) - 4) // return;

		return 1 if unpack('N', $body) == 196608;
		syswrite($client, 'N');
	}
}

# A server as its clients like it: ours, whose greeting has passed.
sub greet
{
	my ($client) = @_;
	my $message = sub { $_[0] . pack('N', 4 + length $_[1]) . $_[1] };
	my %settings = (server_version => $ENV{CR_FUZZ_VERSION} // '15.0',
		server_encoding => 'UTF8', client_encoding => 'UTF8',
		DateStyle => 'ISO, YMD', standard_conforming_strings => 'on',
		integer_datetimes => 'on');

	syswrite($client, join('', $message->('R', pack('N', 0)),
		(map { $message->('S', "$_\0$settings{$_}\0") } sort keys %settings),
		$message->('K', pack('NN', $$, 1)), $message->('Z', 'I')));
}

# sqlsmith asks which operators and functions there are, and makes little of
# those whose types are polymorphic: it is told of the others.
sub kept_of
{
	my ($sql) = @_;
	my $known = 'not exists (select from pg_type where typtype = \'p\' and oid';

	return "and $known in (oprleft, oprright))"
	  if $sql =~ /from pg_catalog.pg_operator where/;
	return "and has_function_privilege(oid, 'execute') and $known = any (proargtypes))"
	  if $sql =~ /proretset or prokind = 'a'/;
	return;
}

# The client's messages up to one that asks for an answer, and the SQL in it.
sub read_request
{
	my ($client) = @_;
	my $bytes = '';
	my $sql = '';

	for (;;)
	{
		my $head = read_exactly($client, 5) // return;
		my ($type, $length) = unpack('aN', $head);
		my $body = read_exactly($client, $length - 4) // return;

		return if $type eq 'X';
		# notices are part of what is judged
		$body =~ s/ERROR/NOTICE/ if $body =~ /^set client_min_messages/i;
		$body =~ s/\A(set statement_timeout to ).*/$1'3s'\0/is;
		$body =~ s/\0\z/ $_\0/ for kept_of($type eq 'Q' ? $body : '');
		$sql .= $body =~ s/\0.*//sr if $type eq 'Q';
		$bytes .= $type . pack('N', 4 + length $body) . $body;
		return ($bytes, $sql) if $type eq 'Q' || $type eq 'S';
	}
}

# Passes one request on.  False when the client has gone.
sub pass_on
{
	my ($client, @worlds) = @_;
	my ($bytes, $sql) = read_request($client) or return;
	my (@answers, $answer);

	$_->send_bytes($bytes) for @worlds;
	@answers = map { $_->read_until_ready } @worlds;
	$answer = join('',
		map { $_->[0] . pack('N', 4 + length $_->[1]) . $_->[1] }
		  @{ $answers[0] });
	while ($answer ne '')
	{
		my $sent = syswrite($client, $answer) or return;
		substr($answer, 0, $sent, '');
	}
	# its other connection asks about the schema
	$tests{$client} = 1 if $sql =~ /sqlsmith::dut/;
	return 1
	  if !$tests{$client} || $sql =~ /^\s*(begin|rollback|commit|set)\b/i;
	@answers = map { Wire::outcome($_) } @answers;
	$codes{"$answers[0]{code} $answers[0]{message}" =~ s/"[^"]*"/"..."/gr}++;
	$judge->judge($sql, @answers);
	$judge->add('succeeded over protected rows')
	  if $answers[0]{code} eq '' && $sql =~ $protected;
	$statements++;
	return 1;
}

mkdir $socket_dir;
unlink "$socket_dir/.s.PGSQL.5432";
my $listener = IO::Socket::UNIX->new(Local => "$socket_dir/.s.PGSQL.5432",
	Listen => 5) or die "cannot listen: $!\n";
chmod 0777, $socket_dir, "$socket_dir/.s.PGSQL.5432";
while ($statements < $count)
{
	my $queries = $count - $statements < $per_seed ? $count - $statements : $per_seed;
	my $smith = fork // die "cannot fork: $!\n";
	my $running = 1;

	if ($smith == 0)
	{
		open STDOUT, '>', "$dir/sqlsmith.log";
		open STDERR, '>&', \*STDOUT;
		exec 'sqlsmith', "--target=host=$socket_dir port=5432 dbname=fuzz_0 user=fuzz_analyst sslmode=disable gssencmode=disable",
		  '--verbose', ($seed % 4 == 0 ? () : '--exclude-catalog'), "--seed=$seed", "--max-queries=$queries";
		die "no sqlsmith: $!\n";
	}
	my %clients;
	my $select = IO::Select->new($listener);

	while ($running)
	{
		for my $socket ($select->can_read(0.2))
		{
			if ($socket == $listener)
			{
				my $client = $listener->accept;

				next unless read_startup($client);
				greet($client);
				$clients{$client} =
				  [ map { $_->again } @{ $judge->{worlds} } ];
				$select->add($client);
			}
			elsif (!pass_on($socket, @{ $clients{$socket} }))
			{
				delete $clients{$socket};
				delete $tests{$socket};
				$select->remove($socket);
				close $socket;
			}
		}
		$running = 0
		  if $select->count == 1 && waitpid($smith, 1) == $smith;
	}
	$judge->add('seeds');
	printf STDERR "%d statements, %d s\n", $statements, time - $started
	  if $count > 20000;
	$seed++;
	if ($judge->{count}{seeds} > 20 + 2 * $count / $per_seed)
	{
		print "sqlsmith does not produce statements:\n", `tail -5 $dir/sqlsmith.log`;
		exit 1;
	}
}
my @common = sort { $codes{$b} <=> $codes{$a} || $a cmp $b } keys %codes;
print "how statements ended, most often:\n",
  map { "  $codes{$_} $_\n" } splice(@common, 0, 40);
exit $judge->report;
