/*-------------------------------------------------------------------------
 *
 * src/base/compat.c
 *	  Differences between server versions that are too long for a header.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "base/compat.h"
#include "base/visible.h"
#include "executor/executor.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_inherits.h"
#include "nodes/makefuncs.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/multibitmapset.h"
#endif
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/*
 * PG 18 has columns of the grouping step in the target list and in HAVING;
 * they become the grouping expressions again, as in older versions, and the
 * range table entry stays behind unused, as a plain result.
 */
void
cr_flatten_group_names(Query *query)
{
#if PG_VERSION_NUM >= 180000
	ListCell   *lc;

	if (!query->hasGroupRTE)
		return;
	query->targetList = (List *)
		flatten_group_exprs(NULL, query, (Node *) query->targetList);
	query->havingQual = flatten_group_exprs(NULL, query, query->havingQual);
	query->hasGroupRTE = false;
	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind != RTE_GROUP)
			continue;
		rte->rtekind = RTE_RESULT;
		rte->groupexprs = NIL;
		rte->eref = makeAlias("unused", NIL);
	}
#endif
}

/* PG 16 added a planner argument, which may be NULL. */
Node *
cr_flatten_join_names(Query *query, Node *node)
{
#if PG_VERSION_NUM >= 160000
	return flatten_join_alias_vars(NULL, query, node);
#else
	return flatten_join_alias_vars(query, node);
#endif
}

#if PG_VERSION_NUM >= 160000
typedef struct Raised
{
	const Var  *like;
	int			join;
} Raised;

static bool
raise_walker(Node *node, Raised *raised)
{
	Var		   *var = (Var *) node;
	Bitmapset  *joins;

	if (node == NULL)
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, raise_walker, raised);
	if (var->varlevelsup != 0)
		return false;
	joins = bms_copy(raised->like->varnullingrels);
	if (var->varno != raised->like->varno)
		joins = bms_del_member(joins, raised->join);
	var->varnullingrels = bms_union(var->varnullingrels, joins);
	return false;
}
#endif

/*
 * PG 16 notes in a Var which outer joins may null it: a condition of a join's
 * ON comes to stand above that, where a Var of the side that may be missing
 * is like the one given.
 */
void
cr_raise_nulling(Node *condition, const Var *like, int join)
{
#if PG_VERSION_NUM >= 160000
	Raised		raised = {like, join};

	raise_walker(condition, &raised);
#endif
}

#if PG_VERSION_NUM >= 160000
typedef struct Nulling
{
	const Bitmapset *joins;
	Index		depth;			/* of the query walked */
} Nulling;

static bool
nulling_walker(Node *node, Nulling *nulling)
{
	Var		   *var = (Var *) node;

	if (node == NULL)
		return false;
	if (IsA(node, Var) && var->varlevelsup == nulling->depth)
		var->varnullingrels = bms_difference(var->varnullingrels,
											 nulling->joins);
	if (IsA(node, Query))
	{
		nulling->depth++;
		query_tree_walker((Query *) node, nulling_walker, nulling, 0);
		nulling->depth--;
		return false;
	}
	return expression_tree_walker(node, nulling_walker, nulling);
}
#endif

/*
 * PG 16 notes in a Var which outer joins may null it: those of the query do
 * so no longer.
 */
void
cr_forget_nulling(Query *query, const Bitmapset *joins)
{
#if PG_VERSION_NUM >= 160000
	Nulling		nulling = {joins, 0};

	query_tree_walker(query, nulling_walker, &nulling, 0);
#endif
}

/*
 * PG 16 keeps permissions beside the range table: entries of another query,
 * and theirs, come behind those of the query.
 */
void
cr_append_entries(Query *to, Query *from)
{
#if PG_VERSION_NUM >= 160000
	CombineRangeTables(&to->rtable, &to->rteperminfos, from->rtable,
					   from->rteperminfos);
#else
	to->rtable = list_concat(to->rtable, from->rtable);
#endif
}

/*
 * Can the condition, or list of such, hold only where the column is not null?
 * PG 16 made what tells that a set.
 */
