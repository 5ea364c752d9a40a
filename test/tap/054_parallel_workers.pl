# However many parallel workers somebody's query asks for, in whatever way, the
# recorder and rotations find a background worker: others are answered, and who
# takes all that there are can be suspended.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = PostgreSQL::Test::Cluster->new('parallel');
$node->init;
$node->append_conf('postgresql.conf', q(
	max_worker_processes = 8
	max_parallel_workers = 8
	restart_after_crash = on
));
$node->start;
$node->safe_psql('postgres', q(
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE regress_cr_owner LOGIN;
CREATE ROLE regress_cr_ana LOGIN;
CREATE ROLE regress_cr_bob LOGIN;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_ana, regress_cr_bob;
CREATE SCHEMA o AUTHORIZATION regress_cr_owner;
CREATE SCHEMA a AUTHORIZATION regress_cr_ana;
GRANT USAGE ON SCHEMA o TO PUBLIC;
SET ROLE regress_cr_owner;
CREATE TABLE o.stays (person int NOT NULL, ward int NOT NULL);
INSERT INTO o.stays SELECT i, i % 3 FROM generate_series(1, 90) i;
SELECT cleanroom.protect('o.stays', 'person', 10, '{ward}');
GRANT SELECT ON o.stays TO regress_cr_ana, regress_cr_bob;
SET ROLE regress_cr_ana;
CREATE TABLE a.big (x int) WITH (parallel_workers = 64);
INSERT INTO a.big SELECT generate_series(1, 100000);
));

sub super
{
	return $node->safe_psql('postgres', $_[0]);
}

sub ask
{
	my ($user, $sql) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0, extra_params => [ '-U', $user ]);
	return $err =~ /ERROR/ ? $err : $out;
}

sub workers
{
	return super("SELECT count(*) FROM pg_stat_activity WHERE backend_type = '$_[0]'");
}

sub wait_until
{
	my ($sql) = @_;

	for (1 .. 300)
	{
		return 1 if super($sql) eq 't';
		usleep(100_000);
	}
	return 0;
}

# ---------- the setting, by whomever it is set, and wherever ----------

my $show = 'SHOW max_parallel_workers';
my $all = 'max_parallel_workers = 1000';
my $most = super($show);
is($most, '3', 'eight, less three that start with the server, and two');
is(ask('regress_cr_ana', "SET $all; $show"), $most, 'SET');
is(ask('regress_cr_ana', "SET max_parallel_workers = 1; $show; RESET max_parallel_workers; $show"),
	"1\n$most", 'less is as before, and RESET');
is(ask('regress_cr_ana', "BEGIN; SET LOCAL max_parallel_workers = 1; ROLLBACK; $show"),
	$most, 'the end of SET LOCAL');
is(ask('regress_cr_ana', "SELECT set_config('max_parallel_workers', '1000', false)"),
	$most, 'set_config()');
is(ask('regress_cr_ana', "UPDATE pg_settings SET setting = '1000' WHERE name = 'max_parallel_workers'"),
	$most, 'pg_settings');
is(super(q(SELECT boot_val || ' ' || reset_val FROM pg_settings WHERE name = 'max_parallel_workers')),
	"$most $most", 'what it comes back to');
is(ask('regress_cr_ana', q(
CREATE FUNCTION a.inside() RETURNS text SET max_parallel_workers = 1000
	RETURN current_setting('max_parallel_workers');
SELECT a.inside())), $most, 'SET of a function');
ask('regress_cr_ana', "ALTER ROLE regress_cr_ana SET $all");
is(ask('regress_cr_ana', $show), $most, 'SET of a role');
ask('regress_cr_ana', 'ALTER ROLE regress_cr_ana RESET max_parallel_workers');
{
	local $ENV{PGOPTIONS} = '-c max_parallel_workers=1000';
	is(ask('regress_cr_ana', $show), $most, 'what a client connects with');
}
super("ALTER SYSTEM SET $all");
my $there = $node->background_psql('postgres');
$node->reload;
is(super($show), $most, 'ALTER SYSTEM');
super('ALTER SYSTEM SET max_parallel_workers = 2');
$node->reload;
ok(wait_until(q(SELECT current_setting('max_parallel_workers') = '2')), 'less, too');
super('ALTER SYSTEM RESET max_parallel_workers');
$node->reload;
ok(wait_until("SELECT current_setting('max_parallel_workers') = '$most'"), 'and back');
is($there->query($show), $most, 'in a session that was there');
$there->quit;
like(ask('regress_cr_ana', 'SET max_parallel_workers = 1025'),
	qr/outside the valid range/, 'its own bounds are as before');

# ---------- a query that takes all it gets ----------

my $plan = q(SET max_parallel_workers_per_gather = 64;
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0;);

