# test/fuzz/Grammar.pm: makes questions that the gate ought to admit.
#
# Each question comes with its companion: the same in plain SQL for the
# superuser, with an explicit count(DISTINCT unit) for each protected table
# below each row, and for the rows that each aggregate rests on.  The rows of
# both must be the same.
#
# A "relation" here is what stands in FROM and WHERE of one SELECT over
# protected rows:
#	from, where		what is written
#	units			[expression, threshold, hidden, how, once] of each protected
#					table below; how is key, for the people whom the key names,
#					or optional, for those of them who have a match, which once
#					says is one row
#	columns			{expr, type, uses, values, null, outer}; uses is some of
#					d(imension) f(ilter) m(easure) k(ey); outer is the unit of
#					the table when an outer join may null it
#	anti			conditions that the companion keeps as a filter: rows that
#					an anti-join has taken away
#	must			keys to group by, since they have many values for one row
package Grammar;

use strict;
use warnings;
use Pair qw(analyst owner both join_pairs);

my %tables = (
	visits => {
		units => ['person'], threshold => 5, key => 'person', known => 1,
		columns => {
			city => [ 'text', 'd', [qw(Berlin Paris Rome Oslo Bern)] ],
			region => [ 'text', 'dn', [qw(r0 r1 r2)] ],
			day => [ 'date', 'd',
				[qw(2024-02-01 2024-03-01 2024-05-01 2024-06-01)] ],
			kind => [ 'int', 'd', [ 0, 1, 2, 3 ] ],
			urgent => [ 'bool', 'd', [] ],
			age => [ 'int', 'f', [ 20, 30, 40, 50, 60 ] ],
			amount => [ 'numeric', 'm', [] ],
			score => [ 'float8', 'm', [] ],
			steps => [ 'int', 'm', [ 200, 1000, 5000 ] ],
			bonus => [ 'numeric', 'mn', [] ],
			sparse => [ 'int', 'mn', [] ],
		}
	},
	patients => {
		units => ['person'], threshold => 6, key => 'person', known => 1,
		unique => 1,
		columns => {
			city => [ 'text', 'd', [qw(Berlin Paris Rome Oslo Bern)] ],
			smoker => [ 'bool', 'dn', [] ],
			weight => [ 'int', 'm', [] ],
			height => [ 'numeric', 'm', [] ],
		}
	},
	parts => {
		units => ['person'], threshold => 10, key => 'person', known => 1,
		columns => {
			month => [ 'int', 'd', [ 1 .. 12 ] ],
			cost => [ 'int', 'm', [] ],
		}
	},
	trials => {
		units => ['person'], threshold => 5, key => 'person', known => 1,
		columns => {
			arm => [ 'text', 'd', [qw(arm leg)] ],
			dose => [ 'int', 'm', [] ],
		}
	},
	calls => {
		units => [ 'a', 'b' ], threshold => 8, key => 'a', known => 1,
		columns => {
			topic => [ 'text', 'd', [qw(t0 t1 t2 rare)] ],
			minutes => [ 'int', 'm', [] ],
		}
	},
	orders => {
		units => ['buyer'], threshold => 7, key => 'buyer', known => 1,
		columns => {
			product => [ 'int', 'd', [ 1 .. 6 ] ],
			channel => [ 'text', 'd', [qw(web store phone)] ],
			bought => [ 'timestamp', 'd',
				[qw(2024-01-15 2024-02-01 2024-02-15 2024-03-01)] ],
			price => [ 'numeric', 'm', [] ],
			qty => [ 'int', 'm', [] ],
			code => [ 'int', 'j', [] ],
		}
	},
);
# views: the table behind, its condition, its columns
my %views = (
	recent => [ 'visits', "day >= '2024-03-01'", undef ],
	mine => [ 'visits', 'age < 60', [qw(city kind amount)] ],
	mine_too => [ 'visits', 'age < 60 AND kind > 1', ['city'] ],
);
# public tables: the column with a unique key, which column or key it joins,
# and its labels
my %labels = (
	kinds => [ 'kind', 'kind', [ 'label', [qw(first second third)] ] ],
	towns => [ 'city', 'city', [ 'country', [qw(DE FR IT)] ] ],
	products => [ 'id', 'product', [ 'family', [ 'family 0', 'family 1' ] ],
		[ 'name', [ 'product 1', 'product 2' ] ] ],
	known => [ 'person', 'key', [ 'class', [qw(c0 c1)] ] ],
);

my $aliases;
my %features;
my @nulled;    # aliases on optional sides

sub pick { return $_[ int rand @_ ] }
sub chance { return rand() < $_[0] }
sub some { my ($n, @l) = @_; my @s; while (@l && $n-- > 0) { push @s, splice(@l, int rand @l, 1) } return @s }
sub name { return $_[0] . ++$aliases }
sub feature { $features{ $_[0] } = 1; return }
sub quote { return $_[0] =~ /^-?\d+$/ ? $_[0] : "'$_[0]'" }

sub columns_with
{
	my ($relation, $uses) = @_;

	return grep { $_->{uses} =~ /[$uses]/ } @{ $relation->{columns} };
}

# ---------- conditions ----------

sub constant
{
	my ($column) = @_;
	my $text = quote(pick(@{ $column->{values} }));

	return "date $text" if $column->{type} eq 'date' && chance(0.5);
	return "timestamp $text"
	  if $column->{type} eq 'timestamp' && chance(0.5);
	return $text;
}

