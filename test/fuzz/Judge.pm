# test/fuzz/Judge.pm: judges what two neighbouring worlds answered.
package Judge;

use strict;
use warnings;
use Wire;

# What only hidden columns and the units unknown to the analyst hold.
my $canary = qr/canary[0-9a-f]|(?<!\d)(?:7770000\d{5}|779000\d{6}|8880000\d\d|8880001\d\d)(?!\d)/i;

sub new
{
	my ($class, $dir, $user, $database, @settings) = @_;
	my $self = bless { dir => $dir, database => $database // 'fuzz',
		settings => \@settings, canary => $canary, count => {}, found => {} }, $class;

	$self->{user} = $user;
	$self->{worlds} = [ map { $self->session($_) } 0, 1 ];
	return $self;
}

# A session in one of the worlds.
sub session
{
	my ($self, $world) = @_;
	my $session = Wire->connect($self->{dir}, $self->{user},
		"$self->{database}_$world");

	$session->query($_) for @{ $self->{settings} };
	return $session;
}

sub add
{
	my ($self, $what, $number) = @_;

	$self->{count}{$what} += $number // 1;
}

# Prints a finding; many alike are printed once.
sub finding
{
	my ($self, $kind, $sql, @details) = @_;

	$self->{found}{$kind}++;
	return if $self->{found}{$kind} > 50;
	print "FOUND $kind:\n$sql\n", map { "  $_\n" } map { split /\n/ } @details;
	print "\n";
}

# The databases' names are all that may differ.
sub text_of
{
	my ($self, $outcome) = @_;
	my $database = $self->{database};

	return $outcome->{text} =~ s/\b$database\_1\b/${database}_0/gr;
}

# Why two answers may differ without a leak, or nothing.  One world alone
# gives several, or the worlds have one in common: chance.  Or they agree when
# groups come in the order of their keys, and only a LIMIT or a window without
# an order told them apart.
sub excuse
{
	my ($self, $sql) = @_;
	my (@sessions, @seen);

	# what it says of the analyst's own doings has times and numbers in it
	return 'read the record' if $sql =~ /\bcleanroom\.(ledger|last_rec|check_rec)/;
	# which blocks of the catalogs each database has in memory is chance
	return 'read what was read of catalogs' if $sql =~ /\bpg_statio_(all|sys)_/;
	for my $world (0, 0, 0, 0, 1, 1, 1, 1)
	{
		my $session = $self->session($world);

		$seen[$world]{ $self->text_of($session->try($sql)) } = 1;
		$sessions[$world] = $session;
	}
	return 'unstable'
	  if keys %{ $seen[0] } > 1 || grep { $seen[1]{$_} } keys %{ $seen[0] };
	$_->query('SET enable_hashagg = off; SET enable_hashjoin = off')
	  for @sessions;
	return 'differ in order'
	  if $self->text_of($sessions[0]->try($sql)) eq
	  $self->text_of($sessions[1]->try($sql));
	return;
}

# Could the superuser run it?  Then an internal error is the gate's.
sub owner_succeeds
{
	my ($self, $sql) = @_;
	my $owner = Wire->connect($self->{dir}, 'postgres',
		"$self->{database}_0", 'options', '-c statement_timeout=3s');

	return $owner->try($sql)->{code} !~ /^XX/;
}

# Judges the two outcomes of a statement.  Returns true if nothing is wrong.
sub judge
{
	my ($self, $sql, $first, $second) = @_;
	my $found = 0;

	$self->add('statements');
	$self->add($first->{code} eq '' ? 'succeeded' :
		$first->{code} =~ /^RC/ ? 'refused' : 'failed');
	for my $outcome ($first, $second)
	{
		next unless $outcome->{text} =~ /($self->{canary})/ && $sql !~ /\Q$1/;
		$self->finding('a canary', $sql, substr($outcome->{text}, 0, 1000));
		$found = 1;
		last;
	}
	if ($self->text_of($first) ne $self->text_of($second) &&
		"$first->{code} $second->{code}" !~ /57014/)
	{
		my $excuse = $self->excuse($sql);

		if (defined $excuse)
		{
			$self->add($excuse);
		}
		else
		{
			$self->finding('worlds that differ', $sql,
				'one: ' . substr($first->{text}, 0, 1000),
				'two: ' . substr($second->{text}, 0, 1000));
			$found = 1;
		}
	}
	if ($first->{code} eq 'RC009' ||
		$first->{code} =~ /^XX/ && $self->owner_succeeds($sql))
	{
		$self->finding("an internal error", $sql,
			"$first->{code}: $first->{message}");
		$found = 1;
	}
	return !$found;
}

# Runs it in both worlds, judges, and returns the outcome in the first.
sub run
{
	my ($self, $sql) = @_;
	my @outcomes;

	for my $world (@{ $self->{worlds} })
	{
		$world->send_query("BEGIN");
		$world->send_query($sql);
		$world->send_query("ROLLBACK");
	}
	for my $world (@{ $self->{worlds} })
	{
		$world->read_until_ready;
		push @outcomes, Wire::outcome($world->read_until_ready);
		$world->read_until_ready;
	}
	$self->judge($sql, @outcomes);
	return $outcomes[0];
}

# Prints the counts; returns the status to end with.
sub report
{
	my ($self) = @_;
	my $found = 0;

	print join(', ', map { "$_ $self->{count}{$_}" }
		sort keys %{ $self->{count} }), "\n";
	for my $kind (sort keys %{ $self->{found} })
	{
		print "found $kind: $self->{found}{$kind}\n";
		$found = 1;
	}
	return $found;
}

1;
