/*-------------------------------------------------------------------------
 *
 * src/keys/count_values.c
 *	  Counts the values of a table's column that a key has made.
 *
 * Reads the table through its access method, without the planner: whoever
 * counts need not be the table's owner, and to plan a query runs code of the
 * owner's (predicates and expressions of indexes, of partition keys, of
 * statistics, of constraints) as whoever counts.  So here no statement on the
 * table is made, and nothing of it evaluated; row security and views do not
 * hide anything either.
 *
 * The layouts are those of layouts.h.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "keys/count_values.h"
#include "keys/parts.h"
#include "miscadmin.h"
#include "prim/token_uuid.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

/* A ciphertext's mark, key and version, and its least length. */
#define CIPHER_MARK		0xC1
#define CIPHER_HEAD		8
#define CIPHER_LENGTH	36

/* Is a version one that is asked for? */
static bool
is_wanted(uint32 version, int32 wanted)
{
	return wanted == 0 || version == (uint32) wanted;
}

static bool
is_token_of(const pg_uuid_t *value, int32 key_id, int32 version)
{
	const uint8 *bytes = value->data;

	return (bytes[6] & 0xf0) == 0x80 &&
		cr_token_key_id(bytes) == ((uint32) key_id & 0xffff) &&
		is_wanted(cr_token_key_version(bytes), version);
}

/* Only the head of a long value is fetched. */
static bool
is_cipher_of(Datum value, int32 key_id, int32 version)
{
	struct varlena *head;
	const uint8 *bytes;
	uint32		made_by;
	bool		result;

	if (toast_raw_datum_size(value) < VARHDRSZ + CIPHER_LENGTH)
		return false;
	head = PG_DETOAST_DATUM_SLICE(value, 0, CIPHER_HEAD);
	bytes = (const uint8 *) VARDATA_ANY(head);
	made_by = (uint32) bytes[2] << 24 | (uint32) bytes[3] << 16 |
		(uint32) bytes[4] << 8 | (uint32) bytes[5];
	result = bytes[0] == CIPHER_MARK && made_by == (uint32) key_id &&
		is_wanted((uint32) bytes[6] << 8 | bytes[7], version);
	if ((Pointer) head != DatumGetPointer(value))
		pfree(head);
	return result;
}

/* What says neither (format-preserving encryption) counts for all versions. */
static bool
is_value_of(Oid type, Datum value, int32 key_id, int32 version)
{
	switch (type)
	{
		case UUIDOID:
			return is_token_of(DatumGetUUIDP(value), key_id, version);
		case BYTEAOID:
			return is_cipher_of(value, key_id, version);
		default:
			return true;
	}
}

/* The rows of one table, without its partitions and children; locked. */
static uint64
count_rows(Oid relid, const char *column, int32 key_id, int32 version)
{
	AttrNumber	attnum = get_attnum(relid, column);
	Oid			type = get_atttype(relid, attnum);
	Relation	relation;
	TableScanDesc scan;
	TupleTableSlot *slot;
	Snapshot	snapshot;
	uint64		count = 0;

	if (attnum <= 0)
		return 0;
	relation = table_open(relid, NoLock);
	/* nobody but that session can read them, and they end with it */
	if (RELATION_IS_OTHER_TEMP(relation))
	{
		table_close(relation, NoLock);
		return 0;
	}
	slot = table_slot_create(relation, NULL);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	scan = table_beginscan(relation, snapshot, 0, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		isnull;
		Datum		value = slot_getattr(slot, attnum, &isnull);

		CHECK_FOR_INTERRUPTS();
		if (!isnull && is_value_of(type, value, key_id, version))
			count++;
	}
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return count;
}

/* See count_values.h. */
bool
cr_count_values(Oid relid, const char *column, int32 key_id, int32 version,
				uint64 *count)
{
	List	   *relids = cr_parts_of(relid, AccessShareLock);
	ListCell   *lc;

	*count = 0;
	foreach(lc, relids)
	{
		char		kind = get_rel_relkind(lfirst_oid(lc));

		if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
			return false;
	}
	foreach(lc, relids)
	{
		if (get_rel_relkind(lfirst_oid(lc)) == RELKIND_RELATION)
			*count += count_rows(lfirst_oid(lc), column, key_id, version);
	}
	return true;
}
