# Archives: what is moved out of the ledger is checked across the cut and in its
# file, which is letter by letter what was written, and who moved it is on record.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use Digest::SHA qw(sha256);

my $node = PostgreSQL::Test::Cluster->new('archives');
$node->init;
$node->start;
$node->safe_psql('postgres', q(
	CREATE ROLE regress_cr_owner LOGIN;
	CREATE ROLE regress_cr_analyst LOGIN;
	CREATE DATABASE copy TEMPLATE template0;
));
$node->safe_psql('copy', q(
	SET client_min_messages = warning;
	CREATE EXTENSION cleanroom CASCADE;
	CREATE TABLE people (id int PRIMARY KEY, region text, age int);
	INSERT INTO people SELECT i, 'r' || i % 3, i % 90 FROM generate_series(1, 300) i;
	ALTER TABLE people OWNER TO regress_cr_owner;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_analyst;
	SET SESSION AUTHORIZATION regress_cr_owner;
	SELECT cleanroom.protect('people', 'id', 20, '{region}', '{age}');
	GRANT SELECT ON people TO regress_cr_analyst;
));
# with letters beyond ASCII, line feeds and quotes among what is recorded
$node->safe_psql('copy', q(SET SESSION AUTHORIZATION regress_cr_analyst;
	SET client_min_messages = error;
	SET cleanroom.purpose = E'caf\\u00e9 "\\\\\n{"x": 1}';
	DO $$ DECLARE n int; BEGIN FOR i IN 1 .. 200 LOOP
		SELECT count(*) INTO n FROM people WHERE region <> i::text; END LOOP; END $$));
$node->poll_query_until('copy', 'SELECT count(*) > 400 FROM cleanroom.ledger')
  or die 'there are fewer records';
$node->safe_psql('copy', q(SET SESSION AUTHORIZATION regress_cr_analyst;
	SET client_min_messages = error; SELECT count(*) FROM people));

sub chain_is_good
{
	my ($database, $test) = @_;
	is($node->safe_psql($database,
			'SELECT first_bad, reason FROM cleanroom.verify_ledger()'),
		'|', "$test: the chain is whole");
}

my $dir = $node->basedir;
my $table = 'cleanroom.ledger_records';
my ($result, $stdout, $stderr);
my ($number, $link) = split /\|/,
  $node->safe_psql('copy', "SELECT number, link FROM $table WHERE kind = 'statement' ORDER BY number DESC LIMIT 1");

# ---------- moving ----------

my $file = "$dir/segment.json";
my $cut = $number - 100;
my $at = $node->safe_psql('copy', "SELECT at FROM $table WHERE number = $cut");
my $moved = $node->safe_psql('copy',
	"SELECT * FROM cleanroom.archive_ledger((SELECT min(at) FROM $table WHERE number > 100 AND at > (SELECT max(at) FROM $table WHERE number <= 100)))");
my ($first, $last) = split /\|/, $moved;
is($first, 1, 'the oldest records are archived into a table');
cmp_ok($last, '>=', 100, 'as many as are old enough');
chain_is_good('copy', 'across the cut');
$moved = $node->safe_psql('copy',
	"SET bytea_output = escape; SET timezone = 'Asia/Kolkata'; SET DateStyle = 'SQL, DMY'; SET extra_float_digits = -10;"
	  . "SELECT * FROM cleanroom.archive_ledger((SELECT at FROM $table WHERE number = $cut), '$file')");
my ($first2, $last2) = split /\|/, $moved;
is($first2, $last + 1, 'the next ones into a file');
chain_is_good('copy', 'across both cuts');
is($node->safe_psql('copy', "SELECT cleanroom.check_receipt($number, '$link')"),
	't', 'a receipt of what is left is good');
is( $node->safe_psql('copy', "SELECT cleanroom.check_receipt(number, link) FROM cleanroom.ledger_archive WHERE number = 50"),
	't', 'and one of what is in the table');
is( $node->safe_psql('copy', "SELECT cleanroom.check_receipt($last2 - 1, '$link') IS NULL"),
	't', 'one of what is in the file is not known here');
