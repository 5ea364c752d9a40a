# The master key: where it comes from, what is refused, what a wrong one does,
# and how it is changed while keys are in use.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('master_key');
$node->init;
my $dir = $node->basedir;
my $file = "$dir/master.key";
my @keys = map { sprintf '%064x', $_ * 7919 } 1 .. 4;

sub write_key
{
	my ($content, $mode) = @_;

	# under another name first: the server may read it at any moment
	open(my $fh, '>', "$file.new") or die;
	print $fh $content;
	close $fh;
	chmod($mode // 0600, "$file.new") or die;
	rename("$file.new", $file) or die;
}

my $conf = slurp_file($node->data_dir . '/postgresql.conf');

# The configuration, with this in the place of the tests' usual master key.
sub configure
{
	my ($lines) = @_;

	unlink $node->data_dir . '/postgresql.conf';
	append_to_file($node->data_dir . '/postgresql.conf',
		"$conf\ncleanroom.master_key_command = ''\n$lines\n");
}

# What the server says when it does not start.
sub start_fails
{
	my ($what, $lines, $like) = @_;
	my $offset = -s $node->logfile // 0;

	configure($lines);
	ok(!$node->start(fail_ok => 1), "$what: the server does not start");
	my $log = substr(slurp_file($node->logfile), $offset);
	like($log, $like, "$what: it says why");
	like($log, qr/HINT:  \S/, "$what: and what to do");
	$node->stop if -e $node->data_dir . '/postmaster.pid';
}

sub error_of
{
	my ($sql, %params) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		extra_params => [ '-v', 'VERBOSITY=verbose' ], %params);
	return $err;
}

# ---------- the file ----------

my $by_file = "cleanroom.master_key_file = '$file'";
append_to_file($node->logfile, '');
start_fails('no file', $by_file, qr/could not open the master key file: No such file/);
for my $mode (0640, 0604, 0660, 0620, 0610, 0666)
{
	write_key("$keys[0]\n", $mode);
	start_fails(sprintf('mode %04o', $mode), $by_file, qr/must be 0600/);
}
for my $case (
	[ 'an empty file', '', qr/It holds no key/ ],
	[ 'an empty line', "\n\n", qr/It holds no key/ ],
	[ 'a short key', substr($keys[0], 1), qr/Line 1 is not a key of 64 hexadecimal/ ],
	[ 'a long key', "$keys[0]0", qr/Line 1 is not a key of 64 hexadecimal/ ],
	[ 'another digit', substr($keys[0], 1) . 'g', qr/Line 1 is not a key of 64 hexadecimal/ ],
	[ 'a bad former key', "$keys[0]\n\nxyz\n", qr/Line 3 is not a key of 64 hexadecimal/ ],
	[ 'too many keys', "$keys[0]\n" x 17, qr/more than 16 keys/ ],
	[ 'too long a file', 'a' x 100_000, qr/too long/ ])
{
	write_key($case->[1]);
	start_fails($case->[0], $by_file, $case->[2]);
	unlike(slurp_file($node->logfile), qr/$keys[0]|0000000001eef/, "$case->[0]: no key in the log");
}
write_key("$keys[0]\n");
unlink "$dir/link";
my $inside = $node->data_dir . '/master.key';
append_to_file($inside, "$keys[0]\n");
chmod 0600, $inside;
start_fails('inside the data directory', "cleanroom.master_key_file = '$inside'",
	qr/inside the data directory/);
symlink $inside, "$dir/link";
start_fails('a link there', "cleanroom.master_key_file = '$dir/link'",
	qr/inside the data directory/);
unlink $inside, "$dir/link";
start_fails('a directory', "cleanroom.master_key_file = '$dir'", qr/not a regular file/);
SKIP:
{
	my $foreign = '/etc/hostname';
	skip 'no file of another user', 3
	  if !-e $foreign || (stat $foreign)[4] == $>;
	start_fails('another user\'s', "cleanroom.master_key_file = '$foreign'",
		qr/not owned by the user that runs the server/);
}
start_fails('both', "$by_file\ncleanroom.master_key_command = 'echo'",
	qr/both .* are set/);

