# What README.md and the manual print is what their SQL gives.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('documents');
$node->init;
$node->start;

foreach my $document ('README.md', 'doc/cleanroom.md', 'doc/rooms.md', 'doc/record.md', 'doc/keys.md')
{
	my $database = $document =~ tr/A-Za-z/_/cr;

	$node->safe_psql('postgres', qq(CREATE DATABASE "$database"));
	local %ENV = (%ENV, $node->_get_env, PGDATABASE => $database);
	ok(system($^X, '../demo/tell.pl', "../../$document") == 0, $document);
	$node->safe_psql('postgres', qq(DROP DATABASE "$database"));
	foreach my $role (split(/\n/, $node->safe_psql('postgres',
				"SELECT quote_ident(rolname) FROM pg_roles"
			  . " WHERE oid >= 16384")))
	{
		$node->safe_psql('postgres', "DROP ROLE $role");
	}
}

done_testing();
