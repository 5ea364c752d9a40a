# A database with protected tables or keys is not copied by who owns it, as a
# template: budgets, suspensions and keys would start anew there, and a copy's
# record can be dropped.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('copies');
$node->init;
$node->start;
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
my $dir = PostgreSQL::Test::Utils::tempdir;

# The first line of what a statement of a role's fails with, or ''.
sub complaint
{
	my ($role, $database, $statement) = @_;
	my ($status, $out, $err) = $node->psql($database, $statement,
		extra_params => [ '-U', $role ]);
	return $err =~ /ERROR:  (.*)/ ? $1 : '';
}

sub has_mark
{
	return $node->safe_psql('postgres', "SELECT count(*) FROM pg_seclabels
		WHERE objtype = 'database' AND objname = '$_[0]'");
}

$node->safe_psql('postgres', 'CREATE ROLE party LOGIN CREATEDB; CREATE ROLE other LOGIN CREATEDB');
for my $database (qw(tables keys empty))
{
	$node->safe_psql('postgres', "CREATE DATABASE $database OWNER party");
	$node->safe_psql($database, 'CREATE EXTENSION cleanroom;
		GRANT USAGE ON SCHEMA cleanroom TO PUBLIC; CREATE SCHEMA s AUTHORIZATION other');
}
my $refused = 'database "tables" cannot be copied';

# ---------- what marks it ----------

is(complaint('party', 'postgres', 'CREATE DATABASE copy TEMPLATE tables'), '',
	'a database with nothing but the extension is copied');
$node->safe_psql('postgres', 'DROP DATABASE copy');
my $protect = q{CREATE TABLE IF NOT EXISTS s.p (id int, city text);
	SELECT cleanroom.protect('s.p', 'id', 10, '{city}');};
$node->safe_psql('tables', "BEGIN; $protect ROLLBACK", extra_params => [ '-U', 'other' ]);
is(has_mark('tables'), 0, 'a rollback leaves no mark');
$node->safe_psql('tables', $protect, extra_params => [ '-U', 'other' ]);
is(has_mark('tables'), 1, 'the first protected table leaves one');
$node->safe_psql('tables', "$protect $protect", extra_params => [ '-U', 'other' ]);
is(complaint('party', 'postgres', 'CREATE DATABASE copy TEMPLATE tables'), $refused,
	'its owner does not copy it');
is(complaint('party', 'empty', 'CREATE DATABASE copy WITH OWNER party TEMPLATE = "tables" STRATEGY file_copy'),
	$refused, 'in whichever words');
$node->safe_psql('postgres', 'ALTER DATABASE tables IS_TEMPLATE true', extra_params => [ '-U', 'party' ]);
is(complaint('other', 'postgres', 'CREATE DATABASE copy TEMPLATE tables'), $refused,
	'nor does somebody else, where it is a template');
$node->safe_psql('postgres', 'ALTER DATABASE tables RENAME TO renamed', extra_params => [ '-U', 'party' ]);
is(complaint('party', 'postgres', 'CREATE DATABASE copy TEMPLATE renamed'),
	'database "renamed" cannot be copied', 'by another name');
$node->safe_psql('postgres', 'ALTER DATABASE renamed RENAME TO tables; ALTER DATABASE tables IS_TEMPLATE false');
$node->safe_psql('keys', "SELECT cleanroom.create_key('k', 'encrypt')");
is(complaint('party', 'postgres', 'CREATE DATABASE copy TEMPLATE keys'),
	'database "keys" cannot be copied', 'a key marks it, too');
$node->safe_psql('tables', q{SELECT cleanroom.unprotect('s.p')}, extra_params => [ '-U', 'other' ]);
is(complaint('party', 'postgres', 'CREATE DATABASE copy TEMPLATE tables'), $refused,
	'the record stays, and so does the mark');

# ---------- who may take it away ----------

is(complaint('party', 'tables', 'SECURITY LABEL FOR cleanroom ON DATABASE tables IS NULL'),
	q{cleanroom's label of a database is set by cleanroom}, 'not its owner');
is(complaint('party', 'empty', q{SECURITY LABEL FOR cleanroom ON DATABASE empty IS 'holds protected tables or keys'}),
	q{cleanroom's label of a database is set by cleanroom}, 'who does not set it');
is(complaint($superuser, 'tables', q{SECURITY LABEL FOR cleanroom ON DATABASE tables IS 'other'}),
	'invalid label for a database', 'a superuser, but not with another text');
$node->safe_psql('tables', 'SECURITY LABEL FOR cleanroom ON DATABASE tables IS NULL');
is(complaint('party', 'postgres', 'CREATE DATABASE copy TEMPLATE tables'), '', 'then it is copied');
is(has_mark('copy'), 0, 'without a mark');
$node->safe_psql('tables', $protect, extra_params => [ '-U', 'other' ]);

# ---------- what may go on ----------

$node->safe_psql('postgres', 'DROP DATABASE copy; CREATE DATABASE copy TEMPLATE tables OWNER party');
is(has_mark('copy'), 1, 'a superuser copies it, with the mark');
is(complaint('party', 'postgres', 'CREATE DATABASE copy_2 TEMPLATE copy'),
	'database "copy" cannot be copied', 'so that the copy is not copied');
is(complaint('party', 'tables', 'CREATE DATABASE fresh'), '', 'new databases are made');
is(complaint('party', 'tables', 'CREATE DATABASE fresh_2 TEMPLATE template0'), '', 'of either template');
is(complaint('party', 'tables', 'CREATE DATABASE fresh_3 TEMPLATE none_such'),
	'template database "none_such" does not exist', 'the server says what is missing');
$node->safe_psql('postgres', 'CREATE ROLE plain LOGIN');
is(complaint('plain', 'postgres', 'CREATE DATABASE copy_2 TEMPLATE tables'),
	'permission denied to create database', 'and who may not');
is(complaint('party', 'postgres', 'DROP DATABASE copy'), '', 'an owner drops it');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_shseclabel}), 2, 'with its mark');

# ---------- the default template ----------

$node->safe_psql('template1', 'CREATE EXTENSION cleanroom');
is(complaint('party', 'postgres', 'CREATE DATABASE with_extension'), '',
	'the extension may be in the default template');
$node->safe_psql('template1', "CREATE SCHEMA s; $protect");
is(complaint('party', 'postgres', 'CREATE DATABASE fresh_4'), 'database "template1" cannot be copied',
	'protected tables may not');

# ---------- dump and restore ----------

$node->command_ok([ 'pg_dump', '-C', '-Fc', '-U', $superuser, '-f', "$dir/tables.dump", 'tables' ],
	'pg_dump --create');
$node->safe_psql('postgres', 'DROP DATABASE tables');
$node->command_ok([ 'pg_restore', '-C', '--exit-on-error', '-U', $superuser, '-d', 'postgres', "$dir/tables.dump" ],
	'pg_restore --create by a superuser');
is(has_mark('tables'), 1, 'the mark is restored');
$node->safe_psql('postgres', 'CREATE DATABASE restored OWNER party TEMPLATE template0');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', $superuser, '-d', 'restored', "$dir/tables.dump" ],
	'pg_restore into another database');
is(complaint('party', 'postgres', 'CREATE DATABASE copy TEMPLATE restored'),
	'database "restored" cannot be copied', 'is marked by its tables');

$node->stop;
done_testing();
