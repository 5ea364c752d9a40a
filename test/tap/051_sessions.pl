# What others do while a statement is prepared, bound, or read in part: the
# policy changes, the role is switched, the room closes, the extension goes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../lib";
use Party;
use Test::More;

my $party = Party->new('sessions', "wal_level = logical\n");
my $node = $party->node;
my $ana = $party->analyst;
my $shop = $party->session('shop');
my $admin = $party->session('postgres');
my $by_region = 'SELECT region, count(*) AS n FROM visits GROUP BY region ORDER BY 1';
my $raw = 'SELECT secret FROM later';
my $sum = 'SELECT region, sum(cost) FROM visits GROUP BY region ORDER BY 1';
my @rows = ('row(r0|95)', 'row(r1|95)', 'row(r2|95)');
my @counted = "@rows done(SELECT 3) ready(I)";

$shop->ask("SET lock_timeout = '100ms'");

sub owner_does
{
	my ($sql, $what) = @_;

	unlike($shop->ask($sql), qr/error/, $what // "the owner: $sql");
}

# Prepares, asks once, and leaves a portal open after its first row.
sub begin_reading
{
	my ($session, $sql, $first) = @_;

	$session->ask('BEGIN');
	is($session->parse('', $sql)->bind('a', '')->execute('a', 1)->sync,
		"parsed bound $first suspended ready(T)", 'one row is read');
}

sub end_reading
{
	my ($session, $outcome, $what) = @_;

	is($session->execute('a')->sync, $outcome, $what);
	$session->ask('ROLLBACK');
}

# ---------- before and after a table is protected ----------

is($ana->parse('early', $raw)->parse('sum', $sum)->sync, 'parsed parsed ready(I)',
	'prepared before');
is($ana->bind('', 'early')->execute('', 1)->flush('s'),
	'bound row(canary) suspended', 'rows of a table that is not protected')
  and @{ $party->{leaks} } = ();
is($shop->ask(q(SELECT cleanroom.protect('later', 'person', 10))),
	'columns(protect:2278) error(55P03) ready(I)', 'protecting waits for whoever is reading');
is($shop->ask(q(SECURITY LABEL FOR cleanroom ON TABLE later IS '{"threshold": 10}')),
	'done(SECURITY LABEL) ready(I)', 'a label by hand does not');
is($ana->execute('')->sync, 'error(RC007) ready(I)',
	'and the portal gives no further row');
is($ana->{error}{H}, 'Close it and run the query again.', 'with a hint');
owner_does(q(SELECT cleanroom.protect('later', 'person', 10)));
is($ana->bind('', 'early')->execute('')->sync, 'error(RC001) ready(I)',
	'bound after it was protected');
$ana->ask("SET plan_cache_mode = force_generic_plan");
owner_does(q(SELECT cleanroom.unprotect('later')));
is($ana->bind('', 'early')->execute('', 1)->sync, 'bound row(canary) suspended ready(I)',
	'free again') and @{ $party->{leaks} } = ();
owner_does(q(SELECT cleanroom.protect('later', 'person', 10)));
is($ana->bind('', 'early')->execute('')->sync, 'error(RC001) ready(I)',
	'a generic plan falls with the policy');
$ana->ask('RESET plan_cache_mode');

# ---------- the policy changes while a portal is open ----------

my @changes = (
	[ q(SECURITY LABEL FOR cleanroom ON TABLE visits IS '{"threshold": 30}'),
	  q(SECURITY LABEL FOR cleanroom ON TABLE visits IS '{"threshold": 10}'), 'the threshold' ],
	[ q(SELECT cleanroom.set_column('visits', 'cost', 'filter')),
	  q(SELECT cleanroom.set_column('visits', 'cost', 'measure, filter')), 'a use' ],
	[ q(SECURITY LABEL FOR cleanroom ON COLUMN visits.cost IS 'measure(avg), filter'),
	  q(SECURITY LABEL FOR cleanroom ON COLUMN visits.cost IS 'measure, filter'), 'an aggregate' ],
	[ q(SECURITY LABEL FOR cleanroom ON COLUMN visits.cost IS 'measure in [0, 5], filter'),
	  q(SECURITY LABEL FOR cleanroom ON COLUMN visits.cost IS 'measure, filter'), 'a bound' ],
	[ q(SECURITY LABEL FOR cleanroom ON TABLE visits IS '{"threshold": 10, "small_groups": "refuse"}'),
	  q(SECURITY LABEL FOR cleanroom ON TABLE visits IS '{"threshold": 10}'), 'what happens to small groups' ],
	[ q(SECURITY LABEL FOR cleanroom ON COLUMN visits.region IS NULL),
	  q(SECURITY LABEL FOR cleanroom ON COLUMN visits.region IS 'dimension'), 'a dimension' ]);
for my $change (@changes)
{
	begin_reading($ana, $by_region, $rows[0]);
	owner_does($change->[0], "$change->[2] changes");
	end_reading($ana, 'error(RC007) ready(E)', 'an open portal gives no more');
	$ana->ask('BEGIN');
	$ana->ask("DECLARE c CURSOR FOR $by_region");
	owner_does($change->[1], 'and back');
	end_reading($ana, 'error(34000) ready(E)', 'the portal has gone');
}
begin_reading($ana, $by_region, $rows[0]);
owner_does('ANALYZE visits');
end_reading($ana, "$rows[1] $rows[2] done(SELECT 2) ready(T)",
	'what changes no policy disturbs nobody');
$ana->parse('t', $by_region)->bind('b', 't')->flush('2');
owner_does($changes[0][0]);
is($ana->execute('b')->sync, 'error(RC007) ready(I)', 'bound, and not yet executed');
is($ana->bind('b', 't')->execute('b')->sync, 'bound done(SELECT 0) ready(I)',
	'bound anew, by the new threshold');
owner_does($changes[0][1]);
$ana->ask("BEGIN; DECLARE c CURSOR WITH HOLD FOR $by_region");
owner_does($changes[0][0]);
is($ana->ask('COMMIT'), 'error(RC007) ready(I)',
	'a cursor to be held is read at COMMIT, by the policy of then');
owner_does($changes[0][1]);
$ana->ask("BEGIN; DECLARE c CURSOR WITH HOLD FOR $by_region; COMMIT");
owner_does($changes[0][0]);
is($ana->ask('FETCH 1 FROM c'), "columns(region:25,n:20) $rows[0] done(FETCH 1) ready(I)",
	'what was held had been released before');
$ana->ask('CLOSE c');
owner_does($changes[0][1]);
begin_reading($ana, $by_region, $rows[0]);
like($shop->ask($_), qr/error\(55P03\) ready\(I\)$/, "waits for a reader: $_")
  for q(SELECT cleanroom.add_row_policy('visits', 'few', 'cost < 5')),
  q(SELECT cleanroom.unprotect('visits')), 'ALTER TABLE visits DISABLE ROW LEVEL SECURITY',
  'DROP TABLE visits', 'ALTER TABLE visits OWNER TO ana';
end_reading($ana, "$rows[1] $rows[2] done(SELECT 2) ready(T)", 'the reader goes on');

# ---------- the privilege, the room ----------

begin_reading($ana, $by_region, $rows[0]);
owner_does('REVOKE SELECT ON visits FROM ana');
end_reading($ana, 'error(42501) ready(E)', 'the privilege is taken');
owner_does('GRANT SELECT ON visits TO ana');
$ana->bind('b', 't')->flush('2');
owner_does('REVOKE SELECT ON visits FROM ana');
is($ana->execute('b')->sync, 'error(42501) ready(I)', 'after Bind, before Execute');
owner_does('GRANT SELECT ON visits TO ana');

unlike($admin->ask(q(SELECT cleanroom.create_room('summer', 'reach');
	SELECT cleanroom.add_member('summer', 'shop', 'contributor');
	SELECT cleanroom.add_member('summer', 'ana', 'analyst'))), qr/error/, 'a room');
owner_does(q(SELECT cleanroom.share_table('summer', 'visits')));
begin_reading($ana, $by_region, $rows[0]);
is($ana->parse('', $by_region)->bind('z', '')->sync, 'parsed bound ready(T)',
	'another portal, bound');
owner_does(q(SELECT cleanroom.add_access_rule('public.visits', 'never', 'false', 'Come tomorrow.')));
is($ana->ask('SAVEPOINT s'), 'done(SAVEPOINT) ready(T)', 'a savepoint');
is($ana->execute('z')->sync, 'error(RC012) ready(E)', 'a rule that comes after Bind');
is($ana->{error}{H}, 'Come tomorrow.', 'with its hint');
$ana->ask('ROLLBACK TO s');
end_reading($ana, 'error(RC012) ready(E)', 'and after the first row');
owner_does(q(SELECT cleanroom.drop_access_rule('public.visits', 'never')));
begin_reading($ana, $by_region, $rows[0]);
unlike($admin->ask(q(SELECT cleanroom.suspend_analyst('visits', 'ana', 'enough'))), qr/error/, 'suspended');
end_reading($ana, 'error(RC013) ready(E)', 'the analyst reads on');
$admin->ask(q(SELECT cleanroom.resume_analyst('visits', 'ana')));
begin_reading($ana, $by_region, $rows[0]);
$admin->ask(q(SELECT cleanroom.close_room('summer')));
end_reading($ana, "$rows[1] $rows[2] done(SELECT 2) ready(T)",
	'a room closes, and its table, alone, needs none');

$party->finish;
