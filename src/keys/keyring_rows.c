/*-------------------------------------------------------------------------
 *
 * src/keys/keyring_rows.c
 *	  Reads the keyring's tables past privileges.
 *
 * By their indexes, with a fresh catalog snapshot, as the server reads its
 * own: so a grant that was taken back is gone at once, whatever the
 * transaction's isolation, and parallel workers can read too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/table.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "base/oids.h"
#include "keys/keyring_rows.h"
#include "prim/token_uuid.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* The columns, in the order of sql/parts/60_keys.sql and 64. */
#define KEYRING_KEY_ID			1
#define KEYRING_NAME			2
#define KEYRING_PURPOSE			3
#define KEYRING_CURRENT			4
#define KEYRING_DESTROYED_AT	6
#define KEYRING_RESIDENCY		7
#define VERSION_KEY_ID			1
#define VERSION_VERSION			2
#define VERSION_WRAPPED			3
#define VERSION_RETIRED_AT		5
#define GRANT_KEY_ID			1
#define GRANT_ROLE				2
#define GRANT_USES				3
#define USES_KEY_ID				1
#define USES_VERSION			2
#define USES_USE				3
#define USES_COUNT				4
#define DETOKENIZED_ROLE		1
#define DETOKENIZED_TAKEN		2
#define DETOKENIZED_AT			3

/* An index scan that is under way. */
typedef struct Scan
{
	Relation	relation;
	SysScanDesc scan;
} Scan;

/* A table of our schema, or one of its indexes. */
static Oid
find_relation(const char *name)
{
	const CrOids *oids = cr_oids_get();
	Oid			relid = InvalidOid;

	if (oids != NULL && OidIsValid(oids->schema))
		relid = get_relname_relid(name, oids->schema);
	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("there is no keyring in this database"),
				 errhint("CREATE EXTENSION cleanroom makes it.")));
	return relid;
}

Oid
cr_keyring_relid(void)
{
	return find_relation("keyring");
}

static void
begin_scan(Scan *scan, const char *table, const char *index, int nkeys,
		   ScanKey keys)
{
	scan->relation = table_open(find_relation(table), AccessShareLock);
	scan->scan = systable_beginscan(scan->relation, find_relation(index),
									true, NULL, nkeys, keys);
}

static void
end_scan(Scan *scan)
{
	systable_endscan(scan->scan);
	table_close(scan->relation, AccessShareLock);
}

/* A value of a column that is never null. */
static Datum
get_value(Scan *scan, HeapTuple tuple, int attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum,
									 RelationGetDescr(scan->relation),
									 &isnull);

	if (isnull)
		elog(ERROR, "null in column %d of table \"%s\"", attnum,
			 RelationGetRelationName(scan->relation));
	return value;
}

static bool
is_null(Scan *scan, HeapTuple tuple, int attnum)
{
	return heap_attisnull(tuple, attnum, RelationGetDescr(scan->relation));
}

static CrKeyPurpose
read_purpose(Datum value)
{
	char	   *word = TextDatumGetCString(value);
	int			purpose;

	for (purpose = CR_KEY_TOKEN; purpose <= CR_KEY_FPE; purpose++)
	{
		if (strcmp(word, cr_key_purpose_text(purpose)) == 0)
			return purpose;
	}
	elog(ERROR, "unknown purpose of a key");
	return CR_KEY_TOKEN;		/* not reached */
}

static bool
read_key_row(const char *index, ScanKey key, CrKeyRow *row)
{
	Scan		scan;
	HeapTuple	tuple;

	begin_scan(&scan, "keyring", index, 1, key);
	tuple = systable_getnext(scan.scan);
	if (HeapTupleIsValid(tuple))
	{
		row->key_id = DatumGetInt32(get_value(&scan, tuple, KEYRING_KEY_ID));
		row->name = *DatumGetName(get_value(&scan, tuple, KEYRING_NAME));
		row->purpose = read_purpose(get_value(&scan, tuple, KEYRING_PURPOSE));
		row->current_version = DatumGetInt32(get_value(&scan, tuple,
													   KEYRING_CURRENT));
		row->destroyed = !is_null(&scan, tuple, KEYRING_DESTROYED_AT);
		row->residency[0] = '\0';
		if (!is_null(&scan, tuple, KEYRING_RESIDENCY))
		{
			Datum		residency = get_value(&scan, tuple, KEYRING_RESIDENCY);

			text_to_cstring_buffer(DatumGetTextPP(residency), row->residency,
								   NAMEDATALEN);
		}
	}
	end_scan(&scan);

	return HeapTupleIsValid(tuple);
}

