# Where keys must not be found: logs, statistics, dumps, the data directory and
# the write-ahead log; and what of the keyring a dump brings back.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use File::Find;

my $node = PostgreSQL::Test::Cluster->new('key_secrets');
$node->init;
my $file = $node->basedir . '/master.key';
my $master = join('', map { sprintf '%02x', int(rand(256)) } 1 .. 32);
append_to_file($file, "$master\n");
chmod 0600, $file;
my $preloaded = slurp_file($node->data_dir . '/postgresql.conf');
my ($libraries) = $preloaded =~ /^shared_preload_libraries = '(.*)'/m;
# a passphrase in the command, as one would not do it
my $passphrase = 'open sesame ' . int(rand(1e9));
$node->append_conf('postgresql.conf', qq(
cleanroom.master_key_command = 'test "\$(printf "$passphrase")" != no && cat $file'
shared_preload_libraries = '$libraries, pg_stat_statements'
pg_stat_statements.track = 'all'
pg_stat_statements.track_utility = on
wal_level = logical
log_statement = 'all'
log_duration = on
log_min_messages = debug5
log_min_error_statement = debug5
log_error_verbosity = verbose
log_parameter_max_length_on_error = -1
debug_print_parse = on
debug_print_rewritten = on
debug_print_plan = on
trace_notify = on
));
$node->start;
$node->safe_psql('postgres', q(
CREATE EXTENSION cleanroom CASCADE;
CREATE EXTENSION pg_stat_statements;
CREATE ROLE regress_cr_custodian LOGIN;
CREATE ROLE regress_cr_loader LOGIN;
GRANT USAGE ON SCHEMA cleanroom TO regress_cr_custodian, regress_cr_loader;
GRANT EXECUTE ON FUNCTION cleanroom.create_key TO regress_cr_custodian;
SET ROLE regress_cr_custodian;
SELECT cleanroom.create_key('people', 'token'), cleanroom.create_key('box', 'encrypt'),
       cleanroom.create_key('cards', 'fpe'), cleanroom.create_key('gone', 'encrypt');
SELECT cleanroom.grant_key('people', 'regress_cr_loader', '{tokenize, detokenize}');
SELECT cleanroom.grant_key('box', 'regress_cr_loader', '{encrypt, decrypt}');
RESET ROLE;
CREATE TABLE cells (id int PRIMARY KEY, mail text, token uuid, sealed bytea, card text, vault uuid);
ALTER TABLE cells OWNER TO regress_cr_custodian;
SET ROLE regress_cr_custodian;
SELECT cleanroom.tokenize_column('cells', 'mail', 'token', 'people', 'email');
INSERT INTO cells SELECT i, 'p' || i || '@example.org', NULL,
	cleanroom.encrypt('v' || i, 'box', i::text), cleanroom.encrypt_fpe('4444' || (100000 + i), 'cards'),
	cleanroom.vault_tokenize('v' || i, 'people') FROM generate_series(1, 50) i;
SELECT cleanroom.rotate_key('box');
SELECT cleanroom.rotate_table('cells', 'sealed', 'box', context => 'id');
SELECT cleanroom.decrypt(sealed, 'box', id::text), cleanroom.decrypt_fpe(card, 'cards'),
       cleanroom.detokenize(vault) FROM cells;
SELECT cleanroom.destroy_key('gone', 'gone');
RESET ROLE;
SELECT cleanroom.rewrap_keys();
CREATE PUBLICATION p FOR ALL TABLES;
SELECT pg_create_logical_replication_slot('s', 'test_decoding');
));

