# kill -9 while a column is being rotated, and while keys are being made: no
# row is lost or half done, what is seen of the progress is true, and the
# rotation goes on by itself; a key is there whole or not at all.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $rounds = $ENV{CR_CRASHES} // 2;
my $rows = 9000;
my $node = PostgreSQL::Test::Cluster->new('key_crashes');
$node->init;
$node->append_conf('postgresql.conf',
	"restart_after_crash = on\ncleanroom.rotation_delay = '30 ms'\n");
$node->start;
$node->safe_psql('postgres', qq(
CREATE EXTENSION cleanroom CASCADE;
SELECT cleanroom.create_key('box', 'encrypt'), cleanroom.create_key('people', 'token');
CREATE TABLE cells (id int PRIMARY KEY, mail text, token uuid, sealed bytea, filler text)
	WITH (autovacuum_enabled = false);
SELECT cleanroom.tokenize_column('cells', 'mail', 'token', 'people', 'email', true);
INSERT INTO cells
SELECT i, 'p' || i || '\@example.org', NULL,
       cleanroom.encrypt('v' || i, 'box', 'cells/' || i), repeat('x', 300)
FROM generate_series(1, $rows) i;
CREATE TABLE made (name text);
));

sub wait_until
{
	my ($sql) = @_;

	for (1 .. 600)
	{
		my $answer = `psql -XAtq -h '@{[$node->host]}' -p @{[$node->port]} -d postgres -c "$sql" 2>/dev/null`;
		return 1 if $answer =~ /^t/;
		usleep(100_000);
	}
	return 0;
}

# Kills a process; the server recovers by itself, or is started anew.
sub crash
{
	my ($victim) = @_;

	if ($victim eq 'postmaster')
	{
		my $pid = (split /\n/, slurp_file($node->data_dir . '/postmaster.pid'))[0];

		$node->kill9;
		for (1 .. 300)
		{
			last unless kill 0, $pid;
			usleep(100_000);
		}
		usleep(1_000_000);    # until its children have gone
		$node->start;
	}
	else
	{
		my $pid = $node->safe_psql('postgres',
			"SELECT pid FROM pg_stat_activity WHERE $victim LIMIT 1");

		return 0 if $pid eq '';
		kill 'KILL', $pid;
		usleep(300_000);
	}
	wait_until('SELECT true') or die 'the server is not up';
	return 1;
}

my %column = (
	sealed => {
		key => 'box', arguments => q(context => $$'cells/' || id$$),
		version => 'get_byte(sealed, 6) * 256 + get_byte(sealed, 7)',
		right => q(cleanroom.decrypt(sealed, 'box', 'cells/' || id) = 'v' || id)
	},
	token => {
		key => 'people', arguments => q(form => 'email'),
		version => 'cleanroom.token_version(token)',
		# of the current version, or of the one before
		right => q(token = CASE cleanroom.token_version(token) WHEN (SELECT current_version FROM cleanroom.keys WHERE name = 'people')
			THEN cleanroom.tokenize(mail, 'people', 'email') ELSE (SELECT b.token FROM before b WHERE b.id = cells.id) END)
	});

