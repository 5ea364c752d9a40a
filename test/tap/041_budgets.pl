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

# what is given back goes to the budget that has paid, not to one granted since
{
	my $by = sub { "\\! psql -X -q -h '" . $node->host . "' -p " . $node->port . " -U $_[0] -d postgres -c \"$_[1]\" >/dev/null 2>&1\n" };
	my $spent = q(SELECT coalesce(analyst::text, 'all'), spent FROM cleanroom.budgets WHERE relation = 'beds'::regclass ORDER BY 1);
	my $sums = sub { $node->safe_psql('postgres', $spent) };
	$node->safe_psql('postgres', q(
		CREATE TABLE beds AS SELECT n % 12 AS person, n / 12 AS ward FROM generate_series(0, 12 * 400 - 1) n;
		ALTER TABLE beds OWNER TO regress_cr_owner;
		GRANT SELECT ON beds TO regress_cr_ana, regress_cr_bob;
		SET ROLE regress_cr_owner;
		SELECT cleanroom.protect('beds', 'person', 10, '{ward}');
		SELECT cleanroom.set_budget('beds', 'regress_cr_ana', 100000, 'released_rows', 'lifetime')));
	my $said = as_role('regress_cr_ana', "SET client_min_messages = error;\n"
		  . "BEGIN;\nDECLARE c CURSOR FOR SELECT ward FROM beds GROUP BY ward ORDER BY 1;\nMOVE 210 IN c;\nFETCH 1 FROM c;\n"
		  . $by->('regress_cr_owner', "SELECT cleanroom.set_budget('beds', NULL, 150, 'released_rows', 'lifetime')")
		  . $by->('regress_cr_bob', 'SELECT ward FROM beds WHERE ward < 130 GROUP BY ward')
		  . "CLOSE c;\nCOMMIT;\n");
	is($said, '210', 'a cursor is charged in portions');
	ok($node->poll_query_until('postgres', q(SELECT count(*) = 2 FROM cleanroom.ledger
		WHERE kind = 'completion' AND charges->>'of' IS NOT NULL AND tables = '{public.beds}')),
		'both give back what they did not need');
	is($sums->(), "all|130\nregress_cr_ana|211", 'each to the budgets that have paid');
}

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
like($told, qr/notification "cleanroom_suspensions" received/,
	'the third does, and the owner is notified');
like(as_role('regress_cr_ana', 'SELECT count(*) FROM stays'),
	qr/you are suspended from table "public\.stays"/, 'whatever is asked then');
as_role('regress_cr_owner', q(SELECT cleanroom.resume_analyst('stays', 'regress_cr_ana')));
like(as_role('regress_cr_ana', 'SELECT count(*) FROM stays'), qr/^90/,
	'until the owner lifts it');

# anybody may listen: what is sent, by the recorder and by hand, tells nothing else
my $notified = as_role('regress_cr_owner', "SET client_min_messages = error;\nLISTEN cleanroom_suspensions;\n"
	  . ("\\! psql -X -q -h '" . $node->host . "' -p " . $node->port
		  . " -U regress_cr_ana -d postgres -c 'SELECT * FROM stays' 2>/dev/null\n") x 3
	  . "SELECT pg_sleep(0.5);\nSELECT 1;\n"
	  . "SELECT cleanroom.resume_analyst('stays', 'regress_cr_ana');\n"
	  . "SELECT cleanroom.suspend_analyst('stays', 'regress_cr_bob', E'it\"s\nhim');\n"
	  . "SELECT cleanroom.suspend_analyst('stays', 'regress_cr_bob', repeat(E'\\u00e4\\u00f6', 2400));\n"
	  . "BEGIN; SELECT cleanroom.resume_analyst('stays', 'regress_cr_bob'); ROLLBACK;\n"
	  . "SELECT cleanroom.resume_analyst('stays', 'regress_cr_bob');\n");
is(scalar(() = $notified =~ /notification "cleanroom_suspensions" received/g), 5,
	'each event is told, and nothing of what was rolled back');