# Calls that fail, with values that nobody should read in an error.
for my $call (
	q(tokenize('secret value', 'box')), q(tokenize('secret value', 'none')),
	q(tokenize('secret value', 'people', 'nose')),
	q(encrypt('secret value', 'people')), q(decrypt('\xc1010000000200010000000000000000000000000000000000000000000000000000000000000000', 'box')),
	q(decrypt('\x00', 'box')), q(decrypt((SELECT sealed FROM cells WHERE id = 1), 'box', 'other')),
	q(decrypt_jsonb((SELECT sealed FROM cells WHERE id = 1), 'box', '1')),
	q(encrypt_fpe('12', 'cards')), q(encrypt_fpe('secret', 'cards')),
	q(encrypt_fpe('1234567', 'cards', 'none')), q(create_key('people', 'token')),
	q(create_key('x', 'secret')), q(rotate_key('none')), q(destroy_key('box', 'x')))
{
	my ($out, $err);

	isnt($node->psql('postgres', "SELECT cleanroom.$call", stdout => \$out,
			stderr => \$err, extra_params => [ '-v', 'VERBOSITY=verbose' ]), 0, "fails: $call");
	unlike($err =~ s/^(LINE \d|STATEMENT):.*//mgr, qr/secret value|v1\b/, 'its error shows no value');
}

# What the keys are.
my $library = $node->safe_psql('postgres', q(
SELECT probin FROM pg_proc WHERE oid = 'cleanroom.tokenize(text,text,text)'::regprocedure));
my $activity = $node->safe_psql('postgres', 'SELECT * FROM pg_stat_activity');
my $statistics = $node->safe_psql('postgres', q(
SELECT * FROM pg_stat_statements;
SELECT * FROM pg_prepared_statements;
SELECT * FROM pg_stat_user_tables;
SELECT * FROM pg_stats WHERE schemaname = 'cleanroom';
SELECT * FROM pg_statistic_ext_data;
SELECT name, description FROM pg_backend_memory_contexts AS c (name, description);
SELECT * FROM pg_stat_database;
SELECT * FROM pg_cursors;
SELECT name, setting, source FROM pg_settings WHERE name <> 'cleanroom.master_key_command';
ANALYZE;
SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats;
));
my $record = $node->safe_psql('postgres', 'SELECT * FROM cleanroom.ledger_records');
my $changes = $node->safe_psql('postgres', q(
SELECT data FROM pg_logical_slot_get_changes('s', NULL, NULL)));
my $dump = $node->basedir . '/dump.sql';
my $archive = $node->basedir . '/dump.custom';
my $all = $node->basedir . '/all.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], 'pg_dump');
$node->command_ok([ 'pg_dump', '-Fc', '-f', $archive, $node->connstr('postgres') ], 'pg_dump -Fc');
$node->command_ok([ 'pg_dumpall', '-f', $all, '-d', $node->connstr('postgres') ], 'pg_dumpall');
$node->stop;    # everything is on disk
my $log = slurp_file($node->logfile);
my $files = '';
find({ no_chdir => 1, wanted => sub {
	return if !-f $_ || /postgresql\.conf$/;
	$files .= slurp_file($_);
} }, $node->data_dir);
$node->append_conf('postgresql.conf', q(
debug_print_parse = off
debug_print_rewritten = off
debug_print_plan = off
log_min_messages = log
));
$node->start;
$node->safe_psql('postgres', qq(
CREATE FUNCTION debug_key_material(name text, purpose int) RETURNS bytea
AS '$library', 'cr_debug_key_material' LANGUAGE C STRICT));
my %keys = (
	people => 0, box => 1, cards => 2);
my @secrets = ([ 'master key', pack('H*', $master) ]);
push(@secrets, [ "key $_", pack('H*', $node->safe_psql('postgres',
				"SELECT encode(debug_key_material('$_', $keys{$_}), 'hex')")) ])
  for sort keys %keys;

my %places = (
	'the log' => $log, 'pg_stat_activity' => $activity,
	'statistics views' => $statistics, 'the record' => $record,
	'logical changes' => $changes, 'pg_dump' => slurp_file($dump),
	'pg_dumpall' => slurp_file($all), 'data directory and WAL' => $files);
cmp_ok(length($places{$_}), '>', 100, "$_ was read") for sort keys %places;
# what is there is found
my $wrapped = $node->safe_psql('postgres', q(
SELECT encode(wrapped, 'hex') FROM cleanroom.keyring_versions v JOIN cleanroom.keyring k USING (key_id)
WHERE k.name = 'box' AND version = 2));
ok(index($places{$_}, $wrapped) > 0, "a wrapped key is in $_") for 'pg_dump', 'pg_dumpall';
ok(index($places{'data directory and WAL'}, pack('H*', $wrapped)) > 0, 'and in the files');
like($log, qr/secret value/, 'the log has what clients have sent');
for my $secret (@secrets)
{
	my ($name, $bytes) = @$secret;
	my $hex = unpack('H*', $bytes);
	my $escaped = join('', map { sprintf '\\%03o', $_ } unpack('C*', $bytes));

	is(length($bytes), 32, "$name is known");
	for my $place (sort keys %places)
	{
		my $text = $places{$place};

		# the half of it is too much, too
		ok( index($text, substr($bytes, 0, 16)) < 0
			  && index($text, substr($bytes, 16)) < 0
			  && index(lc($text), substr($hex, 0, 32)) < 0
			  && index(lc($text), substr($hex, 32)) < 0,
			"$name is not in $place");
	}
}
for my $place (sort keys %places)
{
	ok(index($places{$place}, $passphrase) < 0, "the passphrase is not in $place");
}
# what was never stored is in no file of the server's, and in no dump
for my $place ('data directory and WAL', 'pg_dump', 'pg_dumpall')
{
	unlike($places{$place}, qr/p7\@example/, "raw values are not in $place");
}

# ---------- a dump, restored ----------

my $reads = q(
SELECT count(*), count(*) FILTER (WHERE
	cleanroom.decrypt(sealed, 'box', id::text) = 'v' || id
	AND cleanroom.decrypt_fpe(card, 'cards') = '4444' || (100000 + id)
	AND cleanroom.vault_tokenize('v' || id, 'people') = vault
	AND cleanroom.tokenize('p' || id || '@example.org', 'people', 'email') = token)
FROM cells);
my $state = q(
SELECT name, purpose, owners, current_version FROM cleanroom.keys ORDER BY 1;
SELECT name, version, state FROM cleanroom.key_versions ORDER BY 1, 2;
SELECT * FROM cleanroom.key_grants ORDER BY 1, 2;
SELECT cleanroom.key_dependents(name) FROM cleanroom.keys WHERE destroyed_at IS NULL ORDER BY name;);
my $before = $node->safe_psql('postgres', $state);
is($node->safe_psql('postgres', $reads), '50|50', 'before');
my $uses = $node->safe_psql('postgres', q(
SELECT count > 0 FROM cleanroom.key_uses WHERE name = 'box' AND version = 2 AND use = 'encrypt'));
is($uses, 't', 'uses are counted');
$node->safe_psql('postgres', "CREATE DATABASE $_") for 'plain', 'custom';
$node->command_ok([ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-f', $dump,
		$node->connstr('plain') ], 'the dump is restored');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('custom'), $archive ],
	'so is the archive');