bool
cr_var_is_forced(Node *condition, const Var *var)
{
	List	   *forced = find_nonnullable_vars(condition);

#if PG_VERSION_NUM >= 160000
	return mbms_is_member(var->varno,
						  var->varattno - FirstLowInvalidHeapAttributeNumber,
						  forced);
#else
	return list_member(forced, var);
#endif
}

/* PG 18 computes virtual columns when they are read. */
bool
cr_has_virtual_columns(Oid relid)
{
	bool		found = false;
#if PG_VERSION_NUM >= 180000
	Relation	relation = table_open(relid, NoLock);

	found = relation->rd_att->constr != NULL &&
		relation->rd_att->constr->has_generated_virtual;
	table_close(relation, NoLock);
#endif
	return found;
}

/* The same of one column. */
bool
cr_attribute_is_virtual(Oid relid, AttrNumber attnum)
{
	bool		result = false;
#if PG_VERSION_NUM >= 180000
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
										Int16GetDatum(attnum));

	if (HeapTupleIsValid(tuple))
	{
		result = ((Form_pg_attribute) GETSTRUCT(tuple))->attgenerated ==
			ATTRIBUTE_GENERATED_VIRTUAL;
		ReleaseSysCache(tuple);
	}
#endif
	return result;
}

/*
 * Is the column never null in rows that a query sees now?  PG 18 knows NOT
 * NULL constraints that are not valid yet.  Children of a table, other than
 * partitions, need not have its constraints.
 */
bool
cr_attribute_is_not_null(Oid relid, AttrNumber attnum)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
										Int16GetDatum(attnum));
	bool		result = false;

	if (HeapTupleIsValid(tuple))
	{
		result = ((Form_pg_attribute) GETSTRUCT(tuple))->attnotnull &&
			cr_visible_not_null(relid, attnum, tuple);
		ReleaseSysCache(tuple);
	}
	if (result && get_rel_relkind(relid) == RELKIND_RELATION &&
		has_subclass(relid))
		return false;
#if PG_VERSION_NUM >= 180000
	if (result)
	{
		Relation	relation = table_open(relid, NoLock);

		CompactAttribute *attribute =
			TupleDescCompactAttr(relation->rd_att, attnum - 1);

		result = attribute->attnullability == ATTNULLABLE_VALID;
		table_close(relation, NoLock);
	}
	if (result)
	{
		/* it becomes valid without a change of the column's row */
		HeapTuple	constraint = findNotNullConstraintAttnum(relid, attnum);

		result = constraint == NULL || cr_visible_constraint(constraint);
	}
#endif
	return result;
}

/*
 * Asks again whether the current user may run a plan: raises 42501.  PG 16
 * keeps permissions beside the range table.
 */
void
cr_check_permissions(PlannedStmt *plan)
{
#if PG_VERSION_NUM >= 160000
	(void) ExecCheckPermissions(plan->rtable, plan->permInfos, true);
#else
	(void) ExecCheckRTPerms(plan->rtable, true);
#endif
}

/*
 * Has the current user itself the privileges that an entry needs, whoever is
 * asked for them?  PG 16 keeps permissions beside the range table.
 */
bool
cr_may_itself(const RangeTblEntry *rte, List *permissions)
{
	RangeTblEntry own = *rte;
#if PG_VERSION_NUM >= 160000
	RTEPermissionInfo info = *getRTEPermissionInfo(permissions, &own);

	info.checkAsUser = InvalidOid;
	own.perminfoindex = 1;
	return ExecCheckPermissions(list_make1(&own), list_make1(&info), false);
#else
	own.checkAsUser = InvalidOid;
	return ExecCheckRTPerms(list_make1(&own), false);
#endif
}

AclMode
cr_plan_permission(PlannedStmt *plan, RangeTblEntry *rte, Oid *as_user)
{
#if PG_VERSION_NUM >= 160000
	RTEPermissionInfo *info;

	*as_user = InvalidOid;
	if (rte->perminfoindex == 0)
		return ACL_SELECT;
	info = getRTEPermissionInfo(plan->permInfos, rte);
	*as_user = info->checkAsUser;
	return info->requiredPerms;
#else
	*as_user = rte->checkAsUser;
	return rte->requiredPerms;
#endif
}
