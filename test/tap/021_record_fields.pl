# What a record says, field by field, and that an analyst cannot bend it:
# neither by what is asked nor by how, nor by what the session is set to.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Ledger 'settled_head';

my $node = PostgreSQL::Test::Cluster->new('fields');
$node->init;
$node->append_conf('postgresql.conf', q(
	listen_addresses = '127.0.0.1'
	cleanroom.record_queue_size = 1MB
	max_prepared_transactions = 2
));
$node->start;
$node->safe_psql('postgres', q{
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE regress_cr_owner LOGIN;
CREATE ROLE regress_cr_second LOGIN;
CREATE ROLE regress_cr_ana LOGIN;
CREATE ROLE regress_cr_pool LOGIN;
GRANT regress_cr_ana TO regress_cr_pool;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_second, regress_cr_ana;
GRANT CREATE ON SCHEMA public TO regress_cr_ana;
CREATE TABLE stays (person int NOT NULL, ward int NOT NULL, days int NOT NULL);
INSERT INTO stays SELECT i, i % 3, i % 5 FROM generate_series(1, 90) i;
INSERT INTO stays VALUES (91, 7, 1), (92, 8, 1);
CREATE TABLE "Buyers, all" (person int NOT NULL, city text);
INSERT INTO "Buyers, all" SELECT i, 'c' || i % 2 FROM generate_series(1, 60) i;
ALTER TABLE stays OWNER TO regress_cr_owner;
ALTER TABLE "Buyers, all" OWNER TO regress_cr_second;
GRANT SELECT ON stays, "Buyers, all" TO regress_cr_ana;
SET ROLE regress_cr_owner;
SELECT cleanroom.protect('stays', 'person', 10, '{ward}', '{days}', join_keys => '{person}');
SELECT cleanroom.set_budget('stays', 'regress_cr_ana', 1000, 'queries', 'lifetime');
SET ROLE regress_cr_second;
SELECT cleanroom.protect('"Buyers, all"', 'person', 12, '{city}', join_keys => '{person}',
	small_groups => 'refuse');
});

