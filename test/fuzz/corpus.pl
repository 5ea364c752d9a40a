# test/fuzz/corpus.pl: asks what the regression tests ask, in both worlds.
#
#   corpus.pl FOLDER TESTS
#
# The questions of TESTS/questions*.sql are asked in the world of world.sql.
# The other corpora have tables of their own: what a file does before its first
# question makes the first world, and a copy of it becomes the second, as
# corpora.sql says, or by what an attack does itself between its worlds.
use strict;
use warnings;
use File::Spec;
use File::Temp;
use Judge;
use MIME::Base64;
use Wire;

my ($dir, $tests) = @ARGV;
my $status = 0;

$| = 1;

sub slurp
{
	my ($file) = @_;

	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return <$in>;
}

# What the calls of a function in a text have as their last argument.
sub arguments_of
{
	my ($text, $function) = @_;
	my @found;

	push @found, $1 =~ s/''/'/gr
	  while $text =~ /^SELECT $function\((?:'\w[\w -]*', )?'((?:[^']|'')*)'\);/mg;
	return @found;
}

# A question as the analyst asks it: without what only the owner writes.
sub analysts_wording
{
	my ($question) = @_;

	$question =~ s/\[\[.*?\]\]//gs;
	$question =~ s/\{\{(.*?)\}\}/$1/gs;
	$question =~ s{/\d+ [\w.]+/}{}g;
	return $question;
}

sub finish
{
	my ($judge, $name) = @_;

	$judge->finding('a corpus of which nothing runs', $name)
	  unless $judge->{count}{succeeded};
	print "$name: ";
	$status |= $judge->report;
	return if $judge->{database} eq 'fuzz';
	# its recorders are in the way of those of the next
	psql('postgres', '-c', "DROP DATABASE ${name}_$_ WITH (FORCE)") for 0, 1;
}

sub ask_questions
{
	my $judge = Judge->new($dir, 'fuzz_analyst');

	for my $file (sort glob "$tests/questions*.sql")
	{
		$judge->run(analysts_wording($_) =~ s/\bregress_cr_q\b/fuzz/gr)
		  for arguments_of(slurp($file), 'ask');
	}
	finish($judge, 'questions');
}

sub psql
{
	my ($database, @arguments) = @_;

	# not what world.sql has set for this role
	local $ENV{PGOPTIONS} = '-c search_path=public';
	# where a test finds what it includes
	local $ENV{PG_ABS_SRCDIR} = File::Spec->rel2abs("$tests/..");
	system('psql', '-h', $dir, '-p', 5432, '-U', 'postgres', '-X', '-q', '-v',
		'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $database, @arguments) == 0
	  or die "the worlds of $database could not be made\n";
}

sub psql_text
{
	my ($database, $text) = @_;
	my $file = File::Temp->new;

	print $file $text;
	close $file;
	psql($database, '-f', $file->filename);
}

# Two databases: $before makes the first, $change of its copy the second.
sub make_worlds
{
	my ($name, $before, $change) = @_;

	psql('postgres', '-c', "CREATE DATABASE ${name}_0");
	psql_text("${name}_0", $before);
	psql('postgres', '-c', "CREATE DATABASE ${name}_1 TEMPLATE ${name}_0");
	$change->($_) for 0, 1;
}

sub judge_for
{
	my ($name, $role, $path) = @_;

	psql('postgres', '-c', "ALTER ROLE $role LOGIN");
	return Judge->new($dir, $role, $name, "SET search_path = $path",
		'SET datestyle = iso', "SET statement_timeout = '5s'");
}

# Corpora of honest questions: SELECT ask('…').
sub ask_corpus
{
	my ($name, $schema) = @_;
	my $text = slurp("$tests/$name.sql");
	my $judge;

	make_worlds($name, $text =~ s/^SELECT ask\(.*//msr, sub {
		psql("${name}_$_[0]", '-v', "world=$_[0]", '-v', "schema=$schema",
			'-f', "$tests/../fuzz/corpora.sql");
	});
	$judge = judge_for($name, "${schema}_analyst", "$schema, pg_catalog");
	$judge->run(analysts_wording($_)) for arguments_of($text, 'ask');
	finish($judge, $name);
}

# Attacks that a table holds, beside what the contract accepts: what a file
# does up to the first INSERT INTO outcomes, and from there to the second.
sub ask_attacks
{
	my ($name, $schema) = @_;
	my ($before, $first, $change) = split /^INSERT INTO outcomes\n(.*?;)$/ms,
	  slurp("$tests/$name.sql");
	my ($judge, $owner);

	$change =~ s/^DEALLOCATE.*$//m;
	make_worlds($name, $before, sub {
		psql_text("${name}_1", $change) if $_[0] == 1;
	});
	$judge = judge_for($name, "regress_cr_${schema}_analyst",
		"${schema}_own, $schema, pg_catalog");
	$judge->{canary} =
	  qr/\bcanary[1-9]|\b(?:77777[789]|88888[89]|888890|666666|555555|444444|333333)\b/;
	$owner = Wire->connect($dir, 'postgres', "${name}_0");
	for my $row (@{ $owner->query("SELECT encode(convert_to(concat(to_jsonb(a) ->> 'setup'"
			  . " || ';', probe), 'UTF8'), 'base64') FROM ${schema}_own.attacks a"
			  . ' WHERE accepted IS NULL')->{rows} })
	{
		$judge->run("SELECT set_config('spy.saw', '', true);" . decode_base64($row)
			  . ";SELECT current_setting('spy.saw')");
	}
	finish($judge, $name);
}

# Attacks by weights: SELECT try('family', '…'), in worlds that fill() makes.
# Those that differ there, as the contract accepts, are told in its output.
sub ask_weights
{
	my $name = 'bypass_weights';
	my $text = slurp("$tests/$name.sql");
	my $expected = slurp("$tests/../../expected/$name.out");
	my $judge;

	make_worlds($name, $text =~ s/^SELECT try\(.*//msr, sub {
		psql("${name}_$_[0]", '-c', 'SET search_path = bw; SET ROLE regress_cr_bw_owner;'
			  . "SELECT bw.fill($_[0] + 1)");
	});
	$judge = judge_for($name, 'regress_cr_bw_analyst', 'bw, pg_catalog');
	for my $attack (arguments_of($text, 'try'))
	{
		$judge->run($attack) unless $expected =~ /^\w[\w ]*\|\Q$attack\E\|/m;
	}
	finish($judge, $name);
}

ask_questions();
ask_corpus('everyday', 'regress_cr_e');
ask_corpus('membership', 'regress_cr_m');
ask_attacks('bypass', 'bp');
ask_attacks('bypass_membership', 'bm');
ask_weights();
exit $status;
