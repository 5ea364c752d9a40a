/*-------------------------------------------------------------------------
 *
 * src/guard/inside.c
 *	  Knows the functions that read tables around the executor, or tell what
 *	  a running query holds.
 *
 * No policy can be put between them and a table: they take its name, or none
 * at all.  Memory and temporary files grow with the rows that a query whose
 * cursor is open has gathered below its guard; logical decoding returns rows
 * as they were written; blocks and pages of transaction state are counted one
 * for one, whoever reads them; the rest looks into pages.  So where tables are
 * protected they are for superusers, and for functions that superusers have
 * made to run as themselves.
 *
 * Of the modules that come with the server those are listed that look into
 * tables or buffers.  Modules that run SQL are not: what they run is judged
 * like any query.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "guard/guard.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/syscache.h"

static const char *const looking_modules[] = {
	"amcheck",
	"old_snapshot",
	"pageinspect",
	"pg_buffercache",
	"pg_freespacemap",
	"pg_surgery",
	"pg_visibility",
	"pg_walinspect",
	"pgrowlocks",
	"pgstattuple",
};

static bool
is_looking_builtin(Oid funcid)
{
	switch (funcid)
	{
		case F_CURRTID2:
		case F_PG_GET_BACKEND_MEMORY_CONTEXTS:
		case F_PG_LOGICAL_SLOT_GET_CHANGES:
		case F_PG_LOGICAL_SLOT_GET_BINARY_CHANGES:
		case F_PG_LOGICAL_SLOT_PEEK_CHANGES:
		case F_PG_LOGICAL_SLOT_PEEK_BINARY_CHANGES:
		case F_PG_LS_TMPDIR_:
		case F_PG_LS_TMPDIR_OID:
		case F_PG_STAT_GET_SLRU:
		case F_PG_TABLESPACE_SIZE_OID:
		case F_PG_TABLESPACE_SIZE_NAME:
#if PG_VERSION_NUM >= 160000
		case F_PG_STAT_GET_IO:
#endif
#if PG_VERSION_NUM >= 180000
		case F_PG_STAT_GET_BACKEND_IO:
		case F_PG_STAT_GET_BACKEND_WAL:
#endif
			return true;
		default:
			return false;
	}
}

/* Is this the file of the module, wherever it lies? */
static bool
names_module(const char *file, const char *module)
{
	const char *base = strrchr(file, '/');
	size_t		length = strlen(module);

	base = base ? base + 1 : file;
	return strncmp(base, module, length) == 0 &&
		(base[length] == '\0' || base[length] == '.');
}

static bool
is_of_looking_module(Oid funcid)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	bool		result = false;
	Datum		file;
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		return false;
	file = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_probin, &isnull);
	if (((Form_pg_proc) GETSTRUCT(tuple))->prolang == ClanguageId && !isnull)
	{
		char	   *name = TextDatumGetCString(file);

		for (size_t i = 0; i < lengthof(looking_modules); i++)
			if (names_module(name, looking_modules[i]))
				result = true;
		pfree(name);
	}
	ReleaseSysCache(tuple);
	return result;
}

bool
cr_guard_looks_inside(Oid funcid)
{
	if (funcid < FirstGenbkiObjectId)
		return is_looking_builtin(funcid);
	return funcid >= FirstNormalObjectId && is_of_looking_module(funcid);
}