bool
cr_key_row_by_name(const char *name, CrKeyRow *row)
{
	ScanKeyData key;
	NameData	padded;

	if (strlen(name) >= NAMEDATALEN)
		return false;
	namestrcpy(&padded, name);
	ScanKeyInit(&key, KEYRING_NAME, BTEqualStrategyNumber, F_NAMEEQ,
				NameGetDatum(&padded));
	return read_key_row("keyring_name", &key, row);
}

bool
cr_key_row_by_id(int32 key_id, CrKeyRow *row)
{
	ScanKeyData key;

	ScanKeyInit(&key, KEYRING_KEY_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(key_id));
	return read_key_row("keyring_pkey", &key, row);
}

List *
cr_grant_rows(int32 key_id)
{
	List	   *grants = NIL;
	ScanKeyData key;
	Scan		scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, GRANT_KEY_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(key_id));
	begin_scan(&scan, "keyring_grants", "keyring_grants_pkey", 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
	{
		CrGrantRow *grant = palloc(sizeof(CrGrantRow));

		grant->role = DatumGetObjectId(get_value(&scan, tuple, GRANT_ROLE));
		grant->uses = DatumGetInt32(get_value(&scan, tuple, GRANT_USES));
		grants = lappend(grants, grant);
	}
	end_scan(&scan);

	return grants;
}

bool
cr_version_row(int32 key_id, int32 version, CrVersionRow *row)
{
	ScanKeyData keys[2];
	Scan		scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], VERSION_KEY_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(key_id));
	ScanKeyInit(&keys[1], VERSION_VERSION, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(version));
	begin_scan(&scan, "keyring_versions", "keyring_versions_pkey", 2, keys);
	tuple = systable_getnext(scan.scan);
	if (HeapTupleIsValid(tuple))
	{
		row->wrapped = NULL;
		if (!is_null(&scan, tuple, VERSION_WRAPPED))
			row->wrapped = DatumGetByteaPCopy(get_value(&scan, tuple,
														VERSION_WRAPPED));
		row->retired = !is_null(&scan, tuple, VERSION_RETIRED_AT);
	}
	end_scan(&scan);

	return HeapTupleIsValid(tuple);
}

List *
cr_token_class_rows(void)
{
	List	   *classes = NIL;
	Scan		scan;
	HeapTuple	tuple;

	begin_scan(&scan, "keyring_versions", "keyring_versions_pkey", 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan.scan)))
	{
		int32		key_id = DatumGetInt32(get_value(&scan, tuple,
													 VERSION_KEY_ID));
		int32		version = DatumGetInt32(get_value(&scan, tuple,
													  VERSION_VERSION));

		classes = lappend_int(classes,
							  (int) cr_token_class_make((uint32) key_id,
														(uint32) version));
	}
	end_scan(&scan);

	return classes;
}

int64
cr_uses_row(int32 key_id, int32 version, uint32 use)
{
	ScanKeyData keys[3];
	Scan		scan;
	HeapTuple	tuple;
	int64		count = 0;

	ScanKeyInit(&keys[0], USES_KEY_ID, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(key_id));
	ScanKeyInit(&keys[1], USES_VERSION, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(version));
	ScanKeyInit(&keys[2], USES_USE, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum((int32) use));
	begin_scan(&scan, "keyring_uses", "keyring_uses_pkey", 3, keys);
	tuple = systable_getnext(scan.scan);
	if (HeapTupleIsValid(tuple))
		count = DatumGetInt64(get_value(&scan, tuple, USES_COUNT));
	end_scan(&scan);

	return count;
}

bool
cr_detokenized_row(Oid role, CrLimitTaken *taken)
{
	ScanKeyData key;
	Scan		scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, DETOKENIZED_ROLE, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(role));
	begin_scan(&scan, "keyring_detokenized", "keyring_detokenized_pkey", 1,
			   &key);
	tuple = systable_getnext(scan.scan);
	if (HeapTupleIsValid(tuple))
	{
		taken->taken = DatumGetFloat8(get_value(&scan, tuple,
												DETOKENIZED_TAKEN));
		taken->at = DatumGetTimestampTz(get_value(&scan, tuple,
												  DETOKENIZED_AT));
	}
	end_scan(&scan);

	return HeapTupleIsValid(tuple);
}
