# The ledger: each execution has one record, whatever becomes of it; what
# cannot be recorded is not answered; the chain shows every tampering.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use Digest::SHA qw(sha256);

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
	my ($database) = @_;
	return $node->safe_psql($database // 'postgres',
		'SELECT coalesce(number, 0) FROM cleanroom.ledger_head()');
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
my $head = $node->safe_psql('postgres', 'SELECT * FROM cleanroom.ledger_head()');
my ($number, $link) = split /\|/, $head;
$node->command_ok([ 'pg_dump', '-f', "$dir/dump.sql", 'postgres' ], 'pg_dump');
$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE template0');
$node->command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/dump.sql", 'copy' ],
	'its script runs');
is($node->safe_psql('copy', 'SELECT * FROM cleanroom.ledger_head()'),
	$head, 'the restored ledger has the same head');
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
	  . "current_user_name, client, application, purpose, tables, owners, statement, caller, fingerprint, obligations,"
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

# archives
my $file = "$dir/segment.json";
my $cut = $number - 100;
my $at = $node->safe_psql('copy', "SELECT at FROM $table WHERE number = $cut");
my $moved = $node->safe_psql('copy',
	"SELECT * FROM cleanroom.archive_ledger((SELECT min(at) FROM $table WHERE number > 100 AND at > (SELECT max(at) FROM $table WHERE number <= 100)))");
my ($first, $last) = split /\|/, $moved;
is($first, 1, 'the oldest records are archived into a table');
cmp_ok($last, '>=', 100, 'as many as are old enough');
chain_is_good('copy', 'across the cut');
$moved = $node->safe_psql('copy',
	"SELECT * FROM cleanroom.archive_ledger((SELECT at FROM $table WHERE number = $cut), '$file')");
my ($first2, $last2) = split /\|/, $moved;
is($first2, $last + 1, 'the next ones into a file');
chain_is_good('copy', 'across both cuts');
is($node->safe_psql('copy', "SELECT cleanroom.check_receipt($number, '$link')"),
	't', 'a receipt of what is left is good');
is( $node->safe_psql('copy', "SELECT cleanroom.check_receipt(number, link) FROM cleanroom.ledger_archive WHERE number = 50"),
	't', 'and one of what is in the table');
is( $node->safe_psql('copy', "SELECT cleanroom.check_receipt($last2 - 1, '$link') IS NULL"),
	't', 'one of what is in the file is not known here');
($result, $stdout, $stderr) = $node->psql('copy',
	"SELECT cleanroom.archive_ledger(now(), '$file')");
like($stderr, qr/could not create file/, 'an archive is not written over');
$node->safe_psql('copy', 'GRANT cleanroom_auditor TO regress_cr_owner');
($result, $stdout, $stderr) = $node->psql('copy',
	"SET SESSION AUTHORIZATION regress_cr_owner; SELECT cleanroom.archive_ledger(now(), '/tmp/x')");
like($stderr, qr/permission denied to write a file/,
	'files are for who may write files on the server');
($result, $stdout, $stderr) = $node->psql('copy',
	"SET SESSION AUTHORIZATION regress_cr_analyst; SELECT cleanroom.archive_ledger(now())");
like($stderr, qr/permission denied to archive/, 'archives are for auditors');

is($node->safe_psql('copy', "SELECT checked, first_bad FROM cleanroom.verify_archive('$file')"),
	($last2 - $first2 + 1) . '|', 'the chain is whole in the file');
is($node->safe_psql('copy', 'SELECT checked FROM cleanroom.verify_ledger()'),
	head('copy') - ($last2 - $first2 + 1), 'and in the table');
is($node->safe_psql('copy', "SELECT first_bad FROM cleanroom.verify_ledger(50, $first2)"),
	'', 'from the middle of it, too');
($result, $stdout, $stderr) = $node->psql('copy',
	"SET SESSION AUTHORIZATION regress_cr_owner; SELECT * FROM cleanroom.verify_archive('$file')");
like($stderr, qr/permission denied to read a file/, 'which is for who may read files');

# tampering with archives, in copies
sub tamper_with_file
{
	my ($what, $change, $expected) = @_;
	my @lines = split /\n/, slurp_file($file);
	my $copy = "$dir/tampered.json";
	unlink $copy;
	$change->(\@lines);
	append_to_file($copy, join("\n", @lines) . "\n");
	like($node->safe_psql('copy',
			"SELECT first_bad, reason FROM cleanroom.verify_archive('$copy')"),
		$expected, $what);
}
my $third = $first2 + 2;
tamper_with_file('a changed line of a file is found',
	sub { $_[0][3] =~ s/"kind":"\w+"/"kind":"forged"/ }, qr/^$third\|the link/);
