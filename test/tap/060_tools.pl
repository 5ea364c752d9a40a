# Tools that know nothing of cleanroom, unchanged, as analyst: psql's commands,
# pgbench in all its protocols, a pooler in transaction mode, a driver that
# prepares on the server.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('tools');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 50\n");
$node->start;
$node->safe_psql('postgres', q{
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE shop;
CREATE ROLE guests;
CREATE ROLE ana LOGIN;
CREATE ROLE bob LOGIN;
CREATE ROLE boss LOGIN;
GRANT shop TO boss;
GRANT guests TO ana, bob;
GRANT USAGE ON SCHEMA cleanroom TO shop, ana, bob;
CREATE TABLE orders (customer int NOT NULL, category text, channel text,
                     price numeric, secret text);
ALTER TABLE orders OWNER TO shop;
INSERT INTO orders
SELECT i % 100, 'category ' || i % 3,
       CASE WHEN i % 100 < 3 THEN 'fax' ELSE 'channel ' || i % 2 END,
       i, 'canary' FROM generate_series(1, 600) i;
SET ROLE shop;
SELECT cleanroom.protect('orders', 'customer', 10,
                         '{category,channel}', '{price}');
GRANT SELECT ON orders TO ana, bob;
});

# What psql prints, as a role; errors are part of it.
sub ask
{
	my ($sql, $role, @options) = @_;
	my ($out, $err);

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0,
		extra_params => [ '-U', $role // 'ana', @options ]);
	return "$out\n$err";
}

# ---------- psql ----------

like(ask('\d orders', 'ana', '-A'), qr/customer\|integer.*secret\|text/s,
	'psql: \d');
unlike(ask('\d orders'), qr/ERROR|canary/, 'psql: \d has no error');
like(ask('\d+ orders', 'ana', '-P', 'tuples_only=off'),
	qr/cleanroom_gate/, 'psql: \d+ shows the policies');
unlike(ask('\d+ orders'), qr/ERROR/, 'psql: \d+ has no error');
like(ask('\dt'), qr/orders\|table\|shop/, 'psql: \dt');
unlike(ask("\\dt+\n\\d\n\\di\n\\dv\n\\df\n\\dn+\n\\du"), qr/ERROR/,
	'psql: other lists');
like(ask('\dp'), qr/ana=r/, 'psql: \dp');
like(ask('SELECT category, channel, count(*) FROM orders GROUP BY 1, 2'
		  . ' ORDER BY 1, 2 \crosstabview', 'ana', '-P', 'tuples_only=off'),
	qr/category\|channel 0\|channel 1/, 'psql: \crosstabview');
like(ask('SELECT category, sum(price) AS total FROM orders GROUP BY 1 \gdesc'),
	qr/category\|text\ntotal\|numeric/, 'psql: \gdesc');
like(ask('SELECT count(*) FROM orders \gset x_' . "\n" . '\echo :x_count'),
	qr/^600$/m, 'psql: \gset');
like(ask("SELECT format('SELECT %L, count(*) FROM orders WHERE category = %L',"
		  . ' category, category) FROM orders GROUP BY category \gexec'),
	qr/category 1\|200/, 'psql: \gexec');
like(ask("SELECT secret FROM orders \\gdesc\nSELECT secret FROM orders"),
	qr/ERROR.*"orders.secret" would leave/, 'psql: columns stay in');
unlike(ask("SELECT secret FROM orders \\gdesc\nSELECT secret FROM orders"),
	qr/canary/, 'psql: and their values');
like(ask("\\set FETCH_COUNT 1\nSELECT category, count(*) FROM orders"
		  . ' GROUP BY category ORDER BY 1;'),
	qr/category 0\|200\ncategory 1\|200/, 'psql: row by row');

# \watch runs until its statement fails, or psql is told to stop
my ($out, $err) = ('', '');
my $script = $node->basedir . '/watch.sql';
append_to_file($script, "SELECT count(*) FROM orders \\watch 1\n");
my $watch = IPC::Run::start(
	[ 'psql', '-XAtq', '-U', 'ana', '-d', $node->connstr('postgres'),
	  '-f', $script ],
	'>', \$out, '2>', \$err, IPC::Run::timeout(60));
$watch->pump until $out =~ /600.*600/s;
$watch->kill_kill;
like($out, qr/600.*600/s, 'psql: \watch');

# ---------- pgbench ----------

my $queries = $node->basedir . '/bench.sql';
append_to_file($queries, q{
\set least random(1, 500)
\set wanted random(0, 2)
SELECT channel, count(*), sum(price) FROM orders
 WHERE category = 'category ' || :wanted AND :least >= 0
 GROUP BY channel ORDER BY channel LIMIT 5;
SELECT n, count(*) FROM (SELECT customer, count(*) AS n FROM orders
 GROUP BY customer) AS p GROUP BY n;
});
foreach my $protocol ('simple', 'extended', 'prepared')
{
	local $ENV{PGOPTIONS} = '-c client_min_messages=warning';
	command_like(
		[ 'pgbench', '-n', '-M', $protocol, '-c', 4, '-j', 2, '-t', 20,
		  '-f', $queries, '-U', 'ana', '-h', $node->host,
		  '-p', $node->port, 'postgres' ],
		qr{processed: 80/80}, "pgbench: $protocol");
}

# ---------- a driver that prepares on the server ----------

SKIP:
{
	skip 'DBD::Pg is not installed', 6 unless eval { require DBD::Pg; 1 };

	my $dbh = DBI->connect(
		'dbi:Pg:dbname=postgres;host=' . $node->host . ';port=' . $node->port,
		'ana', '', { RaiseError => 1, PrintError => 0, PrintWarn => 0 });
	my $sth = $dbh->prepare(
		'SELECT channel, count(*) FROM orders WHERE category = ?'
		  . ' GROUP BY channel ORDER BY channel LIMIT ?',
		{ pg_server_prepare => 1, pg_switch_prepared => 1 });
	my @answers;
	foreach my $i (0 .. 7)
	{
		$sth->execute('category ' . $i % 3, 10);
		push @answers, join(';', map { "@$_" } @{ $sth->fetchall_arrayref });
	}
	is($answers[0], 'channel 0 96;channel 1 98', 'driver: prepared')
	  or diag(join("\n", @answers));
	is($answers[6], $answers[0], 'driver: the same once the plan is generic');

	$dbh->begin_work;
	$dbh->do('DECLARE c CURSOR FOR SELECT category, count(*) FROM orders'
		  . ' GROUP BY category ORDER BY category');
	is($dbh->selectall_arrayref('FETCH 2 FROM c')->[1][1], 200,
		'driver: a cursor read in part');
	$dbh->commit;
	eval { $dbh->selectall_arrayref('SELECT secret FROM orders') };
	is($dbh->state, 'RC001', 'driver: a refusal has its code');
	eval
	{
		my $refused = $dbh->prepare('SELECT sum(price) FROM orders'
			  . ' WHERE customer = ?', { pg_server_prepare => 1 });
		$refused->execute(7);
	};
	is($dbh->state, 'RC003', 'driver: also when prepared');
	my @columns = map { $_->[3] } @{ $dbh->column_info(undef, 'public',
			'orders', '%')->fetchall_arrayref };
	ok(scalar(grep { $_ eq 'secret' } @columns),
		'driver: asks the catalogs for columns');
	$dbh->disconnect;
}

# ---------- a pooler that hands server connections around ----------

SKIP:
{
	my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" }
	  split(/:/, $ENV{PATH}), '/usr/sbin';
	skip 'pgbouncer is not installed', 7 unless $pgbouncer;
	skip 'pgbouncer does not run as root', 7 if $> == 0;

	my $port = PostgreSQL::Test::Cluster::get_free_port();
	my $dir = $node->basedir;
	append_to_file("$dir/users.txt", qq("ana" ""\n"bob" ""\n"boss" ""\n));
	append_to_file("$dir/pgbouncer.ini", <<"END");
[databases]
postgres = host=@{[$node->host]} port=@{[$node->port]} dbname=postgres
shared = host=@{[$node->host]} port=@{[$node->port]} dbname=postgres user=boss
[pgbouncer]
listen_addr =
unix_socket_dir = $dir
listen_port = $port
auth_type = trust
auth_file = $dir/users.txt
pool_mode = transaction
default_pool_size = 1
server_reset_query = DISCARD ALL
server_reset_query_always = 1
logfile = $dir/pgbouncer.log
pidfile = $dir/pgbouncer.pid
END
	system_or_bail($pgbouncer, '-q', '-d', "$dir/pgbouncer.ini");
	# it listens a moment after it has gone to the background
	foreach my $attempt (1 .. 600)
	{
		last if -S "$dir/.s.PGSQL.$port" && -s "$dir/pgbouncer.pid";
		select(undef, undef, undef, 0.1);
	}

	my $pooled = sub {
		my ($role, $database, $sql) = @_;
		my ($out, $err);

		IPC::Run::run([ 'psql', '-XAtq', '-h', $dir, '-p', $port, '-U',
				$role, '-d', $database, '-f', '-' ],
			'<', \$sql, '>', \$out, '2>', \$err);
		return "$out$err";
	};
	my $count = "SELECT count(*) FROM orders;\n";
	my $raw = "SELECT max(secret) FROM orders;\n";

	foreach my $role ('ana', 'bob', 'ana')
	{
		like($pooled->($role, 'postgres', $count), qr/^600$/m,
			"pooler: $role counts");
	}
	unlike($pooled->('bob', 'postgres', $raw), qr/canary/,
		'pooler: and no more than that');

	# one server connection, whose role changes from client to client
	like($pooled->('boss', 'shared', "BEGIN; SET LOCAL ROLE shop; $raw COMMIT;"),
		qr/canary/, 'pooler: the owner sees its rows');
	$node->safe_psql('postgres', 'GRANT ana TO boss');
	my $switched = $pooled->('bob', 'shared',
		"BEGIN; SET LOCAL ROLE ana; $raw COMMIT;\n"
		  . "BEGIN; SET LOCAL ROLE ana; $count COMMIT;");
	unlike($switched, qr/canary/, 'pooler: not after a switch of roles');
	like($switched, qr/^600$/m, 'pooler: which may count still');

	kill 'INT', slurp_file("$dir/pgbouncer.pid");
}

done_testing();
