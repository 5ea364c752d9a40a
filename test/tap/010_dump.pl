# Policies survive pg_dump and restore, by a superuser and by the owner of
# the tables; and without the library nobody but the owner sees a row.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;

my $roles = q(
	CREATE ROLE regress_cr_owner LOGIN;
	CREATE ROLE regress_cr_analyst LOGIN;
);
my $grants = q(
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_analyst;
	GRANT CREATE ON DATABASE %s TO regress_cr_owner;
);
my $policies = q(
	CREATE SCHEMA s;
	GRANT USAGE ON SCHEMA s TO regress_cr_analyst;

	CREATE TABLE s.plain (id int, "Odd "" name" text, v numeric, w numeric, note json);
	SELECT cleanroom.protect('s.plain', 'id', 20, join_keys => '{id}',
		join_required => true, small_groups => 'refuse');
	SELECT cleanroom.set_column('s.plain', 'Odd " name', 'dimension');
	SELECT cleanroom.set_column('s.plain', 'v', 'measure(sum, avg) in [0, 9.5], filter');
	SELECT cleanroom.add_row_policy('s.plain', 'It''s "few"', $$note IS NULL OR v < 9$$);
	INSERT INTO s.plain SELECT i, 'x', 1 FROM generate_series(1, 60) i;

	CREATE TABLE s.filed (id int, v int);
	CREATE POLICY own ON s.filed USING (v > 0);
	ALTER TABLE s.filed ENABLE ROW LEVEL SECURITY;
	SELECT cleanroom.protect('s.filed', 'id');
	INSERT INTO s.filed SELECT i, i FROM generate_series(1, 60) i;

	CREATE TABLE s.top (id int, v int, region text) PARTITION BY LIST (region);
	CREATE TABLE s.north PARTITION OF s.top FOR VALUES IN ('n');
	CREATE TABLE s.south (region text, v int, id int) PARTITION BY RANGE (id);
	CREATE TABLE s.south_low PARTITION OF s.south FOR VALUES FROM (0) TO (100);
	ALTER TABLE s.top ATTACH PARTITION s.south FOR VALUES IN ('s');
	SELECT cleanroom.protect('s.top', 'id', 7, measures => '{v}');
	SELECT cleanroom.add_row_policy('s.top', 'few', 'v < 9');
	CREATE TABLE s.west PARTITION OF s.top FOR VALUES IN ('w');
	INSERT INTO s.top SELECT i, 1, substr('nsw', 1 + i % 3, 1) FROM generate_series(1, 60) i;

	CREATE TABLE s.parent (id int, v int);
	CREATE TABLE s.child (extra int) INHERITS (s.parent);
	SELECT cleanroom.protect('s.parent', 'id', 8);
	CREATE TABLE s.grandchild () INHERITS (s.child);
	INSERT INTO s.grandchild SELECT i, i FROM generate_series(1, 60) i;

	CREATE TABLE s.by_hand (id int);
	SECURITY LABEL FOR cleanroom ON TABLE s.by_hand IS '{"threshold": 9}';
	SECURITY LABEL FOR cleanroom ON COLUMN s.by_hand.id IS 'unit';

	CREATE TABLE s.free (id int);
	INSERT INTO s.free VALUES (1);
	GRANT SELECT ON ALL TABLES IN SCHEMA s TO regress_cr_analyst;
);

# Everything that makes up a policy, by name
my $state = q(
	SELECT 'label', relname, coalesce(attname, ''), label
		FROM pg_seclabel l JOIN pg_class c ON c.oid = l.objoid
			LEFT JOIN pg_attribute a ON attrelid = c.oid AND attnum = objsubid AND attnum > 0
		WHERE relnamespace = 's'::regnamespace AND provider = 'cleanroom'
	UNION ALL
	SELECT 'policy', relname, polname, concat_ws(' ', polpermissive, polcmd, polroles,
			pg_get_expr(polqual, polrelid))
		FROM pg_policy p JOIN pg_class c ON c.oid = polrelid
		WHERE relnamespace = 's'::regnamespace
	UNION ALL
	SELECT 'row security', relname, '', concat_ws(' ', relrowsecurity, relforcerowsecurity)
		FROM pg_class WHERE relnamespace = 's'::regnamespace AND relkind IN ('r', 'p')
	UNION ALL
	SELECT 'table', name, protected_by::text, concat_ws(' ', threshold, small_groups,
			join_required, privacy_units, closed, problem)
		FROM cleanroom.tables WHERE schema = 's'
	UNION ALL
	SELECT 'column', name, "column", uses FROM cleanroom.columns WHERE schema = 's'
	ORDER BY 1, 2, 3, 4
);
my @tables = qw(plain filed top north south south_low west parent child
  grandchild by_hand);