tamper_with_file('and one that is no JSON',
	sub { $_[0][3] =~ s/"kind"/kind/ }, qr/^$third\|the line is not a record/);
tamper_with_file('and one that is missing',
	sub { splice @{$_[0]}, 3, 1 }, qr/^$third\|the record is missing/);
tamper_with_file('and two in another order',
	sub { @{$_[0]}[3, 4] = @{$_[0]}[4, 3] }, qr/^$third\|the record is missing/);
tamper_with_file('and an end that is cut off',
	sub { pop @{$_[0]} }, qr/^$last2\|the record is missing/);
tamper_with_file('and another first line',
	sub { $_[0][0] =~ s/("last_link": "\\\\x)../${1}00/ }, qr/^$first2\|the first line is not that/);
sub tamper_with_archive
{
	my ($what, $sql, $expected) = @_;

	usleep(300_000);
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS tampered');
	$node->safe_psql('postgres', 'CREATE DATABASE tampered TEMPLATE copy');
	$node->safe_psql('tampered',
		"ALTER TABLE cleanroom.ledger_$_ DISABLE TRIGGER USER")
	  for 'archive', 'segments';
	$node->safe_psql('tampered', $sql);
	like($node->safe_psql('tampered',
			'SELECT first_bad, reason FROM cleanroom.verify_ledger()'),
		$expected, $what);
}
my $archive = 'cleanroom.ledger_archive';
($result, $stdout, $stderr) = $node->psql('copy', "DELETE FROM $archive");
like($stderr, qr/the ledger cannot be changed/, 'the archive cannot be changed');
tamper_with_archive('a changed record in the table is found',
	"UPDATE $archive SET reason = 'x' WHERE number = 60", qr/^60\|the link/);
tamper_with_archive('and one that is missing',
	"DELETE FROM $archive WHERE number = 61", qr/^61\|the record is missing/);
tamper_with_archive('and the last one',
	"DELETE FROM $archive WHERE number = $last", qr/^$last\|the record is missing/);
tamper_with_archive('and a segment that is missing',
	"DELETE FROM cleanroom.ledger_segments WHERE first_number = 1", qr/^1\|the record is missing/);
tamper_with_archive('and one that ends elsewhere',
	"UPDATE cleanroom.ledger_segments SET last_link = previous_link WHERE first_number = $first2",
	qr/^${\ ($last2 + 1)}\|the link/);
$node->safe_psql('postgres', 'DROP DATABASE tampered');

# the file can be checked by anybody who has read how links are made
SKIP:
{
	skip 'no JSON::PP', 2 unless eval { require JSON::PP };
	my $json = JSON::PP->new->utf8->allow_bignum(0);
	my @lines = split /\n/, slurp_file($file);
	my $header = $json->decode(shift @lines);
	my $previous = pack('H*', substr($header->{previous_link}, 2));
	my @numbers = qw(number at refers fingerprint groups_released groups_withheld rows_returned duration);
	my %is_number = map { $_ => 1 } @numbers;
	my @columns = qw(number at kind verdict code reason refers database
	  session_user_name current_user_name client application purpose tables
	  owners statement caller fingerprint obligations groups_released
	  groups_withheld rows_returned duration charges subject detail salt);
	my $bad = 0;
	require Encode;
	require Time::Local;
	for my $line (@lines)
	{
		my $record = $json->decode($line);
		my $bytes = $previous . chr(1);
		for my $column (@columns)
		{
			my $value = $record->{$column};
			if (!defined $value) { $bytes .= 'N'; next; }
			if ($column eq 'at')
			{
				my ($y, $mo, $d, $h, $mi, $s, $f, $zone) = $value =~
				  /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?([-+].*)$/;
				die "zone $zone" unless $zone =~ /^[-+]00/;
				$f = substr(($f // '') . '000000', 0, 6);
				$value = (Time::Local::timegm($s, $mi, $h, $d, $mo - 1, $y) - 946684800) * 1_000_000 + $f;
			}
			if ($is_number{$column}) { $bytes .= 'I' . pack('q>', $value); }
			elsif (ref $value)
			{
				$bytes .= 'L' . pack('N', scalar @$value);
				$bytes .= pack('N/a*', Encode::encode('UTF-8', $_)) for @$value;
			}
			else { $bytes .= 'T' . pack('N/a*', Encode::encode('UTF-8', $value)); }
		}
		my $computed = sha256($bytes);
		$bad++ if '\\x' . unpack('H*', $computed) ne $record->{link};
		$previous = $computed;
	}
	is($bad, 0, 'each record in the file has the link that it should have');
	is('\\x' . unpack('H*', $previous), $header->{last_link},
		'and the last one that of the first line');
}
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
