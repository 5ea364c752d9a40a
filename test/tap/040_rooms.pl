# Access rules over real connections (TCP, TLS), the second factor against
# oathtool, rooms in sessions that are open, and rooms in a dump.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('rooms');
$node->init;
my $data = $node->data_dir;
system_or_bail('openssl', 'req', '-new', '-x509', '-days', '2', '-nodes',
	'-subj', '/CN=localhost', '-keyout', "$data/server.key", '-out',
	"$data/server.crt");
chmod 0600, "$data/server.key";
my $port = $node->port;
$node->append_conf('postgresql.conf',
	"ssl = on\nlisten_addresses = '127.0.0.1'\n"
	  . "cleanroom.second_factor_lifetime = '1 min'\n");
$node->append_conf('pg_hba.conf', "host all all 127.0.0.1/32 trust\n");
$node->start;

$node->safe_psql('postgres', q(
	CREATE EXTENSION cleanroom CASCADE;
	CREATE ROLE regress_cr_boss LOGIN;
	GRANT cleanroom_operator TO regress_cr_boss;
	CREATE ROLE regress_cr_shop LOGIN;
	CREATE ROLE regress_cr_tv LOGIN;
	CREATE ROLE regress_cr_ana LOGIN;
	CREATE ROLE regress_cr_bob LOGIN;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_shop, regress_cr_tv;
	CREATE SCHEMA shop AUTHORIZATION regress_cr_shop;
	CREATE SCHEMA tv AUTHORIZATION regress_cr_tv;
	SET ROLE regress_cr_shop;
	CREATE TABLE shop.buys AS SELECT i % 90 AS person, i % 3 AS region FROM generate_series(1, 900) i;
	SELECT cleanroom.protect('shop.buys', 'person', 10, '{region}', '{}', '{}', '{person}');
	SET ROLE regress_cr_tv;
	CREATE TABLE tv.views AS SELECT i % 80 AS person FROM generate_series(1, 900) i;
	SELECT cleanroom.protect('tv.views', 'person', 10, '{}', '{}', '{}', '{person}');
	SET ROLE regress_cr_boss;
	SELECT cleanroom.create_room('spring', 'measurement');
	SELECT cleanroom.add_member('spring', 'regress_cr_shop', 'contributor');
	SELECT cleanroom.add_member('spring', 'regress_cr_tv', 'contributor');
	SELECT cleanroom.add_member('spring', 'regress_cr_ana', 'analyst');
	SET ROLE regress_cr_shop;
	SELECT cleanroom.share_table('spring', 'shop.buys');
	SET ROLE regress_cr_tv;
	SELECT cleanroom.share_table('spring', 'tv.views');
));

my $ask = 'SELECT count(*) FROM shop.buys JOIN tv.views USING (person)';

