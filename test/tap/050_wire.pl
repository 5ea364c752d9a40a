# The extended protocol, message by message: portals that are read in parts,
# pipelines, parameters; strings of simple queries; the fast path; COPY;
# cancelling.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Party;
use Test::More;

my $party = Party->new('wire');
my $ana = $party->analyst;
my $shop = $party->session('shop');
my $by_region = 'SELECT region, count(*) AS n FROM visits GROUP BY region ORDER BY 1';
my $raw = 'SELECT secret FROM visits';
my @rows = ('row(r0|95)', 'row(r1|95)', 'row(r2|95)');

# ---------- parse, bind, describe, execute ----------

is($ana->parse('s', $by_region)->describe('S', 's')->bind('', 's')
	  ->describe('P', '')->execute('')->sync,
	"parsed parameters() columns(region:25,n:20) bound columns(region:25,n:20)"
	  . " @rows done(SELECT 3) ready(I)", 'an admitted statement');
is($ana->parse('r', $raw)->describe('S', 'r')->sync,
	'parsed parameters() columns(secret:25) ready(I)',
	'a description has names and types, and no rows');
is($ana->bind('', 'r')->describe('P', '')->execute('')->sync,
	'error(RC001) ready(I)', 'a refused statement has no portal');
is($ana->bind('', 's', [], 1)->execute('')->sync,
	'bound ' . join(' ', map { "row($_|\0\0\0\0\0\0\0\x5f)" } 'r0', 'r1', 'r2')
	  . ' done(SELECT 3) ready(I)', 'results in binary');
is($ana->parse('', 'SELECT person FROM visits')->bind('', '', [], 1)
	  ->execute('')->sync, 'parsed error(RC001) ready(I)',
	'binary opens nothing');
is($ana->parse('', 'SELECT cleanroom.open(), 1 FROM visits LIMIT 1')
	  ->bind('', '')->execute('')->sync, 'parsed error(RC001) ready(I)',
	'nor does what the policy calls');
is($ana->run('DECLARE c CURSOR FOR SELECT 1'), 'parsed bound error(25P01) ready(I)',
	'other errors stay what they are');

# ---------- parameters ----------

my $with_limit = 'SELECT region, count(*) AS n FROM visits WHERE region = $1'
  . ' OR region = $2 GROUP BY region ORDER BY region LIMIT $3';
is($ana->parse('p', $with_limit)->describe('S', 'p')
	  ->bind('', 'p', [ 'r0', 'r2', 1 ])->execute('')
	  ->bind('', 'p', [ 'r0', 'r2', undef ])->execute('')
	  ->bind('', 'p', [ 'canary', 'r1', 9 ])->execute('')->sync,
	"parsed parameters(25,25,20) columns(region:25,n:20) bound row(r0|95)"
	  . ' done(SELECT 1) bound row(r0|95) row(r2|95) done(SELECT 2)'
	  . ' bound row(r1|95) done(SELECT 1) ready(I)', 'untyped, in LIMIT too');
is($ana->parse('', 'SELECT count(*) AS n FROM visits WHERE day < $1', 1082)
	  ->bind('', '', ['2024-02-01'])->execute('')->sync,
	'parsed bound row(155) done(SELECT 1) ready(I)', 'with a type');
is($ana->run('SELECT $1 || region AS d, count(*) FROM visits GROUP BY 1 ORDER BY 1', 'in '),
	'parsed bound row(in r0|95) row(in r1|95) row(in r2|95) done(SELECT 3) ready(I)',
	'in a dimension');
is($ana->run('SELECT count(*) FROM visits WHERE person = $1', '777000005'),
	'parsed error(RC003) ready(I)', 'not beside a unit');
is($ana->run('SELECT count(*) FROM visits WHERE day < $1', 'not a date'),
	'parsed error(22007) ready(I)', 'what cannot be read fails at once');
for my $case ([ 'century', '2001-01-01 00:00:00' ], [ 'nonsense', '\N' ], [ undef, '\N' ])
{
	is($ana->run('SELECT date_trunc($1, day::timestamp) AS d, count(*)'
		  . ' FROM visits GROUP BY 1', $case->[0]),
		"parsed bound row($case->[1]|300) done(SELECT 1) ready(I)",
		'no unit of time makes a row fail');
}

