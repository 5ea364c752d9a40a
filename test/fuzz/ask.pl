# test/fuzz/ask.pl: asks generated questions.
#
#   ask.pl FOLDER SEED COUNT [show]
#
# Each is asked in both worlds as analyst, and its companion in the first as
# superuser.  What is admitted must have the companion's rows.
use strict;
use warnings;
use Grammar;
use Judge;
use Wire;

my ($dir, $seed, $count, $show) = @ARGV;
my $judge = Judge->new($dir, 'fuzz_analyst');
my $owner = Wire->connect($dir, 'postgres', 'fuzz_0');
my (%reasons, %by_feature);
my $withholding = qr/anti-join|semi-join|membership|unit level: CASE|^label | label /;

# Is every row of the answer one of the truth, with some of its values withheld?
# Of questions of membership the gate withholds more than the companions
# compute: the set that is asked about has to reach its threshold as well, and
# where a list has chosen people, nobody left out is no excuse; nor is it where
# a label of people has, by FILTER.  So it does of what is summed up of some
# rows of each person.
sub withholds_more
{
	my ($question, $answer, $truth) = @_;
	my @left = map { [ split /\|/, $_, -1 ] } @{ $truth->{rows} };

	return 0 unless grep { /$withholding/ }
	  @{ $question->{features} };
  ROW:
	for my $row (map { [ split /\|/, $_, -1 ] } @{ $answer->{rows} })
	{
		for my $i (0 .. $#left)
		{
			next if grep { $row->[$_] ne '\N' && $row->[$_] ne ($left[$i][$_] // '') }
			  0 .. $#$row;
			splice @left, $i, 1;
			next ROW;
		}
		return 0;
	}
	return 1;
}

# Quotients are summed without rounding, and PostgreSQL rounds each of them: of
# numbers with that many decimals twelve digits are compared.
sub readable
{
	return map {
		s/(?<![^|])(-?\d+\.\d{15,})(?![^|])/sprintf('%.12g', $1)/ger
	} @_;
}

srand($seed);
for (1 .. $count)
{
	my $question = Grammar::question();
	my $answer = $judge->run($question->{sql});
	my $admitted = $answer->{code} eq '';
	my $truth;

	$by_feature{$_}[ $admitted ? 1 : 0 ]++ for @{ $question->{features} };
	if (!$admitted)
	{
		my $reason = "$answer->{code} $answer->{message}";

		$reason =~ s/"[^"]*"/"..."/g;
		$reasons{$reason}[0]++;
		$reasons{$reason}[1] = $question->{sql}
		  if !defined $reasons{$reason}[1]
		  || length $reasons{$reason}[1] > length $question->{sql};
		next;
	}
	$truth = $owner->try($question->{companion});
	if ($truth->{code} ne '')
	{
		$judge->finding('a companion that fails', $question->{companion},
			$truth->{message}, $question->{sql});
		next;
	}
	$_->{rows} = [ readable(@{ $_->{rows} }) ] for $answer, $truth;
	$judge->add('rows', scalar @{ $answer->{rows} });
	$judge->add('with rows') if @{ $answer->{rows} };
	next if "@{ $answer->{rows} }" eq "@{ $truth->{rows} }";
	# and of what is computed from the released rows there is no telling
	my $features = join(' ', @{ $question->{features} });
	if (withholds_more($question, $answer, $truth) ||
		$features =~ /$withholding/ &&
		$features =~ /over released|LIMIT/)
	{
		$judge->add('withheld more');
		next;
	}
	$judge->finding('a wrong answer', $question->{sql},
		'companion: ' . $question->{companion},
		'answer: ' . join('; ', @{ $answer->{rows} }),
		'truth:  ' . join('; ', @{ $truth->{rows} }));
}

print "questions that were refused, by reason:\n";
for my $reason (sort { $reasons{$b}[0] <=> $reasons{$a}[0] } keys %reasons)
{
	print "  $reasons{$reason}[0] $reason\n";
	print "    $reasons{$reason}[1]\n" if $show;
}
print "admitted and not, by feature:\n";
printf "  %-24s %6d %6d\n", $_, map { $_ // 0 } @{ $by_feature{$_} }[ 1, 0 ]
  for sort keys %by_feature;
exit $judge->report;
