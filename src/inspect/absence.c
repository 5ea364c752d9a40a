/*-------------------------------------------------------------------------
 *
 * src/inspect/absence.c
 *	  Reads outer joins that are only asked whether there was a match.
 *
 *	a LEFT JOIN b ON b.k = a.k AND c  …  b.k IS NULL
 *
 * where b is named in such tests and nowhere else, of columns that are not
 * null where there is a match, asks whether a.k is in
 * (SELECT DISTINCT b.k AS member FROM b WHERE c), which takes b's place (see
 * member_join.c).  That changes nothing where rows with a match are left out
 * by a condition of WHERE, or where b has each k once.  Where b is not named
 * at all it is such a set, too, which nobody asks about.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/make_query.h"
#include "inspect/absence.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "policy/policy.h"
#include "rewrite/rewriteManip.h"

/* ---------- ON ---------- */

static bool
is_of(Node *node, int rti)
{
	Relids		all = pull_varnos(NULL, node);
	int			member;

	return bms_get_singleton_member(all, &member) && member == rti;
}

static bool
read_equality(CrAbsent *absent, Node *conjunct)
{
	Node	   *left;
	Node	   *right;
	Node	   *other;

	if (absent->equality != NULL ||
		!cr_inspect_equality(conjunct, &left, &right) ||
		((OpExpr *) conjunct)->opno >= FirstNormalObjectId)
		return false;
	absent->key_is_left = IsA(left, Var) &&
		((Var *) left)->varno == absent->rti;
	absent->key = (Var *) (absent->key_is_left ? left : right);
	other = absent->key_is_left ? right : left;
	if (!IsA(absent->key, Var) || absent->key->varno != absent->rti ||
		absent->key->varattno < 1 || absent->key->varlevelsup != 0 ||
		!IsA(other, Var) || ((Var *) other)->varno == absent->rti ||
		((Var *) other)->varlevelsup != 0)
		return false;
	absent->equality = (OpExpr *) conjunct;
	return true;
}

/* One equality with the other side, and conditions on this one. */
static bool
read_on(CrAbsent *absent)
{
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) absent->join->quals))
	{
		Node	   *conjunct = (Node *) lfirst(lc);

		if (read_equality(absent, conjunct))
			continue;
		if (checkExprHasSubLink(conjunct) ||
			contain_vars_of_level(conjunct, 1) ||
			!is_of(conjunct, absent->rti))
			return false;
		absent->conditions = lappend(absent->conditions, conjunct);
	}
	return absent->equality != NULL;
}

/* ---------- how the entry is used elsewhere ---------- */

typedef struct UseContext
{
	CrAbsent   *absent;
	int			depth;
	bool		in_on;			/* of some other join */
	bool		tested;			/* there is a test, or a flag */
	bool		used;			/* there is any other use */
} UseContext;

/* Is it null exactly where there is no match? */
bool
cr_absence_tells_match(CrAbsent *absent, Var *var)
{
	RangeTblRef ref = {.type = T_RangeTblRef,.rtindex = absent->rti};

	return var->varattno == absent->key->varattno ||
		cr_var_is_forced((Node *) absent->conditions, var) ||
		cr_normalize_is_not_null(absent->query, (Node *) &ref, (Node *) var);
}

static Var *
tested_column(Node *node, CrAbsent *absent)
{
	NullTest   *test = (NullTest *) node;
	Node	   *arg;

	if (!IsA(node, NullTest))
		return NULL;
	arg = cr_inspect_strip((Node *) test->arg);
	if (!IsA(arg, Var) || ((Var *) arg)->varlevelsup != 0 ||
		((Var *) arg)->varno != absent->rti ||
		!cr_absence_tells_match(absent, (Var *) arg))
		return NULL;
	return (Var *) arg;
}