for my $database ('plain', 'custom')
{
	is($node->safe_psql($database, $reads), '50|50', "$database: everything reads");
	is($node->safe_psql($database, $state), $before, "$database: keys, versions, grants and columns are those");
	is( $node->safe_psql($database, q(
SELECT count > 0 FROM cleanroom.key_uses WHERE name = 'box' AND version = 2 AND use = 'encrypt')),
		't', "$database: uses go on counting");
	$node->safe_psql($database, q(SELECT cleanroom.create_key('new', 'token')));
	is( $node->safe_psql($database, q(SELECT count(*) - count(DISTINCT key_id) FROM cleanroom.keyring)),
		'0', "$database: numbers go on");
	my ($out, $err);
	$node->psql($database, q(SELECT cleanroom.create_key('gone', 'token')), stderr => \$err);
	like($err, qr/It has been destroyed/, "$database: names of destroyed keys are not used again");
	# a loader can do there what it could do
	is( $node->safe_psql($database, q(
SET ROLE regress_cr_loader;
SELECT cleanroom.tokenize('p1@example.org', 'people') IS NOT NULL)),
		't', "$database: grants hold");
}

# Another server, without the master key, and then with it.
my $other = PostgreSQL::Test::Cluster->new('key_secrets_other');
$other->init;
my $other_conf = slurp_file($other->data_dir . '/postgresql.conf');
$other->append_conf('postgresql.conf', "shared_preload_libraries = '$libraries, pg_stat_statements'\n");
$other->start;
$other->command_ok([ 'psql', '-X', '-f', $all, $other->connstr('postgres') ], 'pg_dumpall is restored elsewhere');
my ($out, $err);
$other->psql('postgres', $reads, stdout => \$out, stderr => \$err,
	extra_params => [ '-v', 'VERBOSITY=verbose' ]);
