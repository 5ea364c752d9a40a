# Tokens and ciphertexts against other implementations: OpenSSL's program on
# the same values, and Perl's case folding; and what is left in the log.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Unicode::Normalize qw(NFKC);

my $node = PostgreSQL::Test::Cluster->new('tokens');
$node->init;
$node->append_conf('postgresql.conf', "log_statement = 'all'");
$node->start;
$node->safe_psql('postgres', q(
CREATE EXTENSION cleanroom CASCADE;
SELECT cleanroom.create_key('people', 'token');
SELECT cleanroom.create_key('cells', 'encrypt');
));
my $library = $node->safe_psql('postgres', q(
SELECT probin FROM pg_proc WHERE oid = 'cleanroom.tokenize(text,text,text)'::regprocedure));
$node->safe_psql('postgres', qq(
CREATE FUNCTION debug_key_material(name text, purpose int) RETURNS bytea
AS '$library', 'cr_debug_key_material' LANGUAGE C STRICT));
sub material
{
	return $node->safe_psql('postgres',
		"SELECT encode(debug_key_material('$_[0]', $_[1]), 'hex')");
}

# What a program prints when it is given some input.
sub filter
{
	my ($input, @command) = @_;
	my $output;

	IPC::Run::run(\@command, '<', \$input, '>', \$output)
	  or die "@command failed";
	return $output;
}

SKIP:
{
	skip 'no openssl', 9 if system('openssl version >/dev/null 2>&1') != 0;

	# the token's 94 bits are the first of the HMAC
	my $key = material('people', 0);
	foreach my $value ('Anna', '', "Gr\xc3\xbc\xc3\x9fe", 'x' x 55, 'x' x 64,
		'long ' x 2000)
	{
		my $mac = unpack('B*', filter($value, qw(openssl dgst -sha256 -mac HMAC
					  -macopt), "hexkey:$key", '-binary'));
		my $token = $node->safe_psql('postgres',
			"SELECT cleanroom.tokenize('$value', 'people')");
		my $bits = unpack('B*', pack('H*', $token =~ tr/-//dr));

		is(substr($bits, 0, 48) . substr($bits, 82),
			substr($mac, 0, 48) . substr($mac, 50, 46),
			'token of ' . length($value) . ' bytes');
	}

	# GCM encrypts in counter mode, from nonce and 2 on
	$key = material('cells', 1);
	foreach my $value ('Anna', "Gr\xc3\xbc\xc3\x9fe", 'long ' x 2000)
	{
		my $sealed = pack('H*', $node->safe_psql('postgres',
			"SELECT encode(cleanroom.encrypt('$value', 'cells'), 'hex')"));
		my $counter = unpack('H*', substr($sealed, 8, 12)) . '00000002';

		is(filter(substr($sealed, 20, -16), qw(openssl enc -d -aes-256-ctr -K),
				$key, '-iv', $counter),
			$value, 'ciphertext of ' . length($value) . ' bytes');
	}
}

# Letters are folded as Perl folds them, where one character becomes one.
my @pairs;
foreach my $code (0x80 .. 0x2ffff)
{
	my $char = chr($code);

	next if ($code >= 0xd800 && $code < 0xe000) || $char !~ /\p{L}/
	  || $char !~ /\p{Present_In: 14.0}/ || NFKC($char) ne $char;
	my $folded = CORE::fc($char);
	push(@pairs, "($code, " . ord($folded) . ')')
	  if length($folded) == 1 && $folded ne $char;
}
cmp_ok(scalar(@pairs), '>', 1000, 'letters with another case');
$node->safe_psql('postgres', 'CREATE TABLE pairs (a int, b int)');
$node->safe_psql('postgres',
	'INSERT INTO pairs VALUES ' . join(', ', @pairs));
is( $node->safe_psql('postgres', q(
SELECT string_agg(to_hex(a), ' ' ORDER BY a) FROM pairs
WHERE cleanroom.tokenize(chr(a), 'people', 'name')
      IS DISTINCT FROM cleanroom.tokenize(chr(b), 'people', 'name'))),
	'', 'are folded alike');

# A database in another encoding makes the same tokens, and errors about a
# value do not show it.
$node->safe_psql('postgres', q(
CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'));
$node->safe_psql('postgres', q(
CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'));
foreach my $database ('latin', 'bytes')
{
	$node->safe_psql($database, q(
CREATE EXTENSION cleanroom CASCADE;
SELECT cleanroom.create_key('people', 'token');));
}
is( $node->safe_psql('latin', q(
SELECT cleanroom.tokenize(chr(196) || 'NNA', 'people', 'name')
       = cleanroom.tokenize(chr(228) || 'nna', 'people'))),
	't', 'Latin 1 is folded');
is( $node->safe_psql('bytes', q(
SELECT cleanroom.tokenize(convert_from('\xff41', 'SQL_ASCII'), 'people') IS NOT NULL,
       cleanroom.tokenize(convert_from('\xff41', 'SQL_ASCII'), 'people', 'name') IS NULL,
       cleanroom.tokenize('ANNA', 'people', 'name')
       = cleanroom.tokenize('anna', 'people'))),
	't|t|t', 'bytes that are no text have a token of the form exact only');

# Keys are in no log.
my $log = slurp_file($node->logfile);
foreach my $hex (material('people', 0), material('cells', 1))
{
	my $bytes = pack('H*', $hex);

	ok(index($log, $hex) < 0 && index($log, $bytes) < 0, 'no key in the log');
}

done_testing();