($result, $stdout, $stderr) = $node->psql('copy',
	"SELECT cleanroom.archive_ledger(now(), '$file')");
like($stderr, qr/could not create file.*name another file/s, 'an archive is not written over');
for my $path ("$dir/nowhere/x.json", 'x.json', $dir)
{
	$node->psql('copy', "SELECT cleanroom.archive_ledger(now(), '$path')", stderr => \$stderr);
	like($stderr, qr/ERROR:.*HINT:/s, 'nor is one written where it cannot be, which is said');
}
is($node->safe_psql('copy', 'SELECT count(*) FROM cleanroom.ledger_segments'), 2,
	'and nothing is moved then');
ok($node->poll_query_until('copy', "SELECT count(*) = 2 FROM cleanroom.ledger WHERE kind = 'archive'"),
	'what was moved is on record');
is($node->safe_psql('copy', q(SELECT session_user_name, detail->>'first', detail->>'last', detail->>'file'
	FROM cleanroom.ledger WHERE kind = 'archive' ORDER BY number)),
	"${\ $node->safe_psql('copy', 'SELECT current_user')}|1|$last|\n"
	  . "${\ $node->safe_psql('copy', 'SELECT current_user')}|$first2|$last2|$file",
	'by whom, what, and where to');
my $moved_back = "$dir/rolled_back.json";
$node->safe_psql('copy', "BEGIN; SELECT cleanroom.archive_ledger(now(), '$moved_back'); ROLLBACK");
is($node->safe_psql('copy', q(SELECT count(*) FROM cleanroom.ledger WHERE kind = 'archive')), 2,
	'but not what was rolled back');
like($node->safe_psql('copy', "SELECT reason FROM cleanroom.verify_archive('$moved_back')"),
	qr/is not that of a segment/, 'whose file is none of this ledger');
$node->safe_psql('copy', 'GRANT cleanroom_auditor TO regress_cr_owner');
($result, $stdout, $stderr) = $node->psql('copy',
	"SET SESSION AUTHORIZATION regress_cr_owner; SELECT cleanroom.archive_ledger(now(), '/nowhere/ledger')");
like($stderr, qr/permission denied to write a file/,
	'files are for who may write files on the server');
($result, $stdout, $stderr) = $node->psql('copy',
	"SET SESSION AUTHORIZATION regress_cr_analyst; SELECT cleanroom.archive_ledger(now())");
like($stderr, qr/permission denied to archive/, 'archives are for auditors');

is($node->safe_psql('copy', "SELECT checked, first_bad FROM cleanroom.verify_archive('$file')"),
	($last2 - $first2 + 1) . '|', 'the chain is whole in the file');
is($node->safe_psql('copy', 'SELECT checked - number FROM cleanroom.verify_ledger(), cleanroom.ledger_head()'),
	$first2 - $last2 - 1, 'and in the table');
is($node->safe_psql('copy', "SELECT first_bad FROM cleanroom.verify_ledger(50, $first2)"),
	'', 'from the middle of it, too');
($result, $stdout, $stderr) = $node->psql('copy',
	"SET SESSION AUTHORIZATION regress_cr_owner; SELECT * FROM cleanroom.verify_archive('$file')");
like($stderr, qr/permission denied to read a file/, 'which is for who may read files');

# tampering with archives, in copies
sub tamper_with_file
{
	my ($what, $change, $expected) = @_;
	my @lines = split /\n/, slurp_file($file);
	my $copy = "$dir/tampered.json";
	unlink $copy;
	$change->(\@lines);
	append_to_file($copy, join("\n", @lines) . "\n");
	like($node->safe_psql('copy',
			"SELECT first_bad, reason FROM cleanroom.verify_archive('$copy')"),
		$expected, $what);
}
my $third = $first2 + 2;
tamper_with_file('a changed line of a file is found',
	sub { $_[0][3] =~ s/"kind":"\w+"/"kind":"forged"/ }, qr/^$third\|the link/);
tamper_with_file('and one that is no JSON',
	sub { $_[0][3] =~ s/"kind"/kind/ }, qr/^$third\|the line is not a record/);
tamper_with_file('and one that is missing',
	sub { splice @{$_[0]}, 3, 1 }, qr/^$third\|the record is missing/);
