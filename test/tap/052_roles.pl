# Roles that are switched under cached plans and open cursors, functions that
# hand cursors around, the extension dropped under both, temporary objects,
# and connections for replication.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Party;
use Test::More;

my $party = Party->new('roles', "wal_level = logical\n");
my $node = $party->node;
my $ana = $party->analyst;
my $admin = $party->session('postgres');
my $by_region = 'SELECT region, count(*) AS n FROM visits GROUP BY region ORDER BY 1';
my $raw = 'SELECT secret FROM visits';
my @rows = ('row(r0|95)', 'row(r1|95)', 'row(r2|95)');
my $answer = "@rows done(SELECT 3)";

$node->safe_psql('postgres', q{
CREATE ROLE boss LOGIN;
GRANT shop, ana TO boss;
SET ROLE shop;
CREATE FUNCTION shops_rows() RETURNS refcursor LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE c refcursor := 'given'; BEGIN OPEN c FOR SELECT secret FROM visits; RETURN c; END $$;
CREATE FUNCTION shops_list() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN RETURN QUERY SELECT DISTINCT secret FROM visits; END $$;
SET ROLE ana;
CREATE FUNCTION peek() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT min(secret) FROM visits); END $$;
CREATE FUNCTION peek_as_ana() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN RETURN (SELECT min(secret) FROM visits); END $$;
CREATE FUNCTION counted() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT count(*) FROM visits); END $$;
CREATE FUNCTION opened(text) RETURNS refcursor LANGUAGE plpgsql AS $$
DECLARE c refcursor := 'opened'; BEGIN OPEN c SCROLL FOR EXECUTE $1; RETURN c; END $$;
CREATE FUNCTION fetched() RETURNS text LANGUAGE plpgsql AS $$
DECLARE c refcursor := 'c'; r record; BEGIN FETCH c INTO r; RETURN r::text; END $$;
});

# ---------- one session, several roles ----------

my $boss = $party->session('boss');
$boss->ask("SET plan_cache_mode = $_") for 'force_generic_plan';
$boss->parse('raw', $raw)->parse('sum', $by_region)->sync;
like($boss->bind('', 'raw')->execute('', 1)->sync, qr/^bound row\(canary\)/,
	'who has the privileges of the owner sees rows');
is($boss->ask('SELECT peek()'), 'columns(peek:25) row(canary) done(SELECT 1) ready(I)',
	'in a function, too');
$boss->{watch} = sub { $party->look(@_) };
$boss->ask('SET ROLE ana');
is($boss->bind('', 'raw')->execute('')->sync, 'error(RC001) ready(I)',
	'as analyst the same plan is made anew, and refused');
is($boss->ask('SELECT peek()'), 'columns(peek:25) error(RC002) ready(I)', "and the function's");
is($boss->bind('', 'sum')->execute('')->sync, "bound $answer ready(I)", 'the other is admitted');
$boss->ask('RESET ROLE');
is($boss->ask('SELECT peek_as_ana()'), 'columns(peek_as_ana:25) error(RC002) ready(I)',
	"a function of the analyst's is the analyst's query");
is($boss->bind('', 'sum')->execute('')->sync =~ /row\(canary\|15\)/ ? 'all' : 'some', 'all',
	'the owner has all groups again') and @{ $party->{leaks} } = ();

for my $switch ('SET ROLE ana', 'SET LOCAL ROLE ana')
{
	$boss->ask('BEGIN');
	delete $boss->{watch};
	like($boss->bind('a', 'raw')->execute('a', 1)->sync, qr/suspended ready\(T\)$/,
		"opened with the owner's privileges");
	$boss->{watch} = sub { $party->look(@_) };
	$boss->ask($switch);
	is($boss->execute('a')->sync, 'error(RC007) ready(E)', "not read on after $switch");
	$boss->ask('ROLLBACK; RESET ROLE');
}
$admin->ask('BEGIN');
$admin->ask("DECLARE c CURSOR FOR $raw");
$admin->ask('SET SESSION AUTHORIZATION ana');
is($admin->ask('FETCH c'), 'error(RC007) ready(E)', "nor a superuser's by an analyst");
$admin->ask('ROLLBACK; RESET SESSION AUTHORIZATION');
$boss->ask('SET ROLE ana');
$boss->ask('BEGIN');
$boss->ask("DECLARE c CURSOR FOR $by_region");
$boss->ask('RESET ROLE');
is($boss->ask('FETCH ALL FROM c'), 'columns(region:25,n:20) '
	  . join(' ', @rows) . ' done(FETCH 3) ready(T)', "an analyst's cursor stays guarded for its owner");
