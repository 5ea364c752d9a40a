# The ledger: each execution has one record, whatever becomes of it; what
# cannot be recorded is not answered; the chain shows every tampering.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Ledger 'settled_head';
use Time::HiRes qw(time usleep);

my $node = PostgreSQL::Test::Cluster->new('ledger');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', q(
	max_worker_processes = 16
	wal_level = replica
));
$node->start;

my $setup = q(
	SET client_min_messages = warning;
	CREATE EXTENSION cleanroom CASCADE;
	CREATE TABLE people (id int PRIMARY KEY, region text, age int);
	INSERT INTO people SELECT i, 'r' || i % 3, i % 90 FROM generate_series(1, 300) i;
	ALTER TABLE people OWNER TO regress_cr_owner;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_analyst;
	GRANT CREATE ON SCHEMA public TO regress_cr_analyst;
	SET SESSION AUTHORIZATION regress_cr_owner;
	SELECT cleanroom.protect('people', 'id', 20, '{region}', '{age}');
	GRANT SELECT ON people TO regress_cr_analyst;
);
$node->safe_psql('postgres', q(
	CREATE ROLE regress_cr_owner LOGIN;
	CREATE ROLE regress_cr_analyst LOGIN;
));
$node->safe_psql('postgres', $setup);

my $question = 'SELECT count(*) FROM people';

# Runs SQL as the analyst: status, output, errors.
sub ask
{
	my ($sql, %params) = @_;
	my ($out, $err);
	my $status = $node->psql(
		$params{database} // 'postgres', $sql,
		stdout => \$out, stderr => \$err,
		extra_params => [ '-U', 'regress_cr_analyst', '-v', 'VERBOSITY=verbose' ],
		on_error_stop => 0);
	return ($status, $out, $err);
}