tamper_with_file('and two in another order',
	sub { @{$_[0]}[3, 4] = @{$_[0]}[4, 3] }, qr/^$third\|the record is missing/);
tamper_with_file('and an end that is cut off',
	sub { pop @{$_[0]} }, qr/^$last2\|the record is missing/);
tamper_with_file('and another first line',
	sub { $_[0][0] =~ s/("last_link": "\\\\x)../${1}00/ }, qr/^$first2\|the first line is not that/);
tamper_with_file('and a member that is there twice',
	sub { $_[0][3] =~ s/^\{/{"verdict":"refused",/ }, qr/^$third\|the line is not a record/);
tamper_with_file('and one of no concern',
	sub { $_[0][3] =~ s/\}$/,"note":"all is well"}/ }, qr/^$third\|the line is not a record/);
tamper_with_file('and blanks',
	sub { $_[0][3] =~ s/,"kind"/, "kind"/ }, qr/^$third\|the line is not a record/);
tamper_with_file('and another spelling',
	sub { $_[0][3] =~ s/"kind":"s/"kind":"\\u0073/ || $_[0][3] =~ s/"kind":"c/"kind":"\\u0063/ },
	qr/^$third\|the line is not a record/);
tamper_with_file('and what stands behind a zero',
	sub { $_[0][3] .= "\0 and more" }, qr/^$third\|the line is not a record/);
tamper_with_file('and a line feed before it',
	sub { splice @{$_[0]}, 3, 0, '' }, qr/^$third\|the line is not a record/);
tamper_with_file('and a line more',
	sub { push @{$_[0]}, $_[0][-1] }, qr/^${\ ($last2 + 1)}\|/);
($result, $stdout, $stderr) = $node->psql('copy', "SELECT * FROM cleanroom.verify_archive('$dir')");
like($stderr, qr/could not read file.*HINT/s, 'a folder is no file');
sub tamper_with_archive
{
	my ($what, $sql, $expected) = @_;

	usleep(300_000);
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS tampered');
	$node->safe_psql('postgres', 'CREATE DATABASE tampered TEMPLATE copy');
	$node->safe_psql('tampered',
		"ALTER TABLE cleanroom.ledger_$_ DISABLE TRIGGER USER")
	  for 'archive', 'segments';
	$node->safe_psql('tampered', $sql);
	like($node->safe_psql('tampered',
			'SELECT first_bad, reason FROM cleanroom.verify_ledger()'),
		$expected, $what);
}
my $archive = 'cleanroom.ledger_archive';
($result, $stdout, $stderr) = $node->psql('copy', "DELETE FROM $archive");
like($stderr, qr/the ledger cannot be changed/, 'the archive cannot be changed');
tamper_with_archive('a changed record in the table is found',
	"UPDATE $archive SET reason = 'x' WHERE number = 60", qr/^60\|the link/);
tamper_with_archive('and one that is missing',
	"DELETE FROM $archive WHERE number = 61", qr/^61\|the record is missing/);
tamper_with_archive('and the last one',
	"DELETE FROM $archive WHERE number = $last", qr/^$last\|the record is missing/);
tamper_with_archive('and a segment that is missing',
	"DELETE FROM cleanroom.ledger_segments WHERE first_number = 1", qr/^1\|the record is missing/);
tamper_with_archive('and one that ends elsewhere',
	"UPDATE cleanroom.ledger_segments SET last_link = previous_link WHERE first_number = $first2",
	qr/^${\ ($last2 + 1)}\|the link/);
$node->safe_psql('postgres', 'DROP DATABASE tampered');

# the file can be checked by anybody who has read how links are made
SKIP:
{
	skip 'no JSON::PP', 2 unless eval { require JSON::PP };
	my $json = JSON::PP->new->utf8->allow_bignum(0);
	my @lines = split /\n/, slurp_file($file);
	my $header = $json->decode(shift @lines);
	my $previous = pack('H*', substr($header->{previous_link}, 2));
	my @numbers = qw(number at refers fingerprint groups_released groups_withheld rows_returned duration);
	my %is_number = map { $_ => 1 } @numbers;
	my @columns = qw(number at kind verdict code reason refers database
	  session_user_name current_user_name role_name client application purpose tables
	  owners statement caller fingerprint obligations groups_released
	  groups_withheld rows_returned duration charges subject detail salt);
	my $bad = 0;
	require Encode;
	require Time::Local;
	for my $line (@lines)
	{
		my $record = $json->decode($line);
		my $bytes = $previous . chr(1);
		for my $column (@columns)
		{
			my $value = $record->{$column};
			if (!defined $value) { $bytes .= 'N'; next; }
			if ($column eq 'at')
			{
				my ($y, $mo, $d, $h, $mi, $s, $f, $zone) = $value =~
				  /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?([-+].*)$/;
				die "zone $zone" unless $zone =~ /^[-+]00/;
				$f = substr(($f // '') . '000000', 0, 6);
				$value = (Time::Local::timegm($s, $mi, $h, $d, $mo - 1, $y) - 946684800) * 1_000_000 + $f;
			}
			if ($is_number{$column}) { $bytes .= 'I' . pack('q>', $value); }
			elsif (ref $value)
			{
				$bytes .= 'L' . pack('N', scalar @$value);
				$bytes .= pack('N/a*', Encode::encode('UTF-8', $_)) for @$value;
			}
			else { $bytes .= 'T' . pack('N/a*', Encode::encode('UTF-8', $value)); }
		}
		my $computed = sha256($bytes);
		$bad++ if '\\x' . unpack('H*', $computed) ne $record->{link};
		$previous = $computed;
	}
	is($bad, 0, 'each record in the file has the link that it should have');
	is('\\x' . unpack('H*', $previous), $header->{last_link},
		'and the last one that of the first line');
}

# ---------- other encodings ----------

# bytes that are no letters, and letters that are one byte
for my $encoding ('SQL_ASCII', 'LATIN1')
{
	my $database = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0 ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C'");
	$node->safe_psql($database, q(
		CREATE EXTENSION cleanroom CASCADE;
		CREATE TABLE people (id int PRIMARY KEY, region text);
		INSERT INTO people SELECT i, 'r' FROM generate_series(1, 300) i;
		ALTER TABLE people OWNER TO regress_cr_owner;
		GRANT USAGE ON SCHEMA cleanroom TO regress_cr_owner, regress_cr_analyst;
		SET SESSION AUTHORIZATION regress_cr_owner;
		SELECT cleanroom.protect('people', 'id', 20, '{region}');
		GRANT SELECT ON people TO regress_cr_analyst));
	my $text = "\xe9\xff\x80\\\"\x01";
	my ($out, $err);
	$node->psql($database, "SET client_encoding = '$encoding';\nSET client_min_messages = error;\n"
		  . "SET application_name = 'x';\n"
		  . "SELECT count(*) AS n /* $text */ FROM people WHERE region <> '$text';\n"
		  . "PREPARE p (text) AS SELECT count(*) AS n FROM people WHERE region <> \$1;\nEXECUTE p ('$text');",
		stdout => \$out, stderr => \$err, extra_params => [ '-U', 'regress_cr_analyst' ]);
	is($out, "300\n300", "$encoding: bytes of any kind are recorded");
	is($node->safe_psql($database, q(SELECT count(*) FROM cleanroom.ledger WHERE detail->'parameters'->>'$1' IS NOT NULL)), 1,
		"$encoding: in parameters, too");
	$node->poll_query_until($database, q(SELECT count(*) = 2 FROM cleanroom.ledger WHERE kind = 'completion'));
	chain_is_good($database, $encoding);
	my $path = "$dir/$database.json";
	my ($one, $two) = split /\|/, $node->safe_psql($database, "SELECT * FROM cleanroom.archive_ledger(now() + '1 hour', '$path')");
	is($node->safe_psql($database, "SELECT checked, first_bad FROM cleanroom.verify_archive('$path')"),
		($two - $one + 1) . '|', "$encoding: the chain is whole in the file");
	my $whole = slurp_file($path);
	ok(utf8::decode($whole), "$encoding: which is in UTF-8") if $encoding ne 'SQL_ASCII';
}

$node->stop;
done_testing();