unlike($notified, qr/payload|regress_cr_bob|stays"/, 'but not to whom it happened, nor why');
is($node->safe_psql('postgres', q(SELECT string_agg(detail->>'by', ' ' ORDER BY number)
	FROM cleanroom.ledger WHERE kind = 'suspension' AND subject = 'regress_cr_ana' AND detail->>'event' = 'suspended')),
	'recorder recorder', 'suspensions by refusals are on record, as the recorder\'s');

# a statement that a small group ends counts as refused, too
$node->safe_psql('postgres', q(SET ROLE regress_cr_owner;
	INSERT INTO stays SELECT 1000, 9;
	SELECT cleanroom.set_budget('stays', 'regress_cr_bob', NULL, 'released_rows', 'lifetime');
	SELECT cleanroom.protect('stays', 'person', 10, '{ward}', small_groups => 'refuse')));
like(as_role('regress_cr_bob', 'SELECT ward, count(*) FROM stays GROUP BY ward'),
	qr/rests on fewer than 10/, "a small group, time $_") for 1 .. 3;
ok($node->poll_query_until('postgres', q(SELECT count(*) = 1 FROM cleanroom.ledger
	WHERE kind = 'suspension' AND subject = 'regress_cr_bob' AND detail->>'by' = 'recorder')),
	'the third suspends');
like(as_role('regress_cr_bob', 'SELECT count(*) FROM stays WHERE ward < 3'), qr/suspended from/,
	'whoever asks for small groups');
is($node->safe_psql('postgres', q(SELECT refusals, analysts FROM cleanroom.ledger_refusals WHERE code = 'RC008')),
	'3|1', 'and is among the refusals by code');
$node->safe_psql('postgres', q(SET ROLE regress_cr_owner;
	SELECT cleanroom.resume_analyst('stays', 'regress_cr_bob');
	DELETE FROM stays WHERE ward = 9;
	SELECT cleanroom.protect('stays', 'person', 10, '{ward}')));

# what one owner's rule or policy refuses is no attempt on another's table
$node->safe_psql('postgres', q(
	CREATE ROLE regress_cr_other LOGIN;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_other;
	CREATE TABLE ours AS SELECT n AS person, n % 3 AS ward FROM generate_series(1, 90) n;
	CREATE TABLE theirs AS SELECT n AS person, n % 4 AS slot, n % 5 AS seat FROM generate_series(1, 90) n;
	INSERT INTO theirs VALUES (91, 9, 9);
	ALTER TABLE ours OWNER TO regress_cr_owner;
	ALTER TABLE theirs OWNER TO regress_cr_other;
	GRANT SELECT ON ours, theirs TO regress_cr_ana;
	SET ROLE regress_cr_owner;
	SELECT cleanroom.protect('ours', 'person', 10, '{ward}', join_keys => '{person}');
	SET ROLE regress_cr_other;
	SELECT cleanroom.protect('theirs', 'person', 10, '{slot}', join_keys => '{person}', small_groups => 'refuse');
	SELECT cleanroom.add_access_rule('public.theirs', 'never', 'false')));
$node->append_conf('postgresql.conf', "cleanroom.max_refusals = 9\n");
$node->reload;
select(undef, undef, undef, 0.5);
my $both = 'SELECT count(*) FROM ours JOIN theirs USING (person)';
my $counted = sub { $node->safe_psql('postgres', q(SELECT string_agg(relation || ' ' || cardinality(times), ', ' ORDER BY relation::text)
	FROM cleanroom.refusal_list WHERE relation::text IN ('ours', 'theirs'))) };
like(as_role('regress_cr_ana', $both), qr/access rule "never" of table "public.theirs"/, 'a rule of one owner');
is($counted->(), 'theirs 1', 'counts for its table alone');
$node->safe_psql('postgres', q(SET ROLE regress_cr_other; SELECT cleanroom.drop_access_rule('public.theirs', 'never')));
like(as_role('regress_cr_ana', "$both WHERE seat = 1"), qr/"theirs.seat" may not be filtered on/, 'a column of one owner');
is($counted->(), 'theirs 2', 'does so, too');
like(as_role('regress_cr_ana', 'SELECT ward, (SELECT max(n) FROM (SELECT count(*) AS n FROM theirs GROUP BY slot) x) FROM ours GROUP BY ward'),
	qr/rests on fewer than 10/, 'a small group that one owner refuses');
ok($node->poll_query_until('postgres', q(SELECT cardinality(times) = 3 FROM cleanroom.refusal_list WHERE relation = 'theirs'::regclass)),
	'is counted');
is($counted->(), 'theirs 3', 'as well');
# each owner sees what its own budgets are charged, and not how many rows there were
$node->safe_psql('postgres', q(
	SET ROLE regress_cr_owner;
	SELECT cleanroom.set_budget('ours', 'regress_cr_ana', 1000, 'released_rows', 'day');
	SET ROLE regress_cr_other;
	SELECT cleanroom.set_budget('theirs', 'regress_cr_ana', 5000, 'queries', 'day')));
like(as_role('regress_cr_ana', "SELECT slot, count(*) FROM ours JOIN theirs USING (person) GROUP BY slot ORDER BY slot"),
	qr/^0\|22\n1\|23/, 'an answer that both charge for');
my $charges = q(FROM cleanroom.ledger WHERE tables @> '{public.ours,public.theirs}' AND charges IS NOT NULL);
ok($node->poll_query_until('postgres', "SELECT count(*) = 3 $charges"), 'is charged, and partly given back');
for my $seen ([ 'regress_cr_owner', 'charge: public.ours released_rows, statement: public.ours released_rows' ],
	[ 'regress_cr_other', 'statement: public.theirs queries' ],
	[ 'regress_cr_ana', 'charge: public.ours released_rows, statement: public.ours released_rows, statement: public.theirs queries' ])
{
	my ($role, $sums) = @$seen;

	is(as_role($role, qq(SELECT string_agg(line, ', ' ORDER BY line) FROM (SELECT format('%s: %s %s', kind,
			c->>'relation', c->>'unit') AS line FROM (SELECT kind, charges $charges) l, jsonb_array_elements(charges) c) x)),
		$sums, "what $role sees of it");
}
$node->safe_psql('postgres', q(SELECT cleanroom.create_room('both', 'testing')));
like(as_role('regress_cr_ana', $both), qr/only inside a room/, 'what wants a room');
is($counted->(), 'theirs 3', 'counts for nobody');
$node->safe_psql('postgres', q(SELECT cleanroom.close_room('both')));
like(as_role('regress_cr_ana', 'SELECT * FROM ours JOIN theirs USING (person)'), qr/would leave unaggregated/,
	'what the statement itself does');
is($counted->(), 'ours 1, theirs 4', 'counts for both');

# ---------- groups that workers release ----------

SKIP:
{
	my $folder = `pg_config --pkglibdir`;
	chomp $folder;
	skip 'auto_explain is not installed', 6 unless -e "$folder/auto_explain.so";
	$node->append_conf('postgresql.conf', q(
		session_preload_libraries = 'auto_explain'
		auto_explain.log_min_duration = 0
		auto_explain.log_analyze = on
		parallel_setup_cost = 0
		parallel_tuple_cost = 0
		min_parallel_table_scan_size = 0
		enable_partitionwise_aggregate = on
		max_parallel_workers_per_gather = 2
		cleanroom.max_refusals = 0
	));
	$node->reload;
	$node->safe_psql('postgres', q(
		CREATE TABLE moves (person int NOT NULL, ward int NOT NULL) PARTITION BY LIST (ward);
		CREATE TABLE moves_0 PARTITION OF moves FOR VALUES IN (0);
		CREATE TABLE moves_1 PARTITION OF moves FOR VALUES IN (1);
		INSERT INTO moves SELECT i, i % 2 FROM generate_series(1, 4000) i;
		ALTER TABLE moves OWNER TO regress_cr_owner;
		ALTER TABLE moves_0 OWNER TO regress_cr_owner;
		ALTER TABLE moves_1 OWNER TO regress_cr_owner;
		ANALYZE moves;
		GRANT SELECT ON moves TO regress_cr_bob;
		SET ROLE regress_cr_owner;
		SELECT cleanroom.protect('moves', 'person', 10, '{ward}')));
	my $many = 'SELECT json_agg(x ORDER BY ward) FROM (SELECT ward, count(*) FROM moves GROUP BY ward) x';
	my $plan = sub {
		my $offset = -s $node->logfile;
		like(as_role('regress_cr_bob', "SET client_min_messages = error;\n$many"),
			qr/"ward":0,"count":2000.*"ward":1,"count":2000/s, "two groups in one row, $_[0]");
		return slurp_file($node->logfile, $offset);
	};
	my $workers = qr/Gather.*Workers Launched: [12].*Aggregate.*Filter: .*units/s;
	my $without = $plan->('without a budget');
	like($without, $workers, 'workers release groups');
	$node->safe_psql('postgres', q(SET ROLE regress_cr_owner;
		SELECT cleanroom.set_budget('moves', 'regress_cr_bob', 5, 'released_rows', 'lifetime')));
	my $with = $plan->('with one');
	like($with, qr/Gather.*Workers Planned: [12].*Workers Launched: 0/s,
		'where they are charged for none is started');
	ok($node->poll_query_until('postgres',
		q(SELECT spent = 2 FROM cleanroom.budgets WHERE relation = 'moves'::regclass)),
		'and both are charged');
	like(as_role('regress_cr_bob', "$many; $many"), qr/budget of 5 released rows/,
		'until there are none left');
}

# ---------- dump and restore ----------

# tables and roles that are gone are left out: their numbers may be others' there
$node->safe_psql('postgres', q(
	CREATE ROLE regress_cr_gone;
	CREATE TABLE gone (person int NOT NULL);
	ALTER TABLE gone OWNER TO regress_cr_owner;
	SET ROLE regress_cr_owner;
	SELECT cleanroom.protect('gone', 'person', 10);
	SELECT cleanroom.set_budget('gone', NULL, 3, 'queries', 'day');
	SELECT cleanroom.suspend_analyst('gone', 'regress_cr_bob');
	SELECT cleanroom.set_budget('stays', 'regress_cr_gone', 3, 'queries', 'day');
	SELECT cleanroom.suspend_analyst('stays', 'regress_cr_gone');
	DROP TABLE gone;
	RESET ROLE;
	DROP ROLE regress_cr_gone));
my $dump = $node->basedir . '/dump.sql';
$node->run_log([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ]);
$node->safe_psql('postgres', 'CREATE DATABASE copy');
$node->run_log([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump,
	'-d', $node->connstr('copy') ]);
my $sums = q(SELECT unit, granted, spent FROM cleanroom.budgets
	WHERE analyst::oid IN (SELECT oid FROM pg_roles) ORDER BY 1, 2);
is($node->safe_psql('copy', $sums), $node->safe_psql('postgres', $sums),
	'what was spent is spent in a restored dump, too');
is($node->safe_psql('copy', q(SELECT count(*) FROM (SELECT relation::oid FROM cleanroom.budget_list
	UNION ALL SELECT relation FROM cleanroom.suspension_list) x
	WHERE relation NOT IN (SELECT oid FROM pg_class))), 0, 'of what is gone there is nothing');
is($node->safe_psql('copy', q(SELECT count(*) FROM (SELECT analyst::oid FROM cleanroom.budget_list WHERE analyst::oid <> 0
	UNION ALL SELECT analyst FROM cleanroom.suspension_list) x
	WHERE analyst NOT IN (SELECT oid FROM pg_roles))), 0, 'neither of tables nor of roles');
$node->stop;

done_testing();
