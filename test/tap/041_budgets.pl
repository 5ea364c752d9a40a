# Budgets hold between sessions; refusals suspend; what was spent is in a dump.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('budgets');
$node->init;
$node->append_conf('postgresql.conf',
	"cleanroom.max_refusals = 3\ncleanroom.refusal_window = '10 min'\n");
$node->start;
$node->safe_psql('postgres', q(
	CREATE EXTENSION cleanroom CASCADE;
	CREATE ROLE regress_cr_owner LOGIN;
	CREATE ROLE regress_cr_ana LOGIN;
	CREATE ROLE regress_cr_bob LOGIN;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_ana, regress_cr_bob;
	CREATE TABLE stays (person int NOT NULL, ward int NOT NULL);
	INSERT INTO stays SELECT i, i % 3 FROM generate_series(1, 90) i;
	ALTER TABLE stays OWNER TO regress_cr_owner;
	GRANT SELECT ON stays TO regress_cr_ana, regress_cr_bob;
	SET ROLE regress_cr_owner;
	SELECT cleanroom.protect('stays', 'person', 10, '{ward}');
	SELECT cleanroom.set_budget('stays', 'regress_cr_ana', 100000, 'queries', 'lifetime');
));

sub as_role
{
	my ($role, $sql) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0, connstr => "dbname=postgres user=$role host="
		  . $node->host . ' port=' . $node->port);
	return "$out$err";
}

sub number
{
	return $node->safe_psql('postgres', "SELECT coalesce(sum(n), 0) FROM ($_[0]) x(n)");
}

# ---------- exactly so many, from many sessions ----------

my $script = $node->basedir . '/ask.sql';
append_to_file($script, "SELECT count(*) FROM stays;\n");
$node->safe_psql('postgres', q(SET ROLE regress_cr_owner;
	SELECT cleanroom.set_budget('stays', 'regress_cr_bob', 50, 'queries', 'lifetime')));
$node->append_conf('postgresql.conf', "cleanroom.max_refusals = 0\n");
$node->reload;
$node->run_log([ 'pgbench', '-n', '-c', '4', '-t', '20', '-f', $script,
	'-h', $node->host, '-p', $node->port, '-U', 'regress_cr_bob', 'postgres' ]);
is($node->safe_psql('postgres', q(SELECT count(*) FROM cleanroom.ledger
	WHERE session_user_name = 'regress_cr_bob' AND kind = 'statement' AND verdict = 'admitted')),
	'50', 'four sessions get fifty answers out of fifty');

# ---------- rows that were charged and not sent ----------

$node->safe_psql('postgres', q(SET ROLE regress_cr_owner;
	SELECT cleanroom.set_budget('stays', 'regress_cr_bob', NULL, 'queries', 'lifetime');
	SELECT cleanroom.set_budget('stays', 'regress_cr_bob', 5, 'released_rows', 'lifetime')));
is(as_role('regress_cr_bob', "SET client_min_messages = error;\nSELECT ward FROM stays GROUP BY ward ORDER BY 1"),
	"0\n1\n2", 'three rows of five');
like(as_role('regress_cr_bob', 'SELECT ward FROM stays GROUP BY ward ORDER BY 1'),
	qr/budget of 5 released rows/, 'three more are too many');
is(number("SELECT spent FROM cleanroom.budgets WHERE unit = 'released_rows'"),
	'5', 'and five are spent');

# ---------- refusals ----------

$node->append_conf('postgresql.conf', "cleanroom.max_refusals = 3\n");
$node->reload;
select(undef, undef, undef, 0.5);
as_role('regress_cr_ana', 'SELECT * FROM stays') for 1 .. 2;
like(as_role('regress_cr_ana', 'SELECT count(*) FROM stays'), qr/^90/,
	'two refusals do not suspend');
my $told = as_role('regress_cr_owner', 'LISTEN cleanroom_suspensions;' . "\n"
	  . "\\! psql -X -q -h '" . $node->host . "' -p " . $node->port
	  . " -U regress_cr_ana -d postgres -c 'SELECT * FROM stays' 2>/dev/null\n"
	  . "SELECT pg_sleep(0.5);\nSELECT 1;\n");
like($told, qr/notification "cleanroom_suspensions".*"analyst": "regress_cr_ana"/s,
	'the third does, and the owner is notified');
like(as_role('regress_cr_ana', 'SELECT count(*) FROM stays'),
	qr/you are suspended from table "public\.stays"/, 'whatever is asked then');
as_role('regress_cr_owner', q(SELECT cleanroom.resume_analyst('stays', 'regress_cr_ana')));
like(as_role('regress_cr_ana', 'SELECT count(*) FROM stays'), qr/^90/,
	'until the owner lifts it');

# ---------- dump and restore ----------

my $dump = $node->basedir . '/dump.sql';
$node->run_log([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ]);
$node->safe_psql('postgres', 'CREATE DATABASE copy');
$node->run_log([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump,
	'-d', $node->connstr('copy') ]);
my $sums = 'SELECT unit, granted, spent FROM cleanroom.budgets ORDER BY 1, 2';
is($node->safe_psql('copy', $sums), $node->safe_psql('postgres', $sums),
	'what was spent is spent in a restored dump, too');
$node->stop;

done_testing();
