# test/lib/Party.pm: a server with a protected table and people who ask it over
# the wire; watches all that analysts receive for what they must not see.
#
# Hidden columns and the units hold values that nothing else holds: the word
# "canary", and numbers that begin with 777000.
package Party;

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Wire;

my $tables = q{
CREATE EXTENSION cleanroom CASCADE;
CREATE ROLE shop LOGIN;
CREATE ROLE ana LOGIN;
CREATE ROLE guest;
GRANT guest TO ana;
GRANT USAGE ON SCHEMA cleanroom TO shop, ana, guest;
GRANT CREATE ON SCHEMA public TO shop, ana;
SET ROLE shop;
CREATE TABLE visits (person bigint NOT NULL, region text NOT NULL,
                     day date NOT NULL, cost int NOT NULL, secret text);
INSERT INTO visits
SELECT 777000000 + i % 60,
       CASE WHEN i % 60 < 3 THEN 'canary' ELSE 'r' || i % 3 END,
       date '2024-01-01' + i % 60, i % 60, 'canary'
  FROM generate_series(1, 300) i;
CREATE TABLE later AS SELECT * FROM visits;
CREATE INDEX ON visits (region);
SELECT cleanroom.protect('visits', 'person', 10,
    dimensions => '{region,day}', measures => '{cost}');
SELECT cleanroom.set_column('visits', 'cost', 'measure, filter');
GRANT SELECT ON visits, later TO ana;
};

# Makes the server; settings are lines of postgresql.conf.
sub new
{
	my ($class, $name, $settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	# a message that does not come must not be waited for without end
	alarm($PostgreSQL::Test::Utils::timeout_default);
	$node->init(allows_streaming => 1);
	$node->append_conf('postgresql.conf', $settings // '');
	$node->start;
	$node->safe_psql('postgres', $tables);
	return bless { node => $node, leaks => [], hintless => [] }, $class;
}

sub node { return $_[0]{node} }

sub look
{
	my ($self, $type, $body) = @_;
	my $fields;

	# 0x2E502440 and on are 777000000 and on
	push @{ $self->{leaks} }, "$type $body"
	  if $type =~ /[DdVENA]/ && $body =~ /canary|777000\d\d\d|\x2E\x50[\x24\x25]/;
	return unless $type eq 'E';
	$fields = Wire::read_fields($body);
	push @{ $self->{hintless} }, $fields->{M}
	  if $fields->{C} =~ /^RC/ && ($fields->{H} // '') eq '';
}

# A session that is watched.
sub analyst
{
	my ($self, $user, %options) = @_;
	my $session = $self->session($user // 'ana', %options);

	$session->{watch} = sub { $self->look(@_) };
	return $session;
}

# One that may see everything.
sub session
{
	my ($self, $user, %options) = @_;
	my $node = $self->{node};

	return Wire->connect($node->host . '/.s.PGSQL.' . $node->port, $user,
		'postgres', %options);
}

# The last tests: nothing has come out, and whoever was refused was told what
# to do instead.
sub finish
{
	my ($self) = @_;

	alarm(0);
	is_deeply($self->{leaks}, [], 'no analyst has received a hidden value');
	is_deeply($self->{hintless}, [], 'every refusal has a hint');
	$self->{node}->stop;
	done_testing();
}

1;
