/*-------------------------------------------------------------------------
 *
 * src/base/compat.h
 *	  Every difference between the server versions that we build for.
 *
 * Callers are written against the newest signature.  PG_VERSION_NUM appears
 * here and in src/guard/ only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_COMPAT_H
#define CR_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "cleanroom needs PostgreSQL 15 or newer"
#endif
#if PG_VERSION_NUM >= 190000
#error "cleanroom has not been tried on PostgreSQL newer than 18"
#endif

#include "access/attnum.h"
#include "catalog/pg_class.h"
#include "nodes/parsenodes.h"
#include "parser/parse_relation.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/guc_tables.h"
#include "utils/lsyscache.h"

/* PG 16 moved the macros for variable-length values out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* PG 16 replaced the per-catalog ownership checks with one function. */
static inline bool
cr_owns_relation(Oid relid, Oid roleid)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relid, roleid);
#else
	return pg_class_ownercheck(relid, roleid);
#endif
}

/* Does the operator compare as an index does?  PG 18 renamed the look-up. */
static inline bool
cr_operator_compares(Oid operator)
{
#if PG_VERSION_NUM >= 180000
	return get_op_index_interpretation(operator) != NIL;
#else
	return get_op_btree_interpretation(operator) != NIL;
#endif
}

/* PG 16 notes in a Var which outer joins may null it. */
static inline void
cr_set_nulling(Var *var, const Bitmapset *joins)
{
#if PG_VERSION_NUM >= 160000
	var->varnullingrels = bms_copy(joins);
#endif
}

/* The same as of another Var of the entry. */
static inline void
cr_copy_nulling(Var *var, const Var *like)
{
#if PG_VERSION_NUM >= 160000
	var->varnullingrels = bms_copy(like->varnullingrels);
#endif
}

/* The same besides its own: it stands where the other one did. */
static inline void
cr_add_nulling(Var *var, const Var *like)
{
#if PG_VERSION_NUM >= 160000
	var->varnullingrels = bms_union(var->varnullingrels,
									like->varnullingrels);
#endif
}

/* PG 16 keeps permissions beside the range table; the shell has none. */
static inline void
cr_clear_permissions(Query *query)
{
#if PG_VERSION_NUM >= 160000
	query->rteperminfos = NIL;
#endif
}

/*
 * PG 16 keeps permissions beside the range table: those of an entry that
 * moves to a query of its own go with it.
 */
static inline void
cr_move_permission(Query *from, Query *to, RangeTblEntry *rte)
{
#if PG_VERSION_NUM >= 160000
	if (rte->perminfoindex == 0)
		return;
	to->rteperminfos =
		list_make1(copyObject(list_nth(from->rteperminfos,
									   rte->perminfoindex - 1)));
	rte->perminfoindex = 1;
#endif
}

/* PG 16 keeps permissions beside the range table: the columns read. */
static inline const Bitmapset *
cr_selected_columns(Query *query, RangeTblEntry *rte)
{
#if PG_VERSION_NUM >= 160000
	if (rte->perminfoindex == 0)
		return NULL;
	return getRTEPermissionInfo(query->rteperminfos, rte)->selectedCols;
#else
	return rte->selectedCols;
#endif
}

/* PG 16 keeps permissions beside the range table; before, there are none. */
#if PG_VERSION_NUM >= 160000
#define CR_QUERY_PERMISSIONS(query)	((query)->rteperminfos)
#define CR_PLAN_PERMISSIONS(plan)	((plan)->permInfos)
#else
#define CR_QUERY_PERMISSIONS(query)	NIL
#define CR_PLAN_PERMISSIONS(plan)	NIL
#endif

/*
 * The same: who is asked for privileges on an entry, other than the current
 * user; InvalidOid for nobody.
 */
static inline Oid
cr_asked_instead(RangeTblEntry *rte, List *permissions)
{
#if PG_VERSION_NUM >= 160000
	RTEPermissionInfo *info;

	if (rte->perminfoindex == 0)
		return InvalidOid;
	info = getRTEPermissionInfo(permissions, rte);
	return info->requiredPerms != 0 ? info->checkAsUser : InvalidOid;
#else
	return rte->rtekind == RTE_RELATION && rte->requiredPerms != 0 ?
		rte->checkAsUser : InvalidOid;
#endif
}