$boss->ask('SET ROLE guest');
is($ana->ask('BEGIN'), 'done(BEGIN) ready(T)', 'a transaction');
$boss->ask('ROLLBACK; RESET ROLE');
is($ana->ask("DECLARE c CURSOR FOR $by_region; FETCH 1 FROM c; SET ROLE guest"),
	"done(DECLARE CURSOR) columns(region:25,n:20) $rows[0] done(FETCH 1) done(SET) ready(T)",
	'a cursor, and a role that may not read the table');
is($ana->ask('FETCH 1 FROM c'), 'error(42501) ready(E)', 'which it gets nothing by');
$ana->ask('ROLLBACK; RESET ROLE');
is($ana->ask('SET ROLE shop'), 'error(42501) ready(I)', 'no way to the owner');
is($ana->ask('SET SESSION AUTHORIZATION shop'), 'error(42501) ready(I)', 'nor this one');

# membership is taken while a plan is cached and a portal open
my $partner = $party->session('boss');
$partner->ask('SET plan_cache_mode = force_generic_plan; BEGIN');
$partner->parse('raw', $raw)->bind('a', 'raw')->execute('a', 1)->sync;
$partner->{watch} = sub { $party->look(@_) };
$admin->ask('REVOKE shop FROM boss');
is($partner->execute('a')->sync, 'error(RC007) ready(E)',
	'membership in the owner is taken: the portal gives no more');
$partner->ask('ROLLBACK');
like($partner->bind('', 'raw')->execute('')->sync, qr/^error\(RC00[19]\)|^bound error\(RC00[19]\)/,
	'nor does the cached plan');
like($partner->ask('SELECT peek()'), qr/error\(RC00[29]\)/, 'nor the function');
$admin->ask('GRANT shop TO boss');

# ---------- cursors that functions hand around ----------

$ana->ask('BEGIN');
is($ana->ask("SELECT opened('$by_region')"),
	'columns(opened:1790) row(opened) done(SELECT 1) ready(T)', 'a refcursor');
is($ana->parse('', 'FETCH 2 FROM opened')->bind('', '')->execute('')->sync,
	"parsed bound $rows[0] $rows[1] done(FETCH 2) ready(T)", 'is read');
is($ana->execute('opened', 1)->sync, "$rows[2] suspended ready(T)", 'as a portal, too');
is($ana->ask('MOVE BACKWARD ALL FROM opened; FETCH 1 FROM opened'),
	"done(MOVE 2) columns(region:25,n:20) $rows[0] done(FETCH 1) ready(T)", 'and back');
is($ana->ask("CLOSE opened; SELECT opened('$raw')"),
	'done(CLOSE CURSOR) columns(opened:1790) error(RC001) ready(E)', 'over raw rows: refused');
$ana->ask('ROLLBACK; BEGIN');
is($ana->ask('SELECT shops_rows()'),
	'columns(shops_rows:1790) row(given) done(SELECT 1) ready(T)', "the owner's function opens a cursor");
is($ana->ask('FETCH 1 FROM given'), 'error(RC007) ready(E)', 'which is judged by who reads it');
$ana->ask('ROLLBACK');
is($ana->ask('SELECT shops_list()'), 'columns(shops_list:25) row(canary) done(SELECT 1) ready(I)',
	'what the owner hands out itself is its own doing') and @{ $party->{leaks} } = ();

# what stands around a FETCH counts as what stands around a query
for my $around ('EXPLAIN (ANALYZE, BUFFERS) SELECT fetched()', 'COPY (SELECT fetched()) TO STDOUT',
	'CREATE TABLE t AS SELECT fetched()', 'SET trace_sort = on; FETCH c',
	'SET client_min_messages = log; FETCH c', 'SET debug_print_plan = on; MOVE 1 FROM c')
{
	$ana->ask("BEGIN; DECLARE c CURSOR FOR $by_region");
	like($ana->ask($around), qr/^(done\(SET\) |copy-out )?error\(RC007\) ready\(E\)$/,
		"a cursor first read under: $around");
	$ana->ask("ROLLBACK; BEGIN; DECLARE c CURSOR FOR $by_region; FETCH c");
	like($ana->ask($around), qr/^(done\(SET\) |copy-out )?error\(RC007\) ready\(E\)$/,
		"read on under: $around");
	$ana->ask('ROLLBACK');
}

