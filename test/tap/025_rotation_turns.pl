# However many rotations there are, and however long their owners' code takes: a
# database has two workers for them, which take turns; none is started for a
# transaction that is open; who stops one waits for nobody; and the server's
# other background workers are there for others.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = PostgreSQL::Test::Cluster->new('rotation_turns');
$node->init;
$node->append_conf('postgresql.conf', "max_worker_processes = 6\n");
$node->start;
$node->safe_psql('postgres', q(
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE regress_cr_owner;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner;
CREATE SCHEMA o AUTHORIZATION regress_cr_owner;
SELECT cleanroom.create_key('k', 'token'), cleanroom.grant_key('k', 'regress_cr_owner', '{tokenize}');
SET ROLE regress_cr_owner;
CREATE FUNCTION o.slow() RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); RETURN 'x'; END $$;
DO $$ BEGIN
	FOR i IN 1..6 LOOP
		EXECUTE format('CREATE TABLE o.t%s AS SELECT gen_random_uuid() AS token', i);
	END LOOP;
END $$));

sub workers
{
	return $node->safe_psql('postgres', q(
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'cleanroom rotation'));
}

sub wait_until
{
	my ($sql) = @_;

	for (1 .. 600)
	{
		return 1 if $node->safe_psql('postgres', $sql) eq 't';
		usleep(100_000);
	}
	return 0;
}

my $open = $node->background_psql('postgres');
$open->query(q(SET ROLE regress_cr_owner; BEGIN;
SELECT cleanroom.rotate_table('o.t' || i, 'token', 'k', source => 'o.slow()') FROM generate_series(1, 5) i));
usleep(500_000);
is(workers(), '0', 'none for an open transaction');
$open->query('COMMIT');
for my $i (1 .. 5)
{
	$node->safe_psql('postgres', qq(SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('o.t$i', 'token', 'k', source => 'o.slow()')));
}
ok(wait_until(q(SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'cleanroom rotation')),
	'two for five rotations');
my $start = time;
$node->safe_psql('postgres', q(SELECT cleanroom.stop_rotation(rotation) FROM cleanroom.key_rotations
WHERE relation IN ('o.t1', 'o.t2', 'o.t3')));
cmp_ok(time - $start, '<', 2.5, 'who stops one does not wait for what it runs');
is( $node->safe_psql('postgres', q(SELECT count(*) FROM cleanroom.key_rotations WHERE state = 'stopped')),
	'3', 'they are stopped');
$node->safe_psql('postgres', q(SET ROLE regress_cr_owner;
SELECT cleanroom.rotate_table('o.t6', 'token', 'k', source => $s$'y'$s$)));
ok( wait_until(q(SELECT count(*) = 3 FROM cleanroom.key_rotations WHERE state = 'done')),
	'the others come to their end');
ok(wait_until(q(SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'cleanroom rotation')),
	'and so do the workers');
is( $node->safe_psql('postgres', q(SELECT token = cleanroom.tokenize('y', 'k') FROM o.t6)), 't', 'done');
$node->safe_psql('postgres', q(BEGIN;
SELECT cleanroom.rotate_vault('k');
DROP EXTENSION cleanroom CASCADE;
COMMIT;));
is($node->safe_psql('postgres', q(SELECT count(*) FROM pg_extension WHERE extname = 'cleanroom')),
	'0', 'what is dropped in the same transaction has nothing to start');
$open->quit;
$node->stop;

done_testing();
