# test/fuzz/mutate.pl: asks generated questions that were changed for the
# worse.
#
#   mutate.pl FOLDER SEED COUNT
#
# Each question of the grammar is changed in one to three places: columns for
# hidden ones, aggregates and operators for others, GROUP BY left out, and so
# on.  Whether the gate refuses or admits it: the two worlds must agree, and
# no canary may come out.
use strict;
use warnings;
use Grammar;
use Judge;

my ($dir, $seed, $count) = @ARGV;
my $judge = Judge->new($dir, 'fuzz_analyst');
my %reasons;
my @columns = qw(person buyer email city region day kind urgent age amount
  score steps bonus sparse note pin smoker weight height secret month cost arm
  dose topic minutes a b product channel bought price qty card code ctid
  tableoid xmin label country class);
my @aggregates = qw(min max sum avg count array_agg string_agg bool_or every
  json_agg bit_and bit_or any_value mode stddev corr regr_sxx xmlagg
  jsonb_object_agg percentile_disc);
my @functions = qw(spy echo same abs md5 upper length hashtext to_json
  pg_typeof quote_literal lower row sqrt ln exp nullif num_nulls
  pg_column_size);
my @operators = ('=', '<>', '<', '>', '+', '-', '*', '/', '%', '||', '~',
	'LIKE', 'IS DISTINCT FROM', '===', '&', '|', '^', '<<');
my @kinds = qw(Berlin Paris 1 2 3 0 NULL);

sub pick { return $_[ int rand @_ ] }

# Replaces one of the places where the pattern matches.
sub replace_one
{
	my ($sql, $pattern, $replace) = @_;
	my @places;

	while ($sql =~ /$pattern/g)
	{
		push @places, [ $-[0], $+[0] - $-[0], $& ];
	}
	return $sql unless @places;
	my ($start, $length, $found) = @{ pick(@places) };
	substr($sql, $start, $length) = $replace->($found);
	return $sql;
}