# A condition on one column that tells nothing apart among rare values.
sub simple_condition
{
	my ($column) = @_;
	my $x = $column->{expr};
	my $c = constant($column) if @{ $column->{values} };
	my @forms;

	return pick($x, "NOT $x", "$x IS TRUE", "$x IS NOT TRUE", "$x = true",
		"$x IS NOT NULL")
	  if $column->{type} eq 'bool';
	return "$x IS NOT NULL" unless defined $c;
	@forms = ("$x = $c", "$x <> $c", "$x IN ($c, " . constant($column) . ')',
		"$x IS NOT NULL");
	push @forms, "$x = ANY (ARRAY[$c, " . constant($column) . '])'
	  if $column->{type} =~ /text|int/;
	push @forms, "$x > $c", "$x <= $c", "$x < $c", "$x >= $c",
	  "$x BETWEEN $c AND " . constant($column),
	  "$x NOT BETWEEN $c AND " . constant($column)
	  if $column->{type} ne 'text';
	push @forms, "$x % 2 = 0", "$x + 1 > $c", "$x IN (1, 2, 3)",
	  "$x\::text::int > $c", "($x\::text || '0')::numeric / 10 = $c"
	  if $column->{type} eq 'int';
	push @forms, "$x LIKE 'B%'", "$x NOT LIKE '%s%'", "lower($x) = lower($c)",
	  "$x IS DISTINCT FROM $c", "length($x) > 4", "coalesce($x, 'none') <> $c"
	  if $column->{type} eq 'text';
	push @forms, "date_trunc('month', $x) = date_trunc('month', timestamp '2024-02-02')",
	  "extract(month FROM $x) < 4", "$x\::text::timestamp < '2024-04-01'"
	  if $column->{type} =~ /date|timestamp/;
	push @forms, "$x ~ '^[A-O]'", "$x !~* 's'", "$x SIMILAR TO '(B|P)%'",
	  "$x LIKE ANY (ARRAY['B%', '%s'])"
	  if $column->{type} eq 'text';
	return compared_with_all($x) if $column->{type} eq 'int' && chance(0.2);
	return pick(@forms);
}

# A value that is released, in the place of a constant.
sub compared_with_all
{
	my ($x) = @_;
	my $alias = name('q');
	my $visits = analyst('visits')
	  . owner('(SELECT * FROM visits WHERE person IS NOT NULL)') . " $alias";

	feature('compared with a released value');
	return "$x " . pick('>', '<=') . " (SELECT avg($alias.steps) / 1000 FROM $visits)"
	  if chance(0.6);
	return "$x IN (SELECT $alias.kind FROM $visits GROUP BY $alias.kind"
	  . owner(" HAVING count(DISTINCT $alias.person) >= 5") . ')';
}

sub condition
{
	my ($relation) = @_;
	my @columns = columns_with($relation, 'df') or return 'true';
	my $text = simple_condition(pick(@columns));

	return $text if chance(0.6);
	return "NOT ($text)" if chance(0.15);
	return "($text " . pick('AND', 'OR') . ' '
	  . simple_condition(pick(@columns)) . ')';
}

# A condition that takes its constant from a relation of one row.
sub condition_by_parameter
{
	my ($relation) = @_;
	my @columns = grep { @{ $_->{values} } && $_->{type} ne 'bool' } columns_with($relation, 'df')
	  or return 'true';
	my $column = pick(@columns);
	my $constant = "$column->{type} " . quote(pick(@{ $column->{values} }) . '');
	my $alias = name('one');

	$constant =~ s/^(\w+) (-?\d+)$/$2::$1/;
	feature('a relation of one row');
	$relation->{from} = delete $relation->{cross} if $relation->{cross};
	$relation->{from} = $relation->{from} . ' CROSS JOIN '
	  . pick("(SELECT $constant AS x) AS $alias", "(VALUES ($constant)) AS $alias(x)");
	return "$column->{expr} " . pick('=', '<>') . " $alias.x"
	  if $column->{type} eq 'text';
	return "$column->{expr} " . pick('=', '<>', '<', '>=') . " $alias.x";
}

# Two columns of different tables, or of one.
sub condition_on_two
{
	my ($relation) = @_;
	my %alike;

	push @{ $alike{ $_->{type} } }, $_->{expr}
	  for grep { $_->{type} =~ /text|date|int/ && !$_->{label} } columns_with($relation, 'd');
	my @types = grep { @{ $alike{$_} } > 1 } sort keys %alike or return 'true';
	my $type = pick(@types);
	my ($x, $y) = some(2, @{ $alike{$type} });

	feature('two dimensions compared');
	return "$x " . pick('=', '<>') . " $y" if $type eq 'text';
	return "$x " . pick('<', '>=') . " $y" . ($type eq 'int' ? '' : ' + 30');
}

# ---------- relations ----------

