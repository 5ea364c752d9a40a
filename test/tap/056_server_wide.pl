# Numbers of the whole server tell what one query has read: how far the log
# of a server has come to which data pages have checksums, and what others
# show of temporary files, pages and transaction state.  They are refused in
# each of its databases, also in those without the extension.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('server_wide');
$node->init;
$node->start;

my $telling = q{
SELECT p.oid::regprocedure FROM pg_proc p
 WHERE p.oid < 10000 AND p.prokind = 'f' AND has_function_privilege('ana', p.oid, 'EXECUTE')
   AND (p.proname ~ '^pg_stat_get_' AND p.pronargs = 0
        OR p.proname ~ '^pg_(current|last)_wal|^pg_control_(checkpoint|recovery)|^pg_tablespace_size|^pg_stat_get_(backend_)?(io|wal)$|^pg_logical_emit'
        OR p.proname !~ '^(pg_lsn|numeric_)' AND p.pronargs = 0
           AND ('pg_lsn'::regtype = p.prorettype OR 'pg_lsn'::regtype = ANY (p.proallargtypes)))
   AND p.proname NOT IN ('pg_stat_get_backend_idset', 'pg_stat_get_snapshot_timestamp', 'pg_stat_get_wal_senders',
        -- of the server's layout, not of what it does
        'pg_control_system', 'pg_control_init', 'pg_lsn')
 ORDER BY 1};

# Calls it with whatever arguments; what came of it.
sub call
{
	my ($database, $user, $signature) = @_;
	my ($name, $types) = $signature =~ /^(\w+)\((.*)\)$/;
	my %given = (integer => '1', oid => '1663', boolean => 'false', text => "''", bytea => "''", name => "'pg_default'");
	my $arguments = join ', ', map { "$given{$_}::$_" } split /,\s*/, $types;
	my ($status, $out, $err) = $node->psql($database, "SELECT count(*) FROM $name($arguments)",
		extra_params => [ '-U', $user ]);

	return $status == 0 ? 'answered' : $err =~ /cannot be called/ ? 'refused' : $err;
}

$node->safe_psql('postgres', 'CREATE DATABASE other; CREATE ROLE ana LOGIN; CREATE ROLE watcher LOGIN; GRANT pg_monitor TO watcher; CREATE ROLE consumer LOGIN REPLICATION');
my @functions = split /\n/, $node->safe_psql('other', $telling);
cmp_ok(scalar @functions, '>', 15, 'functions that tell of the whole server');
is(call('other', 'ana', 'pg_current_wal_lsn()'), 'answered', 'where nothing is protected they answer');
$node->safe_psql('postgres', q{
CREATE EXTENSION cleanroom CASCADE;
CREATE TABLE people AS SELECT p AS person FROM generate_series(1, 100) p;
SELECT cleanroom.protect('people', 'person', 20)});
foreach my $function (@functions)
{
	is(call('other', 'ana', $function), 'refused', "$function in another database");
	is(call('postgres', 'ana', $function), 'refused', "$function in this one");
}
is(call('other', 'watcher', 'pg_current_wal_lsn()'), 'answered', 'those who watch the server may call them');
is(call('other', 'consumer', 'pg_current_wal_lsn()'), 'answered', 'and those who replicate it');
is(call('template1', 'ana', 'pg_stat_get_slru()'), 'refused', 'nor in a template');
is($node->safe_psql('other', 'SELECT sum(numbackends) > 0 FROM pg_stat_database', extra_params => [ '-U', 'ana' ]),
	't', 'what is counted by database is there');
$node->safe_psql('other', q{CREATE FUNCTION lag() RETURNS pg_lsn LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
 AS 'SELECT pg_current_wal_lsn()'});
is($node->safe_psql('other', 'SELECT lag() IS NOT NULL', extra_params => [ '-U', 'ana' ]), 't', 'by leave of a superuser');

# a table in another session's memory cannot be read, if a row has it read
$node->safe_psql('postgres', q{
CREATE TABLE patients (patient int PRIMARY KEY, age int NOT NULL);
INSERT INTO patients SELECT p, 20 + p % 60 FROM generate_series(1, 100) p;
INSERT INTO patients VALUES (901, 99);
SELECT cleanroom.protect('patients', 'patient', 20, filters => '{age}', join_keys => '{patient}');
GRANT SELECT ON patients TO ana;
GRANT USAGE ON SCHEMA cleanroom TO ana;
GRANT CREATE ON SCHEMA public TO ana});
my $other = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'ana' ]);
$other->query(q{CREATE TEMP TABLE t (q int); CREATE INDEX ON t USING hash (q);
CREATE TABLE asked (q int PRIMARY KEY); INSERT INTO asked VALUES (901);
ALTER TABLE asked ENABLE ROW LEVEL SECURITY; ALTER TABLE asked FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON asked USING (q IN (SELECT q FROM t WHERE t.q = 5));});
foreach my $age (98, 99)
{
	my ($status, $out, $err) = $node->psql('postgres',
		"SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET enable_bitmapscan = off;
		 SELECT count(*) FROM patients JOIN asked ON q = patient AND age = $age",
		extra_params => [ '-U', 'ana' ]);

	like($err, qr/temporary table "t" of another session cannot be read/, "refused, whoever is $age");
}
$other->quit;

# up to PostgreSQL 16, old pages can have a query fail that comes to read them
SKIP:
{
	skip 'no such setting', 1 if $node->safe_psql('postgres', 'SHOW server_version_num') >= 170000;
	$node->safe_psql('postgres', 'GRANT SELECT ON people TO ana');
	$node->append_conf('postgresql.conf', "old_snapshot_threshold = 1h\n");
	$node->restart;
	my ($status, $out, $err) = $node->psql('postgres', 'SELECT count(*) FROM people', extra_params => [ '-U', 'ana' ]);
	like($err, qr/cannot be queried where "old_snapshot_threshold" is set/, 'no query where reading may fail');
}
$node->stop;
done_testing();
