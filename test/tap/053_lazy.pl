# What the server does only when a row needs it: where scans of a large table
# stop, locks on long values, temporary files of a query that fails, groups
# of a subquery beside rows that are counted.  None of it may tell whether
# there was such a row: each is tried with a group that is withheld and with
# one that is not there.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Ledger qw(settled_head);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('lazy');
$node->init;
$node->append_conf('postgresql.conf', "shared_buffers = 8MB\nautovacuum = off\n");
$node->start;
$node->safe_psql('postgres', q{
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE shop LOGIN;
CREATE ROLE ana LOGIN;
GRANT USAGE ON SCHEMA cleanroom TO shop, ana;
GRANT CREATE ON SCHEMA public TO shop, ana;
SET ROLE shop;
CREATE TABLE people (person int PRIMARY KEY, region text NOT NULL, age int NOT NULL);
INSERT INTO people SELECT i, ('{north,south}'::text[])[1 + i % 2], 20 + i % 30
  FROM generate_series(1, 600) i;
INSERT INTO people SELECT 5000 + i, 'tiny', 33 FROM generate_series(1, 3) i;
ANALYZE people;
SELECT cleanroom.protect('people', 'person', 20, dimensions => '{region, age}', join_keys => '{person}');
GRANT SELECT ON people TO ana;
});

sub session
{
	my ($user) = @_;
	my $session = $node->background_psql('postgres', on_error_stop => 0,
		extra_params => [ '-U', $user ]);

	$session->query('SET client_min_messages = warning');
	return $session;
}

# an answer, or the error that psql shows
sub ask
{
	my ($session, $query) = @_;
	my $answer = $session->query($query);
	my $error = $session->{stderr};

	$session->{stderr} = '';
	return "$answer$error";
}

my $ana = session('ana');
my $other = session('ana');

# ---------- where a scan has stopped ----------

ask($ana, q{
CREATE TABLE pages (k int, f text);
ALTER TABLE pages ALTER f SET STORAGE PLAIN;
INSERT INTO pages SELECT i / 20, repeat('x', 7000) FROM generate_series(0, 1199) i;
CREATE TABLE one (k int PRIMARY KEY);
INSERT INTO one VALUES (0);
ANALYZE pages, one;
SET enable_mergejoin = off; SET enable_hashjoin = off; SET enable_material = off;
SET enable_hashagg = off; SET enable_sort = off; SET enable_memoize = off;
SET max_parallel_workers_per_gather = 0;
SET join_collapse_limit = 1; SET from_collapse_limit = 1;
CREATE FUNCTION synchronize() RETURNS int LANGUAGE plpgsql AS
$$BEGIN PERFORM set_config('synchronize_seqscans', 'on', false); RETURN 1; END $$;
});

sub position
{
	return ask($ana, 'SELECT k FROM pages LIMIT 1');
}