# The number of the newest record.
sub head
{
	my ($number) = split /\|/, settled_head($node, $_[0] // 'postgres');
	return $number;
}

# How many records of a kind came after a number; waits for completions.
sub count_since
{
	my ($number, $condition, $expected) = @_;
	my $query = "SELECT count(*) FROM cleanroom.ledger WHERE number > $number AND $condition";

	for (1 .. 100)
	{
		last
		  if !defined $expected
		  || $node->safe_psql('postgres', $query) eq $expected;
		usleep(100_000);
	}
	return $node->safe_psql('postgres', $query);
}

sub chain_is_good
{
	my ($database, $test) = @_;
	is($node->safe_psql($database,
			'SELECT first_bad, reason FROM cleanroom.verify_ledger()'),
		'|', "$test: the chain is whole");
}

sub worker_pid
{
	return $node->safe_psql('postgres', q(
		SELECT pid FROM pg_stat_activity
			WHERE backend_type = 'cleanroom recorder' AND datname = 'postgres'));
}

my $admitted = q(kind = 'statement' AND verdict = 'admitted');
my $before;

# one record an execution
$before = head();
ask('PREPARE p AS SELECT count(*) FROM people WHERE region <> $1;'
	  . "EXECUTE p('x');\n" x 1000);
is(count_since($before, $admitted, 1000), 1000,
	'a prepared statement run 1,000 times has 1,000 records');
is(count_since($before, q(kind = 'completion' AND verdict = 'completed'), 1000),
	1000, 'and 1,000 completions');
is(count_since($before, q(kind = 'completion' AND refers IS NULL)), 0,
	'each of which knows its statement');

$before = head();
ask(q(DO $$ DECLARE n int; BEGIN FOR i IN 1..50 LOOP
	SELECT count(*) INTO n FROM people WHERE region <> i::text; END LOOP; END $$));
is(count_since($before, $admitted, 50), 50, 'so has each turn of a loop');

$before = head();
ask(qq(SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
	SET min_parallel_table_scan_size = 0; $question));
is(count_since($before, $admitted, 1), 1, 'a parallel query has one');

$before = head();
ask(q(CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM people';
	SELECT f(), f()));
is(count_since($before, $admitted, 2), 2, 'functions in SQL have one a call');

# whatever becomes of the transaction
$before = head();
ask("BEGIN; $question; ROLLBACK; BEGIN; SAVEPOINT s; $question; ROLLBACK TO s; COMMIT;"
	  . 'BEGIN; SELECT id FROM people; ROLLBACK');
is(count_since($before, $admitted, 2), 2, 'a rollback takes no record back');
is(count_since($before, q(verdict = 'refused' AND code = 'RC001')), 1,
	'nor that of a refusal');

$before = head();
ask(q(SET statement_timeout = 300;
	SELECT r.c FROM (SELECT count(*) AS c FROM people) r, pg_sleep(5)));
is(count_since($before, q(verdict = 'failed' AND code = '57014'), 1), 1,
	'a statement that times out has failed');
is(count_since($before, $admitted), 1, 'after its record was made');

$before = head();
ask('BEGIN; DECLARE c CURSOR FOR SELECT region, count(*) FROM people GROUP BY 1;'
	  . 'FETCH 1 FROM c; COMMIT');
is( count_since($before,
		q(verdict = 'completed' AND rows_returned = 1), 1),
	1, 'a cursor that was fetched in part has returned that part');

$before = head();
my ($status, $out, $err) = ask("COPY ($question) TO STDOUT");
like($err, qr/RC007/, 'COPY of a query is refused');
is(count_since($before, q(verdict = 'refused' AND code = 'RC007')), 1,
	'and on record');

# a record that is not to be had
my $pid = worker_pid();
$before = head();
kill 'STOP', $pid;
($status, $out, $err) = ask("SET client_min_messages = error; $question");
is($out, '', 'while the recorder stands still nobody gets an answer');
like($err, qr/ERROR:  RC011/, 'but RC011');
like($err, qr/DETAIL:  The record was not stored within cleanroom.record_timeout/,
	'which says why');
my $started = time;
is($node->safe_psql('postgres', 'SELECT count(*) FROM pg_class WHERE oid = 1259'),
	1, 'others notice nothing');
cmp_ok(time - $started, '<', 2, 'and do not wait');
kill 'CONT', $pid;
($status, $out, $err) = ask($question);
is($out, '300', 'when it goes on, there are answers again');
is(count_since($before, q(verdict = 'refused' AND code = 'RC011'), 1), 1,
	'the one that was refused is on record as refused');
is(count_since($before, $admitted, 1), 1, 'the one that was admitted as admitted');

# the recorder ends; another takes its place
kill 'TERM', worker_pid();
$node->poll_query_until('postgres',
	"SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder'",
	'0');
($status, $out, $err) = ask($question);
is($out, '300', 'a recorder that was ended is replaced');

# a full disk
SKIP:
{
	skip 'not a test build', 4
	  unless $node->safe_psql('postgres',
		"SELECT count(*) FROM pg_settings WHERE name = 'cleanroom.debug_record_fault'");
	$before = head();
	$node->safe_psql('postgres', $_)
	  for 'ALTER SYSTEM SET cleanroom.debug_record_fault = on',
	  'SELECT pg_reload_conf()';
	usleep(300_000);
	$node->safe_psql('postgres',
		'ALTER ROLE regress_cr_analyst SET cleanroom.record_timeout = 1000');
	($status, $out, $err) = ask($question);
	like($err, qr/ERROR:  RC011/, 'with a full disk nobody gets an answer');
	$node->safe_psql('postgres', $_)
	  for 'ALTER ROLE regress_cr_analyst RESET cleanroom.record_timeout',
	  'ALTER SYSTEM RESET cleanroom.debug_record_fault',
	  'SELECT pg_reload_conf()';
	($status, $out, $err) = ask($question);
	is($out, '300', 'when there is room again, there are answers again');
	is(count_since($before, q(verdict = 'refused' AND code = 'RC011'), 1), 1,
		'the one that was refused is on record as refused');
	is(count_since($before, $admitted, 1), 1,
		'the one that was admitted as admitted');
}

# many waiting records
$before = head();
kill 'STOP', ($pid = worker_pid());
$node->safe_psql('postgres',
	'ALTER ROLE regress_cr_analyst SET cleanroom.record = async');
ask(q(DO $$ DECLARE n int; BEGIN FOR i IN 1..10000 LOOP
	SELECT count(*) INTO n FROM people; END LOOP; END $$));
kill 'CONT', $pid;
is(count_since($before, $admitted, 10000), 10000,
	'of 10,000 records that wait none is lost');
is(count_since($before, q(kind = 'completion' AND refers IS NOT NULL), 10000),
	10000, 'nor a completion');
SKIP:
{
	skip 'no /proc', 1 unless -r "/proc/$pid/status";
	my ($anonymous) = slurp_file("/proc/$pid/status") =~ /^RssAnon:\s+(\d+) kB/m;
	cmp_ok($anonymous, '<', 65536, 'the recorder did not need more than 64 MB for them');
}
is($node->safe_psql('postgres', q(SELECT count(*) FROM pg_shmem_allocations
	WHERE name = 'cleanroom ledger'
		AND size < 1.2 * pg_size_bytes(current_setting('cleanroom.record_queue_size')))),
	1, 'nor the queue more than it was given');
($status, $out, $err) = ask("$question; SELECT pg_sleep(1); SELECT number > 0 FROM cleanroom.last_receipt()");
is($out, "300\n\nt", 'with async there is a receipt a little later');
$node->safe_psql('postgres',
	'ALTER ROLE regress_cr_analyst RESET cleanroom.record');
chain_is_good('postgres', 'after all that');

# databases come and go
$node->safe_psql('postgres', 'CREATE DATABASE second TEMPLATE template0');
$node->safe_psql('second', $setup);
($status, $out, $err) = ask($question, database => 'second');
is($out, '300', 'a second database has a recorder of its own');
is($node->safe_psql('second',
		"SELECT count(DISTINCT database) || ' ' || min(database) FROM cleanroom.ledger"),
	'1 second', 'and a ledger of its own');
for my $command (
	'ALTER DATABASE second RENAME TO third',
	'CREATE DATABASE fourth TEMPLATE third',
	'DROP DATABASE third')
{
	my $database = $command =~ /third$/ ? 'third' : 'fourth';
	$started = time;
	$node->safe_psql('postgres', $command);
	cmp_ok(time - $started, '<', 4, "$command does not wait for it");
	ask($question, database => $database) if $command !~ /^DROP/;
}
($status, $out, $err) = ask($question, database => 'fourth');
is($out, '300', 'a copied database has a recorder too');
$node->safe_psql('fourth', 'DROP TABLE people; DROP EXTENSION cleanroom');
$node->safe_psql('fourth', 'SELECT 1');
$node->safe_psql('postgres', 'DROP DATABASE fourth');
is($node->safe_psql('postgres', q(
		SELECT count(*) FROM pg_stat_activity
			WHERE backend_type = 'cleanroom recorder'
				AND datname IS DISTINCT FROM 'postgres')),
	0, 'no recorder is left behind');

# the extension made and used in one transaction
$node->safe_psql('postgres', 'CREATE DATABASE atonce TEMPLATE template0');
$node->safe_psql('atonce',
	"BEGIN; $setup; RESET SESSION AUTHORIZATION; COMMIT");
$node->poll_query_until('atonce', q(
	SELECT count(*) > 0 FROM cleanroom.ledger WHERE kind = 'policy_change'))
  or fail('a policy that is made with the extension is recorded');
$node->safe_psql('postgres', 'DROP DATABASE atonce');

# policy changes
$before = head();
$node->safe_psql('postgres', q(
	SET SESSION AUTHORIZATION regress_cr_owner;
	BEGIN; SELECT cleanroom.set_column('people', 'age', ''); ROLLBACK;
	BEGIN; SAVEPOINT s; SELECT cleanroom.set_column('people', 'age', ''); ROLLBACK TO s;
	SELECT cleanroom.set_column('people', 'age', 'measure(sum)'); COMMIT;
	SECURITY LABEL FOR cleanroom ON COLUMN people.age IS 'measure, filter';
	SELECT cleanroom.add_row_policy('people', 'old', 'age >= 0');
));
is( $node->safe_psql('postgres', qq(
		SELECT tables, owners, subject, detail FROM cleanroom.ledger
			WHERE number > $before AND kind = 'policy_change' ORDER BY number)),
	qq({public.people}|{regress_cr_owner}|age|{"new": "measure(sum, count)", "old": "measure"}
{public.people}|{regress_cr_owner}|age|{"new": "measure, filter", "old": "measure(sum, count)"}
{public.people}|{regress_cr_owner}||{"new": "age >= 0", "row_policy": "old"}),
	'changes of policy are recorded when they commit');

# a dump keeps the chain, and the copy goes on with it
my $dir = $node->basedir;
my $head = settled_head($node, 'postgres');
my ($number, $link) = split /\|/, $head;
$node->command_ok([ 'pg_dump', '-f', "$dir/dump.sql", 'postgres' ], 'pg_dump');
$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE template0');
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/dump.sql", 'copy' ],
	'its script runs');
