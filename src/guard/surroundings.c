/*-------------------------------------------------------------------------
 *
 * src/guard/surroundings.c
 *	  Judges what surrounds a query on a protected table: settings,
 *	  transaction, the command it stands in.
 *
 * Asked by the planner hook and, for plans made earlier, at executor start.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/parallel.h"
#include "access/xact.h"
#include "base/errcodes.h"
#include "base/settings.h"
#include "guard/command.h"
#include "session/asker.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/*
 * Settings anybody may turn on that make the server write, at level LOG, the
 * query with its guards or how many rows a sort took in.  Some are known to
 * one version or one build only.
 */
static const char *const printing_settings[] = {
	"debug_print_raw_parse",
	"debug_print_parse",
	"debug_print_rewritten",
	"debug_print_plan",
	"trace_sort",
	"trace_syncscan",
};

const char *
cr_setting_that_prints(void)
{
	for (size_t i = 0; i < lengthof(printing_settings); i++)
	{
		const char *value = GetConfigOption(printing_settings[i], true, false);

		if (value != NULL && strcmp(value, "on") == 0)
			return printing_settings[i];
	}

	/*
	 * At this level the client sees what is meant for the server's log, such
	 * as the size of temporary files, and the plans of auto_explain.
	 */
	if (client_min_messages <= LOG)
		return "client_min_messages";

	/*
	 * Later on the client may ask for it, too, and only what goes to the
	 * server's log can be kept from it then.
	 */
	if (log_min_messages > ERROR)
		return "log_min_messages";
	return NULL;
}

const char *
cr_command_hint(const char *command)
{
	if (strcmp(command, "EXPLAIN") == 0)
		return "Use cleanroom.explain() to see how the query would run.";
	if (strcmp(command, "COPY") == 0)
		return "Run a SELECT that aggregates, by itself; \\g of psql writes its result to a file.";
	if (strstr(command, "TABLE AS") || strstr(command, "INTO") ||
		strstr(command, "VIEW"))
		return "Run the query by itself, or make an ordinary view of it.";
	if (strstr(command, "of a column's type"))
		return "Ask the owner of the table, or a superuser; or make a new type.";
	return "Protected tables can only be queried, with aggregates over enough people.";
}

CrVerdict *
cr_command_refusal(const char *command, Oid relid)
{
	char	   *relname = OidIsValid(relid) ? get_rel_name(relid) : NULL;
	char	   *reason;

	if (relname != NULL)
		reason = psprintf("%s is not allowed on protected table \"%s\"",
						  command, relname);
	else
		reason = psprintf("%s is not allowed on a protected table", command);
	return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1, reason,
							 cr_command_hint(command));
}

static CrVerdict *
judge_settings(const char *what)
{
	const char *setting = cr_setting_that_prints();
	const char *hint = "Run SET %s = off first.";
	CrVerdict  *verdict;

	if (setting == NULL)
		return NULL;
	if (strcmp(setting, "client_min_messages") == 0)
		hint = "Run SET %s = notice first.";
	else if (strcmp(setting, "log_min_messages") == 0)
		hint = "Ask a superuser to set %s to error, or to less.";
	verdict = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								psprintf("%s cannot be queried with this value of \"%s\"",
										 what, setting),
								psprintf(hint, setting));
	verdict->detail = "It has the server print how a query runs.";
	return verdict;
}

/* An index may leave out matches at random: the sample of a few people. */
static CrVerdict *
judge_samples(const char *what)
{
	if (GinFuzzySearchLimit == 0)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
							 psprintf("%s cannot be queried with this value of \"gin_fuzzy_search_limit\"",
									  what),
							 "Run SET gin_fuzzy_search_limit = 0 first.");
}

CrVerdict *
cr_command_judge_session(const char *what)
{
	CrVerdict  *verdict = judge_settings(what);

	if (verdict == NULL)
		verdict = judge_samples(what);
	if (verdict == NULL && IsolationIsSerializable())
	{
		verdict = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
									psprintf("%s cannot be queried in a serializable transaction",
											 what),
									"Use the isolation level REPEATABLE READ or READ COMMITTED.");
		verdict->detail = "Its predicate locks, which pg_locks shows, tell which rows a query has read.";
	}
	return verdict;
}

/* May a query fail by what it comes to read?  Up to PG 16, if so set. */
static bool
reads_may_fail(void)
{
#if PG_VERSION_NUM < 170000
	return OldSnapshotThresholdActive();
#else
	return false;
#endif
}

CrVerdict *
cr_guard_judge_surroundings(void)
{
	const char *command = cr_command_forbidding_queries();

	if (!cr_enabled)
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "protected tables cannot be queried while cleanroom.enabled is off",
								 "A superuser can turn it on.");
	if (command != NULL)
		return cr_command_refusal(command, InvalidOid);

	if (cr_session_is_borrowed())
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "protected tables cannot be queried by code that the extension runs for somebody else",
								 "In access rules and templates' types, ask session_fact(), attribute() and tables of your own.");

	/* a worker does not know which command its leader is running */
	if (IsParallelWorker())
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "protected tables cannot be queried by a function that runs in a parallel worker",
								 "Declare the function PARALLEL RESTRICTED.");

	if (reads_may_fail())
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "protected tables cannot be queried where \"old_snapshot_threshold\" is set",
								 "Ask a superuser to set it to -1 and restart the server: a query fails by the pages that it reads, and so tells of rows.");

	return cr_command_judge_session("protected tables");
}
