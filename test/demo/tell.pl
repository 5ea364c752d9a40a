#!/usr/bin/perl
#
# test/demo/tell.pl
#   Runs the SQL of a Markdown document and compares what comes back with the
#   output that the document shows.
#
#   tell.pl [--tell] [--loose] [--update] FILE
#
# Every block marked sql is run, in order, in one psql session on the database
# that the environment names; a block marked text right behind it is what it
# printed, and a block without one must print no error.  LOCATION lines, which
# name lines of the server's source, are left out, and notices' 00000.
#
#   --tell    print the document with the output of this run
#   --loose   compare rows and SQLSTATEs, not the wording of messages
#   --update  write the output of this run into the document
#
# Exit status 0 when all blocks agree, 1 when one does not.  Core perl only.
use strict;
use warnings;
use Fcntl;

my %option;
while (@ARGV && $ARGV[0] =~ /^--(tell|loose|update)$/)
{
	$option{$1} = 1;
	shift;
}
die "usage: tell.pl [--tell] [--loose] [--update] FILE\n" if @ARGV != 1;
my $file = shift;
my $mark = "end of block $$";

# The document as a list of [kind, text]: prose, sql or text.
sub read_parts
{
	my @parts = ([ 'prose', '' ]);
	open(my $in, '<', $file) or die "$file: $!\n";
	while (my $line = <$in>)
	{
		my $kind = $parts[-1][0];
		if ($kind eq 'prose' && $line =~ /^```(sql|text)$/)
		{
			push @parts, [ $1, '' ];
		}
		elsif ($kind ne 'prose' && $line =~ /^```$/)
		{
			push @parts, [ 'prose', '' ];
		}
		else
		{
			$parts[-1][1] .= $line;
		}
	}
	close($in);
	die "$file: a block is not closed\n" if $parts[-1][0] ne 'prose';
	return @parts;
}

# Runs the blocks in one session; returns the output of each.
sub run_blocks
{
	my @blocks = @_;
	my $script = "${\($ENV{TMPDIR} || '/var/tmp')}/cleanroom-tell.$$.sql";

	sysopen(my $out, $script, O_WRONLY | O_CREAT | O_EXCL, 0600)
	  or die "$script: $!\n";
	print $out "\\set VERBOSITY verbose\n";
	print $out "$_\n\\echo '$mark'\n" for @blocks;
	close($out) or die "$script: $!\n";
	my $all = `psql -X -q < '$script' 2>&1`;
	unlink($script);
	$all =~ s/^LOCATION: .*\n//mg;
	$all =~ s/^(NOTICE|WARNING):  0[01]000: /$1:  /mg;
	my @outputs = split(/^\Q$mark\E\n/m, $all, -1);
	my $rest = pop @outputs;
	die "psql stopped after " . @outputs . " of " . @blocks . " blocks:\n$rest"
	  if @outputs != @blocks;
	return map { s/\n+\z/\n/r } @outputs;
}

# What must agree: everything, or rows and SQLSTATEs.
sub essence
{
	my ($text) = @_;
	$text =~ s/[ \t]+$//mg;
	if ($option{loose})
	{
		$text =~ s/^(NOTICE|WARNING|LINE \d+|DETAIL|HINT|CONTEXT):.*\n//mg;
		$text =~ s/^ +\^\n//mg;
		$text =~ s/^(ERROR:  \w{5}):.*/$1/mg;
	}
	return $text;
}

my @parts = read_parts();
my @run = grep { $parts[$_][0] eq 'sql' } 0 .. $#parts;
my %output;
@output{@run} = run_blocks(map { $parts[$_][1] } @run);

my ($document, $differ, $report) = ('', 0, '');
foreach my $i (0 .. $#parts)
{
	my ($kind, $text) = @{ $parts[$i] };

	if ($kind eq 'prose')
	{
		$document .= $text;
		next;
	}
	if ($kind eq 'sql' && $i + 2 <= $#parts && $parts[ $i + 2 ][0] eq 'text'
		&& $parts[ $i + 1 ][1] =~ /^\s*$/)
	{
		my $got = $output{$i};
		if (essence($got) ne essence($parts[ $i + 2 ][1]))
		{
			$differ++;
			$report .= "this answers differently:\n$text"
			  . "--- expected\n$parts[$i + 2][1]--- got\n$got---\n";
		}
		$parts[ $i + 2 ][1] = $got;
	}
	elsif ($kind eq 'sql' && $output{$i} =~ /^(ERROR|FATAL):/m)
	{
		$differ++;
		$report .= "this fails:\n$text$output{$i}---\n";
	}
	$document .= "```$kind\n$text```\n";
}

if ($option{update})
{
	open(my $out, '>', $file) or die "$file: $!\n";
	print $out $document;
	close($out) or die "$file: $!\n";
}
if ($option{tell})
{
	$document =~ s/^```\w*\n//mg;
	print $document;
}
print STDERR $report unless $option{update};
print STDERR "$file: " . @run . " blocks of SQL, $differ not as written\n";
exit($differ && !$option{update} ? 1 : 0);
