/*-------------------------------------------------------------------------
 *
 * src/guard/utility.c
 *	  Hook at utility commands: refuses analysts the commands that would show
 *	  or change a protected table.
 *
 * A command that names relations is judged by them.  One that runs a query
 * of its own (COPY, EXPLAIN, CREATE TABLE AS and kin) is remembered while it
 * runs, and the planner and executor hooks refuse whatever reads a protected
 * table under it; so views, prepared statements and functions need no look
 * here.  What touches relations that the command does not name, such as
 * TRUNCATE ... CASCADE, is left to objectaccess.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/oids.h"
#include "catalog/namespace.h"
#include "commands/defrem.h"
#include "guard/bound.h"
#include "guard/command.h"
#include "guard/extension_schema.h"
#include "guard/foreign_key.h"
#include "guard/guard.h"
#include "guard/held.h"
#include "guard/maintenance.h"
#include "guard/own_names.h"
#include "guard/placed.h"
#include "guard/raise.h"
#include "guard/rewriting.h"
#include "guard/template_database.h"
#include "guard/types.h"
#include "guard/uncounted.h"
#include "keys/parts.h"
#include "nodes/parsenodes.h"
#include "miscadmin.h"
#include "policy/by_hand.h"
#include "policy/marked.h"
#include "policy/policy.h"
#include "session/own_table.h"
#include "session/second_factor.h"
#include "tcop/utility.h"
#include "utils/guc.h"
#include "utils/memutils.h"

static ProcessUtility_hook_type prev_ProcessUtility = NULL;

/* the innermost running command that queries must not be under, or NULL */
static const char *forbidding_command = NULL;

/* is one of the commands that are running an EXPLAIN? */
static bool explaining = false;

const char *
cr_command_forbidding_queries(void)
{
	return forbidding_command;
}

bool
cr_command_explains(void)
{
	return explaining;
}

/*
 * The name of a command that runs a query and hands its rows or its plan to
 * somewhere else; NULL of others.  The names are static.
 */
static const char *
command_over_query(Node *command)
{
	switch (nodeTag(command))
	{
		case T_CopyStmt:
			return ((CopyStmt *) command)->is_from ? NULL : "COPY";
		case T_ExplainStmt:
			return "EXPLAIN";
		case T_CreateTableAsStmt:
			if (((CreateTableAsStmt *) command)->objtype == OBJECT_MATVIEW)
				return "CREATE MATERIALIZED VIEW";
			if (((CreateTableAsStmt *) command)->is_select_into)
				return "SELECT INTO";
			return "CREATE TABLE AS";
		case T_RefreshMatViewStmt:
			return "REFRESH MATERIALIZED VIEW";
		default:
			return NULL;
	}
}

static void
refuse_relation(const char *command, const RangeVar *name)
{
	Oid			relid;

	if (name == NULL)
		return;
	relid = RangeVarGetRelid(name, NoLock, true);
	if (!OidIsValid(relid))
		return;					/* the command itself will say so */
	if (cr_guard_closes(relid) &&
		(cr_guard_has_right(relid, ACL_NO_RIGHTS) || cr_rewriting_of_all()))
		cr_raise_own_command(command, relid);
	relid = cr_guard_find_bound(relid);
	if (OidIsValid(relid))
		cr_raise_command(command, relid);
}

/*
 * To lock a view is to lock its tables, with the privileges of its owner.
 * Whoever reads one has the weakest lock on them.
 */
static void
judge_lock(LockStmt *lock)
{
	ListCell   *lc;

	foreach(lc, lock->relations)
	{
		RangeVar   *name = lfirst_node(RangeVar, lc);
		Oid			relid = RangeVarGetRelid(name, NoLock, true);
		Oid			own = InvalidOid;

		refuse_relation("LOCK TABLE", name);
		if (OidIsValid(relid) && lock->mode != AccessShareLock &&
			cr_guard_has_right(relid, ACL_SELECT))
			own = cr_guard_find_closed(relid);
		if (OidIsValid(own))
			cr_raise_own_command("LOCK TABLE", own);
	}
}

/*
 * Would the command report how many rows it met?  VERBOSE says so to the
 * client at once, and without it the same lines are DEBUG messages.
 */
