# A change is on record before it commits; where the commit fails after that,
# or the server does not live to see it, the record says that as well.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Ledger 'settled_head';
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('undone');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION cleanroom CASCADE;
	CREATE ROLE regress_cr_owner LOGIN;
	CREATE ROLE regress_cr_ana LOGIN;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_ana;
	GRANT CREATE ON SCHEMA public TO regress_cr_owner;
	CREATE TABLE stays (person int NOT NULL, ward int NOT NULL);
	INSERT INTO stays SELECT i, i % 3 FROM generate_series(1, 90) i;
	ALTER TABLE stays OWNER TO regress_cr_owner;
	SET ROLE regress_cr_owner;
	SELECT cleanroom.protect('stays', 'person', 10, '{ward}');
	CREATE TABLE one (n int);
	CREATE TABLE two (n int);
});

sub super
{
	return $node->safe_psql('postgres', $_[0]);
}

sub owner_says
{
	my ($sql) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0, extra_params => [ '-U', 'regress_cr_owner' ]);
	return "$out\n$err";
}

# The changes since a record, each with whether it is undone, in a line.
sub changes_since
{
	my ($number) = @_;
	return super(qq(
		SELECT string_agg(c.kind || ' ' || CASE WHEN u.number IS NULL THEN 'done' ELSE 'undone' END,
				', ' ORDER BY c.number)
			FROM cleanroom.ledger c LEFT JOIN cleanroom.ledger u ON u.refers = c.number AND u.kind = 'undone'
			WHERE c.number > $number AND c.kind NOT IN ('undone', 'test')));
}

# When the recorder has looked what became of all.
sub settle
{
	$node->poll_query_until('postgres', 'SELECT count(*) = 0 FROM cleanroom.ledger_open')
	  or die 'the recorder does not find out what has become of changes';
}

sub head
{
	my ($number) = split /\|/, settled_head($node, 'postgres');
	settle();
	return $number;
}

# A session of the owner's.
sub session
{
	my ($out, $in) = ('', '');
	my %self = (in => \$in, out => \$out);
	$self{run} = IPC::Run::start([ 'psql', '-XAtq', '-U', 'regress_cr_owner',
			'-d', $node->connstr('postgres'), '-f', '-' ],
		'<', \$in, '>', \$out, '2>&1', IPC::Run::timeout(300));
	return \%self;
}

sub run_in
{
	my ($session, $sql) = @_;
	${ $session->{out} } = '';
	${ $session->{in} } .= "$sql\n\\echo done\n";
	$session->{run}->pump until ${ $session->{out} } =~ /done/;
	return ${ $session->{out} };
}

my $three = q(
	SELECT cleanroom.suspend_analyst('stays', 'regress_cr_ana', 'caught');
	SELECT cleanroom.set_budget('stays', 'regress_cr_ana', 1, 'queries', 'day');
	SELECT cleanroom.set_column('stays', 'ward', 'dimension, filter');
);
my $before = head();

# ---------- ON COMMIT ----------

like(owner_says(qq(BEGIN;
		CREATE TEMP TABLE t1 (i int PRIMARY KEY) ON COMMIT DELETE ROWS;
		CREATE TEMP TABLE t2 (i int REFERENCES t1) ON COMMIT PRESERVE ROWS;
		$three COMMIT)),
	qr/unsupported ON COMMIT/, 'a commit that fails after the changes are on record');
settle();
is(changes_since($before), 'suspension undone, policy_change undone, policy_change undone',
	'the record says so of each');
is(super(qq(SELECT count(*) FROM cleanroom.suspensions)), 0, 'and so it is');
is(super(qq(SELECT string_agg(DISTINCT concat_ws(' ', session_user_name, current_user_name, tables, owners), '; ')
		FROM cleanroom.ledger WHERE number > $before AND kind = 'undone')),
	'regress_cr_owner postgres {public.stays} {regress_cr_owner}; regress_cr_owner regress_cr_owner {public.stays} {regress_cr_owner}',
	'to whoever sees the changes');
is(super(qq(SELECT detail FROM cleanroom.ledger WHERE number > $before AND subject = 'ward' AND kind = 'undone')),
	'{"change": "policy_change"}', 'and what it was');

# ---------- a serialization failure ----------

