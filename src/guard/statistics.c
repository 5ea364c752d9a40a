/*-------------------------------------------------------------------------
 *
 * src/guard/statistics.c
 *	  Refuses analysts the numbers of tuples and blocks that the server counts
 *	  for a protected table.
 *
 * They tell what a query whose result was withheld has matched.  The views
 * pg_stat_*_tables, pg_stat_*_indexes and pg_statio_* get them from built-in
 * functions; those cannot be hooked with their argument, so the planner hook
 * puts relation_statistic() in their place, for users who are not
 * superusers, and objectaccess.c refuses the calls that it does not see.
 *
 * Of the extension's own tables, whose views hide rows, there are no numbers
 * for these users: NULL, as they are in every database that has it.
 *
 * Nor are there any of calls of the extension's own functions, of which a
 * query on protected tables makes one for each row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/oids.h"
#include "catalog/index.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "guard/bound.h"
#include "guard/guard.h"
#include "guard/raise.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(cr_relation_statistic);

/* functions of (relation oid) that return bigint */
static bool
counts_of_relation(Oid funcid)
{
	switch (funcid)
	{
		case F_PG_STAT_GET_NUMSCANS:
		case F_PG_STAT_GET_TUPLES_RETURNED:
		case F_PG_STAT_GET_TUPLES_FETCHED:
		case F_PG_STAT_GET_TUPLES_INSERTED:
		case F_PG_STAT_GET_TUPLES_UPDATED:
		case F_PG_STAT_GET_TUPLES_DELETED:
		case F_PG_STAT_GET_TUPLES_HOT_UPDATED:
		case F_PG_STAT_GET_LIVE_TUPLES:
		case F_PG_STAT_GET_DEAD_TUPLES:
		case F_PG_STAT_GET_MOD_SINCE_ANALYZE:
		case F_PG_STAT_GET_INS_SINCE_VACUUM:
		case F_PG_STAT_GET_BLOCKS_FETCHED:
		case F_PG_STAT_GET_BLOCKS_HIT:
		case F_PG_STAT_GET_XACT_NUMSCANS:
		case F_PG_STAT_GET_XACT_TUPLES_RETURNED:
		case F_PG_STAT_GET_XACT_TUPLES_FETCHED:
		case F_PG_STAT_GET_XACT_TUPLES_INSERTED:
		case F_PG_STAT_GET_XACT_TUPLES_UPDATED:
		case F_PG_STAT_GET_XACT_TUPLES_DELETED:
		case F_PG_STAT_GET_XACT_TUPLES_HOT_UPDATED:
		case F_PG_STAT_GET_XACT_BLOCKS_FETCHED:
		case F_PG_STAT_GET_XACT_BLOCKS_HIT:
#if PG_VERSION_NUM >= 160000
		case F_PG_STAT_GET_TUPLES_NEWPAGE_UPDATED:
		case F_PG_STAT_GET_XACT_TUPLES_NEWPAGE_UPDATED:
#endif
			return true;
		default:
			return false;
	}
}

/* functions of (function oid) that return bigint */
static bool
counts_of_function(Oid funcid)
{
	return funcid == F_PG_STAT_GET_FUNCTION_CALLS ||
		funcid == F_PG_STAT_GET_XACT_FUNCTION_CALLS;
}

bool
cr_guard_counts_rows(Oid funcid)
{
	return counts_of_relation(funcid) || counts_of_function(funcid);
}

/*
 * The table whose rows are counted when those of relid are.
 */
static Oid
counted_table(Oid relid)
{
	char		relkind = get_rel_relkind(relid);

	if (relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX)
	{
		relid = IndexGetRelation(relid, true);
		relkind = get_rel_relkind(relid);
	}
	if (relkind == RELKIND_TOASTVALUE)
		relid = cr_guard_table_of_toast(relid);
	return relid;
}

static void
refuse_statistic(Oid table, const char *reason, const char *hint)
{
	CrVerdict  *verdict = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1, reason,
											hint);

	verdict->detail = "They count what a query has read, its result withheld or not.";
	cr_raise_refusal_of(verdict,
						OidIsValid(table) ? list_make1_oid(table) : NIL,
						NULL, -1, 0);
}

