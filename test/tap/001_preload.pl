# Without the library in shared_preload_libraries nothing of the extension
# may be taken into use: P4, closed by default.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $message = qr/cleanroom must be loaded when the server starts/;
my $hint = qr/Set shared_preload_libraries = 'cleanroom' in postgresql\.conf/;
my ($status, $out, $err);

my $node = PostgreSQL::Test::Cluster->new('preload');
$node->init;
my $library = slurp_file($node->data_dir . '/postgresql.conf') =~
  /^shared_preload_libraries = '(.*)'/m ? $1 : die 'library not set';
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->start;

# CREATE EXTENSION says what to set
$node->safe_psql('postgres', 'CREATE EXTENSION pgcrypto');
($status, $out, $err) =
  $node->psql('postgres', 'CREATE EXTENSION cleanroom');
is($status, 3, 'CREATE EXTENSION fails without preloading');
like($err, $message, 'and says why');
like($err, $hint, 'and says what to set');

# Neither LOAD nor the library's first function gets it into one session
for my $attempt (1, 2)
{
	($status, $out, $err) =
	  $node->psql('postgres', "LOAD '$library'; SHOW cleanroom.enabled");
	like($err, $message, "LOAD fails, attempt $attempt");
}
($status, $out, $err) = $node->psql('postgres',
	    "CREATE FUNCTION f() RETURNS bool LANGUAGE c"
	  . " AS '$library', 'cr_gate'");
like($err, $message, 'CREATE FUNCTION fails');
$node->append_conf('postgresql.conf', "session_preload_libraries = '$library'");
$node->reload;
isnt($node->psql('postgres', 'SELECT 1'), 0, 'session_preload_libraries fails');
$node->append_conf('postgresql.conf', "session_preload_libraries = ''");
$node->reload;
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server is well');

# With it all is well
$node->append_conf('postgresql.conf', "shared_preload_libraries = '$library'");
$node->restart;
is($node->psql('postgres', 'CREATE EXTENSION cleanroom'), 0,
	'CREATE EXTENSION succeeds with preloading');
is($node->safe_psql('postgres', 'SHOW cleanroom.enabled'),
	'on', 'and the settings are there');

done_testing();