static bool
use_walker(Node *node, UseContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		context->depth++;
		query_tree_walker((Query *) node, use_walker, context, 0);
		context->depth--;
		return false;
	}
	if (IsA(node, JoinExpr) && context->depth == 0)
	{
		JoinExpr   *join = (JoinExpr *) node;

		use_walker(join->larg, context);
		use_walker(join->rarg, context);
		context->in_on = true;
		if (join != context->absent->join)
			use_walker(join->quals, context);
		context->in_on = false;
		return false;
	}
	if (context->depth == 0 && !context->in_on &&
		tested_column(node, context->absent) != NULL)
	{
		context->tested = true;
		return false;
	}
	if (IsA(node, Var) &&
		(int) ((Var *) node)->varlevelsup == context->depth &&
		((Var *) node)->varno == context->absent->rti)
	{
		AttrNumber	attnum = ((Var *) node)->varattno;

		if (context->depth == 0 && !context->in_on && attnum > 0 &&
			bms_is_member(attnum, context->absent->flags))
			context->tested = true;
		else
			context->used = true;
	}
	return expression_tree_walker(node, use_walker, (void *) context);
}

static UseContext
read_uses(CrAbsent *absent)
{
	UseContext	context = {absent, 0, false, false, false};

	query_tree_walker(absent->query, use_walker, &context,
					  QTW_IGNORE_JOINALIASES);
	return context;
}

/* Is a match all that is asked of the entry, by tests or by its flags? */
bool
cr_absence_is_only_tested(CrAbsent *absent)
{
	UseContext	uses = read_uses(absent);

	return uses.tested && !uses.used;
}

/* Are there protected rows besides the entry's? */
static bool
has_others(const CrAbsent *absent)
{
	ListCell   *lc;

	foreach(lc, absent->query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte == absent->rte)
			continue;
		if (rte->rtekind == RTE_SUBQUERY ?
			cr_inspect_touches(rte->subquery) :
			rte->rtekind == RTE_RELATION &&
			cr_base_find_policy(rte->relid) != NULL)
			return true;
	}
	return false;
}

/* Is nothing asked of people who are each there once, beside others? */
static bool
is_unused(CrAbsent *absent)
{
	UseContext	uses = read_uses(absent);

	return has_others(absent) && !uses.tested && !uses.used &&
		cr_absence_is_distinct(absent) &&
		cr_normalize_unit_uses(absent->query, (Node *) absent->key) != 0;
}

/* Does WHERE leave out all rows with a match? */
static bool
is_excluded(CrAbsent *absent)
{
	ListCell   *lc;

	foreach(lc,
			make_ands_implicit((Expr *) absent->query->jointree->quals))
	{
		Node	   *conjunct = (Node *) lfirst(lc);

		if (tested_column(conjunct, absent) != NULL &&
			((NullTest *) conjunct)->nulltesttype == IS_NULL)
			return true;
	}
	return false;
}

/* Has the entry each value of the key once, as it is written? */
bool
cr_absence_is_distinct(CrAbsent *absent)
{
	Query	   *query = absent->rte->subquery;
	List	   *clauses;
	TargetEntry *tle;

	if (absent->rte->rtekind == RTE_RELATION)
		return cr_inspect_column_is_unique(absent->rte->relid,
										   absent->key->varattno);
	if (query->hasTargetSRFs || query->groupingSets != NIL ||
		query->hasDistinctOn || query->setOperations != NULL)
		return false;
	clauses = query->distinctClause != NIL ?
		query->distinctClause : query->groupClause;
	if (list_length(clauses) != 1)
		return false;
	cr_normalize_names(query);
	tle = get_sortgroupclause_tle(linitial(clauses), query->targetList);
	return tle->resno == absent->key->varattno;
}

/* ---------- writing it as a membership ---------- */

static Node *
test_mutator(Node *node, CrAbsent *absent)
{
	Var		   *column;

	if (node == NULL || IsA(node, Query))
		return node;			/* sub-selects do not name it */
	column = tested_column(node, absent);
	if (column != NULL)
	{
		NullTest   *test = copyObject((NullTest *) node);
		Var		   *member = copyObject(column);

		member->varattno = 1;
		cr_forget_syntax(member);
		member->vartype = absent->key->vartype;
		member->vartypmod = absent->key->vartypmod;
		member->varcollid = absent->key->varcollid;
		test->arg = (Expr *) member;
		return (Node *) test;
	}
	return expression_tree_mutator(node, test_mutator, (void *) absent);
}