static void
judge_relation_statistic(Oid table)
{
	char	   *schema;
	char	   *name;

	if (!cr_guard_binds(table))
		return;
	schema = get_namespace_name(get_rel_namespace(table));
	name = get_rel_name(table);
	refuse_statistic(table,
					 psprintf("statistics of protected table \"%s\" cannot be read",
							  name),
					 psprintf("Leave it out with a condition such as WHERE relid <> '%s'::regclass.",
							  quote_qualified_identifier(schema, name)));
}

static bool
is_own_function(Oid funcid)
{
	const CrOids *oids = cr_oids_get();

	return oids != NULL && OidIsValid(oids->schema) &&
		get_func_namespace(funcid) == oids->schema;
}

/*
 * SQL: cleanroom.relation_statistic(counter oid, object oid): bigint.
 * Does what the built-in "counter" does, but not for a protected table, nor
 * for one of the extension's own.
 */
Datum
cr_relation_statistic(PG_FUNCTION_ARGS)
{
	Oid			funcid = PG_GETARG_OID(0);
	LOCAL_FCINFO(call, 1);
	FmgrInfo	counter;
	Datum		result;

	if (!cr_guard_counts_rows(funcid))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("function %u does not count rows of a relation",
						funcid),
				 errhint("Call a function such as pg_stat_get_live_tuples() directly.")));
	if (counts_of_relation(funcid))
	{
		Oid			table = counted_table(PG_GETARG_OID(1));

		/* whoever looks at all tables need not leave these out by name */
		if (cr_guard_closes(table))
			PG_RETURN_NULL();
		judge_relation_statistic(table);
	}
	else if (!superuser() && is_own_function(PG_GETARG_OID(1)))
		PG_RETURN_NULL();

	fmgr_info(funcid, &counter);
	InitFunctionCallInfoData(*call, &counter, 1, InvalidOid, NULL, NULL);
	call->args[0].value = PG_GETARG_DATUM(1);
	call->args[0].isnull = false;
	result = FunctionCallInvoke(call);
	if (call->isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

static bool
is_counter_call(Node *node)
{
	return IsA(node, FuncExpr) &&
		cr_guard_counts_rows(((FuncExpr *) node)->funcid) &&
		list_length(((FuncExpr *) node)->args) == 1;
}

static bool
has_counter_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (is_counter_call(node))
		return true;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, has_counter_walker, context,
								 0);
	return expression_tree_walker(node, has_counter_walker, context);
}

static Node *
replace_counter_mutator(Node *node, void *context)
{
	Oid			replacement = *(Oid *) context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Query))
		return (Node *) query_tree_mutator((Query *) node,
										   replace_counter_mutator, context,
										   0);
	if (is_counter_call(node))
	{
		FuncExpr   *call = (FuncExpr *) node;
		Node	   *object = replace_counter_mutator(linitial(call->args),
													 context);
		Const	   *counter = makeConst(OIDOID, -1, InvalidOid, sizeof(Oid),
										ObjectIdGetDatum(call->funcid),
										false, true);
		FuncExpr   *result = makeFuncExpr(replacement, INT8OID,
										  list_make2(counter, object),
										  InvalidOid, InvalidOid,
										  COERCE_EXPLICIT_CALL);

		result->location = call->location;
		return (Node *) result;
	}
	return expression_tree_mutator(node, replace_counter_mutator, context);
}

Query *
cr_guard_statistics(Query *query)
{
	static const Oid argtypes[] = {OIDOID, OIDOID};
	Oid			replacement;

	if (!cr_policy_possible() || superuser() ||
		!has_counter_walker((Node *) query, NULL))
		return query;
	replacement = cr_oids_find_function("relation_statistic", 2, argtypes);
	if (!OidIsValid(replacement))
		return query;			/* objectaccess.c refuses the calls */
	return (Query *) replace_counter_mutator((Node *) query, &replacement);
}
