/*-------------------------------------------------------------------------
 *
 * src/inspect/flag.c
 *	  Reads flags of people who have a match as questions for the match.
 *
 *	a LEFT JOIN (SELECT DISTINCT k, 1 AS f FROM b) m ON m.k = a.k
 *
 * has a 1 for those with a match and a null for others, so that every
 * expression of f alone has two values: coalesce(f, 0) is CASE WHEN m.k IS NOT
 * NULL THEN 1 ELSE 0 END, and f = 1 as a condition m.k IS NOT NULL.  That is
 * done where a match is all that the set is asked for, by flags or tests, so
 * that it becomes a membership (absence.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/constant.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "inspect/absence.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/shell.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* ---------- constant columns ---------- */

/* The column's value, if that is a constant and not null. */
static Const *
column_value(const CrAbsent *absent, AttrNumber attnum)
{
	Query	   *query = absent->rte->subquery;
	TargetEntry *tle = get_tle_by_resno(query->targetList, attnum);
	Const	   *value;

	if (tle == NULL || tle->resjunk)
		return NULL;
	value = (Const *) tle->expr;
	return IsA(value, Const) && !value->constisnull &&
		value->consttype < FirstNormalObjectId ? value : NULL;
}

/* DISTINCT k, 1 is DISTINCT k with a 1 beside it. */
static List *
without_constants(const CrAbsent *absent, List *clauses)
{
	List	   *kept = NIL;
	ListCell   *lc;

	foreach(lc, clauses)
	{
		TargetEntry *tle =
			get_sortgroupclause_tle(lfirst(lc),
									absent->rte->subquery->targetList);

		if (column_value(absent, tle->resno) == NULL)
			kept = lappend(kept, lfirst(lc));
	}
	return kept == NIL ? clauses : kept;
}

static bool
has_constants(RangeTblEntry *rte)
{
	AttrNumber	attnum;
	CrAbsent	entry = {.rte = rte};

	if (rte->rtekind != RTE_SUBQUERY)
		return false;
	cr_flatten_group_names(rte->subquery);
	for (attnum = 1; attnum <= list_length(rte->subquery->targetList);
		 attnum++)
	{
		if (column_value(&entry, attnum) != NULL)
			return true;
	}
	return false;
}

/* Notes the columns that are constants. */
static bool
find_flags(CrAbsent *absent)
{
	Query	   *query = absent->rte->subquery;
	int			ncolumns;

	if (absent->rte->rtekind != RTE_SUBQUERY ||
		query->commandType != CMD_SELECT || query->setOperations != NULL ||
		query->groupingSets != NIL || query->hasDistinctOn ||
		query->sortClause != NIL || query->hasTargetSRFs ||
		!cr_inspect_touches(query))
		return false;
	cr_normalize_names(query);
	ncolumns = list_length(query->targetList);
	for (AttrNumber attnum = 1; attnum <= ncolumns; attnum++)
	{
		if (column_value(absent, attnum) != NULL)
			absent->flags = bms_add_member(absent->flags, attnum);
	}
	return !bms_is_empty(absent->flags);
}

/* ---------- what is computed of them ---------- */

typedef struct Flags
{
	CrAbsent   *absent;
	bool		matched;		/* whose value is computed */
	const Var  *flag;			/* one of them */
} Flags;

static bool
is_flag(const CrAbsent *absent, Node *node)
{
	Var		   *var = (Var *) node;

	return IsA(node, Var) && var->varlevelsup == 0 &&
		var->varno == absent->rti && var->varattno > 0 &&
		bms_is_member(var->varattno, absent->flags);
}

/* Is the cast one that no constant makes fail? */
static bool
is_safe_cast(const FuncExpr *call)
{
	return call->funcid == F_INT4_BOOL || call->funcid == F_BOOL_INT4 ||
		call->funcid == F_INT8_INT4 || call->funcid == F_NUMERIC_INT4 ||
		call->funcid == F_NUMERIC_INT8 || call->funcid == F_FLOAT8_INT4;
}

/* Is it an operator of the server's that cannot fail? */
static bool
compares(Oid operator)
{
	return operator < FirstNormalObjectId &&
		cr_operator_compares(operator);
}

/* Is it anything but conditions, choices and casts of flags and constants? */
static bool
other_walker(Node *node, Flags *flags)
{
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Var:
			flags->flag = (Var *) node;
			return !is_flag(flags->absent, node);
		case T_FuncExpr:
			if (!is_safe_cast((FuncExpr *) node))
				return true;
			break;
		case T_OpExpr:
		case T_DistinctExpr:
			if (((OpExpr *) node)->opresulttype != BOOLOID ||
				!compares(((OpExpr *) node)->opno))
				return true;
			break;
		case T_ScalarArrayOpExpr:
			if (!compares(((ScalarArrayOpExpr *) node)->opno))
				return true;
			break;
		case T_Const:
		case T_List:
		case T_RelabelType:
		case T_BoolExpr:
		case T_BooleanTest:
		case T_NullTest:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_CaseTestExpr:
		case T_CoalesceExpr:
		case T_ArrayExpr:
			break;
		default:
			return true;
	}
	return expression_tree_walker(node, other_walker, (void *) flags);
}

static Node *
value_mutator(Node *node, Flags *flags)
{
	Var		   *var = (Var *) node;

	if (node == NULL)
		return NULL;
	if (!is_flag(flags->absent, node))
		return expression_tree_mutator(node, value_mutator, (void *) flags);
	return flags->matched ?
		(Node *) copyObject(column_value(flags->absent, var->varattno)) :
		(Node *) makeNullConst(var->vartype, var->vartypmod, var->varcollid);
}