/* A Var that is made from another one was not written at its place. */
static inline void
cr_forget_syntax(Var *var)
{
	var->varnosyn = var->varno;
	var->varattnosyn = var->varattno;
}

/* PG 18 tells old from new rows. */
static inline void
cr_expand_columns(RangeTblEntry *rte, int rti, List **names, List **vars)
{
#if PG_VERSION_NUM >= 180000
	expandRTE(rte, rti, 0, VAR_RETURNING_DEFAULT, -1, false, names, vars);
#else
	expandRTE(rte, rti, 0, -1, false, names, vars);
#endif
}

/* PG 18 hides grouping expressions behind a range table entry. */
static inline bool
cr_rte_is_group(const RangeTblEntry *rte)
{
#if PG_VERSION_NUM >= 180000
	return rte->rtekind == RTE_GROUP;
#else
	return false;
#endif
}

/* The number of this process among all that may have a transaction. */
static inline int
cr_my_proc_number(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProcNumber;
#else
	return MyProc->pgprocno;
#endif
}

/*
 * In a worker of a plan: does a client's backend lead it?  Who leads, and
 * what that is, does not change while there are workers.
 */
static inline bool
cr_leader_is_regular(void)
{
	PGPROC	   *leader = MyProc->lockGroupLeader;

#if PG_VERSION_NUM >= 180000
	return leader != NULL && leader->isRegularBackend;
#else
	return leader != NULL && !leader->isBackgroundWorker;
#endif
}

/* PG 18 dropped ExecutorRun's last argument. */
#if PG_VERSION_NUM >= 180000
#define CR_RUN_PARAMS	QueryDesc *queryDesc, ScanDirection direction, \
	uint64 count
#define CR_RUN_ARGS		queryDesc, direction, count
#define CR_RUN_TO_END(queryDesc) \
	ExecutorRun(queryDesc, ForwardScanDirection, 0)
#else
#define CR_RUN_PARAMS	QueryDesc *queryDesc, ScanDirection direction, \
	uint64 count, bool execute_once
#define CR_RUN_ARGS		queryDesc, direction, count, execute_once
#define CR_RUN_TO_END(queryDesc) \
	ExecutorRun(queryDesc, ForwardScanDirection, 0, true)
#endif

/* PG 17 gave intervals infinities. */
#if PG_VERSION_NUM >= 170000
#define CR_INTERVAL_IS_INFINITE(interval)	INTERVAL_NOT_FINITE(interval)
#else
#define CR_INTERVAL_IS_INFINITE(interval)	false
#endif

struct PlannedStmt;
extern void cr_check_permissions(struct PlannedStmt *plan);
extern bool cr_may_itself(const RangeTblEntry *rte, List *permissions);

/*
 * PG 16 keeps permissions beside the range table: what is asked of an entry
 * of a plan, and as whom, InvalidOid being the current user.
 */
extern AclMode cr_plan_permission(struct PlannedStmt *plan,
								  RangeTblEntry *rte, Oid *as_user);
extern void cr_flatten_group_names(Query *query);
extern Node *cr_flatten_join_names(Query *query, Node *node);
extern void cr_raise_nulling(Node *condition, const Var *like, int join);
extern void cr_forget_nulling(Query *query, const Bitmapset *joins);
extern void cr_append_entries(Query *to, Query *from);
extern bool cr_var_is_forced(Node *condition, const Var *var);
extern bool cr_has_virtual_columns(Oid relid);
extern bool cr_attribute_is_virtual(Oid relid, AttrNumber attnum);
extern bool cr_attribute_is_not_null(Oid relid, AttrNumber attnum);

/* PG 18 gave reverse() a second type of argument. */
#ifndef F_REVERSE_TEXT
#define F_REVERSE_TEXT F_REVERSE
#endif

/* PG 16 keeps settings in a hash table, and returns them with their number. */
static inline struct config_generic **
cr_guc_variables(int *count)
{
#if PG_VERSION_NUM >= 160000
	return get_guc_variables(count);
#else
	*count = GetNumConfigOptions();
	return get_guc_variables();
#endif
}

#endif							/* CR_COMPAT_H */