my $killed = 0;
for my $name ('sealed', 'token')
{
	my $c = $column{$name};

	for my $victim (
		"backend_type = 'cleanroom rotation' AND query = 'cleanroom: rotating'",
		'postmaster')
	{
		for my $round (1 .. $rounds)
		{
			my $what = "$name, " . ($victim eq 'postmaster' ? $victim : 'worker') . " $round";

			$node->safe_psql('postgres', qq(
DROP TABLE IF EXISTS before;
CREATE TABLE before AS SELECT id, token FROM cells;
CREATE INDEX ON before (id);
VACUUM FULL cells;));
			my $version = $node->safe_psql('postgres',
				"SELECT cleanroom.rotate_key('$c->{key}')");
			my $id = $node->safe_psql('postgres',
				"SELECT cleanroom.rotate_table('cells', '$name', '$c->{key}', $c->{arguments})");
			wait_until("SELECT rows_done > 0 FROM cleanroom.key_rotations WHERE rotation = $id");
			usleep(int(rand(250_000)));
			$killed += crash($victim);
			is( $node->safe_psql('postgres', qq(
SELECT count(*), count(*) FILTER (WHERE $c->{right}) FROM cells)),
				"$rows|$rows", "$what: every row is there and right");
			is( $node->safe_psql('postgres', qq(
SELECT r.state <> 'failed', r.rows_done = s.done, r.rows_left = $rows - s.done
FROM cleanroom.key_rotations r,
     (SELECT count(*) AS done FROM cells WHERE $c->{version} = $version) s
WHERE r.rotation = $id)),
				't|t|t', "$what: what is told of the progress is true");
			ok(wait_until("SELECT state = 'done' FROM cleanroom.key_rotations WHERE rotation = $id"),
				"$what: it goes on by itself");
			is( $node->safe_psql('postgres', qq(
SELECT count(*) FILTER (WHERE $c->{right} AND $c->{version} = $version),
       (SELECT rows_done FROM cleanroom.key_rotations WHERE rotation = $id)
FROM cells)), "$rows|$rows", "$what: it comes to its end");
		}
	}
}
cmp_ok($killed, '>=', 4 * $rounds - 2, 'something was killed nearly each time');
is( $node->safe_psql('postgres', q(
SELECT cleanroom.key_dependents('box', 1), cleanroom.key_dependents('people', 1))),
	'no values|no values', 'nothing is left of the first version');

# ---------- creating keys ----------

my $script = $node->basedir . '/create.sql';
append_to_file($script, q(
\set n random(1, 1000000000)
BEGIN;
INSERT INTO made VALUES ('made ' || :n);
SELECT cleanroom.create_key('made ' || :n, 'encrypt');
SELECT length(cleanroom.encrypt('x', 'made ' || :n));
COMMIT;
));
for my $victim ("query ~ 'create_key'", 'postmaster')
{
	for my $round (1 .. $rounds)
	{
		my $bench = IPC::Run::start([ 'pgbench', '-n', '-c', '3', '-T', '20',
				'-f', $script, '-h', $node->host, '-p', $node->port, 'postgres' ],
			'>', \my $out, '2>', \my $err);
		my $what = 'making keys, ' . ($victim eq 'postmaster' ? $victim : 'backend') . " $round";

		wait_until('SELECT count(*) > 3 * ' . $round . ' FROM made');
		usleep(int(rand(200_000)));
		crash($victim);
		$bench->finish;
		is( $node->safe_psql('postgres', q(
SELECT count(*) > 3,
       count(*) FILTER (WHERE k.key_id IS NULL OR v.wrapped IS NULL OR g.role IS NULL),
       count(*) FILTER (WHERE cleanroom.decrypt(cleanroom.encrypt('x', m.name), m.name) = 'x') - count(*),
       (SELECT count(*) FROM cleanroom.keyring WHERE name LIKE 'made %') - count(*),
       (SELECT count(*) FROM cleanroom.keyring_versions WHERE key_id NOT IN (SELECT key_id FROM cleanroom.keyring))
FROM made m
    LEFT JOIN cleanroom.keyring k USING (name)
    LEFT JOIN cleanroom.keyring_versions v ON v.key_id = k.key_id AND v.version = 1
    LEFT JOIN cleanroom.keyring_grants g ON g.key_id = k.key_id)),
			't|0|0|0|0', "$what: each is there whole or not at all");
	}
}
is( $node->safe_psql('postgres', q(
SELECT count(*) - count(DISTINCT key_id) FROM cleanroom.keyring)),
	'0', 'no number was given twice');
is($node->safe_psql('postgres', 'SELECT first_bad FROM cleanroom.verify_ledger()'),
	'', 'the record is whole');
$node->stop;

done_testing();
