# test/fuzz/corpus.pl: asks what the regression tests ask, in both worlds.
#
#   corpus.pl FOLDER TESTS
#
# The questions of TESTS/questions*.sql, with what only the owner writes taken
# out.  The attacks of TESTS/bypass*.sql have two worlds of their own.
use strict;
use warnings;
use Judge;
use Wire;

my ($dir, $tests) = @ARGV;
my $status = 0;

sub slurp
{
	my ($file) = @_;

	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return <$in>;
}

sub ask_questions
{
	my $judge = Judge->new($dir, 'fuzz_analyst');

	for my $file (sort glob "$tests/questions*.sql")
	{
		my $text = slurp($file);

		while ($text =~ /\bask\('((?:[^']|'')*)'\)/g)
		{
			my $question = $1 =~ s/''/'/gr;

			$question =~ s/\[\[.*?\]\]//gs;
			$question =~ s/\{\{(.*?)\}\}/$1/gs;
			$question =~ s/\bregress_cr_q\b/fuzz/g;
			$judge->run($question);
		}
	}
	print "questions: ";
	$status |= $judge->report;
}

ask_questions();
exit $status;
