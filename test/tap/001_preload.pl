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

# Without it again, the extension's own tables are closed to who may read and
# write all tables
$node->safe_psql('postgres', q(
	CREATE ROLE regress_cr_all;
	GRANT pg_read_all_data, pg_write_all_data TO regress_cr_all;
	SELECT cleanroom.set_attribute('regress_cr_all', 'clearance', 'low')));
sub as_all { return $node->psql('postgres', "SET ROLE regress_cr_all; $_[0]") }
isnt((as_all('TABLE cleanroom.attribute_list'))[0], 0, 'refused with the library');
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
is($node->safe_psql('postgres', 'SELECT value FROM cleanroom.attribute_list'),
	'low', 'a superuser reads them without the library');
is((as_all('SELECT count(*) FROM cleanroom.attribute_list'))[1], '0',
	'others see no row');
isnt((as_all(q(INSERT INTO cleanroom.attribute_list (role, key, value)
	VALUES ('regress_cr_all', 'level', 'top'))))[0], 0, 'nor add one');
as_all($_) for "UPDATE cleanroom.attribute_list SET value = 'top'",
  'DELETE FROM cleanroom.attribute_list',
  "UPDATE cleanroom.attributes SET value = 'top'";
is($node->safe_psql('postgres', 'SELECT value FROM cleanroom.attribute_list'),
	'low', 'nor change one, by the view neither');

done_testing();