my $column = qr/\b[a-z]\d+\.[a-z]\w*/;
my $aggregate = qr/\b(?:count|sum|avg|stddev|variance|var_pop|corr)(?=\()/;
my @changes = (
	sub { replace_one($_[0], $column, sub { $_[0] =~ s/\..*/'.' . pick(@columns)/er }) },
	sub { replace_one($_[0], $column, sub { $_[0] =~ s/\..*/'.' . pick(@columns)/er }) },
	sub { replace_one($_[0], $column, sub { $_[0] =~ s/\..*//r }) },
	sub { replace_one($_[0], $column, sub { pick(@functions) . "($_[0])" }) },
	sub { replace_one($_[0], $column, sub { "CASE WHEN $_[0] IS NULL THEN 1 ELSE 2 END" }) },
	sub { replace_one($_[0], $column, sub { "($_[0] " . pick(@operators) . " $_[0])" }) },
	sub { replace_one($_[0], $column, sub { "coalesce($_[0], $_[0])" }) },
	sub { replace_one($_[0], $column, sub { "(SELECT max(x) FROM (VALUES ($_[0])) v (x))" }) },
	sub { replace_one($_[0], $column, sub { "$_[0]::" . pick(qw(text int numeric bool date json)) }) },
	sub { replace_one($_[0], $aggregate, sub { pick(@aggregates) }) },
	sub { replace_one($_[0], $aggregate, sub { pick(@aggregates) }) },
	sub { replace_one($_[0], qr/(?:sum|avg|count)\([^()]*\)/, sub { "$_[0] OVER ()" }) },
	sub { replace_one($_[0], qr/(?:sum|avg|count)\((?=\w+\.)/, sub { "$_[0]DISTINCT " }) },
	sub { replace_one($_[0], qr/ (?:=|<>|<|>|<=|>=|AND|OR|\+|\*) /, sub { ' ' . pick(@operators) . ' ' }) },
	sub { replace_one($_[0], qr/ (?:AND|OR) /, sub { pick(' OR ', ' AND ', ' AND NOT ', ' IS TRUE OR ') }) },
	sub { replace_one($_[0], qr/ GROUP BY [^()]*?(?=\)| ORDER| HAVING|$)/, sub { '' }) },
	sub { replace_one($_[0], qr/ GROUP BY /, sub { ' GROUP BY ' . pick('ROLLUP ', 'CUBE ', 'GROUPING SETS ', 'DISTINCT ') }) },
	sub { replace_one($_[0], qr/ GROUP BY /, sub { " GROUP BY t1." . pick(@columns) . ', ' }) },
	sub { replace_one($_[0], qr/ (?:LEFT |RIGHT )?JOIN /, sub { pick(' FULL JOIN ', ' LEFT JOIN ', ' CROSS JOIN ', ' NATURAL JOIN ', ', LATERAL ') }) },
	sub { replace_one($_[0], qr/ ON \w+\.\w+ = \w+\.\w+/, sub { pick(' ON true', ' USING (person)', "$_[0] OR true", $_[0] =~ s/=/</r) }) },
	sub { replace_one($_[0], qr/ (?:WHERE|HAVING) /, sub { "$_[0] " . pick('NOT ', 'spy(1) AND ', 't1.pin > 779000000500 AND ', 't1.sparse IS NULL AND ', 't1.secret LIKE \'c%\' OR ', '1 / 0 = 1 OR ', 't1.amount > 10 AND ') }) },
	sub { replace_one($_[0], qr/\bFROM (?:visits|orders|patients|parts|calls|trials)\b/, sub { pick("FROM ONLY $_[0]" =~ s/FROM ONLY FROM/FROM ONLY/r, 'FROM strict', 'FROM trials', 'FROM patients', 'FROM orders', 'FROM countries', "$_[0] TABLESAMPLE SYSTEM (50)") }) },
	sub { replace_one($_[0], qr/SELECT /, sub { pick('SELECT DISTINCT ', 'SELECT t1.*, ', 'SELECT t1, ', 'SELECT t1.ctid, ', 'SELECT DISTINCT ON (1) ', 'SELECT random(), ', 'SELECT ALL ', 'SELECT (t1).amount, ') }) },
	sub { replace_one($_[0], qr/EXISTS|\bIN\b/, sub { pick('NOT EXISTS', 'EXISTS', 'NOT IN', 'IN', '= ANY', '<> ALL', '= ') }) },
	sub { "$_[0] " . pick('LIMIT (SELECT count(*) FROM visits)', 'FOR UPDATE', 'OFFSET 1', 'FETCH FIRST 1 ROW WITH TIES', 'ORDER BY 1 USING <') },
	sub { pick("EXPLAIN ", "EXPLAIN ANALYZE ", "CREATE TABLE zz AS ", "DECLARE zz CURSOR FOR ", "CREATE TEMP VIEW zz AS ", "INSERT INTO sink ", "COPY (") . $_[0] . ($_[0] =~ /xx/ ? '' : '') },
	sub { "$_[0] UNION ALL " . $_[0] },
	sub { "SELECT (" . $_[0] . ')' },
	sub { "SELECT * FROM known k, LATERAL ($_[0]) x" =~ s/\bt1\.person\b/k.person/r },
	sub { replace_one($_[0], qr/'[A-Za-z]\w*'|\b\d+\b(?!\.)/, sub { pick("'a'", '7', 'NULL', '0', '-1', '99999999999', "'Berlin'") }) },
);

srand($seed + 1000000);
for (1 .. $count)
{
	my $sql = Grammar::question()->{sql};
	my $outcome;

	$sql = pick(@changes)->($sql) for 1 .. pick(1, 1, 2, 3);
	$outcome = $judge->run($sql);
	$judge->add('with rows') if @{ $outcome->{rows} };
	$reasons{"$outcome->{code} $outcome->{message}" =~ s/"[^"]*"/"..."/gr}++
	  if $outcome->{code} ne '';
}
my @common = sort { $reasons{$b} <=> $reasons{$a} || $a cmp $b } keys %reasons;
print "refused or failed, most often:\n",
  map { "  $reasons{$_} $_\n" } splice(@common, 0, 60);
exit $judge->report;
