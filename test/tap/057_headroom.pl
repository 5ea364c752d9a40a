# A query on protected tables fails for want of buffers or of stack whichever
# rows it comes to, or not at all; nor does it leave notes beside those that
# it has come to, or take for ever over one.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('headroom');
$node->init;
$node->append_conf('postgresql.conf',
	"shared_buffers = '16MB'\nwal_writer_delay = '10s'\nautovacuum = off\n");
$node->start;
$node->safe_psql('postgres', q{
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE shop LOGIN;
CREATE ROLE ana LOGIN;
GRANT USAGE ON SCHEMA cleanroom TO shop, ana;
CREATE SCHEMA shop AUTHORIZATION shop;
CREATE SCHEMA ana AUTHORIZATION ana;
GRANT USAGE ON SCHEMA shop TO ana;
ALTER ROLE ana SET search_path = ana;
ALTER ROLE ana SET client_min_messages = error;
SET ROLE shop;
CREATE TABLE shop.p (person int PRIMARY KEY, region text NOT NULL, flag text NOT NULL);
INSERT INTO shop.p SELECT i, 'north', 'common' FROM generate_series(1, 500) i;
INSERT INTO shop.p VALUES (777, 'north', 'rare'), (778, 'north', 'other');
SELECT cleanroom.protect('shop.p', 'person', 10, dimensions => '{region,flag}', join_keys => '{person}');
GRANT SELECT ON shop.p TO ana;
SET ROLE ana;
SET search_path = ana;
CREATE FUNCTION try(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; n int := 0;
BEGIN
	FOR r IN EXECUTE q LOOP n := n + 1; END LOOP;
	RETURN n || ' rows';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- keeps so many pages of a table in buffers; says whether it could
CREATE FUNCTION fill(pages text, many int, spare int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE i int := 0; why text;
BEGIN
	WHILE i < many LOOP
		BEGIN
			EXECUTE format('DECLARE c%s CURSOR FOR SELECT f FROM %I WHERE ctid = ''(%s,1)''', i, pages, i);
			EXECUTE format('MOVE 1 FROM c%s', i);
		EXCEPTION WHEN OTHERS THEN why := SQLSTATE; EXIT;
		END;
		i := i + 1;
	END LOOP;
	FOR j IN i - spare .. i - 1 LOOP EXECUTE format('CLOSE c%s', j); END LOOP;
	RETURN coalesce(why, 'filled');
END $$;
CREATE TABLE k (person int PRIMARY KEY);
INSERT INTO k VALUES (777);
INSERT INTO k SELECT -i FROM generate_series(1, 300) i;
SELECT format(c, i) FROM generate_series(1, 5) i,
	unnest('{CREATE TABLE k%s AS TABLE k,ALTER TABLE k%s ADD PRIMARY KEY (person)}'::text[])
	WITH ORDINALITY u (c, n) ORDER BY i, n \gexec
CREATE TABLE pin (f text);
ALTER TABLE pin ALTER f SET STORAGE PLAIN;
INSERT INTO pin SELECT repeat('x', 7000) FROM generate_series(1, 3000);
VACUUM ANALYZE k, k1, k2, k3, k4, k5, pin;
});

sub as_ana
{
	my ($sql) = @_;
	my ($out, $err) = ('', '');

	$node->psql('postgres', $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0, extra_params => [ '-U', 'ana' ]);
	return $err eq '' ? $out : "$out\n$err";
}

# what is said of a flag that nobody has, of one of somebody whom the analyst
# does not ask about, and of the one of person 777
sub told
{
	my ($sql) = @_;

	return map {
		my $asked = $sql;
		$asked =~ s/FLAG/$_/g;
		as_ana($asked)
	} ('nobody', 'other', 'rare');
}

sub same
{
	my ($like, $what, @told) = @_;

	is("$told[1]\n$told[2]", "$told[0]\n$told[0]", "$what: nothing tells of a row");
	like($told[0], $like, "$what: what is said");
}

my $by_index = q{SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off;
	SET enable_bitmapscan = off; SET enable_material = off; SET enable_memoize = off;};
my $count = q{SELECT count(*) FROM shop.p JOIN k USING (person) WHERE flag = 'FLAG'};

# buffers of temporary tables
my $temporary = qq{SET temp_buffers = 100;
	CREATE TEMP TABLE k (person int PRIMARY KEY);
	INSERT INTO k VALUES (777);
	INSERT INTO k SELECT -i FROM generate_series(1, 300) i;
	CREATE TEMP TABLE pages (f text);
	ALTER TABLE pages ALTER f SET STORAGE PLAIN;
	INSERT INTO pages SELECT repeat('x', 7000) FROM generate_series(1, 99);
	SET search_path = pg_temp, ana;
	$by_index
	DO \$\$BEGIN PERFORM ana.try(\$q\$$count\$q\$); END\$\$;
	BEGIN;};
same(qr/^filled\nRC007 too few buffers of temporary tables/, 'local buffers',
	told(qq{$temporary SELECT fill('pages', 99, 0); SELECT try(\$q\$$count\$q\$);}));
same(qr/^filled\n0 rows$/, 'half of the local buffers',
	told(qq{$temporary SELECT fill('pages', 50, 0); SELECT try(\$q\$$count\$q\$);}));
my $temporary_meanwhile = qq{WITH s AS MATERIALIZED (SELECT fill('pages', PAGES, 0) AS s),
	g AS ($count) SELECT s.s, g.* FROM s, g WHERE s.s <> ''};
for my $pages (20, 99)
{
	(my $sql = qq{$temporary $temporary_meanwhile;}) =~ s/PAGES/$pages/;
	same(qr/^$/, "$pages local buffers, taken meanwhile", told($sql));
	$sql =~ s/= 'FLAG'/<> ''/g;
	$sql =~ s/SELECT -i/SELECT i/;
	is(as_ana($sql), $pages == 20 ? 'filled|301' : 'RC007|301',
		"$pages local buffers, taken meanwhile: whose statement fails");
}
like(as_ana(qq{$temporary SELECT fill('pages', 90, 0); SELECT count(*) FROM k}),
	qr/^filled\n301$/, 'local buffers: other queries run');

# shared buffers
my $chain = q{SELECT count(*) FROM shop.p JOIN k USING (person) JOIN k1 USING (person)
	JOIN k2 USING (person) JOIN k3 USING (person) JOIN k4 USING (person)
	JOIN k5 USING (person) WHERE flag = 'FLAG'};
# what the session reads of catalogs is read before
my $meanwhile = qq{$by_index SET enable_indexonlyscan = off;
	DO \$\$BEGIN PERFORM try(\$q\$$chain\$q\$); PERFORM fill('pin', 20, 1); END\$\$;
	BEGIN; WITH s AS MATERIALIZED (SELECT fill('pin', 3000, SPARE) AS s),
	g AS ($chain) SELECT s.s, g.* FROM s, g WHERE s.s <> '';};
for my $spare (1, 2, 3)
{
	(my $sql = $meanwhile) =~ s/SPARE/$spare/;
	same(qr/^$/, "shared buffers, but $spare, taken meanwhile", told($sql));
	$sql =~ s/= 'FLAG'/<> ''/g;
	$sql =~ s/JOIN k/LEFT JOIN k/g;
	is(as_ana($sql), 'RC007|502',
		"shared buffers, but $spare, taken meanwhile: whose statement fails");
}
same(qr/^filled\nRC007 too few shared buffers/, 'shared buffers',
	told(qq{$by_index BEGIN; SELECT fill('pin', 1850, 0); SELECT try(\$q\$$chain\$q\$);}));
same(qr/^filled\n0 rows$/, 'a quarter of the shared buffers',
	told(qq{$by_index BEGIN; SELECT fill('pin', 500, 0); SELECT try(\$q\$$chain\$q\$);}));

# stack: a cursor that was opened above is fetched from further and further down
my $deep = q{
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET enable_memoize = off;
SET join_collapse_limit = 1; SET from_collapse_limit = 1;
CREATE OR REPLACE FUNCTION chain(i int, n int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF i = n THEN RETURN 'k k' || i; END IF;
	RETURN format('(k k%s JOIN %s ON k%s.person = k%s.person)', i, chain(i + 1, n), i, i + 1);
END $$;
CREATE OR REPLACE FUNCTION deep(n int, c refcursor) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
	IF n = 0 THEN FETCH c INTO r; RETURN r::text; END IF;
	RETURN deep(n - 1, c);
END $$;
CREATE OR REPLACE FUNCTION try(f text, n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c refcursor; s text;
BEGIN
	OPEN c SCROLL FOR EXECUTE format('SELECT count(*) FROM shop.p LEFT JOIN %s ON k1.person = p.person WHERE flag = %L',
		chain(1, 40), f);
	s := deep(n, c); CLOSE c;
	RETURN s;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
CREATE OR REPLACE FUNCTION deepest(failure text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE lo int := 1; hi int := 3000; mid int;
BEGIN
	WHILE hi - lo > 1 LOOP
		mid := (lo + hi) / 2;
		IF try('nobody', mid) ~ failure THEN hi := mid; ELSE lo := mid; END IF;
	END LOOP;
	RETURN lo;
END $$;
-- where the server ends it, where we do, and far above
SELECT deepest('54001') AS n, deepest('54001|RC007') AS m, deepest('54001') AS n \gset
SELECT f, string_agg(try(f, d), ' ' ORDER BY d) FROM unnest('{nobody,other,rare,common}'::text[]) f,
	unnest(ARRAY[5, :m - 30, :m + 30, :n - 1, :n]) d GROUP BY f ORDER BY f;
};
is(as_ana($deep), join("\n", 'common|(500) (500) RC007 RC007 RC007',
		map { "$_|() () RC007 RC007 RC007" } ('nobody', 'other', 'rare')),
	'stack: nothing tells of a row');

# what is noted beside rows
for my $commit ('on', 'off')
{
	my $fresh = qq{SET synchronous_commit = $commit;
		DROP TABLE IF EXISTS fresh; CREATE TABLE fresh (person int PRIMARY KEY);
		INSERT INTO fresh VALUES (777); INSERT INTO fresh SELECT -i FROM generate_series(1, 2000) i;};
	my $explain = q{SELECT line FROM explained() line WHERE line ~ 'Buffers'};

	as_ana(q{CREATE OR REPLACE FUNCTION explained() RETURNS SETOF text LANGUAGE plpgsql AS $$
		BEGIN RETURN QUERY EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off, SUMMARY off) SELECT count(*) FROM fresh'; END$$});
	my @told;
	for my $flag ('nobody', 'other', 'rare')
	{
		as_ana($fresh);
		$node->safe_psql('postgres', 'CHECKPOINT');
		push @told, as_ana(qq{SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off;
			SELECT count(*) FROM shop.p JOIN fresh USING (person) WHERE flag = '$flag'; $explain});
	}
	same(qr/hit=\d+(\n|$)/, "synchronous_commit = $commit", @told);
	unlike($told[0], qr/dirtied/, "synchronous_commit = $commit: nothing is left to note");
}

# comparisons that take long over one row
same(qr/^0 rows$/, 'LIKE', told(q{SET statement_timeout = '2s';
	SELECT try($q$SELECT count(*) FROM shop.p WHERE flag = 'FLAG' AND
		lpad(flag, 300000, 'x') LIKE '%' || lpad('', 150000, 'x') || 'y%'$q$)}));
same(qr/^0 rows$/, 'position', told(q{SET statement_timeout = '2s';
	SELECT try($q$SELECT count(*) FROM shop.p WHERE flag = 'FLAG' AND
		strpos(lpad(flag, 300000, 'x'), 'y' || lpad('', 150000, 'x')) > 0$q$)}));
is(as_ana(q{SELECT count(*) FROM shop.p WHERE lpad(flag, 1000, 'x') LIKE '%' || lpad('', 200, 'x') || 'common'}),
	'500', 'LIKE of ordinary texts');

$node->stop;
done_testing();
