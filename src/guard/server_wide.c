/*-------------------------------------------------------------------------
 *
 * src/guard/server_wide.c
 *	  Knows the functions that tell what the whole server has done.
 *
 * Where the write-ahead log ends, how many pages were fetched, how much room
 * temporary files take: on a server with nothing else to do that is what one
 * query has done.  A row of an analyst's own table may be read only if one
 * person's row meets a condition, and then the log grows by the page, which
 * notes that the row is old enough; a group that is withheld may be sorted on
 * disk.  And the numbers are the same in all databases.  So, on a server with
 * protected tables in any of them, these are for superusers, for whom they
 * make functions that run as themselves, for members of pg_read_all_stats,
 * who are trusted with what others do, and for roles that may replicate, who
 * can read all there is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_proc.h"
#include "guard/guard.h"
#include "miscadmin.h"
#include "policy/load.h"
#include "policy/marked.h"
#include "policy/policy.h"
#include "utils/acl.h"
#include "utils/syscache.h"

static const char *const telling[] = {
	"pg_available_wal_summaries",
	"pg_control_checkpoint",
	"pg_control_recovery",
	"pg_current_wal_flush_lsn",
	"pg_current_wal_insert_lsn",
	"pg_current_wal_lsn",
	"pg_get_replication_slots",
	"pg_get_wal_summarizer_state",
	"pg_last_wal_receive_lsn",
	"pg_last_wal_replay_lsn",
	"pg_logical_emit_message",	/* returns where it has written it */
	"pg_ls_tmpdir",
	"pg_stat_get_backend_io",
	"pg_stat_get_backend_wal",
	"pg_stat_get_replication_slot",
	"pg_tablespace_size",
};

/* Statistics without an argument, but no counters of the server's. */
static const char *const harmless[] = {
	"pg_stat_get_backend_idset",
	"pg_stat_get_snapshot_timestamp",
	"pg_stat_get_wal_senders",	/* hides them by itself */
};

static bool
is_listed(const char *const *list, int length, const char *name)
{
	int			i;

	for (i = 0; i < length; i++)
	{
		if (strcmp(list[i], name) == 0)
			return true;
	}
	return false;
}

static bool
is_telling(Form_pg_proc proc)
{
	const char *name = NameStr(proc->proname);

	if (strncmp(name, "pg_", 3) != 0)
		return false;
	if (is_listed(telling, lengthof(telling), name))
		return true;
	return strncmp(name, "pg_stat_get_", 12) == 0 && proc->pronargs == 0 &&
		!is_listed(harmless, lengthof(harmless), name);
}

static bool
is_trusted(void)
{
	return has_rolreplication(GetUserId()) ||
		has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS);
}

bool
cr_guard_tells_of_server(Oid funcid)
{
	HeapTuple	tuple;
	bool		result;

	if (funcid >= FirstGenbkiObjectId)
		return false;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	if (!HeapTupleIsValid(tuple))
		return false;
	result = is_telling((Form_pg_proc) GETSTRUCT(tuple));
	ReleaseSysCache(tuple);
	return result && !is_trusted() &&
		(cr_marked_any() ||
		 (cr_policy_possible() && cr_load_labelled_relations() != NIL));
}
