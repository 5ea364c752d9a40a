/*-------------------------------------------------------------------------
 *
 * src/session/own_table.c
 *	  Tables of the extension, and whether anything is in them.
 *
 * Each protected statement asks several times whether there are rooms, rules,
 * suspensions or budgets at all, so the answers are kept.  A trigger on those
 * tables sends the message that a change of a relation sends; it has been sent
 * when the one who made the change is told that it is committed.  His own
 * session gets it after each of his commands, and again if it is rolled back.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "base/inval.h"
#include "base/oids.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "session/own_table.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(cr_tell_sessions);

#define KNOWN_MAX	8

typedef struct Known
{
	Oid			relid;			/* InvalidOid: the place is free */
	bool		has_rows;
} Known;

static Known known[KNOWN_MAX];
static uint64 generation = 0;	/* moves with each message */

static void
mark_relation(Oid relid)
{
	for (int i = 0; i < KNOWN_MAX; i++)
	{
		if (!OidIsValid(relid) || known[i].relid == relid)
			known[i].relid = InvalidOid;
	}
	generation++;
}

void
cr_own_table_init(void)
{
	cr_inval_register(mark_relation);
}

Oid
cr_own_table_oid(const char *name)
{
	const CrOids *oids = cr_oids_get();

	return oids == NULL ? InvalidOid : get_relname_relid(name, oids->schema);
}

static bool
look_for_row(Oid relid)
{
	Relation	relation = table_open(relid, AccessShareLock);
	SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, NULL,
										  0, NULL);
	bool		result = HeapTupleIsValid(systable_getnext(scan));

	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return result;
}

/* What came in while the table was read may be newer than what was read. */
static bool
look_and_remember(Oid relid)
{
	uint64		before = generation;
	bool		result = look_for_row(relid);

	for (int i = 0; i < KNOWN_MAX && generation == before; i++)
	{
		if (OidIsValid(known[i].relid))
			continue;
		known[i].relid = relid;
		known[i].has_rows = result;
		break;
	}
	return result;
}

bool
cr_own_table_has_rows(const char *name)
{
	Oid			relid;

	/* an open transaction may hold all its locks, and so take none */
	AcceptInvalidationMessages();
	relid = cr_own_table_oid(name);
	if (!OidIsValid(relid))
		return false;
	for (int i = 0; i < KNOWN_MAX; i++)
	{
		if (known[i].relid == relid)
			return known[i].has_rows;
	}
	return look_and_remember(relid);
}

/*
 * Trigger of those tables, after each statement that changes them.
 */
Datum
cr_tell_sessions(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("cleanroom.tell_sessions() was not called as a trigger"),
				 errhint("It belongs to the extension's own tables.")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}
