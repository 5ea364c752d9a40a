# The record when things go wrong around it: a full disk, a full queue, locks
# of owners and superusers, a launcher that ends, an extension that goes and
# comes back, an update of it, and another extension that audits, too.
use strict;
use warnings;
use English qw(-no_match_vars);
use File::Temp qw(tempdir);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = PostgreSQL::Test::Cluster->new('trouble');
$node->init;
$node->append_conf('postgresql.conf', q(
	cleanroom.record_queue_size = 1MB
	cleanroom.record_timeout = 1500
	cleanroom.max_refusals = 3
	cleanroom.refusal_window = '10 min'
	log_min_messages = warning
));

my $setup = q{
CREATE EXTENSION cleanroom CASCADE;
CREATE TABLE stays (person int NOT NULL, ward int NOT NULL);
INSERT INTO stays SELECT i, i % 3 FROM generate_series(1, 90) i;
ALTER TABLE stays OWNER TO regress_cr_owner;
GRANT SELECT ON stays TO regress_cr_ana, regress_cr_bob;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_ana, regress_cr_bob;
SET ROLE regress_cr_owner;
SELECT cleanroom.protect('stays', 'person', 10, '{ward}');
};
my $question = 'SELECT count(*) FROM stays';

# A mount of 4 MB that only this server sees, where users may make one.
my $small = tempdir(CLEANUP => 1);
my ($group) = split ' ', $EGID;
my $tell = 'mount -t tmpfs -o size=4m,mode=0700 small "$1" && shift &&'
  . " exec unshare -U --map-user=$EUID --map-group=$group \"\$@\"";
my @with_small = ('unshare', '-Urm', 'sh', '-c', $tell, 'sh', $small);
my $has_small =
  run_log([ @with_small, 'true' ]);
if ($has_small)
{
	system(@with_small, 'pg_ctl', '-w', '-D', $node->data_dir, '-l',
		$node->logfile, '-o', '--cluster-name=trouble', 'start') == 0
	  or die 'the server did not start';
	$node->_update_pid(1);
}
else
{
	$node->start;
}
$node->safe_psql('postgres', "CREATE ROLE regress_cr_$_ LOGIN")
  for 'owner', 'ana', 'bob';
$node->safe_psql('postgres', $setup);