static bool
prints_counts(List *options)
{
	ListCell   *lc;

	if (client_min_messages < LOG)
		return true;
	foreach(lc, options)
	{
		DefElem    *option = lfirst_node(DefElem, lc);

		if (strcmp(option->defname, "verbose") == 0)
			return defGetBoolean(option);
	}
	return false;
}

static void
judge_vacuum(VacuumStmt *vacuum)
{
	const char *name = vacuum->is_vacuumcmd ? "VACUUM VERBOSE" :
		"ANALYZE VERBOSE";
	ListCell   *lc;

	if (!prints_counts(vacuum->options))
		return;
	foreach(lc, vacuum->rels)
		refuse_relation(name, lfirst_node(VacuumRelation, lc)->relation);
	if (vacuum->rels == NIL && OidIsValid(cr_guard_find_bound_anywhere()))
		cr_raise_command(name, cr_guard_find_bound_anywhere());
	if (vacuum->rels == NIL && cr_rewriting_of_all() &&
		cr_oids_get() != NULL)
		cr_raise_own_command(name, cr_own_table_oid("ledger_records"));
}

static void
judge_create_table_as(CreateTableAsStmt *create)
{
	Oid			relid = InvalidOid;

	if (IsA(create->query, Query))
		relid = cr_guard_find_bound_in_query((Query *) create->query);
	if (OidIsValid(relid))
	{
		const char *command = command_over_query((Node *) create);

		cr_raise_command(command, relid);
	}
}

/*
 * Raises an error when the command names a protected table, or a view of
 * one, that binds the current user, and is not for analysts.
 */
static void
judge_command(Node *command)
{
	cr_rewriting_judge(command);
	switch (nodeTag(command))
	{
		case T_CopyStmt:
			refuse_relation("COPY", ((CopyStmt *) command)->relation);
			break;
		case T_CreateTableAsStmt:
			judge_create_table_as((CreateTableAsStmt *) command);
			break;
		case T_LockStmt:
			judge_lock((LockStmt *) command);
			break;
		case T_VacuumStmt:
			judge_vacuum((VacuumStmt *) command);
			break;
		case T_ClusterStmt:
			if (prints_counts(((ClusterStmt *) command)->params))
				refuse_relation("CLUSTER VERBOSE",
								((ClusterStmt *) command)->relation);
			break;
		default:
			break;
	}
}

/* Makes way for what the command is about to make. */
static void
prepare_command(Node *command)
{
	if (IsA(command, CreatePolicyStmt))
	{
		CreatePolicyStmt *create = (CreatePolicyStmt *) command;
		Oid			relid = RangeVarGetRelid(create->table, NoLock, true);

		if (OidIsValid(relid))
			cr_policy_make_room(relid, create->policy_name);
	}
}

/* Could the command switch row security of a table? */
static bool
may_switch_row_security(Node *command)
{
	ListCell   *lc;

	if (!IsA(command, AlterTableStmt))
		return false;
	foreach(lc, ((AlterTableStmt *) command)->cmds)
	{
		switch (lfirst_node(AlterTableCmd, lc)->subtype)
		{
			case AT_EnableRowSecurity:
			case AT_DisableRowSecurity:
			case AT_ForceRowSecurity:
			case AT_NoForceRowSecurity:
				return true;
			default:
				break;
		}
	}
	return false;
}

/*
 * Has switches of row security recorded that the command has changed.  Not
 * until PostgreSQL 17 does the object access hook hear of them.
 */
static void
note_switches(List *before)
{
	if (before == NIL)
		return;
	CommandCounterIncrement();
	cr_by_hand_note_switches(before);
}

/* Could the command drop the extension, itself or in its wake? */
static bool
may_drop_extension(Node *command)
{
	return IsA(command, DropStmt) || IsA(command, DropOwnedStmt);
}

/*
 * The closing policies went with the extension; the tables stay closed.
 * Whoever made something that the extension depends on, as only a superuser
 * can bring about, does not decide that for all owners.
 */
static void
seal_tables(void)
{
	CommandCounterIncrement();
	if (cr_oids_get() != NULL)
		return;
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("this would drop extension cleanroom"),
				 errhint("Ask a superuser, who can drop the extension before.")));
	cr_policy_seal_tables();
}

