# What is run below a query on protected tables, by a row policy, is not
# counted by its text, in whichever order the libraries are loaded.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

for my $first (1, 0)
{
	my $node = PostgreSQL::Test::Cluster->new("statements_$first");

	$node->init;
	my ($ours) = slurp_file($node->data_dir . '/postgresql.conf') =~
	  /^shared_preload_libraries = '(.*)'/m or die 'library not set';
	my $libraries = $first ? "$ours,pg_stat_statements" : "pg_stat_statements,$ours";
	$node->append_conf('postgresql.conf',
		"shared_preload_libraries = '$libraries'\npg_stat_statements.track = all\n");
	$node->start;
	$node->safe_psql('postgres', q{
CREATE EXTENSION cleanroom CASCADE;
CREATE EXTENSION pg_stat_statements;
CREATE ROLE shop LOGIN;
CREATE ROLE ana LOGIN;
GRANT USAGE ON SCHEMA cleanroom TO shop, ana;
CREATE SCHEMA shop AUTHORIZATION shop;
GRANT USAGE ON SCHEMA shop TO ana;
CREATE TABLE words (word text);
GRANT SELECT ON words TO PUBLIC;
CREATE FUNCTION visible(note text) RETURNS bool LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS
  $$BEGIN RETURN NOT EXISTS (SELECT FROM public.words WHERE word = note); END$$;
SET ROLE shop;
CREATE TABLE shop.people (person int PRIMARY KEY, region text NOT NULL, note text);
INSERT INTO shop.people SELECT i, CASE WHEN i = 7 THEN 'lone' ELSE 'north' END, 'note ' || i
  FROM generate_series(1, 100) i;
SELECT cleanroom.protect('shop.people', 'person', 20, dimensions => '{region}');
SELECT cleanroom.add_row_policy('shop.people', 'visible', 'public.visible(note)');
GRANT SELECT ON shop.people TO ana;
});
	my $counted = q{SELECT count(*), coalesce(sum(calls), 0) FROM pg_stat_statements
	  WHERE query LIKE '%FROM public.words%' AND query NOT LIKE '%FUNCTION%'};

	for my $region ('lone', 'nobody', 'north')
	{
		$node->safe_psql('postgres',
			"SELECT count(*) FROM shop.people WHERE region = '$region'",
			extra_params => [ '-U', 'ana' ]);
	}
	is($node->safe_psql('postgres', $counted), '0|0',
		"order $first: statements of a row policy are not counted");
	$node->safe_psql('postgres', "SELECT visible('x')", extra_params => [ '-U', 'ana' ]);
	is($node->safe_psql('postgres', $counted), '1|1',
		"order $first: by themselves they are");
	is($node->safe_psql('postgres',
			q{SELECT sum(calls) FROM pg_stat_statements WHERE query LIKE 'SELECT count(*) FROM shop.people WHERE%'}),
		'', "order $first: nor is the query itself");
	$node->stop;
}
done_testing();