sub super
{
	my ($sql, $database) = @_;
	return $node->safe_psql($database // 'postgres', $sql);
}

sub ask
{
	my ($sql, $user, $database) = @_;
	my ($out, $err);

	$node->psql($database // 'postgres', $sql, stdout => \$out,
		stderr => \$err, on_error_stop => 0,
		extra_params => [ '-U', $user // 'regress_cr_ana', '-v', 'VERBOSITY=verbose' ]);
	return "$out\n$err";
}

sub head
{
	return super('SELECT coalesce(number, 0) FROM cleanroom.ledger_head()', @_);
}

sub settles
{
	my ($test, $query, $expected) = @_;
	ok($node->poll_query_until('postgres', $query, $expected // 't'), $test);
}

sub chain_is_good
{
	is(super('SELECT first_bad, reason FROM cleanroom.verify_ledger()', $_[1]),
		'|', "$_[0]: the chain is whole");
}

like(ask($question), qr/^90$/m, 'there are answers to begin with');
my $before;

# ---------- a full disk ----------

SKIP:
{
	skip 'users may not mount file systems here', 8 unless $has_small;
	super("CREATE TABLESPACE small LOCATION '$small'");
	super('ALTER TABLE cleanroom.ledger_records SET TABLESPACE small');
	$before = head();
	# the table grows until the disk is full
	my $said;
	for (1 .. 40)
	{
		my $noise = join ' ', map { rand() } 1 .. 2500;
		$said = ask("$question -- $noise\n;" x 4);
		last if $said =~ /RC011/;
	}
	like($said, qr/ERROR:  RC011/, 'with a full disk nobody gets an answer');
	ok(slurp_file($node->logfile) =~ /No space left on device/,
		'since there is no room for its record');
	my $started = time;
	is(super('SELECT count(*) FROM pg_class WHERE oid = 1259'), 1,
		'others get theirs');
	cmp_ok(time - $started, '<', 3, 'without waiting');
	like(ask("CREATE TEMP TABLE t AS SELECT 1 AS n; SELECT n FROM t"), qr/^1$/m,
		'the analyst too, from tables of no concern');
	super('ALTER TABLE cleanroom.ledger_records SET TABLESPACE pg_default');
	like(ask($question), qr/^90$/m, 'when there is room again, there are answers again');
	settles('and what was refused is on record, as refused',
		"SELECT count(*) >= 1 FROM cleanroom.ledger WHERE number > $before AND code = 'RC011'");
	chain_is_good('after a full disk');
}

# ---------- a full queue ----------

{
	my $recorder = super("SELECT pid FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder'");
	$before = head();
	super(q(ALTER ROLE regress_cr_bob SET cleanroom.record = 'async'));
	kill 'STOP', $recorder;
	my $said = ask(q(DO $$ DECLARE n int; BEGIN FOR i IN 1 .. 5000 LOOP
		SELECT count(*) INTO n FROM stays; END LOOP; END $$), 'regress_cr_bob');
	like($said, qr/RC011.*queue of records that wait to be stored is full/s,
		'a full queue refuses, with async too');
	like(ask($question), qr/RC011/, 'and others');
	like(ask(q(SELECT person FROM stays)), qr/RC011/, 'refusals as well');
	is(super('SELECT count(*) FROM pg_class WHERE oid = 1259'), 1, 'unprotected statements get by');
	# nor is a policy changed without a record, by no command
	like(ask($_, 'regress_cr_owner'), qr/RC011/, "$_ fails, too")
	  for q(SECURITY LABEL FOR cleanroom ON COLUMN stays.ward IS 'dimension, filter'),
	  'DROP POLICY cleanroom_gate ON stays', 'ALTER TABLE stays DISABLE ROW LEVEL SECURITY',
	  q(SELECT cleanroom.set_column('stays', 'ward', 'dimension, filter'));
	is(super(q(SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polname = 'cleanroom_gate'),
			(SELECT label FROM pg_seclabel WHERE objoid = 'stays'::regclass AND objsubid = 2)
		FROM pg_class WHERE oid = 'stays'::regclass)), 't|1|dimension', 'and has changed nothing');
	kill 'CONT', $recorder;
	like(ask($question), qr/^90$/m, 'when it has been emptied, there are answers again');
	settles('what was in it has been stored',
		"SELECT count(*) BETWEEN 300 AND 1100 FROM cleanroom.ledger WHERE number > $before AND kind = 'statement' AND verdict = 'admitted' AND session_user_name = 'regress_cr_bob'");
	super('ALTER ROLE regress_cr_bob RESET cleanroom.record');
	chain_is_good('after a full queue');
}

# ---------- locks ----------

{
	# an owner leaves transactions open that suspend and resume; refusals that
	# suspend by themselves do not wait for them
	my ($in, $out) = ('', '');
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-U', 'regress_cr_owner',
			'-d', $node->connstr('postgres'), '-f', '-' ],
		'<', \$in, '>', \$out, '2>&1', IPC::Run::timeout(600));
	my $do = sub {
		$out = '';
		$in .= "$_[0];\n\\echo done\n";
		$session->pump until $out =~ /done/;
	};
	$do->("BEGIN; SELECT cleanroom.suspend_analyst('stays', 'regress_cr_bob')");
	my $started = time;
	like(ask('SELECT person FROM stays', 'regress_cr_bob'), qr/RC001/, "refusal $_")
	  for 1 .. 3;
	like(ask($question, 'regress_cr_bob'), qr/RC013.*3 refusals/s,
		'three refusals suspend, whatever an owner does in an open transaction');
	like(ask($question), qr/^90$/m, 'and others have their answers');
	cmp_ok(time - $started, '<', 20, 'without waiting for the owner');
	$do->('COMMIT');
	like(ask($question, 'regress_cr_bob'), qr/RC013/, 'then both hold');
	$do->("BEGIN; SELECT cleanroom.resume_analyst('stays', 'regress_cr_bob')");
	like(ask($question, 'regress_cr_bob'), qr/RC013/, 'until the owner has lifted them');
	$do->('COMMIT');
	like(ask($question, 'regress_cr_bob'), qr/^90$/m, 'both at once');
	# refusals are counted from there, by table, whatever its name
	ask('SELECT person FROM stays', 'regress_cr_bob') for 1 .. 2;
	super('ALTER TABLE stays RENAME TO nights');
	like(ask('SELECT count(*) FROM nights', 'regress_cr_bob'), qr/^90$/m,
		'refusals are counted anew after that');
	ask('SELECT person FROM nights', 'regress_cr_bob');
	like(ask('SELECT count(*) FROM nights', 'regress_cr_bob'), qr/RC013/,
		'and another name of the table does not reset their number');
	super('ALTER TABLE nights RENAME TO stays');
	$do->("SELECT cleanroom.resume_analyst('stays', 'regress_cr_bob')");
	# what lies outside the window does not count
	ask('SELECT person FROM stays', 'regress_cr_bob') for 1 .. 2;
	super(q(UPDATE cleanroom.refusal_list SET times = ARRAY(
		SELECT t - interval '11 min' FROM unnest(times) t)));
	ask('SELECT person FROM stays', 'regress_cr_bob') for 1 .. 2;
	like(ask($question, 'regress_cr_bob'), qr/^90$/m, 'refusals before the window are forgotten');
	ask('SELECT person FROM stays', 'regress_cr_bob');
	like(ask($question, 'regress_cr_bob'), qr/RC013/, 'those within it are not');
	$do->("SELECT cleanroom.resume_analyst('stays', 'regress_cr_bob')");
	# a lock that only a superuser can have
	my ($in2, $out2) = ('', '');
	my $locker = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', '-' ],
		'<', \$in2, '>', \$out2, '2>&1', IPC::Run::timeout(600));
	$in2 .= "BEGIN; LOCK TABLE cleanroom.ledger_records;\n\\echo done\n";
	$locker->pump until $out2 =~ /done/;
	like(ask($question), qr/RC011/, 'while a superuser locks the ledger nobody has an answer');
	$in2 .= "ROLLBACK;\n";
	$locker->finish;
	like(ask($question), qr/^90$/m, 'and then everybody');
	$session->finish;
	chain_is_good('after locks');
}

# ---------- the launcher ----------

{
	# it is no backend, and so in no view of the server's
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	my $find = sub {
		for my $line (`ps -o pid=,args= --ppid $postmaster`)
		{
			return $1 if $line =~ /^\s*(\d+) .*cleanroom recorder launcher/;
		}
		return 0;
	};
	my $pid = $find->();
	my $new = 0;
	kill 'TERM', $pid if $pid;
	for (1 .. 300)
	{
		$new = $find->();
		last if $new && $new != $pid;
		usleep(100_000);
	}
	ok($pid && $new && $new != $pid, 'a launcher that was ended is started again');
	super(q(SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder'));
	settles('the recorder has ended', q(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'cleanroom recorder'), '0');
	like(ask($question), qr/^90$/m, 'and the new launcher starts another');
}

# ---------- the extension goes, comes back, and is updated ----------

{
	super('CREATE DATABASE other TEMPLATE template0');
	super($setup, 'other');
	like(ask($question, undef, 'other'), qr/^90$/m, 'a database of its own');
	my $receipt = super('SELECT number || $$, $$ || quote_literal(link) FROM cleanroom.ledger_head()', 'other');
	super('DROP EXTENSION cleanroom CASCADE', 'other');
	like(ask($question, undef, 'other'), qr/RC007.*not installed/, 'without the extension there are no answers');
	settles('and there is no recorder', q(SELECT count(*) FROM pg_stat_activity
		WHERE backend_type = 'cleanroom recorder' AND datname = 'other'), '0');
	super('DROP TABLE stays; ' . $setup, 'other');
	like(ask($question, undef, 'other'), qr/^90$/m, 'made again, it records again');
	is(super("SELECT cleanroom.check_receipt($receipt)", 'other'), 'f',
		'in a new ledger: a receipt shows that the old one is gone');
	chain_is_good('a new ledger', 'other');
	super('DROP DATABASE other');
}

# an update is a script that keeps tables and their rows; the next version's
# is made up here, in a copy of the folder that the server reads scripts from
SKIP:
{
	my $conf = slurp_file($ENV{TEMP_CONFIG});
	my ($stage) = $conf =~ /^extension_destdir = '(.*)'/m;
	my ($folder) = $conf =~ /^extension_control_path = '([^:]*)/m;
	$folder = $stage . `pg_config --sharedir` if $stage;
	chomp $folder;
	$folder .= '/extension';
	skip "cannot write to $folder", 4 unless -w $folder;
	my $version = super(q(SELECT extversion FROM pg_extension WHERE extname = 'cleanroom'));
	my $file = "$folder/cleanroom--$version--$version.next.sql";
	append_to_file($file, "CREATE TABLE cleanroom.brought_by_update ();\n");
	my $sums = 'SELECT count(*), max(number), max(link) FROM cleanroom.ledger_records';
	$before = head();
	my $link = super("SELECT link FROM cleanroom.ledger_records WHERE number = $before");
	super("ALTER EXTENSION cleanroom UPDATE TO '$version.next'");
	unlink $file;
	is(super(q(SELECT to_regclass('cleanroom.brought_by_update') IS NOT NULL)), 't', 'an update runs');
	is(super("SELECT cleanroom.check_receipt($before, '$link')"), 't', 'and keeps the ledger');
	like(ask($question), qr/^90$/m, 'which goes on');
	chain_is_good('across the update');
}

# ---------- another one that audits ----------

SKIP:
{
	my $folder = `pg_config --pkglibdir`;
	chomp $folder;
	skip 'pgaudit is not installed', 4 unless -e "$folder/pgaudit.so";
	my $libraries = super('SHOW shared_preload_libraries');
	for my $order ("$libraries, pgaudit", "pgaudit, $libraries")
	{
		$node->append_conf('postgresql.conf',
			"shared_preload_libraries = '$order'\npgaudit.log = 'all'\n");
		$node->stop;
		$node->start;
		$before = head();
		like(ask($question), qr/^90$/m, "with $order there are answers");
		like(ask('SELECT person FROM stays'), qr/RC001/, 'and refusals');
		is(super("SELECT string_agg(verdict, ' ' ORDER BY number) FROM cleanroom.ledger WHERE number > $before AND kind = 'statement'"),
			'admitted refused', 'both on record');
		like(slurp_file($node->logfile), qr/AUDIT: SESSION,.*SELECT count\(\*\) FROM stays/,
			'and in the other log');
	}
}

chain_is_good('in the end');
$node->stop;
done_testing();