/* What is to be done when a command has run. */
typedef struct Aftermath
{
	List	   *switches;		/* of row security, as they were */
	bool		leaving;		/* the extension may be dropped */
	char	   *copy;			/* a database that is to be marked */
} Aftermath;

static void
finish_command(const Aftermath *after)
{
	note_switches(after->switches);
	if (IsTransactionState())
	{
		cr_placed_settle();
		cr_parts_settle();
	}
	if (after->leaving)
		seal_tables();
	if (after->copy != NULL)
		cr_marked_set_copy(after->copy);
}

static void
run_utility(PlannedStmt *pstmt, const char *query_string, bool read_only_tree,
			ProcessUtilityContext context, ParamListInfo params,
			QueryEnvironment *query_env, DestReceiver *dest,
			QueryCompletion *qc)
{
	const char *maintained = cr_maintenance_of_others(pstmt->utilityStmt);
	MemoryContext entered = CurrentMemoryContext;
	Oid			previous = cr_foreign_key_enter();
	bool		outer = cr_maintenance_enter(maintained != NULL);

	PG_TRY();
	{
		if (prev_ProcessUtility)
			prev_ProcessUtility(pstmt, query_string, read_only_tree, context,
								params, query_env, dest, qc);
		else
			standard_ProcessUtility(pstmt, query_string, read_only_tree,
									context, params, query_env, dest, qc);
	}
	PG_CATCH();
	{
		cr_foreign_key_leave(previous);
		cr_maintenance_leave(outer);
		if (maintained != NULL)
			cr_maintenance_fail(maintained, entered);
		PG_RE_THROW();
	}
	PG_END_TRY();
	cr_foreign_key_leave(previous);
	cr_maintenance_leave(outer);
}

static void
cr_ProcessUtility(PlannedStmt *pstmt, const char *query_string,
				  bool read_only_tree, ProcessUtilityContext context,
				  ParamListInfo params, QueryEnvironment *query_env,
				  DestReceiver *dest, QueryCompletion *qc)
{
	const char *outer_command = forbidding_command;
	bool		outer_explaining = explaining;
	const char *command = command_over_query(pstmt->utilityStmt);
	CrHeld	   *volatile held = NULL;
	Aftermath	after = {0};

	/* before it runs: one that fails has discarded some of the session */
	if (IsA(pstmt->utilityStmt, DiscardStmt) &&
		((DiscardStmt *) pstmt->utilityStmt)->target == DISCARD_ALL)
		cr_second_factor_forget();

	/*
	 * Outside a transaction, as ROLLBACK in a failed one, and for commands
	 * that end one, no catalog may be read.
	 */
	if (!IsTransactionState() || IsA(pstmt->utilityStmt, TransactionStmt))
	{
		run_utility(pstmt, query_string, read_only_tree, context, params,
					query_env, dest, qc);
		return;
	}

	cr_uncounted_settle();
	cr_own_names_judge(pstmt->utilityStmt);
	cr_extension_schema_judge(pstmt->utilityStmt);
	after.copy = cr_template_database_judge(pstmt->utilityStmt);
	if (cr_policy_possible())
	{
		cr_types_judge(pstmt->utilityStmt);
		judge_command(pstmt->utilityStmt);
		prepare_command(pstmt->utilityStmt);
		if (may_switch_row_security(pstmt->utilityStmt))
			after.switches = cr_by_hand_read_switches();
		if (IsA(pstmt->utilityStmt, FetchStmt))
			held = cr_held_open((FetchStmt *) pstmt->utilityStmt);
	}
	after.leaving = may_drop_extension(pstmt->utilityStmt) &&
		cr_oids_get() != NULL;
	if (command != NULL)
		forbidding_command = command;
	if (IsA(pstmt->utilityStmt, ExplainStmt))
		explaining = true;
	PG_TRY();
	{
		run_utility(pstmt, query_string, read_only_tree, context, params,
					query_env, dest, qc);
	}
	PG_FINALLY();
	{
		forbidding_command = outer_command;
		cr_held_close(held);
		explaining = outer_explaining;
	}
	PG_END_TRY();
	finish_command(&after);
}

void
cr_guard_utility_init(void)
{
	prev_ProcessUtility = ProcessUtility_hook;
	ProcessUtility_hook = cr_ProcessUtility;
}
