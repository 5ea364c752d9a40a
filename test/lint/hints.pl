# test/lint/hints.pl: prints every refusal that has no hint.
#
# In C, each cr_verdict_refuse(), whose last argument is the hint, and each
# ereport() with a code of ours; in the install script, each RAISE EXCEPTION.
use strict;
use warnings;

# The text of a call from its opening parenthesis on.
sub call_at
{
	my ($text, $start) = @_;
	my ($depth, $i) = (0, $start);

	while ($i < length $text)
	{
		my $rest = substr($text, $i);

		if ($rest =~ /^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*.*?\*\/)/s)
		{
			$i += length $1;
			next;
		}
		$depth++ if $rest =~ /^\(/;
		$depth-- if $rest =~ /^\)/;
		$i++;
		last if $depth == 0;
	}
	return substr($text, $start, $i - $start);
}

for my $file (@ARGV)
{
	open my $in, '<', $file or die "$file: $!\n";
	my $text = do { local $/; <$in> };

	while ($file =~ /\.sql$/ && $text =~ /RAISE EXCEPTION(.*?);/gs)
	{
		my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);

		print "$file:$line: no hint\n" if $1 !~ /\bHINT\b/;
	}
	while ($file =~ /\.c$/ && $text =~ /\b(ereport|cr_verdict_refuse)\s*\(/g)
	{
		my $name = $1;
		my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
		my $call = call_at($text, $+[0] - 1);

		print "$file:$line: no hint\n"
		  if $name eq 'ereport'
		  ? $call =~ /CR_ERRCODE/ && $call !~ /errhint/
		  : $call =~ /,\s*(?:NULL|"")\s*\)$/;
	}
}