/* The expression of those with a match, or of those without; or NULL. */
static Const *
value_of(CrAbsent *absent, Node *expr, bool matched)
{
	Flags		flags = {absent, matched, NULL};
	Node	   *value = cr_fold(value_mutator(expr, &flags));

	return IsA(value, Const) ? (Const *) value : NULL;
}

/* ---------- writing them as tests ---------- */

static Node *
make_test(CrAbsent *absent, const Var *flag, NullTestType type)
{
	Var		   *key = copyObject(absent->key);

	cr_copy_nulling(key, flag);
	return cr_make_null_test((Node *) key, type);
}

static bool
holds(const Const *value)
{
	return !value->constisnull && DatumGetBool(value->constvalue);
}

/*
 * What stands for an expression of flags alone; NULL for others.  As a
 * condition it may be false where it is unknown.
 */
static Node *
write_test(CrAbsent *absent, Node *expr, bool condition)
{
	Flags		flags = {absent, false, NULL};
	Const	   *matched;
	Const	   *other;

	if (other_walker(expr, &flags) || flags.flag == NULL)
		return NULL;
	matched = value_of(absent, expr, true);
	other = value_of(absent, expr, false);
	if (matched == NULL || other == NULL)
		return NULL;
	if (exprType(expr) == BOOLOID &&
		(condition || !(matched->constisnull || other->constisnull)))
	{
		if (holds(matched) == holds(other))
			return makeBoolConst(holds(matched), false);
		return make_test(absent, flags.flag,
						 holds(matched) ? IS_NOT_NULL : IS_NULL);
	}
	return (Node *) cr_make_case(make_test(absent, flags.flag, IS_NOT_NULL),
								 (Node *) matched, (Node *) other);
}

typedef struct Writing
{
	CrAbsent   *absent;
	bool		condition;
	List	   *keys;			/* what is grouped by, that has to be found
								 * again in expressions over the groups */
} Writing;

/* A key is written alike wherever it stands. */
static Node *
written_for(Writing *writing, Node *node)
{
	if (IsA(node, List) || IsA(node, TargetEntry) || IsA(node, CaseWhen))
		return NULL;
	if (list_member(writing->keys, node))
		return write_test(writing->absent, node, false);
	return cr_shell_is_made_of_key(node, writing->keys) ? NULL :
		write_test(writing->absent, node, writing->condition);
}

static Node *
flags_mutator(Node *node, Writing *writing)
{
	Writing		deeper = {writing->absent, false, writing->keys};
	Node	   *written;

	if (node == NULL || IsA(node, Query))
		return node;
	written = written_for(writing, node);
	if (written != NULL)
		return written;
	/* AND and OR of what is false instead of unknown hold for the same rows */
	if (is_andclause(node) || is_orclause(node) || IsA(node, List))
		deeper.condition = writing->condition;
	if (IsA(node, CaseWhen))
	{
		CaseWhen   *when = makeNode(CaseWhen);

		deeper.condition = true;
		when->expr = (Expr *)
			flags_mutator((Node *) ((CaseWhen *) node)->expr, &deeper);
		deeper.condition = false;
		when->result = (Expr *)
			flags_mutator((Node *) ((CaseWhen *) node)->result, &deeper);
		when->location = ((CaseWhen *) node)->location;
		return (Node *) when;
	}
	if (IsA(node, Aggref))
	{
		Aggref	   *aggref = (Aggref *) copyObject(node);

		deeper.keys = NIL;
		deeper.condition = true;
		aggref->aggfilter = (Expr *)
			flags_mutator((Node *) aggref->aggfilter, &deeper);
		deeper.condition = false;
		aggref->args = (List *)
			flags_mutator((Node *) aggref->args, &deeper);
		return (Node *) aggref;
	}
	return expression_tree_mutator(node, flags_mutator, (void *) &deeper);
}

/* ---------- finding them ---------- */

static void
read_flags(CrAbsent *absent)
{
	Query	   *query = absent->query;
	Writing		writing = {absent, false, NIL};
	ListCell   *lc;

	foreach(lc, query->groupClause)
		writing.keys =
			lappend(writing.keys,
					copyObject(get_sortgroupclause_expr(lfirst(lc),
														query->targetList)));
	query->targetList = (List *)
		flags_mutator((Node *) query->targetList, &writing);
	query->havingQual = flags_mutator(query->havingQual, &writing);
	writing.condition = true;
	writing.keys = NIL;
	query->jointree->quals = flags_mutator(query->jointree->quals, &writing);
}

static bool
read_join(Query *query, JoinExpr *join, CrAbsent *absent)
{
	if (cr_absence_read(query, join, absent))
		return cr_normalize_unit_uses(query, (Node *) absent->key) != 0;
	return absent->rte != NULL && has_constants(absent->rte) &&
		cr_absence_read_rows(query, join, absent);
}

static void
find_outer_joins(Query *query, Node *node)
{
	CrAbsent	absent;
	JoinExpr   *join = (JoinExpr *) node;
	Query	   *members;

	if (!IsA(node, JoinExpr) || join->alias != NULL)
		return;
	find_outer_joins(query, join->larg);
	find_outer_joins(query, join->rarg);
	if (!read_join(query, join, &absent) || !find_flags(&absent) ||
		!cr_absence_is_only_tested(&absent))
		return;
	members = absent.rte->subquery;
	members->distinctClause = without_constants(&absent,
												members->distinctClause);
	members->groupClause = without_constants(&absent, members->groupClause);
	if (cr_absence_is_distinct(&absent))
		read_flags(&absent);
}

/*
 * Writes expressions of flags as tests, in place.  The query's names are
 * normalized.
 */
void
cr_normalize_flags(Query *query)
{
	ListCell   *lc;

	foreach(lc, query->jointree->fromlist)
		find_outer_joins(query, lfirst(lc));
}