is($node->safe_psql('copy', "SELECT number, link FROM cleanroom.ledger_records WHERE number = $number"),
	$head, 'the restored ledger has the same last record');
# labels are set before the records come, and on record only if the recorder
# looks after that
is($node->safe_psql('copy', "SELECT count(*) FROM cleanroom.ledger WHERE number > $number AND kind <> 'policy_change'"),
	'0', 'and none behind it but of the restore itself');
chain_is_good('copy', 'restored');
ask($question, database => 'copy');
is( $node->safe_psql('copy', "SELECT cleanroom.check_receipt($number, '$link')"),
	't', 'a receipt from before is good after');
is(head('copy') > $number ? 1 : 0, 1, 'and the chain goes on');
chain_is_good('copy', 'continued');
my ($result, $stdout, $stderr) = $node->psql('copy', q(
	INSERT INTO cleanroom.ledger_records
		SELECT (r).* FROM (SELECT r FROM cleanroom.ledger_records r
			ORDER BY number DESC LIMIT 1) x));
like($stderr, qr/the ledger cannot be changed/,
	'a record that does not continue it is refused');

# tampering, in copies
sub tamper
{
	my ($what, $sql, $expected) = @_;
	my $out;

	usleep(300_000);	# the recorder leaves the database for its copy
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS tampered');
	$node->safe_psql('postgres', 'CREATE DATABASE tampered TEMPLATE copy');
	$node->safe_psql('tampered',
		'ALTER TABLE cleanroom.ledger_records DISABLE TRIGGER USER;' . $sql);
	$out = $node->safe_psql('tampered',
		'SELECT first_bad, reason FROM cleanroom.verify_ledger()');
	like($out, $expected, $what);
}
my $table = 'cleanroom.ledger_records';
tamper('a changed record is found', "UPDATE $table SET statement = 'SELECT 1' WHERE number = 100",
	qr/^100\|the link does not fit/);
