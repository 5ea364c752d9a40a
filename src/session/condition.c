/*-------------------------------------------------------------------------
 *
 * src/session/condition.c
 *	  Judges what the condition of an access rule may be.
 *
 * A rule is evaluated in the session of whom it judges, as its author.  That
 * is another user, but the same session: its cursors, prepared statements,
 * locks, settings and statement texts are there for any code that runs.  So a
 * condition has listed functions only (condition_list.c), and reads tables
 * only with what comes with them: views are written out and row policies put
 * in when it comes here.
 *
 * What the planner adds (predicates and expressions of indexes, partition
 * keys, statistics and constraints), what the conditions of a type run, and
 * what has been replaced since is not seen here.  It is refused when it is
 * called, by the same list (guard/objectaccess.c).  Only what tables bring is
 * looked for, as the planner calls functions of ranges without asking.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "base/compat.h"
#include "base/errcodes.h"
#include "base/oids.h"
#include "base/operators.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "session/condition.h"
#include "session/condition_list.h"
#include "session/others_code.h"
#include "session/plain_node.h"
#include "session/template_list.h"
#include "session/type_code.h"
#include "storage/lockdefs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

static CrVerdict *
refuse_function(Oid funcid)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("function %s cannot be called in the condition of an access rule",
									  format_procedure(funcid)),
							 "It would run in the session of whoever is judged. Use session facts and attributes, the server's functions that depend on their arguments and the time alone, pg_has_role(), and subqueries of tables; what other code finds out can be kept in a table.");
}

static CrVerdict *
refuse_operator(Oid opno)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("operator %s cannot be used in the condition of an access rule",
									  format_operator(opno)),
							 "Whatever function its maker calls its negator would run in the session of whoever is judged. Use the server's operators.");
}

/*
 * The condition has another meaning than when it was written.  Whoever is
 * judged is told why (cleanroom.rule_holds()), so nothing is named that only
 * the author might know.
 */
static CrVerdict *
refuse_newcomer(const char *what)
{
	return cr_verdict_refuse(ERRCODE_AMBIGUOUS_FUNCTION, -1,
							 psprintf("%s, which came neither with the server nor with cleanroom, takes part in the condition of an access rule",
									  what),
							 "It is found in schema pg_catalog or cleanroom, where nothing else should be: move the extension that it is from to another schema, or write types by which one of the server's is chosen.");
}

static CrVerdict *
refuse_type(Oid type)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("type %s cannot be used here in the condition of an access rule",
									  format_type_be(type)),
							 "Reading, casting or comparing its values may run code, or look for temporary objects, in the session of whoever is judged. Write values of built-in types, or of enums; format('%s', x) writes any as text.");
}

static CrVerdict *
refuse_construct(const char *what)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 psprintf("%s cannot stand in the condition of an access rule",
									  what),
							 "Write comparisons of session facts and attributes, and subqueries that read permanent tables.");
}

static CrVerdict *
refuse_table(Oid relid, const char *code)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("table \"%s\" cannot be read in the condition of an access rule, because an index, constraint, statistics object, partition key or column of it uses %s",
									  get_rel_name(relid), code),
							 "It would run in the session of whoever is judged. Keep what the rule reads in a table with the server's types, and the server's immutable functions in its indexes and constraints.");
}

/* ---------- what has come into the schemas of the search_path ---------- */

static bool
is_newcomer(Oid catalog, Oid object, Oid schema)
{
	const CrOids *oids = cr_oids_get();

	if (object < FirstNormalObjectId || oids == NULL ||
		(schema != PG_CATALOG_NAMESPACE && schema != oids->schema))
		return false;
	return getExtensionOfObject(catalog, object) != oids->extension;
}

static Oid
schema_of_operator(Oid opno)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(opno));
	Oid			schema;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	schema = ((Form_pg_operator) GETSTRUCT(tuple))->oprnamespace;
	ReleaseSysCache(tuple);
	return schema;
}

static CrVerdict *
judge_made_operator(Oid opno)
{
	if (is_newcomer(OperatorRelationId, opno, schema_of_operator(opno)))
		return refuse_newcomer(psprintf("operator %s",
										format_operator_qualified(opno)));
	return refuse_operator(opno);
}

static CrVerdict *
judge_unlisted_function(Oid funcid)
{
	if (is_newcomer(ProcedureRelationId, funcid, get_func_namespace(funcid)))
		return refuse_newcomer(psprintf("function %s",
										format_procedure_qualified(funcid)));
	return refuse_function(funcid);
}

/* ---------- relations ---------- */