my $rows = join ' UNION ALL ',
  map { "SELECT '$_', count(*) FROM s.$_" } @tables, 'free';
my $dir = $node->basedir;

sub psql_file
{
	my ($database, $file, $user, $test) = @_;
	$node->command_ok(
		[
			'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', $user, '-f',
			$file, $database
		],
		$test);
}

sub same_policies
{
	my ($database, $expected_state, $expected_rows, $test) = @_;
	is($node->safe_psql($database, $state), $expected_state,
		"$test: policies");
	is($node->safe_psql($database, $rows), $expected_rows, "$test: rows");
}

$node->safe_psql('postgres', $roles);
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
for my $database (qw(source owned))
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database,
		'CREATE EXTENSION cleanroom CASCADE;' . sprintf($grants, $database));
}
$node->safe_psql('postgres', 'CREATE DATABASE plain');
$node->safe_psql('postgres', 'CREATE DATABASE custom');
$node->safe_psql('source',
	"SET SESSION AUTHORIZATION regress_cr_owner; $policies");
my $before = $node->safe_psql('source', $state);
my $counts = $node->safe_psql('source', $rows);
like($before, qr/^table\|south_low\|s\.top\|7 /m, 'partitions are protected');
like($before, qr/^policy\|west\|cleanroom_row_few\|f /m, 'and have policies');

# as a superuser, a script and an archive
$node->command_ok(
	[ 'pg_dump', '-U', $superuser, '-f', "$dir/plain.sql", 'source' ],
	'pg_dump by a superuser');
psql_file('plain', "$dir/plain.sql", $superuser, 'its script runs');
same_policies('plain', $before, $counts, 'a superuser\'s script');
$node->command_ok(
	[
		'pg_dump', '-U', $superuser, '-Fc', '-f', "$dir/custom.dump",
		'source'
	],
	'pg_dump by a superuser, custom format');
$node->command_ok(
	[
		'pg_restore', '-U', $superuser, '--exit-on-error', '-d', 'custom',
		"$dir/custom.dump"
	],
	'pg_restore by a superuser');
same_policies('custom', $before, $counts, 'a superuser\'s archive');

# a restored database can be dumped and restored again, over what is there
$node->command_ok(
	[
		'pg_restore', '-U', $superuser, '--clean', '--if-exists',
		'--exit-on-error', '-n', 's', '-d', 'custom', "$dir/custom.dump"
	],
	'pg_restore --clean by a superuser');
same_policies('custom', $before, $counts, 'restored over itself');

# as the owner, who is exempt from row security
$node->command_ok(
	[
		'pg_dump', '-U', 'regress_cr_owner', '-n', 's', '-f',
		"$dir/owned.sql", 'source'
	],
	'pg_dump by the owner');
psql_file('owned', "$dir/owned.sql", 'regress_cr_owner', 'its script runs');
same_policies('owned', $before, $counts, 'the owner\'s script');

# what is restored can be taken back: row security was remembered
$node->safe_psql('owned', q(
	SET SESSION AUTHORIZATION regress_cr_owner;
	SELECT cleanroom.unprotect(x::regclass)
		FROM unnest('{s.plain,s.filed,s.top,s.parent}'::text[]) x));
is( $node->safe_psql('owned', q(
		SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
			WHERE relnamespace = 's'::regnamespace AND relrowsecurity)),
	'filed',
	'unprotect() after a restore leaves row security as it was');

# an analyst cannot dump
$node->command_fails(
	[
		'pg_dump', '-U', 'regress_cr_analyst', '-n', 's', '-t', 's.plain',
		'-f', "$dir/stolen.sql", 'source'
	],
	'pg_dump by an analyst fails');
unlike(slurp_file("$dir/stolen.sql"), qr/\tx\t/, 'and has no rows')
  if -e "$dir/stolen.sql";

# without the library an analyst sees a table that is not protected, and no
# row of one that was closed
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
for my $database (qw(source plain))
{
	for my $table (grep { $_ ne 'by_hand' } @tables)
	{
		is( $node->safe_psql(
				$database,
				"SELECT count(*) FROM s.$table",
				extra_params => [ '-U', 'regress_cr_analyst' ]),
			0,
			"without the library $database.$table is empty");
	}
	is( $node->safe_psql(
			$database,
			'SELECT count(*) FROM s.free',
			extra_params => [ '-U', 'regress_cr_analyst' ]),
		1,
		"without the library $database.free is not");
}
is( $node->safe_psql(
		'source',
		'SELECT count(*) FROM s.plain',
		extra_params => [ '-U', 'regress_cr_owner' ]),
	60,
	'without the library the owner sees its rows');

done_testing();
