# test/fuzz/Pair.pm: one piece of SQL in two wordings, the analyst's and the
# one that the superuser computes the same with.  Joining pieces joins both.
package Pair;

use strict;
use warnings;
use Exporter 'import';
use overload '.' => \&concat, '""' => sub { $_[0][0] };

our @EXPORT_OK = qw(analyst owner both join_pairs);

sub concat
{
	my ($left, $right, $swapped) = @_;
	my ($a, $b) = (both($left), both($right));

	($a, $b) = ($b, $a) if $swapped;
	return bless [ $a->[0] . $b->[0], $a->[1] . $b->[1] ], 'Pair';
}

# What both write alike; a pair stays what it is.
sub both
{
	my ($text) = @_;

	return ref $text ? $text : bless [ $text, $text ], 'Pair';
}

# What only one of them writes.
sub analyst { return bless [ "$_[0]", '' ], 'Pair' }

sub owner
{
	my ($text) = @_;

	return bless [ '', ref $text ? $text->[1] : $text ], 'Pair';
}

sub join_pairs
{
	my ($between, @pieces) = @_;
	my $all = both(shift @pieces // '');

	$all = $all . $between . $_ for @pieces;
	return $all;
}

1;
