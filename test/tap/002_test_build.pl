# The settings that only test builds have are a superuser's to set.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('test_build');
$node->init;
$node->start;

is($node->safe_psql('postgres', 'SHOW cleanroom.debug_forget_guard'),
	'off', 'the switch is there, and off');
my ($status, $out, $err) = $node->psql('postgres',
	    'CREATE ROLE anyone; SET ROLE anyone;'
	  . ' SET cleanroom.debug_forget_guard = on');
like($err, qr/permission denied to set parameter/, 'and not for everybody');

done_testing();