# Runs SQL as a role; "how" is a connection string.
sub as_role
{
	my ($role, $sql, $how) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		connstr => "dbname=postgres port=$port user=$role "
		  . ($how // 'host=' . $node->host));
	return "$out$err";
}

# ---------- address and TLS ----------

as_role('regress_cr_boss', q(SELECT cleanroom.add_access_rule('spring', 'tcp',
	$$client_address() <<= '127.0.0.0/8'$$, 'Come over TCP.')));
like(as_role('regress_cr_ana', $ask), qr/rule "tcp".*Come over TCP/s,
	'a local socket has no address');
like(as_role('regress_cr_ana', $ask, 'host=127.0.0.1 sslmode=disable'),
	qr/^\d+/, 'a TCP connection has');
as_role('regress_cr_boss', q(SELECT cleanroom.add_access_rule('spring', 'tls',
	$$session_fact('tls')::bool AND session_fact('tls_version') >= 'TLSv1.2'$$)));
like(as_role('regress_cr_ana', $ask, 'host=127.0.0.1 sslmode=disable'),
	qr/rule "tls"/, 'without TLS');
like(as_role('regress_cr_ana', $ask, 'host=127.0.0.1 sslmode=require'),
	qr/^\d+/, 'with TLS');
is(as_role('regress_cr_ana', q(SELECT cleanroom.session_fact('authentication'),
	cleanroom.session_fact('application') <> ''), 'host=127.0.0.1'),
	'trust|t', 'the method of authentication, and the application');
as_role('regress_cr_boss', q(SELECT cleanroom.drop_access_rule('spring', 'tls');
	SELECT cleanroom.drop_access_rule('spring', 'tcp')));

# ---------- the second factor ----------

as_role('regress_cr_boss', q(SELECT cleanroom.add_access_rule('spring', 'strong',
	'has_second_factor()', 'Give your second factor first.')));
like(as_role('regress_cr_ana', $ask), qr/Give your second factor first/,
	'no second factor');
my $enrolled = as_role('regress_cr_ana',
	q(SELECT uri, array_to_string(recovery_codes, ' ') FROM cleanroom.enroll_second_factor()));
like($enrolled, qr{^otpauth://totp/postgres:regress_cr_ana\?secret=[A-Z2-7]{32}&issuer=},
	'an otpauth URI');
my ($secret, $recovery) = $enrolled =~ /secret=([A-Z2-7]+).*\|(\S+)/;
like(as_role('regress_cr_ana', 'SELECT cleanroom.enroll_second_factor()'),
	qr/has enrolled already/, 'the secret is shown once');

my $oathtool = `oathtool --version 2>/dev/null` ne '';
SKIP:
{
	skip 'no oathtool', 4 unless $oathtool;
	chomp(my $code = `oathtool --totp -b $secret`);
	like(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('$code');\n$ask;"),
		qr/^t\n\d+/, "oathtool's code is right, and opens the room");
	is(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('$code')"),
		'f', 'once, in any session');
	$node->stop('immediate');
	$node->start;
	is(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('$code')"),
		'f', 'and after a crash');
	chomp($code = `oathtool --totp -b --now "3 minutes ago" $secret`);
	is(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('$code')"),
		'f', 'an old code is none');
}
like(as_role('regress_cr_ana', "BEGIN;\nSELECT cleanroom.second_factor('$recovery');\n"
	  . "SELECT cleanroom.has_second_factor();\nROLLBACK;\nSELECT cleanroom.has_second_factor();"),
	qr/^t\nf\nf$/, 'a code whose use was rolled back raises nothing');
like(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('$recovery');\n$ask;"),
	qr/^t\n\d+/, 'a recovery code opens the room');
is(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('$recovery')"),
	'f', 'once');
as_role('regress_cr_ana', "BEGIN;\nSELECT cleanroom.second_factor('1');\nROLLBACK;")
  for 1 .. ($oathtool ? 6 : 9);
like(as_role('regress_cr_ana', "SELECT cleanroom.second_factor('1')"),
	qr/too many wrong codes/, 'ten wrong ones in an hour, rolled back or not');
unlike(slurp_file($node->logfile), qr/$secret/, 'the secret is not in the log');
is($node->safe_psql('postgres',
	q(SELECT count(*) FROM cleanroom.ledger WHERE statement LIKE '%otpauth%')),
	'0', 'nor on record');
as_role('regress_cr_boss', q(SELECT cleanroom.reset_second_factor('regress_cr_ana');
	SELECT cleanroom.drop_access_rule('spring', 'strong')));

# ---------- sessions that are open ----------

my $remove = "psql -X -q -h '" . $node->host . "' -p $port -U regress_cr_boss"
  . " -d postgres -c \"SELECT cleanroom.remove_member('spring', 'regress_cr_ana')\"";
my $session = as_role('regress_cr_ana',
	"BEGIN ISOLATION LEVEL REPEATABLE READ;\n$ask;\n\\! $remove >/dev/null\n$ask;\n");
like($session, qr/^\d+/, 'an open session asks');
like($session, qr/permission denied|only inside a room/,
	'and is closed at once, whatever its snapshot');
as_role('regress_cr_boss', q(SELECT cleanroom.add_member('spring', 'regress_cr_ana', 'analyst')));

# ---------- dump and restore ----------

as_role('regress_cr_boss', q(SELECT cleanroom.set_attribute('regress_cr_ana', 'region', 'north');
	SELECT cleanroom.add_access_rule('shop.buys', 'here', $$attribute('region') = 'north'$$)));
as_role('regress_cr_shop', q(SELECT cleanroom.add_access_rule('shop.buys', 'here', $$attribute('region') = 'north'$$)));
as_role('regress_cr_ana', q(SELECT cleanroom.propose_template('spring', 'reach',
	'SELECT count(*) AS n FROM shop.buys JOIN tv.views USING (person)')));
as_role($_, q(SELECT cleanroom.approve_template('reach', 1)))
  for 'regress_cr_shop', 'regress_cr_tv';
my $before = as_role('regress_cr_ana', q(SELECT cleanroom.run_template('reach')));
like($before, qr/^\{"n": \d+\}/, 'the template runs');
# what is left of roles and tables that are gone would be other ones' there
$node->safe_psql('postgres', q(
	CREATE ROLE regress_cr_gone IN ROLE cleanroom_operator;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_gone;
	CREATE TABLE gone (person int);
	ALTER TABLE gone OWNER TO regress_cr_gone;
	SET ROLE regress_cr_gone;
	SELECT cleanroom.protect('gone', 'person');
	SELECT cleanroom.add_access_rule('public.gone', 'none', 'true');
	SELECT cleanroom.create_room('gone', 'x');
	SELECT cleanroom.add_member('gone', 'regress_cr_gone', 'contributor');
	SELECT cleanroom.share_table('gone', 'gone');
	SELECT cleanroom.propose_template('gone', 'lost', 'SELECT count(*) AS n FROM public.gone');
	SELECT cleanroom.approve_template('lost', 1);
	SELECT cleanroom.propose_template('gone', 'kept', 'SELECT 1 AS n');
	SELECT cleanroom.set_attribute('regress_cr_bob', 'badge', '1');
	SELECT cleanroom.create_room('left', 'x');
	SELECT cleanroom.add_access_rule('left', 'hours', 'true');
	SELECT cleanroom.add_member('left', 'regress_cr_shop', 'contributor');
	SELECT cleanroom.add_member('left', 'regress_cr_gone', 'contributor');
	RESET ROLE;
	GRANT regress_cr_shop TO regress_cr_gone;
	CREATE TABLE passed (person int);
	ALTER TABLE passed OWNER TO regress_cr_gone;
	SET ROLE regress_cr_gone;
	SELECT cleanroom.protect('passed', 'person');
	SELECT cleanroom.share_table('left', 'passed');
	SELECT cleanroom.set_budget('shop.buys', 'regress_cr_bob', 5, 'queries', 'lifetime');
	RESET ROLE;
	ALTER TABLE passed OWNER TO regress_cr_shop;
	DROP TABLE gone;
	REVOKE USAGE ON SCHEMA cleanroom FROM regress_cr_gone;
	DROP ROLE regress_cr_gone;));
my $dump = $node->basedir . '/dump.sql';
$node->run_log([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ]);
$node->safe_psql('postgres', 'CREATE DATABASE copy');
$node->run_log([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump,
	'-d', $node->connstr('copy') ]);
my ($out, $err);
$node->psql('copy', "SET ROLE regress_cr_ana;\n$ask;\nSELECT cleanroom.run_template('reach');\n"
	  . "SELECT room, my_parts FROM cleanroom.rooms;",
	stdout => \$out, stderr => \$err);
like($out, qr/^\d+\n\{"n": \d+\}\nspring\|\{analyst\}$/,
	'rooms, rules, attributes and approvals are restored');
is($node->safe_psql('copy', q(
	SELECT 'rules', relation::text FROM cleanroom.rule_list WHERE relation::text ~ '^\d'
	UNION ALL SELECT 'templates', author::text FROM cleanroom.template_version_list WHERE author::text ~ '^\d' OR relations::text ~ '\d{4}'
	UNION ALL SELECT 'decisions', owner::text FROM cleanroom.decision_list WHERE owner::text ~ '^\d'
	UNION ALL SELECT 'changes', proposed_by::text FROM cleanroom.change_list WHERE proposed_by::text ~ '^\d')),
	'', 'nothing is restored that was of who is gone');
# every column of roles of every table that is dumped
my @columns = split /\n/, $node->safe_psql('copy', q(
	SELECT format('SELECT %L, count(*) FROM %s WHERE %I::text ~ %L', attrelid::regclass || '.' || attname,
			attrelid::regclass, attname, '^\d')
	FROM pg_extension, unnest(extconfig) AS d (relid) JOIN pg_attribute ON attrelid = relid
	WHERE extname = 'cleanroom' AND atttypid = 'regrole'::regtype AND NOT attisdropped));
cmp_ok(scalar(@columns), '>', 15, 'there are columns of roles');
is(join('', grep { !/\|0$/ } split /\n/, $node->safe_psql('copy', join(' UNION ALL ', @columns))),
	'', 'and none has the number of a role that is gone');
is($node->safe_psql('copy', q(SELECT r.name, l.name, l.author FROM cleanroom.rule_list l
	JOIN cleanroom.room_list r USING (room_id) WHERE r.name = 'left')),
	'left|hours|-', 'a rule of such a role is there');
is($node->safe_psql('copy', q(SELECT relation, owner FROM cleanroom.table_list WHERE relation::text = 'passed')),
	'passed|-', 'and so is a table that it has shared and passed on');
$node->psql('copy', q(SELECT cleanroom.grant_room(room_id) FROM cleanroom.room_list WHERE name = 'left';
	SET ROLE regress_cr_shop;
	SELECT cleanroom.add_access_rule('left', 'hours', 'true');
	SELECT cleanroom.share_table('left', 'passed')), stdout => \$out, stderr => \$err);
like($err, qr/owner of table public.passed is not the contributor who has shared it/, 'it is granted to nobody');
is($node->safe_psql('copy', q(SELECT l.author, t.owner FROM cleanroom.room_list r
	JOIN cleanroom.rule_list l USING (room_id) JOIN cleanroom.table_list t USING (room_id) WHERE r.name = 'left')),
	'regress_cr_shop|regress_cr_shop', 'until who is there sets the one and shares the other anew');
$node->run_log([ 'pg_dump', '--inserts', '-f', $dump, '-d', $node->connstr('postgres') ]);
$node->safe_psql('postgres', 'CREATE DATABASE again');
$node->run_log([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('again') ]);
is($node->safe_psql('again', q(SELECT r.name, l.author FROM cleanroom.rule_list l
	JOIN cleanroom.room_list r USING (room_id) WHERE r.name = 'left')), 'left|-', 'with INSERT as with COPY');
$node->safe_psql('copy', q(SET ROLE regress_cr_boss; SELECT cleanroom.create_room('next', 'x')));
$node->stop;

done_testing();