# What a parameter decides must not decide about guards: they hold with each
# value, in plans made for it and in generic ones, in every order.
my @deciding = (
	[ 'SELECT region, count(*) FROM visits GROUP BY region HAVING $1 OR count(*) > $2::int ORDER BY 1',
	  "@rows done(SELECT 3)" ],
	[ 'SELECT region, count(*) FROM visits WHERE $1 OR cost > $2::int + 999 GROUP BY region ORDER BY 1',
	  "@rows done(SELECT 3)" ],
	[ 'SELECT count(*), count(*) FILTER (WHERE $1 AND cost >= $2::int) AS f FROM visits',
	  'row(300|300) done(SELECT 1)' ],
	[ 'SELECT count(*), sum(CASE WHEN $1 AND region = $2::text THEN cost END) FROM visits',
	  'row(300|\N) done(SELECT 1)', 'canary' ],
	[ 'SELECT * FROM (SELECT region, count(*) FROM visits GROUP BY region) x WHERE $1 OR region = $2::text ORDER BY 1',
	  "@rows done(SELECT 3)", 'canary' ],
	[ 'SELECT count(*) FROM visits WHERE NOT $1 OR region = $2::text',
	  'done(SELECT 0)', 'canary' ]);
for my $mode ('auto', 'force_custom_plan', 'force_generic_plan')
{
	$ana->ask("SET plan_cache_mode = $mode");
	for my $case (@deciding)
	{
		my ($sql, $true, $value) = @$case;
		my %answers;

		$ana->parse('d', $sql)->sync;
		$answers{ $ana->bind('', 'd', [ 't', $value // 0 ])->execute('')->sync }++
		  for 1 .. 10;
		is_deeply(\%answers, { "bound $true ready(I)" => 10 },
			"ten times, $mode: $sql");
		unlike($ana->bind('', 'd', [ 'f', $value // 100000 ])->execute('')
			  ->bind('', 'd', [ undef, undef ])->execute('')->sync,
			qr/error\((RC009|XX)/, 'no value takes a guard out');
		$ana->close_named('S', 'd')->sync;
	}
}
$ana->ask('RESET plan_cache_mode');

# ---------- portals that are read in parts ----------

is($ana->parse('', $by_region)->bind('a', '')->execute('a', 1)->execute('a', 1)
	  ->execute('a', 5)->execute('a', 5)->sync,
	"parsed bound $rows[0] suspended $rows[1] suspended $rows[2] done(SELECT 1)"
	  . ' done(SELECT 0) ready(I)', 'suspended, and read on');
is($ana->execute('a')->sync, 'error(34000) ready(I)',
	'a portal ends with its transaction');
is($ana->parse('', $by_region)->bind('a', '')->execute('a', 1)
	  ->flush('s'), "parsed bound $rows[0] suspended", 'Flush without Sync');
is($ana->parse('', $raw)->bind('b', '')->execute('b')->execute('a')->sync,
	'parsed error(RC001) ready(I)', 'a refusal ends the other portal too');
is($ana->ask('BEGIN; DECLARE c SCROLL CURSOR WITH HOLD FOR ' . $by_region),
	'done(BEGIN) done(DECLARE CURSOR) ready(T)', 'a cursor');
is($ana->parse('', 'FETCH 3 FROM c')->bind('f', '')->execute('f', 1)
	  ->execute('c', 1)->execute('f', 9)->sync,
	"parsed bound $rows[0] suspended done(SELECT 0) $rows[1] $rows[2] done(FETCH 2) ready(T)",
	'by FETCH and by Execute, in turn');
is($ana->ask('COMMIT; FETCH BACKWARD 2 FROM c'),
	"done(COMMIT) columns(region:25,n:20) $rows[2] $rows[1] done(FETCH 2) ready(I)", 'held');
is($ana->execute('c', 1)->sync, 'error(55000) ready(I)',
	'what is held is given out by FETCH alone');
is($ana->parse('', 'FETCH 3 FROM c')->bind('f', '')->execute('f')->sync,
	"parsed bound $rows[2] done(FETCH 1) ready(I)", 'which may be sent as a message');
$ana->ask('CLOSE c');

# ---------- pipelines ----------

is($ana->parse('', $by_region)->bind('', '')->execute('')
	  ->parse('', $raw)->bind('', '')->execute('')
	  ->parse('', 'SELECT count(*) FROM visits')->bind('', '')->execute('')
	  ->parse('never', 'SELECT 1')->sync,
	"parsed bound @rows done(SELECT 3) parsed error(RC001) ready(I)",
	'what follows a refusal is skipped');
is($ana->bind('', 'never')->sync, 'error(26000) ready(I)', 'to the last message');
is($ana->run('SELECT count(*) FROM visits'),
	'parsed bound row(300) done(SELECT 1) ready(I)', 'the state is sound');
is($ana->parse('', 'CREATE TABLE mine (n int)')->bind('', '')->execute('')
	  ->parse('', $raw)->bind('', '')->execute('')->sync,
	'parsed bound done(CREATE TABLE) parsed error(RC001) ready(I)',
	'a pipeline is one transaction');
is($ana->run('SELECT count(*) FROM mine'), 'error(42P01) ready(I)',
	'which the refusal has undone');
is($ana->parse('', 'SET debug_print_plan = on')->bind('', '')->execute('')
	  ->parse('', $by_region)->bind('', '')->execute('')->sync,
	'parsed bound done(SET) parsed error(RC007) ready(I)',
	'settings count from the next message on');
is($ana->bind('x', 's')->parse('', 'SET trace_sort = on')->bind('', '')
	  ->execute('')->execute('x')->sync, 'bound parsed bound done(SET) error(RC007) ready(I)',
	'for a portal that was bound before, too');
is($ana->ask('SHOW trace_sort'), 'columns(trace_sort:25) row(off) done(SHOW) ready(I)',
	'the refusal has undone the setting');

# ---------- strings of simple queries ----------

is($ana->ask("SELECT 1; $raw; SELECT count(*) FROM visits"),
	'columns(?column?:23) row(1) done(SELECT 1) error(RC001) ready(I)',
	'the rest of the string is skipped');
is($ana->ask("BEGIN; SELECT count(*) FROM visits; $raw; SELECT 2"),
	'done(BEGIN) columns(count:20) row(300) done(SELECT 1) error(RC001) ready(E)',
	'in a transaction block');
is($ana->ask($raw), 'error(25P02) ready(E)', 'which has failed');
is($ana->ask('ROLLBACK'), 'done(ROLLBACK) ready(I)', 'and ends');
is($ana->ask("CREATE VIEW v AS $raw; SELECT * FROM v"),
	'done(CREATE VIEW) error(RC001) ready(I)', 'a view in the same string');
is($ana->ask('SELECT 1 FROM v'), 'error(42P01) ready(I)', 'goes with it');
is($ana->ask("CREATE TEMP TABLE visits AS SELECT 1 AS secret; $raw; DROP TABLE visits; $raw"),
	'done(SELECT 1) columns(secret:23) row(1) done(SELECT 1) done(DROP TABLE)'
	  . ' error(RC001) ready(I)', 'a look-alike in the same string');
is($shop->ask(q(BEGIN; CREATE TABLE fresh AS SELECT * FROM visits; SELECT cleanroom.protect('fresh', 'person', 10);)
	  . ' GRANT SELECT ON fresh TO ana; COMMIT'),
	'done(BEGIN) done(SELECT 300) columns(protect:2278) row() done(SELECT 1)'
	  . ' done(GRANT) done(COMMIT) ready(I)', 'made and protected in one string');
is($ana->ask('SELECT * FROM fresh'), 'error(RC001) ready(I)', 'is protected');

my $admin = $party->session('postgres');
is($admin->ask("BEGIN; DROP EXTENSION cleanroom CASCADE; SET ROLE ana; $raw; ROLLBACK"),
	'done(BEGIN) done(DROP EXTENSION) done(SET) error(RC007) ready(E)',
	'the extension dropped in the same string');

# ---------- the fast path ----------

sub oid_of { return $party->node->safe_psql('postgres', "SELECT '$_[0]'::regprocedure::oid") }
sub call { return $ana->call(oid_of(shift), @_) }

is(call('quote_ident(text)', 'A'), 'value("A") ready(I)', 'a function by its OID');
is(call('query_to_xml(text,boolean,boolean,text)', $raw, 'f', 'f', ''),
	'error(RC001) ready(I)', 'one that runs a query');
is(call('table_to_xml(regclass,boolean,boolean,text)', 'visits', 'f', 'f', ''),
	'error(RC001) ready(I)', 'one that reads a table');
like(call('query_to_xml(text,boolean,boolean,text)', 'SELECT count(*) FROM visits',
	'f', 'f', ''), qr/^value\(.*300.*\) ready\(I\)$/s, 'an admitted query');
like(call("pg_stat_get_numscans(oid)",
	$party->node->safe_psql('postgres', "SELECT 'visits'::regclass::oid")),
	qr/^error\(RC007\)/, 'one that counts');
is(call('cleanroom.gate()'), 'value(f) ready(I)', 'the gate by itself');
is(call('cleanroom.unprotect(regclass)', 'visits'), 'error(42501) ready(I)',
	"owners' functions");
like(call('cleanroom.tokenize(text,text,text)', 'a', 'b', 'exact'), qr/^error\((42501|RC\d+|22023|42704)\)/,
	'tokens');
like(call("$_->[0]", @{$_}[1 .. $#$_]), qr/^error\(42501\)/, "$_->[0]")
  for [ 'pg_read_file(text)', 'PG_VERSION' ], [ 'lo_import(text)', '/etc/passwd' ];
is(call('pg_ls_dir(text)', '.'), 'error(0A000) ready(I)', 'no sets');
is(call('lo_get(oid)', 12345), 'error(42704) ready(I)', 'large objects');

# ---------- COPY ----------

is($ana->ask($_), 'error(RC007) ready(I)', $_)
  for 'COPY visits TO STDOUT', 'COPY visits TO STDOUT (FORMAT binary)',
  'COPY (SELECT region, count(*) FROM visits GROUP BY region) TO STDOUT',
  'COPY visits FROM STDIN';
is($ana->run('COPY visits (secret) TO STDOUT'), 'parsed bound error(RC007) ready(I)',
	'COPY by the extended protocol');
is($ana->ask('CREATE TABLE mine (n int); COPY mine FROM STDIN'),
	'done(CREATE TABLE) copy-in', "one's own table");
$ana->queue_message('d', "1\n2\n")->queue_message('c', '')->send_queued;
is($ana->words($ana->read_until_ready), 'done(COPY 2) ready(I)', 'takes data');
is($ana->ask('COPY mine TO STDOUT'),
	"copy-out data(1\n) data(2\n) copied done(COPY 2) ready(I)", 'and gives it');

# ---------- cancelling, and going ---------

my $endless = 'SELECT count(*) FROM (SELECT region, count(*) FROM visits'
  . ' GROUP BY region) x, generate_series(1, 1000000000) s';

sub recorded
{
	my ($columns, $condition) = @_;

	return "SELECT coalesce(string_agg(concat_ws(' ', $columns), ', ' ORDER BY number), '')"
	  . " FROM cleanroom.ledger WHERE $condition";
}

my $session = $party->analyst;
$session->parse('', "$endless /* cancelled */")->bind('', '')->execute('')
  ->queue_message('S', '')->send_queued;
my $statement = recorded('verdict, code', "statement LIKE '%/* cancelled */%'");
$party->node->poll_query_until('postgres', $statement, 'admitted');
$session->cancel;
is($session->words($session->read_until_ready), 'parsed bound error(57014) ready(I)',
	'a query is cancelled, without a row');
ok($party->node->poll_query_until('postgres', recorded('verdict, code, rows_returned',
	"kind = 'completion' AND verdict <> 'completed' AND code <> '40000'"), 'failed 57014'),
	'and that is on record');
is($session->run('SELECT count(*) FROM visits'),
	'parsed bound row(300) done(SELECT 1) ready(I)', 'the next one runs');

$session->parse('', "$endless /* gone */")->bind('', '')->execute('')
  ->queue_message('X', '')->send_queued;
$statement = recorded('verdict, code', "statement LIKE '%/* gone */%'");
ok($party->node->poll_query_until('postgres', $statement, 'admitted'),
	'a query whose client has gone is on record');
$party->node->safe_psql('postgres', "SELECT pg_terminate_backend(pid)"
	  . " FROM pg_stat_activity WHERE query LIKE '%/* gone */'");
eval { $session->words($session->read_until_ready) };
is($@, "lost connection\n", 'and gives no row');

$party->finish;
