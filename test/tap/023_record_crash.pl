# A backend, the recorder or the postmaster is killed at a random moment while
# analysts ask.  Afterwards the chain is whole; each answer that somebody got
# is on record, and charged; no budget is overspent; and no analyst has lost
# more than what was being charged.  CR_CRASHES says how often, for each.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $rounds = $ENV{CR_CRASHES} // 2;
my $analysts = 3;
my $wards = 3;
my $portion = 100;    # rows that are charged at a time
my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\nfsync = off\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION cleanroom CASCADE;
	CREATE ROLE regress_cr_owner LOGIN;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner;
	CREATE TABLE stays (person int NOT NULL, ward int NOT NULL);
	INSERT INTO stays SELECT i, i % 3 FROM generate_series(1, 90) i;
	ALTER TABLE stays OWNER TO regress_cr_owner;
	SET ROLE regress_cr_owner;
	SELECT cleanroom.protect('stays', 'person', 10, '{ward}');
});
for my $n (1 .. $analysts)
{
	$node->safe_psql('postgres', qq{
		CREATE ROLE regress_cr_ana$n LOGIN;
		GRANT USAGE ON SCHEMA cleanroom TO regress_cr_ana$n;
		GRANT SELECT ON stays TO regress_cr_ana$n;
		SET ROLE regress_cr_owner;
		SELECT cleanroom.set_budget('stays', 'regress_cr_ana$n', 1000000, 'queries', 'lifetime');
		SELECT cleanroom.set_budget('stays', 'regress_cr_ana$n', 1000000, 'released_rows', 'lifetime');
	});
}

# After a crash the server recovers by itself, or is started anew.
sub wait_until_up
{
	my ($killed) = @_;

	if ($killed)
	{
		usleep(100_000) while kill 0, $killed;
		# its children hold the shared memory until they notice
		for (1 .. 300)
		{
			last if $node->start(fail_ok => 1);
			usleep(100_000);
		}
	}
	# by -c: a program that cannot connect does not read its standard input,
	# and whoever writes there fails
	for (1 .. 1800)
	{
		last if IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', 'SELECT true' ],
			'<', '/dev/null', '>', '/dev/null', '2>', '/dev/null');
		usleep(100_000);
	}
}

sub query
{
	return $node->safe_psql('postgres', $_[0]);
}

# Questions with a tag in each row, so that answers can be told apart.
sub questions
{
	my ($tag) = @_;
	return join '', map {
		"SELECT ward, count(*), '$tag-$_-' AS tag FROM stays GROUP BY ward;\n"
	} 1 .. 5000;
}

my %victims = (
	backend => "usename LIKE 'regress_cr_ana%' ORDER BY random()",
	recorder => "backend_type = 'cleanroom recorder'");
my %rows;    # that each analyst got
my %answers;
my $crashes = 0;

for my $victim ('backend', 'recorder', 'postmaster')
{
	for my $round (1 .. $rounds)
	{
		my (@sessions, @out);
		for my $n (1 .. $analysts)
		{
			my $file = $node->basedir . "/ask-$victim-$round-$n";
			append_to_file("$file.sql", questions("$victim-$round-$n"));
			$out[$n] = "$file.out";
			push @sessions, IPC::Run::start(
				[ 'psql', '-XAtq', '-d', $node->connstr('postgres') . " user=regress_cr_ana$n",
					'-v', 'ON_ERROR_STOP=1', '-f', "$file.sql" ],
				'<', '/dev/null', '>', $out[$n], '2>', '/dev/null');
		}
		# not before there are answers
		$node->poll_query_until('postgres', qq(
			SELECT count(*) > 10 FROM cleanroom.ledger WHERE statement LIKE '%$victim-$round-%'));
		usleep(rand(500_000));
		my $killed;
		if ($victim eq 'postmaster')
		{
			($killed) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
			$node->kill9;
			$crashes++;
		}
		else
		{
			my $pid = query("SELECT pid FROM pg_stat_activity WHERE $victims{$victim} LIMIT 1");
			$crashes += kill 'KILL', $pid if $pid;
		}
		eval { $_->finish } for @sessions;
		wait_until_up($killed);
		for my $n (1 .. $analysts)
		{
			my %tags;
			my $out = slurp_file($out[$n]);
			$tags{$1}++ while $out =~ /^\d\|30\|(\S+)$/mg;
			$rows{$n} += $tags{$_} for keys %tags;
			$answers{$n} += keys %tags;
			my $recorded = query(qq(SELECT string_agg(substring(statement FROM '$victim-$round-$n-\\d+-'), ' ')
				FROM cleanroom.ledger WHERE verdict = 'admitted' AND statement LIKE '%$victim-$round-$n-%'));
			delete @tags{split / /, $recorded};
			is(join(' ', keys %tags), '', "$victim killed, round $round: no answer without its record");
		}
	}
	is(query('SELECT first_bad FROM cleanroom.verify_ledger()'), '',
		"$victim killed: the chain is whole");
	is(query(q(SELECT sum(spent) FROM cleanroom.budgets WHERE unit = 'queries')),
		query(q(SELECT count(*) FROM cleanroom.ledger WHERE kind = 'statement' AND verdict = 'admitted')),
		'each admission on record is charged, once');
	is(query(q(SELECT sum(spent) FROM cleanroom.budgets WHERE unit = 'released_rows')),
		query(q(SELECT sum(CASE jsonb_typeof(charges)
				WHEN 'object' THEN (charges->>'released_rows')::int
				ELSE (SELECT sum((c->>'amount')::int) FROM jsonb_array_elements(charges) c
					WHERE c->>'unit' = 'released_rows') END)
			FROM cleanroom.ledger
			WHERE kind IN ('statement', 'charge') AND verdict = 'admitted' OR kind = 'completion')),
		'so are rows, less what was given back');
}
is($crashes, 3 * $rounds, 'there were crashes');
for my $n (1 .. $analysts)
{
	my ($queries, $released) = map {
		query("SELECT spent FROM cleanroom.budgets WHERE unit = '$_' AND analyst::text = 'regress_cr_ana$n'")
	} 'queries', 'released_rows';
	cmp_ok($queries, '>=', $answers{$n}, 'no answer was free');
	cmp_ok($queries, '<=', $answers{$n} + 3 * $rounds,
		'and none was lost but the one that was being given');
	cmp_ok($released, '>=', $rows{$n}, 'no row was free');
	# completions are not waited for, and what they give back may be lost
	cmp_ok($released, '<=', $rows{$n} + 3 * $rounds * ($portion + $wards) * 10,
		'nor lost but for a few portions');
}
$node->stop;
done_testing();
