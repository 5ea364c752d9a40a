# What a session keeps of the catalogs and of indexes once it has needed it.
# A row of a query that is withheld needs it as well, or it does not: that may
# not show afterwards, in counters, buffers or messages, nor in an error where
# there is no room for a lock.  Each question is asked three times in a new
# session: with a condition that nobody meets, somebody else, and whom the
# analyst is curious about.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('first_use');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 20\nautovacuum = off\n");
$node->start;
$node->safe_psql('postgres', q{
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE shop LOGIN;
CREATE ROLE ana LOGIN;
CREATE SCHEMA o AUTHORIZATION shop;
CREATE SCHEMA a AUTHORIZATION ana;
GRANT USAGE ON SCHEMA cleanroom, o TO shop, ana;
SET ROLE shop;
CREATE TYPE o.tier AS ENUM ('bronze', 'silver', 'gold');
ALTER TYPE o.tier ADD VALUE 'tin' BEFORE 'bronze';
CREATE TABLE o.p (person int PRIMARY KEY, tier o.tier NOT NULL, region text NOT NULL, flag text NOT NULL, spent numeric NOT NULL);
INSERT INTO o.p SELECT i, 'silver', 'north', 'common', i FROM generate_series(1, 500) i;
INSERT INTO o.p VALUES (777, 'gold', 'north', 'rare', 1), (778, 'silver', 'north', 'other', 1);
ANALYZE o.p;
SELECT cleanroom.protect('o.p', 'person', 10, dimensions => '{tier,region,flag,spent}',
  measures => '{spent}', join_keys => '{person}');
GRANT SELECT ON o.p TO ana;
RESET ROLE;
SET ROLE ana;
CREATE TABLE a.k (person int PRIMARY KEY, label text);
ALTER TABLE a.k ALTER label SET STORAGE EXTERNAL;
INSERT INTO a.k VALUES (777, repeat('x', 10000));
CREATE TABLE a.h (person int PRIMARY KEY);
INSERT INTO a.h SELECT -i FROM generate_series(1, 50000) i;
CREATE INDEX h_hash ON a.h USING hash (person);
CREATE TABLE a.b (person bigint, day date);
INSERT INTO a.b SELECT i, '2020-01-01' FROM generate_series(-20000, 0) i;
INSERT INTO a.b VALUES (777, '2020-01-01');
CREATE INDEX b_brin ON a.b USING brin (person);
ANALYZE a.h, a.b;
CREATE TABLE a.big (person bigint PRIMARY KEY);
INSERT INTO a.big SELECT i FROM generate_series(1, 1000) i;
ANALYZE a.big;
CREATE TABLE a.w (person int, tier o.tier, place text COLLATE "fr-x-icu", n numeric, day date);
INSERT INTO a.w SELECT i, ('{tin,bronze,gold}'::o.tier[])[1 + i % 3], 'p' || i % 5, i / 7.0, date '2020-01-01' + i
  FROM generate_series(1, 50) i;
ANALYZE a.w;
CREATE FUNCTION a.debug() RETURNS int LANGUAGE sql AS
$$ SELECT 1 FROM set_config('client_min_messages', 'debug1', false) $$;
CREATE FUNCTION a.asked(flag text, label text) RETURNS SETOF bigint LANGUAGE sql AS
$$ SELECT count(*) FROM o.p WHERE p.flag = asked.flag AND starts_with(asked.label, p.region) $$;
CREATE TABLE a.elsewhere ();
CREATE FUNCTION a.forget() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(3);
    PERFORM FROM a.elsewhere;
    RETURN 1;
END $$;
CREATE FUNCTION a.fill() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..1000000 LOOP PERFORM pg_advisory_lock(i); END LOOP;
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
CREATE FUNCTION a.try(question text, full_table bool) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; n int := 0;
BEGIN
    FOR r IN EXECUTE format('WITH s AS MATERIALIZED (SELECT CASE WHEN %L THEN a.fill() END AS s), g AS (%s)
        SELECT g.* FROM s, g WHERE s.s IS DISTINCT FROM %L', full_table, question, 'x') LOOP
        n := n + 1;
    END LOOP;
    PERFORM pg_advisory_unlock_all();
    RETURN n || ' rows';
EXCEPTION WHEN OTHERS THEN
    PERFORM pg_advisory_unlock_all();
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
});
$node->safe_psql('postgres', "SET ROLE ana; SELECT format('CREATE TYPE a.e AS ENUM (%s)',
	string_agg(quote_literal('v' || i), ', ')) FROM generate_series(1, 40) i \\gexec");
$node->safe_psql('postgres', "SET ROLE ana; SELECT format('CREATE TABLE a.l%s ()', i)
	FROM generate_series(1, 40) i \\gexec");
$node->safe_psql('postgres', 'VACUUM a.h, a.b');

my $by_loop = 'SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
	SET enable_memoize = off;';

# All that an analyst sees, in a new session: rows and messages.
sub answer
{
	my ($script, $flag) = @_;
	my ($out, $err) = ('', '');

	$script =~ s/FLAG/'$flag'/g;
	$node->psql('postgres', "SET max_parallel_workers_per_gather = 0; SET client_min_messages = error; $script",
		stdout => \$out, stderr => \$err, extra_params => [ '-U', 'ana' ]);
	$err =~ s/^psql:<stdin>:\d+: //mg;
	return "$out\n$err";
}

sub alike
{
	my ($name, $script, $expected) = @_;
	my ($nobody, @others) = map { answer($script, $_) } qw(nobody other rare);

	is($_, $nobody, "$name: whoever it is") for @others;
	like($nobody, $expected, "$name: and it is a question");
}

sub scans
{
	my ($query, $index, $probe) = @_;

	return "BEGIN; $query; SELECT pg_stat_get_xact_numscans('pg_catalog.$index'::regclass) AS before \\gset \\\\
		$probe; SELECT 'scans', pg_stat_get_xact_numscans('pg_catalog.$index'::regclass) - :before; ROLLBACK;";
}

sub oid
{
	my ($function) = @_;

	return $node->safe_psql('postgres', "SELECT '$function'::regprocedure::oid");
}

# ---------- counters of the catalogs ----------

alike('long values of a table', $by_loop . scans(
	q{SELECT count(*) FROM o.p JOIN a.k USING (person) WHERE flag = FLAG AND starts_with(label, 'y')},
	'pg_class_oid_index', 'SELECT length(substr(label, 1, 10)) FROM a.k'), qr/^scans\|\d+$/m);
alike('long values that a function is given', scans(
	'SELECT a.asked(FLAG, label) FROM a.k',
	'pg_class_oid_index', 'SELECT length(substr(label, 1, 10)) FROM a.k'), qr/^scans\|\d+$/m);
alike('labels of an enum', scans(
	q{SELECT count(*) FROM o.p WHERE flag = FLAG AND tier::text = 'bronze'},
	'pg_enum_oid_index', q{SELECT 'gold'::text = any (enum_range('gold'::o.tier, 'gold')::text[])}), qr/^scans\|\d+$/m);
alike('the order of an enum', scans(
	q{SELECT count(*) FROM o.p WHERE flag = FLAG AND tier < 'tin'},
	'pg_enum_typid_sortorder_index', q{SELECT 'tin'::o.tier < 'gold'}), qr/^scans\|\d+$/m);

my %functions = (
	'ln(spent) > 10' => 'ln(numeric)',
	'spent % 7 = 8' => 'numeric_mod(numeric,numeric)',
	q{flag::date = '2020-01-01'} => 'date_in(cstring)');
for my $condition (sort keys %functions)
{
	my $oid = oid("pg_catalog.$functions{$condition}");

	alike("what is called by $condition", scans(
		"SELECT count(*) FROM o.p WHERE flag = FLAG AND $condition",
		'pg_proc_oid_index', "SELECT '$oid'::oid::regproc::text"), qr/^scans\|\d+$/m);
}
alike('what ends an aggregate', scans(
	'SELECT flag, avg(spent) FROM o.p WHERE flag = FLAG GROUP BY flag',
	'pg_proc_oid_index', "SELECT '" . oid('pg_catalog.numeric_avg(internal)') . "'::oid::regproc::text"), qr/^scans\|\d+$/m);
alike('hash functions of a join', 'SET enable_nestloop = off; SET enable_mergejoin = off;' . scans(
	'SELECT count(*) FROM o.p JOIN a.big USING (person) WHERE flag = FLAG AND spent < 0',
	'pg_amproc_fam_proc_index', 'SET LOCAL enable_mergejoin = off; SELECT count(*) FROM a.k JOIN a.big USING (person)'),
	qr/^scans\|\d+$/m);
alike('sorts for a join', 'SET enable_nestloop = off; SET enable_hashjoin = off;' . scans(
	'SELECT count(*) FROM o.p JOIN a.big USING (person) WHERE flag = FLAG AND spent < 0',
	'pg_amproc_fam_proc_index', 'SELECT person FROM a.big ORDER BY person LIMIT 1'), qr/^scans\|\d+$/m);
alike('operators of a BRIN index', $by_loop . 'SET enable_seqscan = off;' . scans(
	'SELECT count(*) FROM o.p WHERE flag = FLAG AND spent < 5 AND person IN (SELECT person FROM a.b)',
	'pg_amop_fam_strat_index', 'SELECT count(*) FROM a.b WHERE person = 777::int'), qr/^scans\|\d+$/m);

# windows and ordered sets that only a row of the person has evaluated
my $all_scans = q{sum(pg_stat_get_xact_numscans(oid)) FROM pg_class WHERE relkind = 'i' AND relnamespace = 11};
for my $beside (
	'SELECT row_number() OVER (PARTITION BY tier ORDER BY place) AS n FROM a.w',
	'SELECT count(*) OVER (PARTITION BY place ORDER BY tier GROUPS 1 PRECEDING) AS n FROM a.w',
	'SELECT sum(person) OVER (ORDER BY person RANGE 5 PRECEDING) AS n, lag(place, 2, $$x$$) OVER (ORDER BY n) AS l, max(tier) OVER () AS m FROM a.w',
	'SELECT stddev(person) OVER (ORDER BY day ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE TIES) AS n FROM a.w',
	'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS n, mode() WITHIN GROUP (ORDER BY place) AS l, percentile_disc(0.2) WITHIN GROUP (ORDER BY tier DESC) AS m FROM a.w',
	'SELECT n FROM (SELECT DISTINCT ON (place) place, n FROM a.w ORDER BY place, tier) d')
{
	my $read = $beside =~ m{ AS m } ? q{ WHERE l <> $$y$$ AND m IS NOT NULL} : q{};
	my $fenced = "SELECT min(n)::numeric FROM ($beside OFFSET 0) x$read";

	alike("beside it: $beside", "BEGIN; SELECT count(*) FROM o.p WHERE flag = FLAG AND spent < ($fenced);
		SELECT $all_scans; SELECT sum(n) FROM ($beside) x; SELECT 'scans', $all_scans; ROLLBACK;", qr/^scans\|\d+$/m);
}

# While a part of the statement sleeps, so much changes that the session has to
# forget everything, as it does when it next locks something.
my $other = $node->background_psql('postgres', extra_params => [ '-U', 'ana' ]);

my @scans = map {
	my $flag = $_;

	$other->query_until(qr/begun/, q{\echo begun
DO $$BEGIN PERFORM pg_sleep(0.3); FOR i IN 1 .. 2000 LOOP
CREATE OR REPLACE FUNCTION a.changed() RETURNS int LANGUAGE sql AS 'SELECT 1'; END LOOP; END$$;
});
	my $scans = answer(scans(q{WITH s AS MATERIALIZED (SELECT a.forget()),
		g AS (SELECT count(*) FROM o.p WHERE flag = FLAG AND tier::text = 'bronze') SELECT g.* FROM s, g},
		'pg_enum_oid_index', q{SELECT 'gold'::text = any (enum_range('gold'::o.tier, 'gold')::text[])}), $flag);
	$other->query('SELECT 1');
	$scans;
} qw(nobody rare);
like($scans[0], qr/^scans\|\d+$/m, 'what is forgotten meanwhile');
is($scans[1], $scans[0], 'is looked up again, whoever it is');
$other->quit;

# ---------- pages of indexes ----------

my $look = 'EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off, SUMMARY off)';
alike('the first page of a hash index', "$by_loop SET enable_seqscan = off; SET enable_bitmapscan = off;
	SET enable_indexonlyscan = off; SELECT count(*) FROM o.p JOIN a.h USING (person) WHERE flag = FLAG; $look SELECT FROM a.h WHERE person = -1;",
	qr/h_hash.*Buffers/s);
alike('a plan kept beyond a change', "$by_loop SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan;
	PREPARE q AS SELECT count(*) FROM o.p JOIN a.k USING (person) WHERE flag = FLAG; EXECUTE q; EXECUTE q;
	PREPARE l AS SELECT FROM a.k WHERE person = 777; $look EXECUTE l; EXECUTE q; $look EXECUTE l;", qr/Buffers/);

# ---------- messages ----------

# 15, and perhaps one more, and another; the cache is enlarged at the 17th
for my $n (11 .. 16)
{
	my $labels = "SELECT count(e::text) FROM (SELECT unnest(enum_range(NULL::a.e)) e LIMIT $n) x;";

	alike("what the next line says, $n before", "$labels SELECT count(*) FROM o.p WHERE flag = FLAG AND tier::text = 'bronze';
		SET client_min_messages = debug1; SELECT 'v20'::a.e::text;", qr/v20/);
	alike("lines meanwhile, $n before", "$labels
		WITH s AS MATERIALIZED (SELECT a.debug()), g AS (SELECT count(*) FROM o.p WHERE flag = FLAG AND tier::text = 'bronze')
		SELECT g.* FROM s, g; SHOW client_min_messages;", qr/debug1/);
}
like(answer("DO 'BEGIN RAISE DEBUG ''seen''; END'; SELECT count(*) FROM o.p; SET client_min_messages = debug1; DO 'BEGIN RAISE DEBUG ''seen''; END'", ''),
	qr/502.*DEBUG:  seen/s, 'lines of others are there');

# ---------- no room for a lock ----------

my @asked = (
	q{SELECT count(*) FROM o.p JOIN a.k USING (person) WHERE flag = FLAG AND upper(region COLLATE "fr-x-icu") = 'X'},
	q{SELECT count(*) FROM o.p WHERE flag = FLAG AND tier::text = 'bronze'},
	q{SELECT count(*) FROM o.p WHERE flag = FLAG AND tier < 'tin'},
	q{SELECT count(*) FROM o.p WHERE flag = FLAG AND flag::date = '2020-01-01'},
	q{SELECT count(*) FROM o.p WHERE flag = FLAG AND sqrt(spent) < 0},
	q{SELECT avg(spent), count(DISTINCT person) FROM o.p WHERE flag = FLAG GROUP BY region},
	q{SELECT count(*) FROM o.p JOIN a.k USING (person) WHERE flag = FLAG AND starts_with(label, 'y')},
	q{SELECT count(*) FROM o.p WHERE flag = FLAG AND spent < 5 AND person IN (SELECT person FROM a.b WHERE day = '2020-01-02')});
my $locks = "DO 'BEGIN FOR i IN 1..40 LOOP EXECUTE format(''TABLE a.l%s'', i); END LOOP; END';";
for my $question (@asked)
{
	(my $nobody = $question) =~ s/FLAG/'none'/g;
	# the catalogs' entries that the statement needs are there, those of rows not
	alike("no room: $question", "$by_loop BEGIN; $locks SELECT FROM a.try(\$q\$$nobody\$q\$, false);
		SELECT a.try(\$q\$$question\$q\$, true); ROLLBACK;", qr/^(0 rows|53200 .*)$/m);
}

# ---------- those who have nothing to hide ----------

is(answer(q{SELECT count(*), avg(spent)::int FROM o.p WHERE flag = 'common' AND tier::text = 'silver' AND tier > 'tin'
	AND upper(region COLLATE "fr-x-icu") = 'NORTH' AND sqrt(spent) < 10 AND flag::date IS NULL}, ''),
	"99|50\n", 'an answer');
is(answer("BEGIN; DECLARE c CURSOR FOR SELECT spent, count(*) FROM (SELECT person, spent % 3 AS spent FROM o.p) x GROUP BY spent ORDER BY 1;
	FETCH c; CREATE TEMP TABLE t (i int); DROP TABLE t; FETCH c; DROP TYPE a.e; FETCH c; ROLLBACK", ''),
	"0|166\n1|169\n2|167\n", 'a cursor, and changes meanwhile');

$node->stop;
done_testing();