# Runs SQL as the analyst, each statement sent by itself: output and errors.
sub ask
{
	my ($sql, %options) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0,
		connstr => 'dbname=postgres client_encoding=UTF8 user='
		  . ($options{user} // 'regress_cr_ana')
		  . ' port=' . $node->port . ' host='
		  . ($options{host} // $node->host)
		  . ($options{connection} // ''));
	return "$out\n$err";
}

sub super
{
	return $node->safe_psql('postgres', $_[0]);
}

sub head
{
	my ($number) = split /\|/, settled_head($node, 'postgres');
	return $number;
}

# Columns of the records since a number that fulfil a condition; waits until
# there are so many.
sub records
{
	my ($since, $columns, $condition, $expected) = @_;
	my $from = "FROM cleanroom.ledger WHERE number > $since AND ($condition)";

	$node->poll_query_until('postgres',
		"SELECT count(*) >= $expected $from") or diag('there are fewer records');
	return super("SELECT $columns $from ORDER BY number");
}

my $before;

# ---------- what a record says ----------

$before = head();
super('SELECT pg_sleep(0.01)');
ask(q(SET cleanroom.purpose = 'research';
SELECT ward, count(*) FROM stays GROUP BY ward ORDER BY ward;),
	host => '127.0.0.1', connection => " application_name='R studio'");
is(records($before, q(kind, verdict, code, reason, refers, database,
		session_user_name, current_user_name, client, application, purpose,
		tables, owners, statement, caller, obligations, groups_released,
		rows_returned, duration, subject, detail),
		q(kind = 'statement'), 1),
	'statement|admitted||||postgres|regress_cr_ana|regress_cr_ana|127.0.0.1'
	  . '|R studio|research|{public.stays}|{regress_cr_owner}'
	  . '|SELECT ward, count(*) FROM stays GROUP BY ward ORDER BY ward|'
	  . '|{"public.stays": {"threshold": 10, "small_groups": "suppress"}}|||||',
	'an admission says who, from where, with what, for what, on what, what, and under which obligations');
is(records($before,
		q(at BETWEEN now() - interval '1 min' AND now(), fingerprint IS NOT NULL, length(link),
		charges->0->>'relation', charges->0->>'unit', charges->0->>'period', charges->0->>'amount'),
		q(kind = 'statement'), 1),
	't|t|32|public.stays|queries|lifetime|1',
	'and when, its fingerprint and link, and what was charged');
is(records($before,
		qq(verdict, groups_released, groups_withheld, rows_returned,
		duration BETWEEN '1 microsecond' AND '1 min', application, purpose, tables, refers - $before, statement),
		q(kind = 'completion'), 1),
	'completed|3|2|3|t|R studio|research|{public.stays}|1|',
	'its completion says how many groups were released and withheld, rows returned, and how long it took');
is($node->safe_psql('postgres', qq(SET SESSION AUTHORIZATION regress_cr_ana;
		SELECT groups_released, groups_withheld, rows_returned, duration > '0'
		FROM cleanroom.ledger WHERE number > $before AND kind = 'completion')),
	'|||t', 'the numbers are for owners, not for the analyst');
is($node->safe_psql('postgres', qq(SET SESSION AUTHORIZATION regress_cr_owner;
		SELECT groups_released, groups_withheld, rows_returned
		FROM cleanroom.ledger WHERE number > $before AND kind = 'completion')),
	'3|2|3', 'which owners see');

$before = head();
ask('SET ROLE regress_cr_ana;' . "\n"
	  . 'SELECT count(*) FROM stays JOIN "Buyers, all" USING (person)',
	user => 'regress_cr_pool');
is(records($before,
		'session_user_name, current_user_name, client, application, tables, owners, obligations',
		q(kind = 'statement'), 1),
	'regress_cr_pool|regress_cr_ana|[local]|021_record_fields.pl'
	  . '|{public.stays,"public.\"Buyers, all\""}|{regress_cr_owner,regress_cr_second}'
	  . '|{"public.stays": {"threshold": 10, "small_groups": "suppress"}, "public.\"Buyers, all\"": {"threshold": 12, "small_groups": "refuse"}}',
	'a role that was chosen, two tables');
records($before, 'kind', q(kind = 'completion'), 1);
is($node->safe_psql('postgres', qq(SET SESSION AUTHORIZATION regress_cr_second;
		SELECT kind, groups_released, rows_returned FROM cleanroom.ledger WHERE number > $before ORDER BY number)),
	"statement||\ncompletion||", 'where there are two owners, neither sees the numbers');

$before = head();
ask(q(SELECT person FROM stays WHERE ward = 1));
is(records($before, 'verdict, code, reason, tables, statement, charges', 'true', 1),
	'refused|RC001|column "stays.person" would leave unaggregated|{public.stays}|SELECT person FROM stays WHERE ward = 1|',
	'a refusal says why');

$before = head();
$node->safe_psql('postgres', q(SET SESSION AUTHORIZATION regress_cr_owner;
	SELECT cleanroom.set_column('stays', 'days', 'measure(sum), filter');
	SELECT cleanroom.suspend_analyst('stays', 'regress_cr_pool', 'holidays');
	SELECT cleanroom.resume_analyst('stays', 'regress_cr_pool');
	SELECT cleanroom.set_budget('stays', 'regress_cr_ana', 2000, 'queries', 'lifetime');
	SELECT cleanroom.protect('stays', 'person', 11, '{ward}', '{days}', join_keys => '{person}');
));
like(records($before, 'kind, tables, subject, detail', 'true', 5),
	qr/^policy_change\|\{public.stays\}\|days\|\{"new": "filter, measure\(sum, count\)", "old": "measure"\}
suspension\|\{public.stays\}\|regress_cr_pool\|\{.*"event": "suspended".*\}
suspension\|\{public.stays\}\|regress_cr_pool\|\{.*"event": "resumed".*\}
policy_change\|\{public.stays\}\|regress_cr_ana\|\{.*"old": 1000, .*"budget": 2000.*\}
(policy_change\|\{public.stays\}\|.*\n?)+$/,
	'changes of policy, suspensions and budgets say what');
like(records($before, 'detail', q(kind = 'policy_change' AND detail::text LIKE '%threshold%'), 1),
	qr/"new".*11.*"old".*10/, 'a changed threshold says the new and the old');

# ---------- summed up ----------

# by day, analyst and table; each role those that it sees
{
	my $sums = q(SELECT analyst, "table", sum(admitted), sum(refused) FROM cleanroom.ledger_days
		WHERE day BETWEEN date_trunc('day', now() - interval '1 hour') AND now()
		GROUP BY 1, 2 ORDER BY 1, 2);
	my $read = sub {
		my ($role) = @_;
		my %read;
		for my $line (split /\n/, $node->safe_psql('postgres',
				($role ? "SET SESSION AUTHORIZATION $role; " : '') . $sums))
		{
			my ($analyst, $table, $admitted, $refused) = split /\|/, $line;
			$read{"$analyst $table"} = [ $admitted, $refused ];
		}
		return \%read;
	};
	my $difference = sub {
		my ($role, $former) = @_;
		my $now = $read->($role);
		return join ', ', map {
			my $was = $former->{$_} // [ 0, 0 ];
			my ($a, $r) = ($now->{$_}[0] - $was->[0], $now->{$_}[1] - $was->[1]);
			$a || $r ? "$_ $a $r" : ();
		} sort keys %$now;
	};
	my %former = map { $_ => $read->($_) } '', qw(regress_cr_ana regress_cr_pool regress_cr_owner regress_cr_second);
	my $refusals = super(q(SELECT coalesce(sum(refusals), 0) FROM cleanroom.ledger_refusals WHERE code = 'RC001'));
	ask($_) for 'SELECT count(*) FROM stays', 'SELECT count(*) FROM stays WHERE ward = 1', 'SELECT person FROM stays';
	ask('SET ROLE regress_cr_ana; SELECT count(*) FROM stays JOIN "Buyers, all" USING (person)',
		user => 'regress_cr_pool');
	is($difference->('', $former{''}), 'regress_cr_ana public.stays 2 1, '
		  . 'regress_cr_pool public."Buyers, all" 1 0, regress_cr_pool public.stays 1 0',
		'days sum up by who logged in and by table; a join counts for both');
	is($difference->('regress_cr_owner', $former{regress_cr_owner}), 'regress_cr_ana public.stays 2 1, '
		  . 'regress_cr_pool public."Buyers, all" 1 0, regress_cr_pool public.stays 1 0',
		'for an owner those that touch its table');
	is($difference->('regress_cr_second', $former{regress_cr_second}),
		'regress_cr_pool public."Buyers, all" 1 0, regress_cr_pool public.stays 1 0',
		'and no others');
	is($difference->('regress_cr_pool', $former{regress_cr_pool}),
		'regress_cr_pool public."Buyers, all" 1 0, regress_cr_pool public.stays 1 0',
		'for an analyst its own');
	is(super(q(SELECT sum(refusals) FROM cleanroom.ledger_refusals WHERE code = 'RC001')) - $refusals, 1,
		'refusals sum up by code');
	is(super(q(SELECT count(*) - (SELECT count(*) FROM cleanroom.ledger_last_hour) FROM cleanroom.ledger
		WHERE at > now() - interval '1 hour')), 0, 'the last hour is the last hour');
	is(super(q(SELECT count(*) FROM (SELECT date_trunc('day', at) AS day FROM cleanroom.ledger WHERE kind = 'statement'
		EXCEPT SELECT day FROM cleanroom.ledger_days) x)), 0, 'each day that has statements is there');
}

# a role that was chosen is named, and sees it, though a function lends another's privileges
$before = head();
super(q(CREATE FUNCTION lend() RETURNS bigint LANGUAGE sql SECURITY DEFINER
	SET search_path = public AS 'SELECT count(*) FROM stays WHERE ward = 1';
	CREATE ROLE regress_cr_lender; GRANT USAGE ON SCHEMA cleanroom TO regress_cr_lender;
	GRANT SELECT ON stays TO regress_cr_lender; ALTER FUNCTION lend() OWNER TO regress_cr_lender;));
ask("SET ROLE regress_cr_ana;\nSELECT lend()", user => 'regress_cr_pool');
is(records($before, 'session_user_name, role_name, current_user_name', q(kind = 'statement'), 1),
	'regress_cr_pool|regress_cr_ana|regress_cr_lender', 'who logged in, who was chosen, and who lends');
is($node->safe_psql('postgres', qq(SET SESSION AUTHORIZATION regress_cr_ana;
		SELECT count(*) FROM cleanroom.ledger WHERE number > $before AND kind = 'statement')), 1,
	'each of whom sees it');

# ---------- parameters ----------

$before = head();
ask(q(PREPARE "an odd; name" (int, text) AS SELECT count(*) FROM stays WHERE ward = $1 AND $2 <> 'x';
EXECUTE "an odd; name" (1, E'"a\nb\\\\');
EXECUTE "an odd; name" (NULL, NULL);));
is(records($before, q(detail->'parameters', caller), q(kind = 'statement'), 2),
	qq({"\$1": "1", "\$2": "\\"a\\nb\\\\"}|EXECUTE "an odd; name" (1, E'"a\\nb\\\\');
{"\$1": null, "\$2": null}|EXECUTE "an odd; name" (NULL, NULL);),
	'a prepared statement has the values that it was executed with');
$before = head();
ask(q(DO $$ DECLARE w int := 2; n int; BEGIN SELECT count(*) INTO n FROM stays WHERE ward = w; END $$;
CREATE FUNCTION f(w int) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM stays WHERE ward = $1';
SELECT f(1);
CREATE TYPE mood AS ENUM ('sad', 'glad');
PREPARE m (mood) AS SELECT count(*) FROM stays WHERE $1 IS NOT NULL;
EXECUTE m ('glad');));
is(records($before, q((SELECT value FROM jsonb_each_text(detail->'parameters'))),
		q(kind = 'statement' AND verdict = 'admitted'), 3),
	"2\n1\n(a value of type mood)", 'so have those of functions; of types of the analyst only the type is shown');
super('ALTER ROLE regress_cr_ana SET cleanroom.record_constants = off');
$before = head();
ask(q(PREPARE p (int) AS SELECT count(*) FROM stays WHERE ward = $1 AND days < 3;
EXECUTE p (1);));
is(records($before, 'statement, caller, detail', q(kind = 'statement'), 1),
	'PREPARE p (int) AS SELECT count(*) FROM stays WHERE ward = $1 AND days < ?|EXECUTE p (?);|',
	'nothing of that without constants');
super('ALTER ROLE regress_cr_ana RESET cleanroom.record_constants');

# ---------- one string, many statements ----------

$before = head();
ask("SELECT count(*) FROM stays\\; SELECT ward FROM stays\\; SELECT count(*) FROM stays WHERE ward = 2;");
unlike(records($before, 'statement', q(kind = 'statement'), 2), qr/;/,
	'each statement of a string has a record of its own');
unlike(records($before, q(position(statement IN caller)), q(kind = 'statement'), 2),
	qr/^0$/m, 'which is a part of what was sent');

# ---------- forging ----------

# names with line feeds, quotes, JSON and controls stay in their columns
$before = head();
ask(q(SET application_name = E'x","verdict":"refused"\n2|statement|admitted';
SET cleanroom.purpose = E'a"}\n{"b\\\\';
SELECT count(*) FROM stays;));
# the server has spelled the line feed, as one way or, from 16 on, another
is(records($before, q(verdict, replace(application, '\x0a', '?'), to_json(purpose)), q(kind = 'statement'), 1),
	q(admitted|x","verdict":"refused"?2|statement|admitted|"a\"}\n{\"b\\\\"),
	'what the session calls itself and its purpose is data');
is(super('SELECT first_bad FROM cleanroom.verify_ledger()'), '', 'the chain is whole');

# a purpose that is too long is cut, and keeps no refusal off the record
$before = head();
ask(q(SELECT set_config('cleanroom.purpose', repeat('p', 3000000), false) IS NULL;
SELECT person FROM stays;
SELECT count(*) FROM stays;));
is(records($before, 'verdict, length(purpose)', q(kind = 'statement'), 2),
	"refused|1004\nadmitted|1004", 'a purpose that is too long is cut');

# counters of a table are its owner's business, too
$before = head();
ask(q(SELECT pg_stat_get_numscans('stays'::regclass)));
is(records($before, 'code, tables', q(kind = 'statement'), 1), 'RC007|{public.stays}',
	'a refusal to show counters names the table');

# what is prepared for a second phase may never happen
$before = head();
my ($status, $prepared, $complaint) = $node->psql('postgres', q(SET SESSION AUTHORIZATION regress_cr_owner;
	BEGIN; SELECT cleanroom.suspend_analyst('stays', 'regress_cr_ana'); PREPARE TRANSACTION 'maybe'));
like($complaint, qr/changes what goes on record cannot be prepared.*Commit it/s, 'a change cannot be prepared');
is(super("SELECT count(*) FROM cleanroom.ledger WHERE number > $before"), 0, 'and is not on record then');

# neither settings nor the surroundings reach the recorder
$before = head();
ask(q(SET synchronous_commit = off;
SET default_transaction_read_only = on;
SET search_path = pg_temp, public;
CREATE TEMP TABLE ledger_records (number int);
CREATE TEMP TABLE budget_list (relation int);
SET lock_timeout = 1;
SET DateStyle = 'SQL, DMY'; SET timezone = 'Asia/Kolkata'; SET extra_float_digits = -5;
SELECT count(*) FROM public.stays;
SET cleanroom.record = 'async';
SET cleanroom.record_timeout = 1;
SET cleanroom.record_constants = off;
SET session_replication_role = replica;));
is(records($before, 'verdict, charges IS NOT NULL', q(kind = 'statement'), 1), 'admitted|t',
	'settings, temporary tables and read-only transactions do not keep a record from being made and charged');
my $said = ask(q(SET cleanroom.record = 'async';
SET cleanroom.record_timeout = 1;
SET cleanroom.record_constants = off;
SET session_replication_role = replica;
ALTER ROLE regress_cr_ana SET cleanroom.record = 'async';
BEGIN; LOCK TABLE cleanroom.ledger_records; ROLLBACK;
BEGIN; LOCK TABLE cleanroom.ledger IN EXCLUSIVE MODE; ROLLBACK;
BEGIN; LOCK TABLE cleanroom.spending_list IN ACCESS SHARE MODE; ROLLBACK;
SELECT cleanroom.put_on_record('statement', 0, 'forged', '{}');
SELECT cleanroom.charge_budgets('{}');
SELECT cleanroom.archive_ledger(now());
SELECT cleanroom.verify_archive('/etc/passwd');
INSERT INTO cleanroom.ledger_records (number) VALUES (1);
TRUNCATE cleanroom.ledger_archive;));
is(() = ($said =~ /permission denied|only the extension puts/g), 14,
	'none of which is for analysts: ' . join(', ', $said =~ /ERROR:  (.*)/g));

# locks that an analyst can have
$before = head();
ask(q(BEGIN;
SELECT count(*) FROM cleanroom.ledger WHERE number < 0;
LOCK TABLE cleanroom.ledger IN ACCESS SHARE MODE;
SELECT pg_advisory_lock(n) FROM generate_series(1, 100) n;
SELECT count(*) FROM stays;
ROLLBACK;));
is(records($before, 'verdict', q(kind = 'statement'), 1), 'admitted',
	'the recorder does not stop at locks that analysts can have');

# who may end backends may not end the recorder
super('GRANT pg_signal_backend TO regress_cr_ana');
my $pid = super("SELECT pid FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder' LIMIT 1");
like(ask("SELECT pg_terminate_backend($pid)"), qr/ERROR:  must be a superuser|ERROR:  permission denied/,
	'pg_signal_backend does not reach the recorder');
super('REVOKE pg_signal_backend FROM regress_cr_ana');

# ---------- how it ends ----------

$before = head();
ask(q(BEGIN;
DECLARE never CURSOR FOR SELECT ward, count(*) FROM stays GROUP BY ward;
COMMIT;));
is(records($before, 'kind, verdict, rows_returned', 'true', 2),
	"statement|admitted|\ncompletion|completed|0",
	'a cursor from which nothing was fetched is on record, with no rows');
$before = head();
ask(q(BEGIN;
SAVEPOINT s;
DECLARE undone CURSOR FOR SELECT ward, count(*) FROM stays GROUP BY ward;
FETCH 2 FROM undone;
ROLLBACK TO s;
DECLARE lost CURSOR FOR SELECT ward, count(*) FROM stays GROUP BY ward;
FETCH 1 FROM lost;
ROLLBACK;));
is(records($before, 'kind, verdict, code, rows_returned', 'true', 4),
	"statement|admitted||\ncompletion|failed|40000|2\nstatement|admitted||\ncompletion|failed|40000|1",
	'cursors that a rollback closes have their ends on record, with the rows they returned');
$before = head();
ask(q(DO $$ BEGIN
	PERFORM count(*) FROM stays;
	RAISE division_by_zero;
EXCEPTION WHEN OTHERS THEN
	BEGIN PERFORM person FROM stays; EXCEPTION WHEN OTHERS THEN NULL; END;
END $$;));
is(records($before, 'verdict', q(kind = 'statement'), 2), "admitted\nrefused",
	'blocks with exceptions take nothing back, nor do nested ones');
$before = head();
ask(q(SELECT repeat(r.c::text, 600000000) FROM (SELECT count(*) AS c FROM stays) r;));
is(records($before, 'kind, verdict, code', 'true', 2),
	"statement|admitted|\ncompletion|failed|54000",
	'who asks for more memory than there is has failed, on record');
$before = head();
my $recorder = super(
	"SELECT pid FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder' LIMIT 1");
kill 'STOP', $recorder;
like(ask("SET statement_timeout = 200;\nSELECT count(*) FROM stays;"),
	qr/statement timeout/, 'a statement can time out while it waits for its record');
kill 'CONT', $recorder;
is(records($before, 'kind, verdict, code', 'true', 2),
	"statement|admitted|\ncompletion|failed|57014",
	'it is on record, and so is that it got no answer');

# ---------- long ones ----------

$before = head();
like(ask(q(DO $$ BEGIN EXECUTE 'SELECT person FROM stays --' || repeat('x', 1500000); END $$;)),
	qr/person" would leave/, 'a long statement is refused as a short one is');
like(ask(q(DO $$ BEGIN EXECUTE 'SELECT count(*) FROM stays --' || repeat('x', 1500000); END $$;)),
	qr/too long to be recorded.*16 times/s, 'and is not answered, as not all of it would be on record');
like(ask(q(DO $$ DECLARE long text := repeat('y', 70000); n int;
	BEGIN SELECT count(*) INTO n FROM stays WHERE ward::text = long; END $$;)),
	qr/too long to be recorded/, 'nor with a parameter that long');
is(records($before, q{code, length(statement) < 66000, statement ~ '[(]\d+ bytes, SHA-256 [0-9a-f]{64}[)]$', detail},
		q(verdict = 'refused'), 3),
	qq(RC001|t|t|\nRC011|t|t|\nRC011|t|f|{"parameters": {"\$2": "(too long)"}}),
	'what was asked is on record: its beginning, length and digest');
is(records($before,
		q(substring(statement FROM 'SHA-256 ([0-9a-f]+)') = encode(sha256(convert_to('SELECT person FROM stays --' || repeat('x', 1500000), 'UTF8')), 'hex')),
		q(code = 'RC001'), 1),
	't', 'which is that of the whole');

# ---------- bytes that are no text ----------

# The server takes the settings of the packet that starts a session as they
# are; a record that had them could not be restored.
sub connection_error
{
	my ($options) = @_;
	my $err;

	$node->psql('postgres', 'SELECT 1', stderr => \$err,
		connstr => 'dbname=postgres user=regress_cr_ana port=' . $node->port
		  . ' host=' . $node->host . " options='$options'");
	return $err;
}
like(connection_error("-c cleanroom.purpose=\xff\xfebad"),
	qr/invalid value for parameter "cleanroom.purpose"/,
	'a purpose that is no text is refused with the connection');
like(connection_error("-c cleanroom.room=\xff\xfebad"),
	qr/invalid value for parameter "cleanroom.room"/, 'and so is a room');
$before = head();
like(ask(qq(SHOW cleanroom.purpose;\nSELECT count(*) FROM stays;),
		connection => " options='-c cleanroom.purpose=\xc3\xa9tude' application_name='\xff'"),
	qr/\xc3\xa9tude\n92/, 'one that is a text may have any letters');
ask(qq(DO \$\$ BEGIN EXECUTE 'SELECT count(*) FROM stays --' || current_setting('my.bad'); END \$\$;
DO \$\$ BEGIN EXECUTE 'SELECT person FROM stays --' || current_setting('my.bad'); END \$\$;
DO \$\$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM stays WHERE ward::text = current_setting('my.bad'); END \$\$;),
	connection => " options='-c my.bad=a\xff\xfe\xc3\xa9b\xc3'");
is(records($before, "verdict, statement ~ U&'--a[?][?]\\00e9b[?]'", q(kind = 'statement' AND statement ~ '--'), 2),
	"admitted|t\nrefused|t", 'a statement that is no text is on record as one');
is(super("SELECT count(*) > 0, bool_and(convert_from(textsend(r::text), 'UTF8') = r::text) FROM cleanroom.ledger_records r WHERE number > $before"),
	't|t', 'all that is on record is text');
for my $call (
	q(cleanroom.propose_template('spring', current_setting('my.bad'), 'SELECT 1')),
	q(cleanroom.propose_template('spring', 'one', 'SELECT 1', jsonb_build_object('x', current_setting('my.bad')))))
{
	like(ask("SELECT $call;", connection => " options='-c my.bad=a\xff'"),
		qr/an argument is not a text in the encoding of the database/,
		'nor is it kept elsewhere');
}

is(super('SELECT first_bad FROM cleanroom.verify_ledger()'), '', 'the chain is whole in the end');
# ---------- admitted, and not executed ----------

$before = head();
like(ask("SELECT count(*), 1 / 0 FROM stays;\nPREPARE by(int) AS SELECT count(*), 1 / \$1 FROM stays;\nEXECUTE by(0);\n"
	  . 'SELECT person, 1 / 0 FROM stays'),
	qr/(division by zero.*){2}would leave unaggregated/s, 'what the planner computes may fail');
is(records($before, 'kind, verdict, code, tables, statement, refers = number - 1, charges', 'true', 5),
	"statement|admitted||{public.stays}|SELECT count(*), 1 / 0 FROM stays||\n"
	  . "completion|failed|22012|{public.stays}||t|\n"
	  . "statement|admitted||{public.stays}|PREPARE by(int) AS SELECT count(*), 1 / \$1 FROM stays||\n"
	  . "completion|failed|22012|{public.stays}||t|\n"
	  . 'statement|refused|RC001|{public.stays}|SELECT person, 1 / 0 FROM stays||', 'and is on record');

$node->stop;
done_testing();