like($err, qr/RC014: version \d of key "\w+" is wrapped under a master key that the server does not have\nDETAIL:  It needs master key/,
	'without the master key it says which is missing');
$other->append_conf('postgresql.conf', "cleanroom.master_key_command = 'cat $file'\n");
$other->restart;
is($other->safe_psql('postgres', $reads), '50|50', 'with it, everything reads');
$other->stop;
$node->stop;

# ---------- the limit of values to detokenize ----------

$node->append_conf('postgresql.conf', "cleanroom.detokenize_limit = 60\nlog_min_messages = log\n");
$node->start;
$node->safe_psql('postgres', q(TRUNCATE cleanroom.keyring_detokenized));
$node->restart;
sub detokenize
{
	my ($n) = @_;
	my ($out, $err);

	$node->psql('postgres', "SET ROLE regress_cr_loader; RESET ROLE;
BEGIN; SELECT count(cleanroom.detokenize(vault)) FROM cells WHERE id <= $n; ROLLBACK",
		stdout => \$out, stderr => \$err, extra_params => [ '-U', 'regress_cr_loader' ]);
	return $err;
}
$node->safe_psql('postgres', 'GRANT SELECT ON cells TO regress_cr_loader');
is(detokenize(50), '', 'within the limit');
like(detokenize(50), qr/the limit of values to detokenize is reached/, 'beyond it');
$node->restart;
like(detokenize(50), qr/the limit of values to detokenize is reached/, 'a restart does not bring it back');
$node->stop('immediate');
$node->start;
like(detokenize(50), qr/the limit of values to detokenize is reached/, 'nor does a crash');
is( $node->safe_psql('postgres', q(
SELECT r.rolname, taken BETWEEN 50 AND 60 FROM cleanroom.keyring_detokenized d JOIN pg_roles r ON r.oid = d.role)),
	'regress_cr_loader|t', 'since the recorder has kept it');
# code that a superuser's command runs as its owner has no other bucket
$node->safe_psql('postgres', q(
CREATE SCHEMA loader AUTHORIZATION regress_cr_loader;
SET SESSION AUTHORIZATION regress_cr_loader;
CREATE TABLE loader.seen (what text);
CREATE TABLE loader.t (i int);
INSERT INTO loader.t VALUES (1), (2);
CREATE FUNCTION loader.note() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO loader.seen SELECT count(cleanroom.detokenize(vault)) FROM public.cells WHERE id <= 50;
EXCEPTION WHEN OTHERS THEN
	INSERT INTO loader.seen VALUES (SQLERRM); END $$;
CREATE FUNCTION loader.look(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
	IF session_user <> current_user THEN PERFORM loader.note(); END IF;
	RETURN $1; END $$;
CREATE INDEX ON loader.t (loader.look(i))));
$node->safe_psql('postgres', 'ANALYZE loader.t');
is($node->safe_psql('postgres', 'SELECT DISTINCT what FROM loader.seen'),
	'the limit of values to detokenize is reached', 'nor code that runs under ANALYZE');
$node->safe_psql('postgres', q(UPDATE cleanroom.keyring_detokenized SET at = at - interval '1 hour'));
$node->restart;
is(detokenize(50), '', 'an hour later it is full again');
$node->stop;

done_testing();
