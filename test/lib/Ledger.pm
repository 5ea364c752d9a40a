# test/lib/Ledger.pm: where the ledger stands when all that was asked so far
# is on record.
#
# Nobody waits for the record of how a statement ended, so the newest record
# may still be followed by some of what came before it.  An event that is
# waited for goes through the same queue, behind them.
package Ledger;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(settled_head);

# Number and link, divided by "|", of the newest record of a database.
sub settled_head
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, q(
		DO $$ BEGIN PERFORM cleanroom.put_on_record('test', NULL, NULL, NULL); END $$;
		SELECT * FROM cleanroom.ledger_head()));
}

1;