ask($ana, 'SELECT count(*) FROM (SELECT FROM pages LIMIT 600) x');
isnt(position(), '0', 'scans of this table note where they stop');
my @asked = (
	'SELECT count(*) FROM one o JOIN people p ON o.k = p.person WHERE p.age IN (SELECT k FROM pages)',
	'WITH s AS MATERIALIZED (SELECT synchronize() AS i)
	 SELECT i, (SELECT count(*) FROM one o JOIN people p ON o.k = p.person WHERE p.age IN (SELECT k FROM pages)) FROM s');
for my $question (@asked)
{
	my %positions;

	for my $who (5002, 17, 99999)
	{
		ask($ana, "UPDATE one SET k = $who");
		ask($ana, 'SELECT count(*) FROM pages') for 1 .. 2;
		my $before = position();
		like(ask($ana, $question), qr/^(1\|)?$/, 'withheld');
		$positions{ position() - $before }++;
	}
	is_deeply([ keys %positions ], [0], 'whoever it is, the next scan begins where the last one did');
}
ask($ana, 'RESET ALL');
ask($ana, 'SET client_min_messages = warning');

# ---------- locks on long values ----------

ask($ana, q{
CREATE TABLE wide (k int, label text);
ALTER TABLE wide ALTER label SET STORAGE EXTERNAL;
INSERT INTO wide SELECT i, repeat('x', 3000) FROM generate_series(1, 6) i UNION ALL SELECT 5002, repeat('y', 3000);
SET lock_timeout = '200ms';
});
ask($other, 'BEGIN; REINDEX TABLE wide;');
for my $region (qw(tiny nobody))
{
	like(ask($ana, "SELECT w.label, count(*) FROM people p JOIN (SELECT k, min(label) AS label FROM wide GROUP BY k) w
		ON w.k = p.person WHERE region = '$region' GROUP BY w.label"),
		qr/canceling statement due to lock timeout/, "waits for long values: $region");
}
ask($other, 'ROLLBACK');
like(ask($ana, "SELECT w.label, count(*) FROM people p JOIN (SELECT k, min(label) AS label FROM wide GROUP BY k) w
	ON w.k = p.person WHERE region = 'tiny' GROUP BY w.label"), qr/^$/, 'and has them then');
ask($ana, 'RESET lock_timeout');

# ---------- temporary files of what fails ----------

ask($ana, q{
CREATE TABLE labels (k int PRIMARY KEY, label text);
INSERT INTO labels VALUES (5002, repeat('x', 200000));
SET work_mem = '64kB'; SET enable_hashagg = off; SET enable_hashjoin = off;
CREATE FUNCTION boom() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'boom'; END $$;
CREATE FUNCTION caught(query text) RETURNS text LANGUAGE plpgsql AS
$$BEGIN EXECUTE query; RETURN 'done'; EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$;
});

sub temporary
{
	ask($ana, 'SELECT pg_stat_force_next_flush()');
	ask($ana, 'SELECT 1');
	return ask($other, 'SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()');
}

for my $region (qw(tiny nobody))
{
	my $query = "SELECT s.label || 'y', count(*) FROM people p JOIN labels s ON s.k = p.person
		WHERE region = '$region' GROUP BY 1 UNION ALL SELECT 'x', boom()";
	my $before = temporary();

	like(ask($ana, $query), qr/boom/, 'fails');
	is(temporary() - $before, 0, "no temporary file is counted: $region");
	is(ask($ana, "SELECT caught(\$\$$query\$\$)"), 'boom', 'fails, and is caught');
	is(temporary() - $before, 0, "nor is one then: $region");
}
my $before = temporary();
ask($ana, "SELECT count(*) FROM (SELECT repeat('x', 1000) || i AS t FROM generate_series(1, 5000) i ORDER BY 1 DESC OFFSET 0) x");
cmp_ok(temporary() - $before, '>', 0, 'those of other queries are counted again');
ask($ana, 'RESET ALL');
ask($ana, 'SET client_min_messages = warning');

# ---------- charges for groups beside rows ----------

$node->safe_psql('postgres', "SET ROLE shop;
	SELECT cleanroom.set_budget('people', 'ana', 100000, 'released_rows', 'lifetime')");

# What was charged too much is given back when a statement is over.
sub spent
{
	settled_head($node, 'postgres');
	return ask($ana, 'SELECT spent FROM cleanroom.budgets');
}

my $ages = 'SELECT age FROM (SELECT age, count(*) AS n FROM people GROUP BY age) x';
# also where what the subquery does is not only built-in functions of rows, and
# where somebody reads it for whom no row needs it
my %charged = (
	"SELECT count(*) FROM people WHERE region = 'REGION' AND age + 1000 IN ($ages)" => 1,
	"SELECT count(*) FROM people WHERE region = 'REGION' AND age > (SELECT max(age) FROM ($ages) y)" => 1,
	"SELECT count(*) FILTER (WHERE age > (SELECT max(age) FROM ($ages) y)) FROM people WHERE region = 'REGION'" => 1,
	"SELECT count(*) FROM people p JOIN one o ON o.k = p.person WHERE region = 'REGION' AND age + 1000 IN ($ages)" => 1,
	"SELECT count(*) FILTER (WHERE region = 'REGION' AND age > (SELECT count(*) FROM ($ages) y, generate_series(1, 3) g)) FROM people" => 1,
	"SELECT count(*) FILTER (WHERE region = 'REGION' AND age > (SELECT max(age)::smallint FROM ($ages) y)) FROM people" => 1,
	"SELECT count(*) FROM people WHERE region = 'REGION' AND age > (SELECT count(*) FROM (($ages) EXCEPT SELECT 1) y)" => 1,
	"WITH q AS MATERIALIZED ($ages) SELECT * FROM (SELECT count(*) FILTER (WHERE region = 'REGION' AND age <> (SELECT max(q.age) FROM q)) AS n
		FROM people UNION ALL SELECT age FROM q) u LIMIT 1" => 30,
	"WITH q AS MATERIALIZED ($ages), r AS MATERIALIZED (SELECT max(age) AS m FROM q) SELECT * FROM (SELECT count(*)
		FILTER (WHERE region = 'REGION' AND age <> (SELECT m FROM r)) AS n FROM people UNION ALL SELECT age FROM q) u LIMIT 1" => 30);
for my $question (sort keys %charged)
{
	my @spent;

	for my $region (qw(tiny nobody))
	{
		my $before = spent();

		ask($ana, $question =~ s/REGION/$region/r);
		push @spent, spent() - $before;
	}
	is("@spent", "$charged{$question} $charged{$question}", "charged alike: $question");
}
my $first = spent();
ask($ana, "SELECT (SELECT count(*) FROM ($ages) y)");
is(spent() - $first, 30, 'groups that something else is told of are charged');
$first = spent();
ask($ana, "WITH a AS MATERIALIZED ($ages) SELECT count(*) FROM a WHERE age > (SELECT avg(age) FROM a)");
is(spent() - $first, 30, 'by WITH, too');
is(ask($ana, "WITH q AS MATERIALIZED ($ages) SELECT n, q.age FROM (SELECT count(*) FILTER (WHERE age <> (SELECT max(q.age) FROM q)) AS n
	FROM people) p RIGHT JOIN q ON true ORDER BY q.age LIMIT 2"), "583|20\n583|21", 'what is run before it is read is read');

$_->quit for $ana, $other;
$node->stop;
done_testing();