/* SELECT DISTINCT key AS member FROM entry WHERE conditions */
static Query *
make_members(CrAbsent *absent)
{
	Query	   *members;
	RangeTblEntry *rte = copyObject(absent->rte);
	Node	   *quals = absent->conditions == NIL ? NULL :
		(Node *) make_ands_explicit(copyObject(absent->conditions));
	Node	   *key = (Node *) copyObject(absent->key);

	members = cr_make_select(list_make1(rte),
							 list_make1(cr_make_reference(1)), quals);
	cr_move_permission(absent->query, members, rte);
	if (rte->rtekind == RTE_SUBQUERY)
		IncrementVarSublevelsUp((Node *) rte->subquery, 1, 1);
	ChangeVarNodes((Node *) rte->securityQuals, absent->rti, 1, 0);
	ChangeVarNodes(quals, absent->rti, 1, 0);
	ChangeVarNodes(key, absent->rti, 1, 0);
	members->hasSubLinks = checkExprHasSubLink((Node *) rte->securityQuals);
	return cr_membership_query(members, key);
}

static void
write_membership(CrStatement *statement, CrAbsent *absent)
{
	Query	   *query = absent->query;
	RangeTblEntry *rte;
	OpExpr	   *condition = copyObject(absent->equality);
	Query	   *members = make_members(absent);
	TargetEntry *tle = linitial_node(TargetEntry, members->targetList);
	Node	   *member = (Node *) makeVarFromTargetEntry(absent->rti, tle);
	Node	   *outer = absent->key_is_left ?
		lsecond(condition->args) : linitial(condition->args);

	query->targetList = (List *)
		test_mutator((Node *) query->targetList, absent);
	query->havingQual = test_mutator(query->havingQual, absent);
	query->jointree->quals = test_mutator(query->jointree->quals, absent);
	absent->join->quals = (Node *) condition;
	condition->args = absent->key_is_left ?
		list_make2(member, outer) : list_make2(outer, member);
	rte = cr_make_subquery_entry(members, absent->rte->eref->aliasname,
								 list_make1(makeString(pstrdup("member"))));
	lfirst(list_nth_cell(query->rtable, absent->rti - 1)) = rte;
	cr_normalize_renew_joins(query, (Node *) query->jointree);
	cr_membership_record(statement, rte, outer, false);
}

/* ---------- finding them ---------- */

/*
 * Takes an outer join of one entry apart, if it could be a membership by its
 * ON.
 */
bool
cr_absence_read(Query *query, JoinExpr *join, CrAbsent *absent)
{
	Node	   *side = join->jointype == JOIN_LEFT ? join->rarg : join->larg;

	memset(absent, 0, sizeof(CrAbsent));
	if ((join->jointype != JOIN_LEFT && join->jointype != JOIN_RIGHT) ||
		!IsA(side, RangeTblRef))
		return false;
	absent->query = query;
	absent->join = join;
	absent->rti = ((RangeTblRef *) side)->rtindex;
	absent->rte = rt_fetch(absent->rti, query->rtable);
	return (absent->rte->rtekind == RTE_RELATION ||
			absent->rte->rtekind == RTE_SUBQUERY) && !absent->rte->lateral &&
		absent->rte->tablesample == NULL && read_on(absent);
}

/* See cr_membership_lacks_values(). */
static bool
lacks_values(const CrAbsent *absent)
{
	return cr_normalize_is_protected(absent->rte) &&
		cr_membership_lacks_values(absent->query, (Node *) absent->key);
}

static void
read_outer_join(CrStatement *statement, Query *query, JoinExpr *join)
{
	CrAbsent	absent;

	if (!cr_absence_read(query, join, &absent) ||
		cr_match_find(statement, absent.rte) != NULL)
		return;
	if (is_unused(&absent))
	{
		write_membership(statement, &absent);
		return;
	}
	if (!cr_absence_is_only_tested(&absent))
		return;
	if (cr_absence_is_distinct(&absent) ||
		(is_excluded(&absent) && !lacks_values(&absent)))
		write_membership(statement, &absent);
}

static void
find_outer_joins(CrStatement *statement, Query *query, Node *node)
{
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			find_outer_joins(statement, query, lfirst(lc));
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		if (join->alias != NULL)
			return;				/* columns may be named through it */
		find_outer_joins(statement, query, join->larg);
		find_outer_joins(statement, query, join->rarg);
		read_outer_join(statement, query, join);
	}
}

/*
 * Rewrites the outer joins of a query that are only asked for a match.
 * Changes the query in place.
 */
void
cr_normalize_absence(CrStatement *statement, Query *query)
{
	find_outer_joins(statement, query, (Node *) query->jointree);
}
