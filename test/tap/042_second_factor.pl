# The second factor: its window, its codes in several sessions and through
# crashes, its secret under a key that is rotated, another name, a dump.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'no oathtool' if `oathtool --version 2>/dev/null` eq '';

my $node = PostgreSQL::Test::Cluster->new('factor');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\n");
$node->start;
$node->safe_psql('postgres', q(
	CREATE EXTENSION cleanroom CASCADE;
	CREATE ROLE regress_cr_boss LOGIN IN ROLE cleanroom_operator;
	CREATE ROLE regress_cr_ana LOGIN;
	CREATE ROLE regress_cr_bob LOGIN;
	CREATE ROLE regress_cr_carl LOGIN;
	CREATE ROLE regress_cr_dora LOGIN;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_ana, regress_cr_bob,
		regress_cr_carl, regress_cr_dora;
));

sub connection
{
	my ($role, $database) = @_;

	return 'dbname=' . ($database // 'postgres') . " user=$role host="
	  . $node->host . ' port=' . $node->port;
}

sub as_role
{
	my ($role, $sql, $database) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0, connstr => connection($role, $database));
	return "$out$err";
}

sub enroll
{
	my ($role) = @_;
	my $shown = as_role($role, q(SELECT uri, array_to_string(recovery_codes, ' ')
		FROM cleanroom.enroll_second_factor()));
	my ($secret, $codes) = $shown =~ /secret=([A-Z2-7]+).*\|(.*)$/;

	return ($secret, split(/ /, $codes // ''));
}

# Early enough in a half minute that the next calls fall into it.
sub settle
{
	sleep 1 while time() % 30 > 20;
}

# The code of so many half minutes from now.
sub code
{
	my ($secret, $steps) = @_;
	my $at = time() + 30 * ($steps // 0);

	chomp(my $code = `oathtool --totp -b --now "\@$at" $secret`);
	return $code;
}

sub give
{
	my ($role, $code, $database) = @_;

	return as_role($role, "SELECT cleanroom.second_factor('$code')", $database);
}

# ---------- whose key it is ----------

# whoever may create keys can not have this one, and it is tracked whoever has made it
$node->safe_psql('postgres', q(GRANT EXECUTE ON FUNCTION cleanroom.create_key(text, text) TO regress_cr_bob));
like(as_role('regress_cr_bob', q(SELECT cleanroom.create_key('cleanroom.second_factor', 'encrypt'))),
	qr/the extension's own/, 'its name is the extension\'s own');
$node->safe_psql('postgres', q(SELECT cleanroom.create_key('cleanroom.second_factor', 'encrypt')));

# ---------- the window ----------

my ($secret, @recovery) = enroll('regress_cr_ana');
is(scalar(@recovery), 8, 'eight recovery codes');
settle();
is(give('regress_cr_ana', code($secret, -2)), 'f', 'two half minutes late');
is(give('regress_cr_ana', code($secret, 2)), 'f', 'two early');
is(give('regress_cr_ana', code($secret, -1)), 't', 'one late');
is(give('regress_cr_ana', code($secret, -1)), 'f', 'once');
is(give('regress_cr_ana', code($secret, 1)), 't', 'one early');
is(give('regress_cr_ana', code($secret, 0)), 'f', 'none before the last one given');
is(give('regress_cr_ana', ' ' . uc($recovery[0]) . ' '), 't', 'a recovery code, however it is typed');
is(give('regress_cr_ana', $recovery[0]), 'f', 'once');
is(give('regress_cr_bob', $recovery[1]) =~ /no second factor/ ? 1 : 0, 1,
	'and for its own role only');
is($node->safe_psql('postgres', q(SELECT string_agg(detail->>'event', ',' ORDER BY number)
	FROM cleanroom.ledger WHERE kind = 'second_factor' AND subject = 'regress_cr_ana')),
	'enrolled,wrong,wrong,given,wrong,given,wrong,recovery code given,wrong',
	'all of it on record');
unlike($node->safe_psql('postgres', q(SELECT string_agg(to_jsonb(l)::text, '') FROM cleanroom.ledger l)),
	qr/$secret|$recovery[0]/, 'without a secret or a code');

# however the codes get there, and with all the keys that they use
for my $call (
	"PREPARE x(text) AS SELECT cleanroom.second_factor(\$1);\nEXECUTE x('111111x');",
	"DO \$\$ BEGIN PERFORM cleanroom.second_factor('111111x'), cleanroom.second_factor('222222x'); END \$\$",
	"BEGIN;\nDO \$\$ BEGIN PERFORM cleanroom.second_factor('111111x'); END \$\$;\nROLLBACK;")
{
	my $at = $node->safe_psql('postgres', 'SELECT COALESCE(max(number), 0) FROM cleanroom.ledger');

	as_role('regress_cr_carl', 'SELECT cleanroom.enroll_second_factor()');
	as_role('regress_cr_carl', $call);
	is($node->safe_psql('postgres', qq(SELECT count(*) FILTER (WHERE kind = 'key_use') > 0, count(*) FILTER (
			WHERE concat(statement, caller) ~ '111111x|222222x') FROM cleanroom.ledger WHERE number > $at)),
		't|0', "no code of $call");
	as_role('regress_cr_boss', q(SELECT cleanroom.reset_second_factor('regress_cr_carl')));
}

# ---------- several sessions ----------

($secret, @recovery) = enroll('regress_cr_bob');
settle();
my $once = code($secret);
my $ask = 'psql -XAtq -d "' . connection('regress_cr_bob') . "\" -c \"SELECT cleanroom.second_factor('$once')\"";
my $both = as_role('regress_cr_bob', "BEGIN;\nSELECT cleanroom.second_factor('$once');\n"
	  . "\\! $ask > '" . $node->basedir . "/other' 2>&1 & sleep 0.2\nCOMMIT;\nSELECT cleanroom.has_second_factor();");
$node->poll_query_until('postgres',
	q(SELECT count(*) = 0 FROM pg_stat_activity WHERE query LIKE '%second_factor%' AND usename = 'regress_cr_bob'));
is($both, "t\nt", 'a code in a transaction that is open');
is(slurp_file($node->basedir . '/other'), "f\n", 'is nobody else\'s meanwhile');

# ---------- another client of the same session ----------

my (undef, @pooled) = enroll('regress_cr_carl');
is(as_role('regress_cr_carl', "SELECT cleanroom.second_factor('$pooled[0]');\nSELECT cleanroom.has_second_factor();\n"
	  . "RESET ALL;\nDISCARD PLANS;\nSELECT cleanroom.has_second_factor();\n"
	  . "DISCARD ALL;\nSELECT cleanroom.has_second_factor();\n"
	  . "SELECT cleanroom.second_factor('$pooled[1]');\nSELECT cleanroom.has_second_factor();"),
	"t\nt\nt\nf\nt\nt", 'DISCARD ALL, by which poolers hand a session on, ends the assurance');

# ---------- transactions that no session would end ----------

for my $held ("cleanroom.second_factor('$pooled[2]')", "cleanroom.second_factor('000000x')",
	'cleanroom.enroll_second_factor()')
{
	like(as_role('regress_cr_carl', "SELECT cleanroom.second_factor('$pooled[3]');\nBEGIN;\nSELECT $held;\nPREPARE TRANSACTION 'held'"),
		qr/second factor cannot be prepared.*HINT:  Commit it/s, "$held is not left to a prepared transaction");
	push @pooled, splice(@pooled, 3, 1);
}
like(as_role('regress_cr_boss', "BEGIN;\nSELECT cleanroom.reset_second_factor('regress_cr_carl');\nPREPARE TRANSACTION 'held'"),
	qr/cannot be prepared/, 'nor is a reset');
unlike(as_role('regress_cr_carl', "BEGIN;\nSELECT cleanroom.second_factor('$pooled[2]');\nCOMMIT;\nBEGIN;\nSELECT 1;\nPREPARE TRANSACTION 'free'"),
	qr/second factor cannot/, 'what comes after it may be prepared');
is(as_role('regress_cr_boss', q(SELECT cleanroom.reset_second_factor('regress_cr_carl'))), '', 'and the operator gets the row');

# ---------- savepoints ----------

my (undef, @carls) = enroll('regress_cr_carl');
is(as_role('regress_cr_carl', "BEGIN;\nSAVEPOINT s;\nSELECT cleanroom.second_factor('$carls[0]');\n"
	  . "ROLLBACK TO s;\nCOMMIT;\nSELECT cleanroom.has_second_factor();"), "t\nf",
	'what a savepoint takes back has not been given');
is(as_role('regress_cr_carl', "BEGIN;\nSAVEPOINT s;\nSELECT cleanroom.second_factor('$carls[0]');\n"
	  . "RELEASE s;\nCOMMIT;\nSELECT cleanroom.has_second_factor();"), "t\nt",
	'what it does not has');
is(give('regress_cr_carl', $carls[0]), 'f', 'and is spent');
is(as_role('regress_cr_carl', "BEGIN;\nSAVEPOINT o;\nSAVEPOINT i;\nSELECT cleanroom.second_factor('$carls[1]');\n"
	  . "RELEASE i;\nROLLBACK TO o;\nCOMMIT;\nSELECT cleanroom.has_second_factor();"), "t\nf",
	'nor what the one around it takes back');
is(as_role('regress_cr_carl', "BEGIN;\nSELECT cleanroom.second_factor('$carls[1]');\nSAVEPOINT s;\n"
	  . "SELECT cleanroom.second_factor('$carls[2]');\nROLLBACK TO s;\nCOMMIT;\n"
	  . 'SELECT cleanroom.has_second_factor();'), "t\nt\nt",
	'what was given before the savepoint counts');

# ---------- guesses that are taken back ----------

my ($clock, @doras) = enroll('regress_cr_dora');
settle();
my $taken = code($clock);
is(as_role('regress_cr_dora', "BEGIN;\nSELECT cleanroom.second_factor('$taken');\nROLLBACK;\nSELECT cleanroom.has_second_factor();"),
	"t\nf", 'a code in a transaction that is taken back');
is(give('regress_cr_dora', $taken), 'f', 'is spent');
is(give('regress_cr_dora', code($clock, 1)), 't', 'the next is not');
for my $level ('REPEATABLE READ', 'SERIALIZABLE')
{
	like(as_role('regress_cr_dora', "BEGIN ISOLATION LEVEL $level;\nSELECT cleanroom.second_factor('000000x');\nROLLBACK"),
		qr/READ COMMITTED transactions only/, "an old snapshot, $level");
}
is(as_role('regress_cr_dora', "BEGIN;\nSELECT cleanroom.second_factor('$doras[0]');\nROLLBACK"), 't',
	'a right one');
my $guess = "SAVEPOINT s;\nSELECT cleanroom.second_factor('000000x');\nROLLBACK TO s;\n";
like(as_role('regress_cr_dora', "BEGIN;\nSET LOCAL statement_timeout = '1s';\n" . $guess x 12
	  . "SET LOCAL statement_timeout = 0;\nSELECT cleanroom.second_factor('$doras[0]');\nCOMMIT"),
	qr/too many wrong codes/, 'wrong ones count whatever cuts them off and takes them back');
like(give('regress_cr_dora', $doras[0]), qr/too many wrong codes/, 'in every session');

# ---------- crashes ----------

sub postmaster
{
	my ($pid) = split(/\n/, slurp_file($node->data_dir . '/postmaster.pid'));

	return $pid;
}

# After the postmaster was killed: when its children have seen that.
sub start_again
{
	$node->{_pid} = undef;
	for (1 .. 300)
	{
		return if $node->start(fail_ok => 1);
		$node->{_pid} = undef;
		select(undef, undef, undef, 0.2);
	}
	die 'the server does not start again';
}

my $code = $recovery[0];
is(give('regress_cr_bob', $code), 't', 'a code is given');
kill 9, postmaster();
start_again();
is(give('regress_cr_bob', $code), 'f', 'and spent after kill -9 of the server');
# the same where the session asks for commits that nobody waits for
as_role('regress_cr_bob', "SET synchronous_commit = off;\nSELECT cleanroom.second_factor('$recovery[1]');\n"
	  . "\\! kill -9 \$(head -1 '" . $node->data_dir . "/postmaster.pid')\n");
start_again();
is(give('regress_cr_bob', $recovery[1]), 'f', 'whatever the session says of its commits');

# ---------- the key ----------

is($node->safe_psql('postgres', q(SELECT cleanroom.rotate_key('cleanroom.second_factor'))), '2',
	'the key is rotated');
is(give('regress_cr_bob', $recovery[2]), 't', 'recovery codes go on');
$node->safe_psql('postgres', q(UPDATE cleanroom.second_factor_list SET last_step = 0));
settle();
is(give('regress_cr_bob', code($secret)), 't', 'and the secret does');
is($node->safe_psql('postgres', q(SELECT string_agg(v.version::text, ',' ORDER BY v.version)
	FROM (SELECT 1 AS version UNION SELECT 2) v,
		cleanroom.key_dependents('cleanroom.second_factor', v.version) d
	WHERE d::text ~ 'second_factor_list')), '1,2',
	'the secret that was used is under the new version, the other under the old');
like($node->safe_psql('postgres', q(SELECT cleanroom.destroy_key('cleanroom.second_factor'))),
	qr/4 values in cleanroom.second_factor_list.secret/, 'whoever would destroy the key is told what is under it');

# ---------- another name, and another database ----------

$node->safe_psql('postgres', q(ALTER ROLE regress_cr_bob RENAME TO regress_cr_rob;
	UPDATE cleanroom.second_factor_list SET last_step = 0));
settle();
is(give('regress_cr_rob', code($secret, 1)), 't', 'under another name');
my $dump = $node->basedir . '/factor.sql';
$node->run_log([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ]);
unlike(slurp_file($dump), qr/$secret/, 'a dump has no secret in clear');
$node->safe_psql('postgres', 'CREATE DATABASE copy');
$node->run_log([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('copy') ]);
is(give('regress_cr_rob', $recovery[0], 'copy'), 'f', 'spent codes are spent in the copy');
is(give('regress_cr_rob', $recovery[3], 'copy'), 't', 'others are good');
$node->safe_psql('copy', q(UPDATE cleanroom.second_factor_list SET last_step = 0));
settle();
is(give('regress_cr_rob', code($secret), 'copy'), 't', 'and so is the secret');

# ---------- the lock ----------

sub reset_factor
{
	return as_role('regress_cr_boss', "SELECT cleanroom.reset_second_factor('regress_cr_ana')");
}

# five wrong ones are on record from above
give('regress_cr_ana', '000000x') for 1 .. 5;
like(give('regress_cr_ana', $recovery[0]), qr/too many wrong codes/,
	'ten wrong ones within an hour lock a role');
is(reset_factor(), '', 'an operator takes a factor away');
($secret, @recovery) = enroll('regress_cr_ana');
is(give('regress_cr_ana', $recovery[0]), 't', 'and the lock with it: the new one can be given');
is(as_role('regress_cr_ana', "BEGIN;\nSELECT cleanroom.second_factor('$recovery[1]');\nCOMMIT;\n"
	  . "SELECT count(*) FROM cleanroom.enroll_second_factor();\nSELECT cleanroom.has_second_factor();"), "t\n1\nf",
	'a factor that is replaced is one that has not been given');
is(reset_factor(), '', 'again');
($secret, @recovery) = enroll('regress_cr_ana');
my $reset = "\\! psql -XAtq -d \"" . connection('regress_cr_boss')
  . "\" -c \"SELECT cleanroom.reset_second_factor('regress_cr_ana')\" >/dev/null\n";
is(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('$recovery[1]');\nSELECT cleanroom.has_second_factor();\n"
	  . "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT cleanroom.has_second_factor();\n"
	  . $reset . 'SELECT cleanroom.has_second_factor();'), "t\nt\nt\nf",
	'nor one that is reset, in a session that is open, on an old snapshot');
($secret, @recovery) = enroll('regress_cr_ana');
my $reset_answer = $node->basedir . '/reset';
(my $reset_meanwhile = $reset) =~ s|>/dev/null|>'$reset_answer' 2>&1|;
as_role('regress_cr_ana', "BEGIN;\nSELECT cleanroom.second_factor('$recovery[1]');\n${reset_meanwhile}ROLLBACK;");
like(slurp_file($reset_answer), qr/stays open.*HINT:.*pg_terminate_backend/s,
	'an operator is told of a transaction that keeps it, and not kept for good');
give('regress_cr_ana', '000000x') for 1 .. 10;
like(give('regress_cr_ana', $recovery[0]), qr/too many wrong codes/,
	'after ten wrong ones in an hour a right one will not do');
like(as_role('regress_cr_ana', "SET TimeZone = 'UTC+1';\nSET DateStyle = 'SQL';\nSELECT cleanroom.second_factor('$recovery[0]')"),
	qr/too many wrong codes/, 'whatever the session\'s clock');
$node->stop;

done_testing();