# Is something of the unit's optional table in one of the texts?
sub reads
{
	my ($relation, $unit, @texts) = @_;

	for my $column (grep { ($_->{outer} // '') eq $unit->[0] } @{ $relation->{columns} })
	{
		return 1 if grep { /\Q$column->{expr}\E\b/ } @texts;
	}
	return 0;
}

# Who has no match may be left out, or set apart, by what reads the table.
sub set_apart
{
	my ($relation, $text) = @_;

	$_->[4] = 0 for grep { reads($relation, $_, $text) } @{ $relation->{units} };
	return;
}

sub restrict
{
	my ($relation, $condition) = @_;

	push @{ $relation->{where} }, $condition;
	set_apart($relation, "$condition");
	return;
}

sub base
{
	my ($name) = @_;
	my $view = $views{$name};
	my $table = $tables{ $view ? $view->[0] : $name };
	my $alias = name('t');
	my $rows = $view ? "$view->[0] WHERE ($view->[1]) AND" : "$name WHERE";
	my %wanted = map { $_ => 1 }
	  @{ $view && $view->[2] || [ keys %{ $table->{columns} } ] };
	my $relation = {
		from => analyst($name)
		  . owner("(SELECT * FROM $rows $table->{units}[0] IS NOT NULL)")
		  . " $alias",
		where => [],
		units => [ map { [ "$alias.$_", $table->{threshold}, undef,
					$_ eq $table->{key} ? 'key' : undef ] }
			  @{ $table->{units} } ],
		anti => [],
		outer => 0,
		unique => $table->{unique},
		key => { expr => "$alias.$table->{key}", uses => 'k' },
	};

	feature($view ? 'view' : 'table');
	for my $column (grep { $wanted{$_} } sort keys %{ $table->{columns} })
	{
		my ($type, $uses, $values) = @{ $table->{columns}{$column} };

		push @{ $relation->{columns} }, { expr => "$alias.$column",
			type => $type, uses => $uses, values => $values,
			name => $column };
	}
	return $relation;
}

sub some_base
{
	return base(pick(qw(visits visits visits orders orders patients parts
		calls recent mine mine_too), chance(0.2) ? 'trials' : 'visits'));
}

# Who has a match is one of those, too, whom the match is for.
sub count_as_strictly
{
	my ($relation) = @_;
	my ($least) = sort { $b <=> $a } map { $_->[1] }
	  grep { ($_->[3] // '') eq 'key' } @{ $relation->{units} };

	for my $unit (grep { ($_->[3] // '') eq 'optional' } @{ $relation->{units} })
	{
		$unit->[1] = $least if defined $least && $least > $unit->[1];
	}
	return $relation;
}

# Two relations joined on their keys.
sub joined
{
	return count_as_strictly(joined_alone(@_));
}

sub joined_alone
{
	my ($left, $right) = @_;
	my $on = "$left->{key}{expr} = $right->{key}{expr}";
	my $how = pick(qw(JOIN JOIN comma LEFT RIGHT));
	my $from;

	# JOIN binds tighter than a comma, and WHERE joins after an outer join
	$how = 'JOIN' if $left->{cross} || $right->{cross};
	$_->{from} = delete $_->{cross} for grep { $_->{cross} } $left, $right;
	$how = 'JOIN' if $left->{outer} || $right->{outer}
	  || @{ $left->{anti} } || @{ $right->{anti} };
	feature("join $how");
	if ($how eq 'comma')
	{
		$from = $left->{from} . ', ' . $right->{from};
		push @{ $left->{where} }, $on;
		return {
			from => $from,
			cross => $left->{from} . ' CROSS JOIN ' . $right->{from},
			where => [ @{ $left->{where} }, @{ $right->{where} } ],
			units => [ @{ $left->{units} }, @{ $right->{units} } ],
			columns => [ @{ $left->{columns} }, @{ $right->{columns} } ],
			anti => [ @{ $left->{anti} }, @{ $right->{anti} } ],
			outer => 0, key => $left->{key}
		};
	}
	$from = $left->{from} . ($how eq 'JOIN' ? ' JOIN ' : " $how JOIN ")
	  . $right->{from} . " ON $on";
	# the side that may be null keeps no conditions of WHERE
	if ($how =~ /LEFT|RIGHT/)
	{
		my $nulled = $how eq 'LEFT' ? $right : $left;

		push @nulled, $nulled->{units}[0][0] =~ /^(\w+)\./;
		$_->[3] = 'optional' for grep { $_->[3] } @{ $nulled->{units} };
		$_->[4] = 1 for grep { $nulled->{unique} } @{ $nulled->{units} };
		$_->{outer} = $nulled->{units}[0][0] for @{ $nulled->{columns} };
		$nulled->{where} = [];
		$left->{key} = $right->{key} if $how eq 'RIGHT';
	}
	return {
		from => $from,
		where => [ @{ $left->{where} }, @{ $right->{where} } ],
		units => [ @{ $left->{units} }, @{ $right->{units} } ],
		columns => [ @{ $left->{columns} }, @{ $right->{columns} } ],
		anti => [ @{ $left->{anti} }, @{ $right->{anti} } ],
		outer => $how =~ /LEFT|RIGHT/ ? 1 : 0, key => $left->{key}
	};
}

# Labels of a public table, joined on its unique key.
sub labelled
{
	my ($relation) = @_;
	my @candidates;

	for my $name (sort keys %labels)
	{
		my ($unique, $column, @more) = @{ $labels{$name} };

		push @candidates, [ $name, $_->{expr} ]
		  for $column eq 'key' ? $relation->{key}
		  : grep { ($_->{name} // '') eq $column && $_->{uses} =~ /d/ }
		  @{ $relation->{columns} };
	}
	return $relation unless @candidates;
	my ($name, $expr) = @{ pick(@candidates) };
	my ($unique, $column, @more) = @{ $labels{$name} };
	my $alias = name('l');
	my $how = pick('JOIN', 'LEFT JOIN');

	feature("label $how");
	set_apart($relation, $expr) if $how eq 'JOIN';
	$relation->{from} = delete $relation->{cross} if $relation->{cross};
	$relation->{from} = $relation->{from} . " $how $name $alias ON $alias.$unique = $expr";
	push @{ $relation->{columns} }, { expr => "$alias.$_->[0]",
		type => 'text', uses => 'd', values => $_->[1], label => 1 }
	  for @more;
	return $relation;
}

# Numbers or days that a dimension is equal to, bands that it lies in, or those
# before it, one group for each.
sub in_a_row
{
	my ($relation) = @_;
	my @candidates = grep { $_->{type} =~ /^(int|date|timestamp)$/ } columns_with($relation, 'd');

	return $relation unless @candidates;
	my $column = pick(@candidates);
	my ($x, $number) = ($column->{expr}, $column->{type} eq 'int');
	my $alias = name('g');
	my $how = pick('JOIN', 'JOIN', 'LEFT JOIN');
	my $series = $number ? pick('generate_series(-2, 20)', 'generate_series(0, 20, 1)')
	  : pick("generate_series(timestamp '2023-01-01', '2025-01-01', '1 day')",
		"generate_series(date '2023-01-01', date '2025-01-01', interval '1 day')");
	my ($label, $type) = ($alias, $number ? 'int' : 'timestamp');
	my $form = pick('equal', 'cast', 'band', 'before');

	feature("in a row, $form $how");
	set_apart($relation, $x);
	if ($form eq 'equal' || $form eq 'cast')
	{
		my $cast = $form eq 'equal' ? '' : $number ? '::numeric' : '::date';

		$series .= " $alias ON $alias$cast = $x";
	}
	elsif ($form eq 'band')
	{
		my @bands = $number ? ('0, 2', '2, 3', '3, 9', 'NULL::int, 4')
		  : map { "date '2024-$_->[0]', date '$_->[1]'" } [ '01-01', '2024-02-15' ], [ '02-15', '2024-02-15' ],
		  [ '02-15', '2024-04-01' ], [ '05-01', '2025-01-01' ];
		my @list = some(pick(2, 3, 4), map { "($bands[$_], 'b" . int($_ / 2) . "')" } 0 .. 3);

		$series = '(VALUES ' . join(', ', @list) . ") $alias (lo, hi, l) ON "
		  . pick("$x >= $alias.lo AND $x < $alias.hi", "$alias.lo < $x AND $alias.hi >= $x");
		($label, $type) = ("$alias.l", 'text');
	}
	else
	{
		($series, $how) = ($number ? 'generate_series(1, 3)'
			: "generate_series(timestamp '2024-02-01', '2024-06-01', '1 month')", 'JOIN');
		$series .= " $alias ON $x <= $alias";
		push @{ $relation->{must} }, $alias;
	}
	$relation->{from} = delete $relation->{cross} if $relation->{cross};
	$relation->{from} = $relation->{from} . " $how $series";
	push @{ $relation->{columns} }, { expr => $label, type => $type, uses => 'd', values => [], label => 1 };
	return $relation;
}

# A question whether the relation's key stands in another table: {written,
# rows, set, threshold, key, join}; rows is the companion's condition, set
# holds where enough people are asked about, join is how to ask the opposite
# by an outer join.
sub member
{
	my ($relation) = @_;
	my $name = pick(qw(visits orders patients parts));
	my $inner = base($name);
	my $where = chance(0.6) ? condition($inner) : 'true';
	my $key = $relation->{key}{expr};
	my $unit = $inner->{key}{expr};
	my $from = $inner->{from};
	my $in = both("$key IN (SELECT $unit FROM ") . $from . " WHERE $where)";
	my $exists = both('EXISTS (SELECT ' . pick('', '1', '*') . ' FROM ')
	  . $from . " WHERE $unit = $key AND $where)";
	my $alias = name('m');

	return {
		written => pick($in, $exists)->[0],
		rows => $in->[1],
		set => "(SELECT count(DISTINCT $unit) FROM $from->[1] WHERE $where)"
		  . " >= $tables{$name}{threshold}",
		threshold => $tables{$name}{threshold},
		key => $key,
		join => [ " LEFT JOIN (SELECT DISTINCT $unit AS id FROM $from->[0]"
			  . " WHERE $where) AS $alias ON $alias.id = $key",
			"$alias.id IS NULL" ],
	};
}

# Only rows whose key stands in another table too, or does not.
sub membership
{
	my ($relation, $not) = @_;
	my $member;

	return $relation if $relation->{outer} || @{ $relation->{anti} };
	$member = member($relation);
	if (!$not)
	{
		feature('semi-join');
		push @{ $relation->{where} },
		  analyst($member->{written}) . owner($member->{rows});
		push @{ $relation->{units} },
		  [ $member->{key}, $member->{threshold}, undef, 'key' ];
		return count_as_strictly($relation);
	}
	if (chance(0.3) && !$relation->{cross})
	{
		feature('anti-join by LEFT JOIN');
		$relation->{from} = $relation->{from} . analyst($member->{join}[0]);
		push @{ $relation->{where} },
		  analyst($member->{join}[1]) . owner('true');
	}
	else
	{
		feature('anti-join');
		push @{ $relation->{where} },
		  analyst("NOT $member->{written}") . owner('true');
	}
	$relation->{anti} = [$member];
	return $relation;
}

# The relation as a subquery, a CTE or a chain of them.
sub nested
{
	my ($relation, $ctes) = @_;
	my $alias = name('s');
	my (@targets, @columns, @units, @anti, $key, $sql);
	my $number = 0;

	return $relation if @{ $relation->{anti} };
	for my $column (@{ $relation->{columns} })
	{
		next if chance(0.2) && @{ $relation->{columns} } > 3;
		my $name = 'c' . ++$number;
		push @targets, "$column->{expr} AS $name";
		push @columns, { %$column, expr => "$alias.$name" };
	}
	push @targets, "$relation->{key}{expr} AS k";
	$key = { expr => "$alias.k", uses => 'k' };
	$number = 0;
	for my $unit (@{ $relation->{units} })
	{
		my $name = $unit->[0] eq $relation->{key}{expr} ? 'k'
		  : 'u' . ++$number;
		my $shown = !$unit->[2] && chance(0.5);

		push @targets, $shown ? "$unit->[0] AS $name"
		  : owner("$unit->[0] AS $name")
		  if $name ne 'k';
		push @units, [ "$alias.$name", $unit->[1],
			$shown || $name eq 'k' ? undef : 'hidden', @$unit[ 3, 4 ] ];
		$_->{outer} = "$alias.$name"
		  for grep { defined $_->{outer} && $_->{outer} eq $unit->[0] } @columns;
	}
	my @both = grep { !ref $_ } @targets;
	my @owner = map { $_->[1] } grep { ref $_ } @targets;
	$sql = both('SELECT ' . join(', ', @both))
	  . owner(join('', map { ", $_" } @owner)) . from_where($relation);
	$relation = {
		from => undef, where => [], units => \@units, columns => \@columns,
		anti => [], outer => $relation->{outer}, key => $key
	};
	if (chance(0.5))
	{
		my $cte = name('w');

		feature('CTE');
		push @$ctes, both($cte . pick(' AS (', ' AS (', ' AS MATERIALIZED (', ' AS NOT MATERIALIZED (')) . $sql . ')';
		$relation->{from} = both("$cte AS $alias");
	}
	else
	{
		feature('subquery');
		$relation->{from} = both('(') . $sql . ") AS $alias";
	}
	return $relation;
}

# One row a person.
sub unit_level
{
	my ($relation, $ctes) = @_;
	my $alias = name('p');
	my (@targets, @keys, @columns, @units, %renamed);
	my $number = 0;

	return $relation if $relation->{outer} || @{ $relation->{anti} }
	  || grep { $_->[2] } @{ $relation->{units} };
	feature('unit level');
	for my $unit (@{ $relation->{units} })
	{
		my $name = 'u' . ++$number;

		push @targets, "$unit->[0] AS $name";
		push @keys, $unit->[0] unless grep { $_ eq $unit->[0] } @keys;
		push @units, [ "$alias.$name", $unit->[1], undef, @$unit[ 3, 4 ] ];
		$renamed{ $unit->[0] } = "$alias.$name";
	}
	my $nulled_by = sub { return $renamed{ $_[0]{outer} // '' }; };
	$number = 0;
	for my $dimension (some(int rand 3, grep { !$_->{label} } columns_with($relation, 'd')))
	{
		my $name = 'd' . ++$number;

		push @targets, "$dimension->{expr} AS $name";
		push @keys, $dimension->{expr};
		push @columns, { %$dimension, expr => "$alias.$name", name => undef,
			uses => $dimension->{uses} =~ /n/ ? 'dn' : 'd',
			outer => $nulled_by->($dimension) };
	}
	# a join key tells events apart
	for my $key (chance(0.5) ? columns_with($relation, 'j') : ())
	{
		feature('unit level: join key');
		push @targets, "$key->{expr} AS j";
		push @keys, $key->{expr};
		last;
	}
	push @targets, 'count(*) AS n';
	push @columns, { expr => "$alias.n", type => 'int', uses => 'dm',
		values => [ 1, 2, 3, 4, 5 ] };
	for my $measure (some(int rand 3, columns_with($relation, 'm')))
	{
		my $name = 's' . ++$number;

		my $what = $measure->{expr};

		if (chance(0.3))
		{
			feature('unit level: CASE');
			$what = 'CASE WHEN ' . condition($relation) . " THEN $what END";
		}
		push @targets, pick('sum', 'avg') . "($what) AS $name";
		push @columns, { expr => "$alias.$name", type => 'sum', values => [],
			uses => 'mn', name => undef, outer => $nulled_by->($measure) };
	}
	# the first and last of what a person has been
	for my $dimension (chance(0.3) ? some(1, grep { !$_->{label} && $_->{type} ne 'bool' } columns_with($relation, 'd')) : ())
	{
		feature('unit level: first or last');
		push @targets, pick('min', 'max') . "($dimension->{expr}) AS f";
		push @columns, { %$dimension, expr => "$alias.f", name => undef,
			uses => $dimension->{uses} =~ /n/ ? 'dn' : 'd',
			outer => $nulled_by->($dimension) };
	}
	if (chance(0.2))
	{
		feature('unit level: CASE of 1 and 0');
		push @targets, 'sum(CASE WHEN ' . condition($relation)
		  . ' THEN 1 ELSE 0 END) AS q';
		push @columns, { expr => "$alias.q", type => 'int', uses => 'dm',
			values => [ 0, 1, 2, 3 ] };
	}
	my $sql = both('SELECT ' . join(', ', @targets)) . from_where($relation)
	  . ' GROUP BY ' . join(', ', @keys)
	  . (chance(0.2) ? ' HAVING count(*) > ' . pick(1, 2) : '');
	my $from;
	if (chance(0.4))
	{
		my $cte = name('w');
		push @$ctes, both("$cte AS (") . $sql . ')';
		$from = both("$cte AS $alias");
	}
	else
	{
		$from = both('(') . $sql . ") AS $alias";
	}
	return { from => $from, where => [], units => \@units,
		columns => \@columns, anti => [], outer => 0, level => 'unit',
		key => { expr => "$alias.u1", uses => 'k' } };
}

sub from_where
{
	my ($relation) = @_;
	my $text = both(' FROM ') . $relation->{from};

	return $text unless @{ $relation->{where} };
	return $text . ' WHERE ' . join_pairs(' AND ', @{ $relation->{where} });
}

sub relation
{
	my ($ctes) = @_;
	my $relation = some_base();

	for my $join (1 .. pick(0, 0, 0, 1, 1, 2))
	{
		$relation = joined($relation, some_base());
	}
	restrict($relation, condition($relation)) if chance(0.5);
	$relation = labelled($relation) if chance(0.3);
	restrict($relation, condition_by_parameter($relation))
	  if chance(0.15);
	restrict($relation, condition_on_two($relation)) if chance(0.15);
	$relation = membership($relation, 0) if chance(0.2);
	$relation = membership($relation, 1) if chance(0.1);
	$relation = nested($relation, $ctes) if chance(0.3);
	$relation = unit_level($relation, $ctes) if chance(0.2);
	restrict($relation, condition($relation)) if chance(0.3);
	$relation = nested($relation, $ctes) if chance(0.1);
	$relation = in_a_row($relation) if chance(0.15);
	return $relation;
}

# ---------- aggregates ----------

# All conditions, for the companion's FILTER.
sub all_of
{
	my @conditions = grep { defined $_ } @_;

	return @conditions ? join(' AND ', map { "($_)" } @conditions) : 'true';
}

sub kept
{
	my ($relation) = @_;

	return map { "NOT ($_->{rows})" } @{ $relation->{anti} };
}

# count(DISTINCT unit) of each table, over the rows of a condition
sub units_reach
{
	my ($relation, @conditions) = @_;
	my $filter = all_of(kept($relation), @conditions);

	return map { "count(DISTINCT $_->[0]) FILTER (WHERE $filter) >= $_->[1]" }
	  @{ $relation->{units} };
}

sub rest_is_safe
{
	my ($relation, @conditions) = @_;
	my $filter = all_of(kept($relation), @conditions);

	return map {
		"count(DISTINCT $_->[0]) FILTER (WHERE $filter) NOT BETWEEN 1 AND "
		  . ($_->[1] - 1)
	} @{ $relation->{units} };
}

sub other_people
{
	my ($relation, $condition) = @_;
	my $all = all_of(kept($relation));
	my $part = all_of(kept($relation), $condition);

	return map {
		"count(DISTINCT $_->[0]) FILTER (WHERE $all) - count(DISTINCT $_->[0]) FILTER (WHERE $part) NOT BETWEEN 1 AND "
		  . ($_->[1] - 1)
	} @{ $relation->{units} };
}

sub factors_differ
{
	my ($relation, $x, $y, @conditions) = @_;
	my $filter = all_of(kept($relation), @conditions);

	return map {
		"cleanroom.unlike($x, $y, $_->[0], $_->[1]) FILTER (WHERE $filter) NOT BETWEEN 1 AND "
		  . ($_->[1] - 1)
	} @{ $relation->{units} };
}

# The relation without the tables of which an aggregate reads nothing, and to
# which a match adds no rows.
sub read_by
{
	my ($relation, @texts) = @_;

	return { %$relation,
		units => [ grep { !$_->[4] || reads($relation, $_, @texts) } @{ $relation->{units} } ] };
}

# What is written call(argument) [FILTER], and released if its part and the
# rest of the group are many enough.
sub guarded
{
	my ($relation, $written, $call, $condition, @columns) = @_;
	my @tests;

	$relation = read_by($relation, $call, $condition // '');
	my @arguments = map { "$_->{expr} IS NOT NULL" } @columns;
	my $filter = all_of(kept($relation), $condition);

	push @tests, units_reach($relation, $condition, @arguments)
	  if defined $condition || @arguments;
	push @tests, rest_is_safe($relation, "($condition) IS NOT TRUE")
	  if defined $condition;
	push @tests, rest_is_safe($relation, $condition, "$_->{outer} IS NULL")
	  for grep { defined $_->{outer} } @columns;
	# of a pair, the one may be null where the other is not
	push @tests, map { rest_is_safe($relation, $condition,
			"$columns[$_]{expr} IS NOT NULL",
			"$columns[1 - $_]{expr} IS NULL") } 0, 1
	  if @columns == 2;
	# and those who have neither of two values are none or enough
	push @tests, factors_differ($relation, $columns[0]{expr}, $columns[1]{expr},
		$condition, @arguments)
	  if @columns == 2 && $call !~ /regr_count/;
	push @tests, factors_differ($relation, $columns[0]{expr}, $columns[1]{expr},
		"($condition) IS NOT TRUE", @arguments)
	  if @columns == 2 && $call !~ /regr_count/ && defined $condition;
	# what is left over is counted among those, too, who have something
	push @tests, rest_is_safe($relation, "($condition) IS NOT TRUE", $_)
	  for defined $condition
	  ? (@arguments, @arguments == 2 ? join(' AND ', @arguments) : ())
	  : ();
	# who has rows of the part may have others, too
	push @tests, other_people($relation, $condition)
	  if defined $condition && $call =~ /^count\(DISTINCT \Q$relation->{key}{expr}\E\)/;
	return analyst($written) . owner(@tests
		? 'CASE WHEN ' . join(' AND ', @tests)
		  . " THEN $call FILTER (WHERE $filter) END"
		: "$call FILTER (WHERE $filter)");
}

# An aggregate over those who are, or are not, in another table.
sub guarded_by_member
{
	my ($relation, $member, $not, $written, $call, $column) = @_;
	# without a key there is no match, where nulls may be asked about
	my ($meant, $rest) = ($member->{rows}, "($member->{rows}) IS NOT TRUE");
	my %asked = (%$relation, units => [ @{ $relation->{units} },
		[ $member->{key}, $member->{threshold} ] ]);
	my @argument = $column ? "$column->{expr} IS NOT NULL" : ();
	my @tests = $member->{set};

	# those who match must be enough, or nobody, for the whole group
	push @{ $relation->{asked} },
	  "count(DISTINCT $member->{key}) FILTER (WHERE $member->{rows})"
	  . ' NOT BETWEEN 1 AND ' . ($member->{threshold} - 1);
	($meant, $rest) = ($rest, $meant) if $not;
	push @tests, units_reach($not ? $relation : \%asked, $meant, @argument),
	  rest_is_safe($not ? \%asked : $relation, $rest);
	return analyst($written)
	  . owner('CASE WHEN ' . join(' AND ', @tests)
		  . " THEN $call FILTER (WHERE $meant) END");
}

sub aggregate
{
	my ($relation) = @_;
	my @measures = grep { !$_->{label} } columns_with($relation, 'm');
	my @counted = grep { !$_->{label} } columns_with($relation, 'd');
	my $condition = chance(0.3) && columns_with($relation, 'df')
	  ? condition($relation) : undef;
	my $filter = defined $condition ? " FILTER (WHERE $condition)" : '';
	my $choice = rand;

	if (chance(0.07) && !$relation->{outer} && !@{ $relation->{anti} })
	{
		my $member = member($relation);
		my $not = chance(0.4);
		my $test = ($not ? 'NOT ' : '') . $member->{written};
		my ($measure) = grep { $_->{type} =~ /int|numeric/ && $_->{uses} !~ /n/ && !defined $_->{outer} } some(9, @measures);
		my $call = $measure && chance(0.5) ? "sum($measure->{expr})" : 'count(*)';

		$measure = undef if $call eq 'count(*)';
		feature('membership in ' . ($measure && chance(0.5) ? 'CASE' : 'FILTER'));
		return guarded_by_member($relation, $member, $not,
			$features{'membership in CASE'} && $measure
			? "sum(CASE WHEN $test THEN $measure->{expr} END)"
			: "$call FILTER (WHERE $test)", $call, $measure);
	}
	if ($choice < 0.3 || (!@measures && !@counted))
	{
		my $as_case = defined $condition && chance(0.5);

		feature($as_case ? 'count CASE' : defined $condition ? 'count FILTER' : 'count');
		return guarded($relation,
			$as_case ? pick("sum(CASE WHEN $condition THEN 1 ELSE 0 END)",
				"count(CASE WHEN $condition THEN 1 END)")
			: "count(*)$filter", 'count(*)', $condition);
	}
	if ($choice < 0.45 && @counted)
	{
		my $column = pick(@counted, $relation->{level} ? () : $relation->{key});
		my $distinct = pick('DISTINCT ', '');

		feature('count of a column');
		return guarded($relation, "count($distinct$column->{expr})$filter",
			"count($distinct$column->{expr})", $condition, $column);
	}
	return guarded($relation, "count(*)$filter", 'count(*)', $condition)
	  unless @measures;

	my $measure = pick(@measures);
	my $x = $measure->{expr};

	if ($choice < 0.6 && $measure->{type} =~ /int|numeric/ && $measure->{uses} !~ /n/ && !defined $measure->{outer})
	{
		my $y = pick('2', '3', '1.5');
		my $form = pick("$x + $y", "$y * $x - 1", "$x / 4.0", "$x / 7.0", "($x + $y) / 3.0", "$x * $x", "-$x", "($x - 7) * 2");

		feature('arithmetic');
		return guarded($relation, "sum($form)$filter", "sum($form)", $condition, $measure);
	}
	if ($choice < 0.67)
	{
		my ($y) = grep { $_->{expr} =~ /^\Q@{[$x =~ s{\..*}{}r]}\E\./ } some(9, @measures);

		if ($y && $y->{type} ne 'sum' && $measure->{type} ne 'sum' && $relation->{from} !~ /JOIN/)
		{
			my $call = pick('corr', 'regr_slope', 'regr_count', 'covar_pop', 'regr_avgx') . "($x, $y->{expr})";

			feature('regression');
			my $pair = guarded($relation, "$call$filter", $call, $condition, $measure, $y);
			return both('round((') . $pair . ')::numeric, 4)';
		}
	}
	my $call = pick('sum', 'sum', 'avg', 'avg', 'stddev', 'variance', 'var_pop', 'stddev_samp', 'count');

	feature($call);
	if (defined $condition && chance(0.4) && $call =~ /^(sum|avg)$/)
	{
		feature('CASE');
		# the rows that do not count must be null in the companion too
		my $zero = $call eq 'sum' && chance(0.5) ? ' ELSE 0' : '';
		my $pair = guarded($relation,
			"$call(CASE WHEN $condition THEN $x$zero END)", "$call($x)",
			$condition, $measure);
		return $pair;
	}
	my $pair = guarded($relation, "$call($x)$filter", "$call($x)", $condition, $measure);
	# sums of fractions depend on the order in the last digit
	return $pair
	  unless $call =~ /dev|var/ || $measure->{type} =~ /sum|float8/;
	return both('round((') . $pair . ')::numeric, 6)';
}

# ---------- keys ----------

sub key
{
	my ($column) = @_;
	my $x = $column->{expr};
	my $type = $column->{type};
	my @forms = ($x, $x, $x, "coalesce($x, NULL)");

	push @forms, "lower($x)", "left($x, 1)", "length($x)", "$x || '!'",
	  "CASE $x WHEN 'Bern' THEN 'r' WHEN 'r1' THEN 'r' ELSE $x END"
	  if $type eq 'text';
	push @forms, "$x % 2", "$x * 10 + 1", "$x > 1", "$x / 2",
	  "CASE WHEN $x = 1 THEN 1 WHEN $x > 3 THEN 2 END"
	  if $type eq 'int';
	push @forms, "date_trunc('month', $x)", "extract(month FROM $x)", "to_char($x, 'YYYY-MM')", "extract(dow FROM $x)", "$x >= '2024-03-01'"
	  if $type =~ /date|timestamp/;
	push @forms, "$x" . '::date' if $type eq 'timestamp';
	push @forms, "NOT $x" if $type eq 'bool';
	return pick(@forms) if defined $column->{outer};
	# those without a match would be in a group with others
	push @forms, "coalesce($x, 'none')" if $type eq 'text';
	push @forms, "CASE WHEN $x < 2 THEN 'low' ELSE 'high' END" if $type eq 'int';
	push @forms, "CASE WHEN $x THEN 'yes' ELSE 'no' END" if $type eq 'bool';
	return pick(@forms);
}

# ---------- released levels ----------

# A guarded SELECT; returns its text and the number of its columns.
sub core
{
	my ($ctes, $columns) = @_;
	my $relation = relation($ctes);
	my @dimensions = columns_with($relation, 'd');
	my @picked = some(defined $columns ? 1 : pick(0, 1, 1, 1, 2, 2, 3), @dimensions);
	my @keys = map { key($_) } @picked;
	set_apart($relation, $_->{expr}) for @picked;
	# groups without a match are as of NOT EXISTS, which this knows nothing of
	my @matched = map { $keys[$_] }
	  grep { defined $picked[$_]{outer} } 0 .. $#picked;
	my (@aggregates, @having, %seen, $sql, $number);

	@keys = () if $relation->{must} && defined $columns;
	@keys = grep { !$seen{$_}++ } @{ $relation->{must} // [] }, @keys;
	return core($ctes, $columns) if defined $columns && !@keys;
	@matched = map { "$_ IS NOT NULL" } grep { my $key = $_; grep { $_ eq $key } @keys } @matched;
	push @aggregates, aggregate($relation) for 1 .. (defined $columns ? $columns - 1 : pick(1, 1, 2, 2, 3));
	push @having, owner(join(' AND ', units_reach($relation)));
	for my $anti (@{ $relation->{anti} })
	{
		my @tests = map {
			"count(DISTINCT $_->[0]) FILTER (WHERE $anti->{rows}) NOT BETWEEN 1 AND " . ($_->[1] - 1)
		} @{ $relation->{units} }, [ $anti->{key}, $anti->{threshold} ];
		push @having, owner(join('', map { " AND $_" } @tests, $anti->{set}));
	}
	push @having, owner(" AND $_") for @{ $relation->{asked} };
	$sql = both('SELECT ');
	$number = 0;
	$sql = $sql . join_pairs(', ', (map { "$_ AS c" . ++$number } @keys),
		(map { $_ . ' AS c' . ++$number } @aggregates));
	$sql = $sql . from_where($relation);
	if (@keys)
	{
		$sql = $sql . ' GROUP BY ' . (chance(0.3) ? join(', ', 1 .. @keys) : join(', ', @keys));
	}
	my $having = join_pairs('', @having);
	if (chance(0.2))
	{
		my $test = pick(@aggregates) . pick(' > 3', ' IS NOT NULL', ' > 20');

		feature('HAVING');
		$test = join_pairs(' AND ', $test, @matched);
		$sql = $sql . ' HAVING ' . $test . owner(' AND ' . $having->[1]);
	}
	elsif (@matched)
	{
		$sql = $sql . ' HAVING ' . join(' AND ', @matched) . owner(' AND ' . $having->[1]);
	}
	else
	{
		$sql = $sql . owner(' HAVING ' . $having->[1]);
	}
	return ($sql, $number, scalar @keys);
}

# A question: {sql, companion, features}
sub question
{
	my @ctes;
	my ($sql, $columns, $keys);
	my $outside = rand;

	$aliases = 0;
	%features = ();
	@nulled = ();
	if ($outside < 0.1)
	{
		my ($other) = core(\@ctes, 2);
		($sql) = core(\@ctes, 2);
		feature('UNION of released');
		$sql = both('SELECT c1::text, c2::text FROM (') . $sql . ') AS a '
		  . pick('UNION ALL', 'UNION', 'EXCEPT', 'INTERSECT')
		  . ' SELECT c1::text, c2::text FROM (' . $other . ') AS b';
	}
	else
	{
		($sql, $columns, $keys) = core(\@ctes, undef);
		my $all = join(', ', 1 .. $columns);
		my $named = join(', ', map { "c$_" } 1 .. $columns);

		if ($outside < 0.2)
		{
			feature('ORDER BY, LIMIT');
			$sql = $sql . " ORDER BY $all LIMIT " . pick(1, 3, 1000) . pick('', ' OFFSET 1');
		}
		elsif ($outside < 0.3)
		{
			feature('window over released');
			$sql = both("SELECT *, rank() OVER (ORDER BY $named), count(*) OVER (PARTITION BY c1) FROM (") . $sql . ') AS r';
		}
		elsif ($outside < 0.4)
		{
			feature('aggregate over released');
			$sql = both("SELECT count(*), max(c$columns), min(c$columns), string_agg(c1::text, ',' ORDER BY $named) FROM (") . $sql . ') AS r WHERE c1 IS NOT NULL';
		}
		elsif ($outside < 0.45)
		{
			feature('ROLLUP over released');
			$sql = both("SELECT c1, count(*), max(c$columns) FROM (") . $sql . ') AS r GROUP BY ROLLUP (c1)';
		}
		elsif ($outside < 0.5)
		{
			feature('released in IN');
			$sql = both('SELECT k.label FROM kinds k WHERE k.kind::text IN (SELECT c1::text FROM (') . $sql . ') AS r)';
		}
	}
	$sql = both('WITH ') . join_pairs(', ', @ctes) . ' ' . $sql if @ctes;
	# of whom nothing is asked there need be no people
	return question() if grep { scalar(() = $sql->[0] =~ /\b$_\./g) == 1 } @nulled;
	return { sql => $sql->[0], companion => $sql->[1], features => [ sort keys %features ] };
}

1;