sub greedy
{
	my ($sql) = @_;
	my $session = $node->background_psql('postgres',
		on_error_stop => 0, extra_params => [ '-U', 'regress_cr_ana' ]);

	$session->query("SET $all; $plan");
	$session->query_until(qr/go/, "\\echo go\n$sql;\n");
	return $session;
}

# a recorder leaves when it has been idle for a minute
super(q(SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE backend_type = 'cleanroom recorder'));
ok(wait_until(q(SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder')),
	'there is no recorder');
my $greedy = greedy(q(DO $$ BEGIN
	PERFORM set_config('max_parallel_workers', '1000', false);
	PERFORM count(*) FROM a.big WHERE pg_sleep(100) IS NOT NULL;
END $$));
ok(wait_until("SELECT count(*) = $most FROM pg_stat_activity WHERE backend_type = 'parallel worker'"),
	'a query has all the parallel workers');
my $second = greedy('SELECT count(*) FROM a.big WHERE pg_sleep(100) IS NOT NULL');
usleep(300_000);
is(workers('parallel worker'), $most, 'another one has none');
is(ask('regress_cr_bob', 'SELECT count(*) FROM o.stays'), '90',
	'a recorder starts beside them');
is(workers('cleanroom recorder'), '1', 'this one');
like(ask('regress_cr_ana', 'SELECT count(*) FROM o.stays'), qr/^90/,
	'who took them is answered, too');
is(ask('regress_cr_owner', q(SELECT cleanroom.suspend_analyst('o.stays', 'regress_cr_ana', 'greedy'))),
	'', 'until suspended');
like(ask('regress_cr_ana', 'SELECT count(*) FROM o.stays'), qr/suspended/,
	'and no longer');

# rotations
super(q(SELECT cleanroom.create_key('k', 'token'), cleanroom.grant_key('k', 'regress_cr_owner', '{tokenize}')));
ask('regress_cr_owner', q(
CREATE FUNCTION o.slow() RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN 'x'; END $$;
CREATE TABLE o.t1 AS SELECT gen_random_uuid() AS token;
CREATE TABLE o.t2 AS SELECT gen_random_uuid() AS token));
for my $i (1, 2)
{
	unlike(ask('regress_cr_owner', "SELECT cleanroom.rotate_table('o.t$i', 'token', 'k', source => 'o.slow()')"),
		qr/ERROR/, "rotation $i has a worker");
}
is(workers('cleanroom rotation'), '2', 'both at once, beside all others');
is(workers('parallel worker'), $most, 'which are still there');

super(q(SELECT pg_cancel_backend(pid) FROM pg_stat_activity
	WHERE usename = 'regress_cr_ana' AND backend_type = 'client backend'));
$greedy->quit;
$second->quit;

# a crash, after which the server starts what was running by itself
my $pid = super(q(SELECT pid FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder'));
kill 'KILL', $pid;
usleep(500_000);
ok($node->poll_query_until('postgres', 'SELECT true'), 'the server comes back');
is(super($show), $most, 'with as many');

# ---------- honest uses ----------

is(ask('regress_cr_bob', qq(SET max_parallel_workers_per_gather = 2;
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SELECT 1 + 1)), '2', 'settings of plans are as before');
like(super(qq($plan SET max_parallel_workers = 1000;
	EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM a.big)),
	qr/Workers Planned: [1-9]\d*\n\s*Workers Launched: $most/, 'a parallel plan');
is(super(q(SET max_parallel_maintenance_workers = 8; SET min_parallel_index_scan_size = 0;
	SET min_parallel_table_scan_size = 0; SET max_parallel_workers = 1000;
	CREATE INDEX big_x ON a.big (x); CREATE INDEX big_y ON a.big ((x + 1));
	VACUUM (PARALLEL 8) a.big; SELECT count(*) FROM a.big WHERE x = 17)), '1',
	'an index and VACUUM by parallel workers');

# few background workers: none are parallel, and all goes on
$node->append_conf('postgresql.conf', "max_worker_processes = 4\n");
$node->restart;
is(super($show), '0', 'none are left');
is(super("SET $all; $plan SELECT count(*) FROM a.big"), '100000',
	'queries without parallel workers');
is(ask('regress_cr_bob', 'SELECT count(*) FROM o.stays'), '90', 'and a recorder');

# what an operator keeps for more databases
$node->append_conf('postgresql.conf', "max_worker_processes = 20\ncleanroom.reserved_workers = 12\n");
$node->restart;
is(super($show), '5', 'reserved workers are left');
$node->append_conf('postgresql.conf', "max_worker_processes = 100\n");
$node->restart;
is(super($show), '8', 'what is set, where that leaves enough');
is(super("SET $all; $show"), '85', 'more can be set');

$node->stop;
done_testing();
