/*-------------------------------------------------------------------------
 *
 * src/ledger/ledger_table.h
 *	  The table cleanroom.ledger_records.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LEDGER_TABLE_H
#define CR_LEDGER_TABLE_H

#include "access/htup.h"
#include "ledger/record.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

/* The newest record: its number and link; number 0 and zeros: none. */
typedef struct CrHead
{
	int64		number;
	uint8		link[CR_LINK_LENGTH];
} CrHead;

/*
 * OID of a table of the extension, or InvalidOid: the extension is not
 * there.  *uncommitted says whether this very transaction has made it.
 */
extern Oid	cr_ledger_table_oid(const char *name, bool *uncommitted);

/* The table, or NULL; and its primary key. */
extern Relation cr_ledger_open(LOCKMODE lockmode);
extern Relation cr_ledger_open_index(Relation table);

/* cleanroom.ledger_archive, under AccessShareLock. */
extern Relation cr_ledger_open_archive(void);

/*
 * The newest record that the snapshot sees.  Where the table is empty, the
 * last one that was archived.
 */
extern CrHead cr_ledger_read_head(Relation table, Snapshot snapshot);

/*
 * Link of the record with this number; false when it is not there.  The
 * table may be cleanroom.ledger_archive, too.
 */
extern bool cr_ledger_read_link(Relation table, int64 number, uint8 *link);

/* A row of cleanroom.ledger_segments. */
typedef struct CrSegment
{
	int64		first;
	int64		last;
	uint8		previous_link[CR_LINK_LENGTH];
	uint8		last_link[CR_LINK_LENGTH];
	bool		in_file;		/* else in cleanroom.ledger_archive */
} CrSegment;

/* All segments that the active snapshot sees, by number; CrSegment. */
extern List *cr_ledger_read_segments(void);

/* Takes the link out of a row; false when it is not one. */
extern bool cr_ledger_get_link(Datum value, bool isnull, uint8 *link);

#endif							/* CR_LEDGER_TABLE_H */