# ---------- temporary objects ----------

is($ana->ask("CREATE TEMP VIEW visits AS SELECT * FROM public.visits; $raw"),
	'done(CREATE VIEW) error(RC001) ready(I)', 'a temporary view');
is($ana->ask("CREATE TEMP TABLE mine (region text); INSERT INTO mine $raw"),
	'done(CREATE TABLE) error(RC007) ready(I)', 'a temporary table');
is($ana->ask('CREATE TEMP TABLE cleanroom_open (x int); CREATE FUNCTION pg_temp.gate() RETURNS bool'
	  . " LANGUAGE sql AS 'SELECT true'; SET search_path = pg_temp, public; $raw"),
	'done(CREATE TABLE) done(CREATE FUNCTION) done(SET) error(RC001) ready(I)', 'look-alikes of the policy');

# ---------- the owner changes, the extension goes ----------

my $shop = $party->session('shop');
$shop->ask('SET plan_cache_mode = force_generic_plan');
like($shop->parse('raw', $raw)->bind('', 'raw')->execute('', 1)->sync, qr/row\(canary\)/, 'the owner');
$admin->ask('CREATE ROLE heir; GRANT CREATE ON SCHEMA public TO heir; ALTER TABLE visits OWNER TO heir;'
	  . ' GRANT SELECT ON visits TO shop, ana');
$shop->{watch} = sub { $party->look(@_) };
is($shop->bind('', 'raw')->execute('', 1)->sync, 'error(RC001) ready(I)',
	'the former owner is an analyst');
$admin->ask('ALTER TABLE visits OWNER TO shop; GRANT SELECT ON visits TO ana');

$ana->parse('sum', $by_region)->parse('raw', $raw)->bind('', 'sum')->execute('')->sync;
$ana->ask("BEGIN; DECLARE c CURSOR FOR $by_region; FETCH 1 FROM c");
$admin->ask("SET lock_timeout = '100ms'");
is($admin->ask('DROP EXTENSION cleanroom CASCADE'), 'error(55P03) ready(I)',
	'dropping waits for who is reading');
is($ana->ask('FETCH 1 FROM c; COMMIT'), "columns(region:25,n:20) $rows[1] done(FETCH 1) done(COMMIT) ready(I)",
	'who reads on');
$ana->ask("BEGIN; DECLARE c CURSOR WITH HOLD FOR $by_region; COMMIT");
is($admin->ask('DROP EXTENSION cleanroom CASCADE'), 'done(DROP EXTENSION) ready(I)', 'it is dropped');
is($ana->bind('', $_)->execute('')->sync, 'error(RC007) ready(I)', "prepared before: $_")
  for 'sum', 'raw';
like($ana->ask($_), qr/error\(RC007\) ready\(I\)$/, "asked after: $_")
  for $raw, 'SELECT counted()', 'COPY visits TO STDOUT', 'SELECT count(*) FROM visits';
is($ana->ask('FETCH 1 FROM c'), "columns(region:25,n:20) $rows[0] done(FETCH 1) ready(I)",
	'what was held had been released before');

# ---------- replication ----------

$admin->ask('CREATE EXTENSION cleanroom');
like(eval { $party->analyst('ana', replication => $_) } // $@,
	qr/to start (walsender|WAL sender)$/, "replication=$_")
  for 'database', 'true';

$admin->ask(q(ALTER ROLE ana REPLICATION; SET ROLE shop;
	SELECT cleanroom.protect('visits', 'person', 10, dimensions => '{region}'); RESET ROLE));
my $walsender = $party->analyst('ana', replication => 'database');
is($walsender->ask($raw), 'error(RC001) ready(I)', 'a connection for replication: the gate');
is($walsender->ask('COPY visits TO STDOUT'), 'error(RC007) ready(I)', 'no COPY');
is($walsender->ask('SELECT count(*) FROM visits'),
	'columns(count:20) row(300) done(SELECT 1) ready(I)', 'an admitted query');
is($walsender->ask("DECLARE c CURSOR WITH HOLD FOR $raw"), 'error(RC001) ready(I)', 'no cursor');
# The log itself is what the attribute gives: doc/threat-model.md says so.
like($walsender->ask('IDENTIFY_SYSTEM'), qr/^columns\(systemid/, 'the attribute opens the log');

$party->finish;