{
	$before = head();
	my ($one, $two) = (session(), session());
	run_in($one, 'INSERT INTO one VALUES (1); INSERT INTO two VALUES (1);');
	run_in($one, 'BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(n) FROM one; UPDATE two SET n = 2;');
	run_in($two, 'BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT sum(n) FROM two; UPDATE one SET n = 2;');
	run_in($one, q(SELECT cleanroom.set_column('stays', 'ward', 'filter');));
	run_in($two, 'COMMIT;');
	like(run_in($one, 'COMMIT;'), qr/could not serialize/, 'a commit that cannot be serialized');
	settle();
	is(changes_since($before), 'policy_change undone', 'undid its change, says the record');
	$before = head();
	like(run_in($one, q(SELECT cleanroom.set_column('stays', 'ward', 'filter');)), qr/^\s*done$/, 'one that can');
	settle();
	is(changes_since($before), 'policy_change done', 'did');
	$_->{run}->finish for $one, $two;
}

# ---------- what hangs between record and commit ----------

# A session whose COMMIT does not get past its temporary table, and one that
# holds that.
sub hanging
{
	my ($victim, $holder) = (session(), session());

	run_in($victim, 'CREATE TEMP TABLE t (i int) ON COMMIT DELETE ROWS;');
	my $temp = super(q(SELECT relnamespace::regnamespace || '.t' FROM pg_class WHERE relname = 't'));
	my $pid = super(q(SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE TEMP TABLE t %'));
	$holder->{run}->finish;
	my ($in, $out) = ('', '');
	$holder = { in => \$in, out => \$out };
	$holder->{run} = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', '-' ],
		'<', \$in, '>', \$out, '2>&1', IPC::Run::timeout(300));
	run_in($holder, "BEGIN; LOCK TABLE $temp IN ACCESS SHARE MODE;");
	my $number = head();
	${ $victim->{out} } = '';
	${ $victim->{in} } .= "BEGIN; INSERT INTO t VALUES (1); SELECT cleanroom.add_row_policy('stays', 'some', 'ward > 0'); COMMIT;\n\\echo done\n";
	$victim->{run}->pump_nb;
	$node->poll_query_until('postgres', "SELECT wait_event_type = 'Lock' AND query LIKE '%COMMIT%' FROM pg_stat_activity WHERE pid = $pid")
	  or die 'the commit does not wait';
	is(changes_since($number), 'policy_change done', 'on record, and not yet committed');
	return ($victim, $holder, $pid, $number);
}

sub close_all
{
	eval { $_->{run}->finish } for @_;
}

for my $end ('cancel', 'terminate')
{
	my ($victim, $holder, $pid, $number) = hanging();
	super("SELECT pg_${end}_backend($pid)");
	settle();
	is(changes_since($number), 'policy_change undone', "after ${end}_backend it is undone");
	close_all($holder, $victim);
}

{
	my ($victim, $holder, $pid, $number) = hanging();
	usleep(1_000_000);
	is(super(qq(SELECT count(*) FROM cleanroom.ledger WHERE kind = 'undone' AND number > $number)), 0,
		'as long as it hangs nothing is said');
	super("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder'");
	run_in($holder, 'ROLLBACK;');
	$victim->{run}->pump until ${ $victim->{out} } =~ /done/;
	head();
	is(changes_since($number), 'policy_change done', 'when it commits, it stands');
	owner_says(q(SELECT cleanroom.drop_row_policy('stays', 'some')));
	close_all($holder, $victim);
}

{
	my ($victim, $holder, $pid, $number) = hanging();
	my $started = super('SELECT pg_postmaster_start_time()');
	kill 'KILL', $pid;
	close_all($holder, $victim);
	for (1 .. 600)
	{
		last if IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', 'SELECT true' ],
			'<', '/dev/null', '>', '/dev/null', '2>', '/dev/null');
		usleep(100_000);
	}
	head();
	is(changes_since($number), 'policy_change undone', 'after a crash the next record brings it');
}

# ---------- two phases ----------

$before = head();
$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\n");
$node->restart;
like(owner_says(qq(BEGIN; $three PREPARE TRANSACTION 'later')),
	qr/cannot be prepared/, 'what goes on record is not prepared');
head();
is(changes_since($before), '', 'and not on record');

is(super('SELECT first_bad, reason FROM cleanroom.verify_ledger()'), '|', 'the chain is whole');
$node->stop;
done_testing();