# ---------- the command ----------

start_fails('a command that fails', "cleanroom.master_key_command = 'exit 3'",
	qr/exited with exit code 3/);
start_fails('one that fails after the key',
	"cleanroom.master_key_command = 'cat $file; exit 1'", qr/exited with exit code 1/);
start_fails('one that is not there', "cleanroom.master_key_command = '/no/such/command'",
	qr/cleanroom\.master_key_command" failed/);
start_fails('one that prints nothing', "cleanroom.master_key_command = 'true'",
	qr/It holds no key/);
start_fails('one that goes on and on', "cleanroom.master_key_command = 'yes'",
	qr/master_key_command/);
# with blanks and newlines around it, capitals, and after a while
for my $command ('sleep 1; cat %s', 'cat %s; echo; echo', 'tr a-f A-F <%s',
	'tr -d "\\\\n" <%s', 'printf "%%s\\\\r\\\\n" $(cat %s)')
{
	my $run = sprintf($command, $file);
	$run =~ s/'/''/g;
	configure("cleanroom.master_key_command = '$run'");
	$node->start;
	if ($command =~ /sleep/)
	{
		$node->safe_psql('postgres', q(
CREATE EXTENSION cleanroom CASCADE;
CREATE EXTENSION pageinspect;
SELECT cleanroom.create_key('box', 'encrypt'), cleanroom.create_key('people', 'token');
CREATE TABLE cells AS SELECT cleanroom.encrypt('plain', 'box') AS sealed,
	cleanroom.vault_tokenize('ann', 'people') AS token;)
			  =~ s/CREATE EXTENSION pageinspect;//r);
	}
	is( $node->safe_psql('postgres', q(
SELECT cleanroom.decrypt(sealed, 'box'), cleanroom.detokenize(token) FROM cells)),
		'plain|ann', "the same key by: $command");
	$node->stop;
}

# ---------- a wrong one ----------

my $reads = q(SELECT cleanroom.decrypt(sealed, 'box'), cleanroom.detokenize(token) FROM cells);
write_key("$keys[1]\n");
configure($by_file);
$node->start;
for my $call (
	$reads, q(SELECT cleanroom.encrypt('x', 'box')),
	q(SELECT cleanroom.tokenize('x', 'people')),
	q(SELECT cleanroom.vault_tokenize('x', 'people')), q(SELECT cleanroom.rewrap_keys()))
{
	like(error_of($call),
		qr/RC014: version 1 of key "\w+" is wrapped under a master key that the server does not have.*DETAIL:  It needs master key [0-9a-f]{16}; the server's current one is [0-9a-f]{16}\.\nHINT:  Add that master key/s,
		"a wrong master key: $call");
}
is( $node->safe_psql('postgres', q(SELECT count(*) FROM cleanroom.keyring_versions WHERE wrapped IS NOT NULL)),
	'2', 'nothing is lost');
# a key made meanwhile is under the wrong one; the right one beside it brings
# everything back, without a restart
$node->safe_psql('postgres', q(SELECT cleanroom.create_key('meanwhile', 'encrypt');
	CREATE TABLE more AS SELECT cleanroom.encrypt('more', 'meanwhile') AS sealed));
write_key("$keys[1]\n$keys[0]\n");
is($node->safe_psql('postgres', $reads), 'plain|ann', 'the right one below it');
write_key("$keys[0]\n$keys[1]\n");
is( $node->safe_psql('postgres', q(
SELECT cleanroom.rewrap_keys(); SELECT cleanroom.rewrap_keys();)), "1\n0", 'and what was under the wrong one is wrapped anew');
write_key("$keys[0]\n");
$node->restart;
is($node->safe_psql('postgres', $reads), 'plain|ann', 'the right one again');
is($node->safe_psql('postgres', q(SELECT cleanroom.decrypt(sealed, 'meanwhile') FROM more)),
	'more', 'and what was made under the wrong one');

# no master key at all
configure('');
$node->restart;
like(error_of($reads), qr/RC014: the server has no master key\nHINT/, 'no master key');
like(error_of(q(SELECT cleanroom.create_key('none', 'token'))),
	qr/RC014: the server has no master key\nHINT/, 'no key is made without one');
is($node->safe_psql('postgres', q(SELECT count(*) FROM cleanroom.keyring WHERE name = 'none')),
	'0', 'nor half of one');
is($node->safe_psql('postgres', 'SELECT name FROM cleanroom.keys ORDER BY 1'),
	"box\nmeanwhile\npeople", 'views work without one');

# ---------- another one, online ----------

write_key("$keys[0]\n");
configure($by_file);
$node->restart;
my $session = $node->background_psql('postgres', on_error_stop => 0);
is($session->query($reads), 'plain|ann', 'an open session uses keys');
my $stop = "$dir/stop";
my $script = "$dir/use.sql";
append_to_file($script, q(
SELECT 1 / (cleanroom.decrypt(sealed, 'box') = 'plain')::int FROM cells;
SELECT 1 / (cleanroom.decrypt(cleanroom.encrypt('x', 'box'), 'box') = 'x')::int;
SELECT 1 / (cleanroom.vault_tokenize('ann', 'people') = token)::int FROM cells;
));
append_to_file("$dir/make.sql", q(
\set n random(1, 1000000000)
SELECT cleanroom.create_key('online ' || :n, 'encrypt');
SELECT length(cleanroom.encrypt('x', 'online ' || :n));
));
my $bench = IPC::Run::start([ 'pgbench', '-n', '-C', '-c', '2', '-T', '6', '-f',
		"$script\@3", '-f', "$dir/make.sql\@1", '-h', $node->host, '-p',
		$node->port, 'postgres' ], '>', \my $out, '2>', \my $err);
for my $n (1 .. 3)
{
	write_key("$keys[$n]\n$keys[$n - 1]\n");
	sleep 1;
	cmp_ok($node->safe_psql('postgres', 'SELECT cleanroom.rewrap_keys()'), '>=', 3,
		"master key $n: versions are wrapped anew while keys are used and made");
	is( $node->safe_psql('postgres', q(
SELECT count(DISTINCT master_key) FROM cleanroom.key_versions)), '1',
		"master key $n: none is left under the former one");
	write_key("$keys[$n]\n");
}
ok($bench->finish, 'no call failed meanwhile') or diag $err;
is($session->query($reads), 'plain|ann', 'nor in the open session');
$session->quit;
$node->restart;
is($node->safe_psql('postgres', $reads), 'plain|ann', 'all is there under the last one alone');
cmp_ok($node->safe_psql('postgres', q(
SELECT count(*) FROM cleanroom.keyring k WHERE name LIKE 'online%'
  AND cleanroom.decrypt(cleanroom.encrypt('x', name), name) = 'x')), '>', 0, 'so are keys made meanwhile');

# ---------- damage ----------

my $size = $node->safe_psql('postgres', q(
SELECT length(wrapped) FROM cleanroom.keyring_versions v JOIN cleanroom.keyring k USING (key_id) WHERE name = 'box'));
my $damages = '';
for my $byte (0 .. $size - 1)
{
	for my $change ("set_byte(wrapped, $byte, get_byte(wrapped, $byte) # 1)",
		"set_byte(wrapped, $byte, get_byte(wrapped, $byte) # 128)",
		"substr(wrapped, 1, $byte)")
	{
		# that another key changes has the session read this one anew
		$damages .= qq(
BEGIN;
UPDATE cleanroom.keyring_versions v SET wrapped = $change
FROM cleanroom.keyring k WHERE k.key_id = v.key_id AND k.name = 'box';
SELECT cleanroom.rotate_key('people') IS NULL;
SELECT cleanroom.decrypt(sealed, 'box') FROM cells;
ROLLBACK;);
	}
}
my %answers;
my ($plain, $errors);
$node->psql('postgres', $damages, stdout => \$plain, stderr => \$errors,
	on_error_stop => 0, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
unlike($plain, qr/plain/, 'a damaged wrapped key decrypts nothing');
$answers{$1}++ while $errors =~ /ERROR:  (.*)\nDETAIL:  .*\nHINT:  ./g;
is_deeply(
	[ sort keys %answers ],
	[
		'RC014: version 1 of key "box" is damaged',
		'RC014: version 1 of key "box" is wrapped under a master key that the server does not have'
	],
	'a wrapped key with any byte changed, or cut off anywhere, is refused');
is($answers{'RC014: version 1 of key "box" is damaged'}
	  + $answers{'RC014: version 1 of key "box" is wrapped under a master key that the server does not have'},
	3 * $size, 'each of them');
is($node->safe_psql('postgres', $reads), 'plain|ann', 'and the right one is as it was');

# ---------- where it can be set ----------

$node->safe_psql('postgres', 'CREATE ROLE regress_cr_ana LOGIN');
for my $setting ('master_key_file', 'master_key_command')
{
	for my $try ("SET cleanroom.$setting = 'x'",
		"SET LOCAL cleanroom.$setting = 'x'",
		"SELECT set_config('cleanroom.$setting', 'x', false)",
		"ALTER SYSTEM SET cleanroom.$setting = 'x'",
		"ALTER ROLE regress_cr_ana SET cleanroom.$setting = 'x'",
		"ALTER DATABASE postgres SET cleanroom.$setting = 'x'",
		"CREATE FUNCTION f() RETURNS int LANGUAGE sql SET cleanroom.$setting = 'x' AS 'SELECT 1'",
		"UPDATE pg_settings SET setting = 'x' WHERE name = 'cleanroom.$setting'")
	{
		like(error_of($try), qr/parameter "cleanroom\.$setting" (cannot be changed|cannot be set|can only be set)/, $try);
	}
	local $ENV{PGOPTIONS} = "-c cleanroom.$setting=x";
	my ($stdout, $stderr);
	isnt($node->psql('postgres', 'SELECT 1', stdout => \$stdout, stderr => \$stderr), 0,
		"PGOPTIONS -c cleanroom.$setting");
	like($stderr, qr/parameter "cleanroom\.$setting" cannot be (changed|set)/, 'says so');
}
is( $node->safe_psql('postgres', q(
SET ROLE regress_cr_ana;
SELECT count(*) FROM pg_settings WHERE name LIKE 'cleanroom.master%')), '0', 'nobody else sees them');

# what the configuration file sets that cannot be followed leaves what is there
write_key('broken');
my ($status) = $node->psql('postgres', "SELECT pg_reload_conf(); SELECT pg_sleep(0.3); $reads");
is($node->safe_psql('postgres', $reads), 'plain|ann', 'a broken file leaves what the server has');
like(error_of(q(SELECT cleanroom.create_key('late', 'token'))),
	qr/RC014: what "cleanroom\.master_key_file" gives is no master key/, 'but wraps nothing anew');
write_key("$keys[3]\n", 0644);
like(error_of(q(SELECT cleanroom.create_key('late', 'token'))),
	qr/RC014: the master key file is refused\nDETAIL:  Its group or others have permissions/,
	'nor does one that others can read');
write_key("$keys[3]\n");
is($node->safe_psql('postgres', q(SELECT cleanroom.create_key('late', 'token'))), '', 'one that is right, does');
my $log = slurp_file($node->logfile);
ok(index($log, substr($_, -20)) < 0, 'no master key in the log') for @keys;
$node->stop;

done_testing();
