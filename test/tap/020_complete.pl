# Everything that the server knows of is judged or refused: node types, kinds
# of tables, joins and subqueries, commands, plan nodes, and the fields of a
# statement.  Reads the headers of the server that is tested, so that a new
# version fails here until somebody has looked at what is new.
use strict;
use warnings;
use Test::More;

my $top = '../..';
my $pg_config = $ENV{PG_CONFIG} || 'pg_config';
chomp(my $include = `$pg_config --includedir-server`);

sub slurp
{
	my $file = shift;

	open my $in, '<', $file or return undef;
	local $/;
	my $text = <$in>;
	$text =~ s{/\*.*?\*/}{}gs;
	return $text;
}

# subject => name => [verdicts], and subject => "file:function" => [names]
my (%verdict, %cases);
open my $list, '<', "$top/test/complete/judged.list" or die $!;
while (<$list>)
{
	next if /^\s*(#|$)/;
	my ($subject, $verdict, @names) = split;

	push @{ $verdict{$subject}{$_} }, $verdict foreach @names;
	push @{ $cases{$subject}{$verdict} }, @names if $verdict =~ /:/;
}
close $list;

# Fails and says which names are not in the list.
sub all_judged
{
	my ($subject, $what, @names) = @_;
	my @new = grep { !exists $verdict{$subject}{$_} } @names;

	ok(@names && !@new, "$what: all are judged or refused")
		or diag(@names ? "not in test/complete/judged.list: @new"
			: 'none were found: have the headers changed?');
}

my %tags;
my $tags = slurp("$include/nodes/nodetags.h") // slurp("$include/nodes/nodes.h");
$tags{$1} = 1 while $tags =~ /\bT_(\w+)/g;
my %tagged;
foreach my $header (qw(primnodes parsenodes plannodes))
{
	my $text = slurp("$include/nodes/$header.h");

	$tagged{$header}{$1} = 1
		while $text =~ /^(?:typedef )?struct (\w+)\s*\{/gm;
	$tagged{$header}{$1} = 1 while $text =~ /^\}\s*(\w+);/gm;
	$tagged{$header}{$1} = 1 while $text =~ /^typedef \w+ (\w+);/gm;
	delete @{ $tagged{$header} }{ grep { !$tags{$_} } keys %{ $tagged{$header} } };
}
my %statement = map { $_ => 1 } grep { /Stmt$/ } keys %{ $tagged{parsenodes} };

cmp_ok(scalar(keys %tags), '>', 400, 'the headers tell the node types');
all_judged('node', 'expressions and clauses', sort keys %{ $tagged{primnodes} });
all_judged('node', 'parts of statements',
	grep { !$statement{$_} } sort keys %{ $tagged{parsenodes} });
all_judged('command', 'commands', sort keys %statement);
all_judged('plan', 'plan nodes', sort keys %{ $tagged{plannodes} });

# ---- enumerations

my $all = join "\n", map { slurp($_) } glob("$include/nodes/*.h");
foreach my $enum (sort grep { /^[A-Z]\w+(Kind|Type|Op|Option|Form|Split|Materialize|Operation)$/ } keys %verdict)
{
	next unless $all =~ /typedef enum\s*\w*\s*\{([^}]*)\}\s*$enum;/;
	all_judged($enum, $enum, map { /^\s*(\w+)/ ? $1 : () } split /,/, $1);
}
my %catalog = (
	RELKIND => 'pg_class', PROKIND => 'pg_proc', TYPTYPE => 'pg_type',
	AGGKIND => 'pg_aggregate');
foreach my $prefix (sort keys %catalog)
{
	my $text = slurp("$include/catalog/$catalog{$prefix}.h")
		. (slurp("$include/catalog/$catalog{$prefix}_d.h") // '');
	my %names;

	$names{$1} = 1 while $text =~ /#define\s+(${prefix}_\w+)\s+'/g;
	all_judged($prefix, $prefix, sort keys %names);
}

# ---- fields

foreach my $struct (qw(Query RangeTblEntry Aggref JoinExpr CommonTableExpr
	SortGroupClause SubLink FuncExpr TargetEntry))
{
	my ($body) = $all =~ /typedef struct $struct\s*\{(.*?)\n\}\s*$struct;/s;
	my @fields;

	$body //= '';
	$body =~ s/pg_node_attr\([^()]*(\([^()]*\))?[^()]*\)//g;
	push @fields, $1 while $body =~ /(\w+)\s*;/g;
	all_judged($struct, "fields of $struct", @fields);
}

# ---- the code says what the list says

foreach my $subject (sort keys %cases)
{
	foreach my $place (sort keys %{ $cases{$subject} })
	{
		my ($file, $function) = split /:/, $place;
		my $text = slurp("$top/$file") // '';
		my ($body) = $text =~ /^$function\(.*?\n\{(.*?)\n\}/ms;
		my %found;

		$found{$1} = 1 while ($body // '') =~ /\bcase (?:T_)?(\w+):/g;
		is(join(' ', sort keys %found),
			join(' ', sort @{ $cases{$subject}{$place} }),
			"$function() in $file judges what the list says");
		like($body // '', qr/\bdefault:/, "and has a default");
	}
}

done_testing();