tamper('and a changed time', "UPDATE $table SET at = at + '1 microsecond' WHERE number = 101",
	qr/^101\|the link/);
tamper('and a changed owner', "UPDATE $table SET owners = '{regress_cr_analyst}' WHERE number = 102",
	qr/^102\|the link/);
tamper('and text moved from one column to the next',
	"UPDATE $table SET application = left(application, 2), purpose = substr(application, 3) WHERE number = 103",
	qr/^103\|the link/);
tamper('and null for empty', "UPDATE $table SET purpose = '' WHERE number = 103",
	qr/^103\|the link/);
tamper('and a changed link', "UPDATE $table SET link = decode(repeat('00', 32), 'hex') WHERE number = 104",
	qr/^104\|the link/);
tamper('a deleted record is found', "DELETE FROM $table WHERE number = 105",
	qr/^105\|the record is missing/);
tamper('and one before the first',
	"INSERT INTO $table (number, at, kind, link) SELECT -5, at, kind, link FROM $table WHERE number = 1",
	qr/^-5\|the record stands before the first one/);
tamper('and one at the beginning', "DELETE FROM $table WHERE number = 1",
	qr/^1\|the record is missing/);
tamper('and renumbered ones',
	"DELETE FROM $table WHERE number = 105; UPDATE $table SET number = number - 1 WHERE number = 106",
	qr/^105\|the link/);
tamper('an inserted record is found',
	"UPDATE $table SET number = -number WHERE number > 110; UPDATE $table SET number = 1 - number WHERE number < 0;"
	  . "INSERT INTO $table SELECT 111, at, kind, verdict, code, reason, refers, database, session_user_name,"
	  . "current_user_name, role_name, client, application, purpose, tables, owners, statement, caller, fingerprint, obligations,"
	  . "groups_released, groups_withheld, rows_returned, duration, charges, subject, detail, salt, link FROM $table WHERE number = 50",
	qr/^111\|the link/);
tamper('reordered records are found',
	"UPDATE $table SET number = -1 WHERE number = 120; UPDATE $table SET number = 120 WHERE number = 121; UPDATE $table SET number = 121 WHERE number = -1",
	qr/^120\|the link/);
tamper('records cut off at the end leave the chain good',
	"DELETE FROM $table WHERE number > $number - 10", qr/^\|$/);
is($node->safe_psql('tampered', "SELECT cleanroom.check_receipt($number, '$link')"),
	'f', 'but a receipt tells');
tamper('an emptied ledger too', "TRUNCATE $table", qr/^\|$/);
is($node->safe_psql('tampered', "SELECT cleanroom.check_receipt($number, '$link')"),
	'f', 'but a receipt tells');
$node->safe_psql('postgres', 'DROP DATABASE tampered');

$node->safe_psql('postgres', 'DROP DATABASE copy');

# a standby
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
$started = time;
$standby->psql(
	'postgres', $question,
	stdout => \$out, stderr => \$err,
	extra_params => [ '-U', 'regress_cr_analyst', '-v', 'VERBOSITY=verbose' ]);
like($err, qr/ERROR:  RC011.*The server is in recovery/s,
	'a standby answers RC011');
cmp_ok(time - $started, '<', 3, 'at once');
is($standby->safe_psql('postgres', 'SELECT first_bad, reason FROM cleanroom.verify_ledger()'),
	'|', 'and can check the chain');
$standby->promote;
$standby->psql(
	'postgres', $question, stdout => \$out, stderr => \$err,
	extra_params => [ '-U', 'regress_cr_analyst' ]);
is($out, '300', 'when it is promoted it records and answers');
$standby->stop;

done_testing();
