# Access rules over real connections, each fact just inside and just outside;
# notifications of rooms; everything about rooms in a dump.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('connections');
$node->init;
my $data = $node->data_dir;
system_or_bail('openssl', 'req', '-new', '-x509', '-days', '2', '-nodes',
	'-subj', '/CN=localhost', '-keyout', "$data/server.key", '-out',
	"$data/server.crt");
chmod 0600, "$data/server.key";
my $port = $node->port;
$node->append_conf('postgresql.conf',
	"ssl = on\nssl_min_protocol_version = 'TLSv1.2'\nlisten_addresses = '127.0.0.1'\ncleanroom.region = 'EU'\n");
unlink("$data/pg_hba.conf");
$node->append_conf('pg_hba.conf', "local all all trust\n"
	  . "host all regress_cr_bob 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
$node->start;
$node->safe_psql('postgres', q(
	CREATE EXTENSION cleanroom CASCADE;
	CREATE ROLE regress_cr_boss LOGIN IN ROLE cleanroom_operator;
	CREATE ROLE regress_cr_shop LOGIN;
	CREATE ROLE regress_cr_tv LOGIN;
	CREATE ROLE regress_cr_ana LOGIN;
	CREATE ROLE regress_cr_bob LOGIN PASSWORD 'secret';
	CREATE ROLE regress_cr_gone LOGIN;
	CREATE ROLE regress_cr_bystander LOGIN;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_boss, regress_cr_shop, regress_cr_tv;
	CREATE SCHEMA shop AUTHORIZATION regress_cr_shop;
	CREATE SCHEMA tv AUTHORIZATION regress_cr_tv;
	SET ROLE regress_cr_shop;
	CREATE TABLE shop.buys AS SELECT i % 90 AS person, i % 3 AS region, i AS amount FROM generate_series(1, 900) i;
	SELECT cleanroom.protect('shop.buys', 'person', 10, '{region}', '{}', '{}', '{person}');
	SET ROLE regress_cr_tv;
	CREATE TABLE tv.views AS SELECT i % 80 AS person FROM generate_series(1, 900) i;
	SELECT cleanroom.protect('tv.views', 'person', 10, '{}', '{}', '{}', '{person}');
	SET ROLE regress_cr_boss;
	SELECT cleanroom.create_room('spring', 'measurement', 'EU');
	SELECT cleanroom.add_purpose('spring', 'planning');
	SELECT cleanroom.add_member('spring', 'regress_cr_shop', 'contributor');
	SELECT cleanroom.add_member('spring', 'regress_cr_tv', 'contributor');
	SELECT cleanroom.add_member('spring', 'regress_cr_ana', 'analyst');
	SELECT cleanroom.add_member('spring', 'regress_cr_bob', 'analyst');
	SELECT cleanroom.add_member('spring', 'regress_cr_gone', 'analyst');
	SET ROLE regress_cr_shop;
	SELECT cleanroom.share_table('spring', 'shop.buys');
	SET ROLE regress_cr_tv;
	SELECT cleanroom.share_table('spring', 'tv.views');
));

my $ask = 'SELECT count(*) FROM shop.buys JOIN tv.views USING (person)';

sub as_role
{
	my ($role, $sql, $how, $database) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err, on_error_stop => 0,
		connstr => 'dbname=' . ($database // 'postgres') . " port=$port user=$role options='-c client_min_messages=warning' "
		  . ($how // 'host=' . $node->host));
	return "$out$err";
}

# With this rule the first connection is let in, and the second is not.
sub rule
{
	my ($name, $condition, $inside, $outside) = @_;

	as_role('regress_cr_boss', "SELECT cleanroom.add_access_rule('spring', 'rule', \$r\$$condition\$r\$)");
	like(as_role(@$inside), qr/^\d+$/m, "$name: inside");
	like(as_role(@$outside), qr/access rule "rule" of room "spring" is not satisfied/, "$name: outside")
	  if $outside;
	return;
}

# ---------- facts of connections ----------

my @tcp = ('regress_cr_ana', $ask, 'host=127.0.0.1 sslmode=disable');
my @socket = ('regress_cr_ana', $ask);
my @tls = ('regress_cr_ana', $ask, 'host=127.0.0.1 sslmode=require');
rule('address', "client_address() <<= '127.0.0.1/32'", \@tcp, \@socket);
rule('address of another net', "client_address() IS NULL OR NOT client_address() <<= '127.0.0.0/31'",
	\@socket, \@tcp);
rule('first address', "client_address() >= '127.0.0.1'", \@tcp, \@socket);
rule('TLS', "session_fact('tls') = 'true'", \@tls, \@tcp);
rule('no TLS on a socket', "session_fact('tls') = 'false'", \@socket, \@tls);
rule('version of TLS', "session_fact('tls_version') >= 'TLSv1.3'",
	[ 'regress_cr_ana', $ask, 'host=127.0.0.1 sslmode=require ssl_min_protocol_version=TLSv1.3' ],
	[ 'regress_cr_ana', $ask, 'host=127.0.0.1 sslmode=require ssl_max_protocol_version=TLSv1.2' ]);
rule('method', "session_fact('authentication') = 'scram-sha-256'",
	[ 'regress_cr_bob', $ask, 'host=127.0.0.1 password=secret' ], \@tcp);
rule('method of the same user', "session_fact('authentication') = 'trust'",
	[ 'regress_cr_bob', $ask ], [ 'regress_cr_bob', $ask, 'host=127.0.0.1 password=secret' ]);
rule('application', "session_fact('application') = 'report'",
	[ 'regress_cr_ana', $ask, 'host=127.0.0.1 application_name=report' ],
	[ 'regress_cr_ana', $ask, 'host=127.0.0.1 application_name=Report' ]);
rule('login role', "session_fact('session_user') = 'regress_cr_bob'",
	[ 'regress_cr_bob', $ask ], \@tcp);
rule('purpose', "session_fact('purpose') = 'planning'",
	[ 'regress_cr_ana', "SET cleanroom.purpose = 'planning';\n$ask" ],
	[ 'regress_cr_ana', "SET cleanroom.purpose = 'measurement';\n$ask" ]);
like(as_role('regress_cr_ana', "SET cleanroom.purpose = 'curiosity';\n$ask"),
	qr/purpose is not one of room/, 'a purpose that is not registered');
my $soon = $node->safe_psql('postgres', q(SELECT to_char((now() + interval '1 hour') AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')));
my $past = $node->safe_psql('postgres', q(SELECT to_char((now() - interval '1 minute') AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')));
rule('time in a zone, over TCP', "local_time('Asia/Tokyo') < '$soon'", \@tcp);
rule('time in a zone, over TLS', "local_time('Asia/Tokyo') < '$soon'", \@tls);
as_role('regress_cr_boss', "SELECT cleanroom.add_access_rule('spring', 'rule', \$r\$local_time('Asia/Tokyo') < '$past'\$r\$)");
like(as_role(@$_), qr/rule "rule"/, 'time in a zone: past') for \@tcp, \@tls;
like(as_role('regress_cr_ana', "SET TimeZone = 'JST+20';\n$ask", 'host=127.0.0.1'), qr/rule "rule"/,
	'and the session cannot set its clock');
rule('weekday', "weekday('UTC') = (extract(isodow FROM now() AT TIME ZONE 'UTC'))", \@tcp);

# ---------- counts of the last hour ----------

as_role('regress_cr_boss', q(SELECT cleanroom.drop_access_rule('spring', 'rule')));
my $asked = as_role('regress_cr_bob', q(SELECT cleanroom.session_fact('queries_last_hour')));
as_role('regress_cr_bob', "BEGIN;\n$ask;\nROLLBACK;\nSELECT person FROM tv.views;\n");
is(as_role('regress_cr_bob', q(SELECT cleanroom.session_fact('queries_last_hour'), cleanroom.session_fact('refusals_last_hour'))),
	($asked + 1) . '|' . as_role('regress_cr_bob', q(SELECT cleanroom.session_fact('refusals_last_hour'))),
	'queries are counted, rolled back or not');
my $refusals = as_role('regress_cr_bob', q(SELECT cleanroom.session_fact('refusals_last_hour')));
cmp_ok($refusals, '>', 0, 'and so are refusals');
rule('refusals', "session_fact('refusals_last_hour')::int <= $refusals", [ 'regress_cr_bob', $ask ]);
as_role('regress_cr_bob', 'SELECT person FROM tv.views');
like(as_role('regress_cr_bob', $ask), qr/rule "rule"/, 'one refusal more');
as_role('regress_cr_boss', q(SELECT cleanroom.drop_access_rule('spring', 'rule')));

# ---------- notifications ----------

# what a session that listens is told while it, or another, does something
sub told
{
	my ($role, $channels, $sql, $does) = @_;
	my $listen = join '', map { "LISTEN \"$_\";\n" } @$channels;
	my $out = as_role($role, $listen . (defined $does
		? "\\! psql -X -q -h '" . $node->host . "' -p " . $node->port . " -U $does -d postgres -c \"$sql\" >/dev/null 2>&1\nSELECT 1;"
		: "$sql;\nSELECT 1;"));
	my @told;

	push @told, "$1:" . ($2 // '')
		while $out =~ /notification "(.*?)"(?: with payload "(.*?)")? received/gs;
	return join ' ', @told;
}

is(told('regress_cr_boss', ['cleanroom_rooms'], q(SELECT cleanroom.add_purpose('spring', 'more "reports"'))),
	'cleanroom_rooms:', 'who listens is told that something has changed in some room');
is(as_role('regress_cr_boss', q(SELECT change, arguments->>'purpose' FROM cleanroom.room_changes
	WHERE room = 'spring' ORDER BY change_id DESC LIMIT 1)), 'add_purpose|more "reports"', 'and reads what');
is(told('regress_cr_boss', ['cleanroom_rooms'], q(BEGIN; SELECT cleanroom.add_purpose('spring', 'none'); ROLLBACK)),
	'', 'not of what was rolled back');
# who is no member can listen to whatever it likes
my @channels = ('cleanroom_rooms', 'cleanroom_suspensions', map { "cleanroom_$_" } qw(spring hidden));
is(told('regress_cr_bystander', \@channels, q(SELECT cleanroom.create_room('hidden', 'a merger'))
	  . q(; SELECT cleanroom.add_member('hidden', 'regress_cr_ana', 'analyst'); SELECT cleanroom.close_room('hidden')), 'regress_cr_boss'),
	'cleanroom_rooms:', 'whoever is no member learns nothing of a room, not even by its name');
is(told('regress_cr_bystander', \@channels, q(SELECT cleanroom.suspend_analyst('shop.buys', 'regress_cr_bob', 'a reason')), 'regress_cr_shop'),
	'cleanroom_suspensions:', 'nor of a suspension, but that there is one');
as_role('regress_cr_shop', q(SELECT cleanroom.resume_analyst('shop.buys', 'regress_cr_bob')));
is(told('regress_cr_boss', ['cleanroom_rooms'],
	q(SELECT cleanroom.propose_template('spring', 'noted', 'SELECT 1', '[]', repeat('x', 9000)))),
	'cleanroom_rooms:', 'long changes too');
is($node->safe_psql('postgres', q(SELECT count(*) FROM cleanroom.room_changes WHERE change = 'propose_template'
	AND length(arguments->>'note') = 9000)), '1', 'and kept in full');

# ---------- a dump ----------

as_role('regress_cr_boss', q(SELECT cleanroom.set_attribute('regress_cr_ana', 'region', 'north');
	SELECT cleanroom.set_attribute('regress_cr_gone', 'region', 'north');
	SELECT cleanroom.add_access_rule('spring', 'north', $$attribute('region') = 'north'$$, 'Be of the north.')));
as_role('regress_cr_shop', q(SELECT cleanroom.add_access_rule('shop.buys', 'known', $$session_fact('user') IS NOT NULL$$);
	SELECT cleanroom.set_residency('shop.buys', 'EU')));
as_role('regress_cr_ana', q(
	SELECT cleanroom.propose_template('spring', 'most', 'SELECT region, max(amount) AS most FROM shop.buys WHERE region = :r GROUP BY region',
		'[{"name": "r", "type": "int", "list": [1, 2]}]');
	SELECT cleanroom.propose_template('spring', 'rows', 'SELECT amount FROM shop.buys ORDER BY amount LIMIT 1');
	SELECT cleanroom.propose_template('spring', 'left', 'SELECT count(*) FROM shop.buys');));
as_role('regress_cr_shop', q(SELECT cleanroom.approve_template('most', 1, 'yes', true);
	SELECT cleanroom.approve_template('rows', 1, waive_threshold => '{shop.buys}');
	SELECT cleanroom.reject_template('left', 1, 'no'); SELECT cleanroom.demand_unanimity('spring')));
as_role('regress_cr_tv', q(SELECT cleanroom.share_table('spring', 'tv.views', templates_only => true)));
$node->safe_psql('postgres', 'DROP OWNED BY regress_cr_gone; DROP ROLE regress_cr_gone');

my $shown = q(
	SELECT room, unanimous, residency, purposes, my_parts FROM cleanroom.rooms ORDER BY room;
	SELECT room, role, part FROM cleanroom.room_members WHERE role::text !~ '^[0-9]' ORDER BY 1, 2::text, 3;
	SELECT room, relation, owner, templates_only FROM cleanroom.room_tables ORDER BY 1, 2::text;
	SELECT change_id, room, change, arguments, proposed_by, outcome FROM cleanroom.room_changes ORDER BY 1;
	SELECT relation, room, rule, condition, hint, author FROM cleanroom.access_rules ORDER BY rule;
	SELECT role, key, value FROM cleanroom.attributes WHERE role::text !~ '^[0-9]' ORDER BY 1::text, 2;
	SELECT room, name, version, state, query, parameters, author, encode(content_hash, 'hex'), relations FROM cleanroom.templates ORDER BY 2;
	SELECT template, owner, approved, allow_refused, threshold_waived, comment FROM cleanroom.template_decisions ORDER BY 1;
	SELECT * FROM cleanroom.residencies;);
my $before = as_role('regress_cr_boss', $shown);
my $dump = $node->basedir . '/rooms.sql';
$node->run_log([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ]);
$node->safe_psql('postgres', 'CREATE DATABASE copy');
ok($node->run_log([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('copy') ]),
	'a dump is restored');
is(as_role('regress_cr_boss', $shown, undef, 'copy'), $before, 'and everything is there');
is($node->safe_psql('copy', q(SELECT count(*) FROM cleanroom.member_list WHERE member::text ~ '^[0-9]')), '0',
	'but for members whose role is gone, and whose number may be another\'s');
is(as_role('regress_cr_ana', q(SELECT cleanroom.run_template('most', '{"r": 1}'); SELECT cleanroom.run_template('rows')), undef, 'copy'),
	as_role('regress_cr_ana', q(SELECT cleanroom.run_template('most', '{"r": 1}'); SELECT cleanroom.run_template('rows'))),
	'templates run as approved');
like(as_role('regress_cr_ana', q(SELECT cleanroom.run_template('rows')), undef, 'copy'), qr/^\{"amount": 1\}$/m,
	'with what was waived');
like(as_role('regress_cr_bob', $ask, undef, 'copy'), qr/Be of the north/, 'rules hold');
like(as_role('regress_cr_tv', q(SELECT cleanroom.consent(max(change_id)) FROM cleanroom.room_changes WHERE outcome = 'waiting';
	SELECT cleanroom.share_table('spring', 'tv.views', templates_only => true)), undef, 'copy'),
	qr/change \d+ waits for the consent of regress_cr_shop/, 'changes are numbered on');
is(as_role('regress_cr_boss', q(SELECT cleanroom.close_room('spring')), undef, 'copy'), '', 'the copy is closed');
like(as_role('regress_cr_ana', $ask, undef, 'copy'), qr/permission denied/, 'and takes back what it had granted');
like(as_role('regress_cr_ana', $ask), qr/^\d+$/m, 'the original is open');
$node->stop;

done_testing();
