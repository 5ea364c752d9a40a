# What the owner of a database sets for it, and makes in it, is not what the
# extension's own SQL means: not in its workers, which run as a superuser, nor
# in a session of somebody else's.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Ledger 'settled_head';

my $node = PostgreSQL::Test::Cluster->new('own_sql');
$node->init;
$node->append_conf('postgresql.conf', qq(
cleanroom.master_key_command = 'printf %064d 7'
));
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE regress_cr_dba LOGIN;
	CREATE DATABASE theirs OWNER regress_cr_dba;
});

sub as
{
	my ($role, $sql) = @_;

	return $node->safe_psql('theirs', $sql, extra_params => [ '-U', $role ]);
}

my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
as($superuser, q{
	CREATE EXTENSION cleanroom;
	GRANT USAGE ON SCHEMA cleanroom TO regress_cr_dba;
	GRANT cleanroom_operator TO regress_cr_dba;
});

# Each operator of the server's on everyday types has a twin that comes first
# and says who has called it.
as('regress_cr_dba', q{
	CREATE SCHEMA evil;
	GRANT USAGE ON SCHEMA evil TO public;
	CREATE TABLE evil.calls (by text, operator text);
	GRANT ALL ON evil.calls TO public;
	DO $do$
	DECLARE
		o record;
	BEGIN
		FOR o IN SELECT p.oid, oprname, oprleft::regtype AS l, oprright::regtype AS r
				FROM pg_operator p
				WHERE oprnamespace = 'pg_catalog'::regnamespace AND
					oprleft::regtype::text = ANY ('{text,name,integer,bigint,smallint,boolean,oid,json,jsonb,bytea,timestamp with time zone,uuid,double precision,numeric,text[],xid8,regclass}') AND
					oprright <> 0 AND oprright::regtype::text !~ '^any'
		LOOP
			EXECUTE format('CREATE FUNCTION evil.f%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $f$
				BEGIN
					INSERT INTO evil.calls VALUES (current_user, %L);
					RETURN $1 OPERATOR(pg_catalog.%s) $2;
				END $f$', o.oid, o.l, o.r,
				(SELECT oprresult::regtype FROM pg_operator WHERE oid = o.oid),
				o.oprname, o.oprname);
			EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.f%s)',
				o.oprname, o.l, o.r, o.oid);
		END LOOP;
	END $do$;
	ALTER DATABASE theirs SET search_path = evil, pg_catalog, public;
	ALTER DATABASE theirs SET transform_null_equals = on;
});

# a difference that nobody would see is none
as('regress_cr_dba', q{SELECT count(*) FROM pg_class WHERE relname::text = 'x'});
isnt(as($superuser, q{SELECT count(*) FROM evil.calls}), '0',
	'operators of the owner come first');
as($superuser, q{SET search_path = pg_catalog; DELETE FROM evil.calls});

# what is recorded, made, charged and undone, in whoever's name
as('regress_cr_dba', q{
	SET search_path = pg_catalog, public;
	CREATE TABLE public.stays (person int NOT NULL, ward text NOT NULL);
	INSERT INTO public.stays SELECT i, 'w' || i % 3 FROM generate_series(1, 90) i;
	SELECT cleanroom.protect('public.stays', 'person', 10, '{ward}');
	SELECT cleanroom.create_room('spring', 'reach');
});
as($superuser, q{
	SELECT cleanroom.create_key('cards', 'encrypt');
	SELECT cleanroom.rotate_key('cards');
});
for my $sql (
	q{SELECT count(*) FROM public.stays},
	q{SELECT ward, count(*) FROM public.stays GROUP BY ward},
	q{SELECT * FROM cleanroom.ledger ORDER BY 1 DESC LIMIT 1},
	q{SELECT * FROM cleanroom.verify_ledger()},
	q{SELECT cleanroom.explain('SELECT count(*) FROM public.stays')})
{
	$node->psql('theirs', $sql, extra_params => [ '-U', 'regress_cr_dba' ]);
}
my $archive = $node->basedir . '/archive';
like($node->safe_psql('theirs',
		"SELECT cleanroom.archive_ledger(pg_catalog.now(), '$archive')"),
	qr/^\(1,[1-9]/, 'all is on record');
like($node->safe_psql('theirs', "SELECT cleanroom.verify_archive('$archive')"),
	qr/^\([1-9]\d*,,\)$/, 'and archived');
settled_head($node, 'theirs');
$node->poll_query_until('theirs',
	q{SELECT count(*) OPERATOR(pg_catalog.=) 0 FROM cleanroom.ledger_open})
  or die 'the recorder does not settle';
is($node->safe_psql('theirs', q{
	SET search_path = pg_catalog;
	SELECT string_agg(DISTINCT by || ' ' || operator, ', ') FROM evil.calls
		WHERE by <> 'regress_cr_dba'
}), '', 'nobody else has called them');
done_testing();