static bool
is_foreign_anywhere(RangeTblEntry *rte)
{
	ListCell   *lc;

	if (!rte->inh || !has_subclass(rte->relid))
		return false;
	foreach(lc, find_all_inheritors(rte->relid, NoLock, NULL))
	{
		if (get_rel_relkind(lfirst_oid(lc)) == RELKIND_FOREIGN_TABLE)
			return true;
	}
	return false;
}

static CrVerdict *
check_relation(RangeTblEntry *rte)
{
	const char *code;

	switch (rte->relkind)
	{
		case RELKIND_VIEW:
			return NULL;		/* stands for permissions only */
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_MATVIEW:
			break;
		default:
			return refuse_construct(psprintf("relation \"%s\", which is no table,",
											 get_rel_name(rte->relid)));
	}
	if (rte->tablesample != NULL)
		return refuse_construct("TABLESAMPLE");
	/* that of the session which is judged */
	if (isAnyTempNamespace(get_rel_namespace(rte->relid)))
		return refuse_construct(psprintf("temporary table \"%s\"",
										 get_rel_name(rte->relid)));
	if (is_foreign_anywhere(rte))
		return refuse_construct(psprintf("table \"%s\", which has foreign parts,",
										 get_rel_name(rte->relid)));
	code = cr_others_code_of_table(rte->relid, InvalidOid);
	if (code != NULL)
		return refuse_table(rte->relid, code);
	return NULL;
}

static CrVerdict *
check_rte(RangeTblEntry *rte)
{
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			return check_relation(rte);
		case RTE_SUBQUERY:
		case RTE_JOIN:
		case RTE_FUNCTION:
		case RTE_VALUES:
		case RTE_CTE:
		case RTE_RESULT:
			return NULL;
		default:
			if (cr_rte_is_group(rte))
				return NULL;
			return refuse_construct("this kind of table expression");
	}
}

/* ---------- expressions ---------- */

typedef struct Judging
{
	Node	   *node;			/* whose functions are being judged */
	CrVerdict  *refusal;
} Judging;

static bool
is_not_listed(Oid funcid, void *context)
{
	Judging    *judging = context;

	if (!cr_condition_list_has(funcid))
		judging->refusal = judge_unlisted_function(funcid);
	else if (OidIsValid(cr_template_list_refused_type(funcid, judging->node)))
		judging->refusal =
			refuse_type(cr_template_list_refused_type(funcid, judging->node));
	return judging->refusal != NULL;
}

static CrVerdict *
check_node(Node *node)
{
	Judging		judging = {node, NULL};

	if (cr_type_brings_code(cr_plain_node_type(node), InvalidOid))
		return refuse_type(cr_plain_node_type(node));
	switch (nodeTag(node))
	{
		case T_Const:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
			if (cr_condition_list_has_type(exprType(node)))
				return NULL;
			return refuse_type(exprType(node));
		case T_CoerceToDomain:
			return refuse_type(exprType(node));
		default:
			if (!cr_plain_node(node))
				return refuse_construct("this kind of expression");
			if (OidIsValid(cr_made_operator(node)))
				return judge_made_operator(cr_made_operator(node));
			(void) check_functions_in_node(node, is_not_listed, &judging);
			return judging.refusal;
	}
}

static CrVerdict *
check_query(Query *query)
{
	if (query->commandType != CMD_SELECT || query->hasModifyingCTE)
		return refuse_construct("a data-modifying statement");
	if (query->rowMarks != NIL)
		return refuse_construct("FOR UPDATE or FOR SHARE");
	if (query->hasWindowFuncs)
		return refuse_construct("a window function");
	return NULL;
}

static bool
condition_walker(Node *node, CrVerdict **refusal)
{
	if (node == NULL)
		return false;
	check_stack_depth();
	if (IsA(node, Query))
	{
		*refusal = check_query((Query *) node);
		return *refusal != NULL ||
			query_tree_walker((Query *) node, condition_walker, refusal,
							  QTW_EXAMINE_RTES_BEFORE |
							  QTW_IGNORE_JOINALIASES);
	}
	if (IsA(node, RangeTblEntry))
	{
		/* its parts come next */
		*refusal = check_rte((RangeTblEntry *) node);
		return *refusal != NULL;
	}
	*refusal = check_node(node);
	return *refusal != NULL ||
		expression_tree_walker(node, condition_walker, (void *) refusal);
}

/* See condition.h. */
CrVerdict *
cr_condition_judge(List *queries)
{
	CrVerdict  *refusal = NULL;

	(void) condition_walker((Node *) queries, &refusal);
	return refusal;
}
