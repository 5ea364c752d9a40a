/*-------------------------------------------------------------------------
 *
 * src/inspect/member_join.c
 *	  Joins the sets of people that IN and EXISTS ask about.
 *
 *	a.k IN (SELECT b.k FROM b WHERE c)
 *	EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND c)
 *
 * both ask whether a.k is in (SELECT DISTINCT b.k AS member FROM b WHERE c).
 * Where only rows that are in it are meant, that is joined; elsewhere it is
 * joined by LEFT JOIN, and the question becomes "member IS NOT NULL".  Being
 * distinct it multiplies nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/make_expr.h"
#include "base/make_query.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"

/* A question about membership, taken apart. */
typedef struct Asked
{
	Query	   *members;		/* not distinct yet */
	OpExpr	   *equality;		/* between outer and a member */
	Node	   *outer;
	bool		outer_is_left;
	bool		exact;			/* see CrMembership */
	bool		of_rows;		/* not grouped, nor DISTINCT, by its writer */
} Asked;

/* Is it a plain selection of rows, but for an order and DISTINCT? */
static bool
is_plain_selection(Query *query)
{
	return query->cteList == NIL &&
		query->setOperations == NULL && query->groupClause == NIL &&
		query->groupingSets == NIL && query->havingQual == NULL &&
		!query->hasAggs && !query->hasWindowFuncs && !query->hasTargetSRFs;
}

/* Neither DISTINCT nor an order changes what is in a set. */
static void
forget_order(Query *query)
{
	List	   *targets = NIL;
	ListCell   *lc;

	query->distinctClause = NIL;
	query->sortClause = NIL;
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		tle->ressortgroupref = 0;
		if (!tle->resjunk)
			targets = lappend(targets, tle);
	}
	query->targetList = targets;
}

/* (query) AS alias (member), of a query with one column */
static RangeTblEntry *
make_entry(Query *subquery, const char *alias)
{
	return cr_make_subquery_entry(subquery, alias,
								  list_make1(makeString(pstrdup("member"))));
}

/* SELECT member FROM (query) AS selected (member), the same */
static Query *
wrap(Query *query)
{
	Query	   *outer = cr_make_select(list_make1(make_entry(query,
															 "selected")),
									   list_make1(cr_make_reference(1)), NULL);
	TargetEntry *tle = linitial_node(TargetEntry, query->targetList);

	IncrementVarSublevelsUp((Node *) query, 1, 1);
	outer->targetList =
		list_make1(makeTargetEntry((Expr *) makeVarFromTargetEntry(1, tle),
								   1, "member", false));
	return outer;
}

/*
 * Makes a selection one of distinct members: of its only column, or of key
 * where that is given.
 */
Query *
cr_membership_query(Query *members, Node *key)
{
	TargetEntry *tle;

	if (key == NULL)
		key = (Node *) linitial_node(TargetEntry, members->targetList)->expr;
	tle = makeTargetEntry((Expr *) key, 1, pstrdup("member"), false);
	members->targetList = list_make1(tle);
	members->sortClause = NIL;
	members->distinctClause =
		list_make1(cr_make_grouping(tle, members->targetList));
	return members;
}

/*
 * The uses of the protected column that the expression is, as far as can be
 * seen; else NULL.
 */
static const CrColumnPolicy *
policy_column(Query *query, Node *expr)
{
	Var		   *var = (Var *) cr_inspect_strip(expr);
	RangeTblEntry *rte;
	CrPolicy   *policy;

	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno < 1)
		return NULL;
	rte = rt_fetch(var->varno, query->rtable);
	if (rte->rtekind == RTE_SUBQUERY &&
		var->varattno <= list_length(rte->subquery->targetList))
	{
		TargetEntry *tle;

		cr_normalize_names(rte->subquery);
		tle = list_nth_node(TargetEntry, rte->subquery->targetList,
							var->varattno - 1);
		return policy_column(rte->subquery, (Node *) tle->expr);
	}
	if (rte->rtekind != RTE_RELATION || !cr_policy_exists(rte->relid))
		return NULL;
	policy = cr_policy_lookup(rte->relid);
	return policy != NULL && var->varattno <= policy->natts &&
		policy->readable ? &policy->columns[var->varattno - 1] : NULL;
}

static bool
is_unit(Query *query, Node *expr)
{
	const CrColumnPolicy *column = policy_column(query, expr);

	return column != NULL && (column->uses & CR_USE_UNIT) != 0;
}

/*
 * Would a set of what the rows of an entry have there lack values, which few
 * people have?  Who has one of those would be taken for somebody without a
 * match, though its writer has not spoken of groups.
 */
bool
cr_membership_lacks_values(Query *query, Node *key)
{
	const CrColumnPolicy *column = policy_column(query, key);

	/* by what is a join key alone people are joined, or nobody is */
	return cr_inspect_touches(query) && !is_unit(query, key) &&
		(column == NULL || (column->uses & CR_USE_DIMENSION) != 0);
}

/*
 * Has the query, which is grouped or such, a row a person?  Else its groups
 * are released, and the question about them needs no join.
 */
static bool
gives_people(Query *query)
{
	return list_length(query->targetList) == 1 &&
		query->setOperations == NULL && query->groupClause != NIL &&
		is_unit(query, (Node *) linitial_node(TargetEntry,
											  query->targetList)->expr);
}

/*
 * Is the column compared as its own type does?  As a character it is equal to
 * others that differ in blanks, and of those there may be several members.
 */
static bool
compares_members(Node *operand)
{
	return exprType(operand) != BPCHAROID ||
		exprType(cr_inspect_strip(operand)) == BPCHAROID;
}

/* a.k IN (SELECT b.k …) */
static bool
read_in(SubLink *sublink, Asked *asked)
{
	OpExpr	   *test = (OpExpr *) sublink->testexpr;
	Query	   *members = (Query *) sublink->subselect;
	Node	   *left;
	Node	   *right;

	if (test == NULL || !IsA(test, OpExpr) ||
		!cr_inspect_equality((Node *) test, &left, &right) ||
		!cr_inspect_is_one_to_one(test->opfuncid) ||
		!IsA(right, Param) || members->limitCount != NULL ||
		members->limitOffset != NULL || members->hasDistinctOn ||
		cr_inspect_refers_outside(members))
		return false;
	asked->of_rows = members->distinctClause == NIL;
	if (is_plain_selection(members))
		forget_order(members);
	else if (gives_people(members))
		members = wrap(members);
	else
		return false;
	if (list_length(members->targetList) != 1 ||
		!compares_members((Node *) linitial_node(TargetEntry,
												 members->targetList)->expr) ||
		exprType(lsecond(test->args)) !=
		exprType((Node *) linitial_node(TargetEntry,
										members->targetList)->expr))
		return false;
	asked->members = members;
	asked->equality = test;
	asked->outer = linitial(test->args);
	asked->outer_is_left = true;
	asked->exact = true;
	return true;
}

static bool
is_column_of(Node *node, Index levelsup)
{
	node = cr_inspect_strip(node);
	return IsA(node, Var) && ((Var *) node)->varlevelsup == levelsup;
}

/*
 * Is it what is asked to be a member: a column of the query around, or what
 * is computed of such, where the subquery is not protected?
 */
static bool
is_outer(Node *node, const Query *members)
{
	return is_column_of(node, 1) ||
		(!cr_inspect_touches((Query *) members) &&
		 contain_vars_of_level(node, 1) && !contain_vars_of_level(node, 0) &&
		 !contain_vars_of_level(node, 2) && !checkExprHasSubLink(node) &&
		 !contain_volatile_functions(node));
}

/* Is there a limit that leaves no row out whose existence is asked for? */
static bool
limits_existence(Query *query)
{
	int64		limit;

	if (query->limitOffset != NULL)
		return true;
	return query->limitCount != NULL &&
		(!cr_inspect_limit(query->limitCount, &limit) || limit < 1);
}

/* EXISTS (SELECT … FROM b WHERE b.k = a.k AND …) */
static bool
read_exists(SubLink *sublink, Asked *asked)
{
	Query	   *members = copyObject((Query *) sublink->subselect);
	List	   *conjuncts =
		make_ands_implicit((Expr *) members->jointree->quals);
	ListCell   *lc;

	if (!is_plain_selection(members) || limits_existence(members))
		return false;
	foreach(lc, conjuncts)
	{
		OpExpr	   *equality = (OpExpr *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		Node	   *key;

		if (!cr_inspect_equality((Node *) equality, &left, &right) ||
			!cr_inspect_is_one_to_one(equality->opfuncid) ||
			equality->opno >= FirstNormalObjectId ||
			!compares_members(linitial(equality->args)) ||
			!compares_members(lsecond(equality->args)))
			continue;
		asked->outer_is_left = is_outer(left, members) &&
			is_column_of(right, 0);
		if (!asked->outer_is_left &&
			!(is_column_of(left, 0) && is_outer(right, members)))
			continue;
		key = asked->outer_is_left ?
			lsecond(equality->args) : linitial(equality->args);
		asked->outer = copyObject(asked->outer_is_left ?
								  linitial(equality->args) :
								  lsecond(equality->args));
		members->jointree->quals = (Node *)
			make_ands_explicit(list_delete_ptr(list_copy(conjuncts),
											   equality));
		members->limitCount = NULL;
		members->hasDistinctOn = false;
		forget_order(members);
		members->targetList =
			list_make1(makeTargetEntry((Expr *) key, 1, "member", false));
		if (cr_inspect_refers_outside(members))
			return false;
		IncrementVarSublevelsUp(asked->outer, -1, 1);
		asked->members = members;
		asked->equality = equality;
		return true;
	}
	return false;
}

/* Takes a question about membership apart, if it is one. */
static bool
read_question(SubLink *sublink, bool tested, Asked *asked)
{
	Query	   *subselect = (Query *) sublink->subselect;
	bool		touches = cr_inspect_touches(subselect);
	SubLink    *in;

	if (subselect->commandType != CMD_SELECT || subselect->rowMarks != NIL)
		return false;
	if (!touches &&
		((tested && sublink->subLinkType != EXISTS_SUBLINK) ||
		 !cr_inspect_refers_outside(subselect)))
		return false;
	cr_normalize_names(subselect);
	if (sublink->subLinkType == ANY_SUBLINK)
		return read_in(sublink, asked);
	if (sublink->subLinkType != EXISTS_SUBLINK)
		return false;
	in = cr_exists_as_in(sublink);
	if (in == NULL)
	{
		asked->of_rows = true;
		return read_exists(sublink, asked);
	}
	if (!read_in(in, asked))
		return false;
	asked->exact = false;
	asked->of_rows = false;
	return true;
}

/* Notes that the subquery of a range table entry is a membership. */
void
cr_membership_record(CrStatement *statement, RangeTblEntry *rte, Node *outer,
					 bool exact)
{
	CrMembership *membership = palloc0(sizeof(CrMembership));

	membership->rte = rte;
	membership->outer = outer;
	membership->exact = exact;
	statement->memberships = lappend(statement->memberships, membership);
}

/* The index of the members in the range table, to which they are added. */
static int
add_members(Query *query, const Asked *asked, RangeTblEntry **rte)
{
	*rte = make_entry(cr_membership_query(asked->members, NULL), "members");
	query->rtable = lappend(query->rtable, *rte);
	return list_length(query->rtable);
}

/* outer = member */
static Node *
make_condition(const Asked *asked, Var *member)
{
	OpExpr	   *condition = copyObject(asked->equality);

	condition->args = asked->outer_is_left ?
		list_make2(asked->outer, member) : list_make2(member, asked->outer);
	return (Node *) condition;
}

static Var *
make_member(const Asked *asked, int rti)
{
	return makeVarFromTargetEntry(rti, linitial(asked->members->targetList));
}

/* A join of two items of FROM. */
static JoinExpr *
make_join(Query *query, JoinType type, Node *left, Node *right)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	JoinExpr   *join = makeNode(JoinExpr);

	rte->rtekind = RTE_JOIN;
	rte->jointype = type;
	rte->eref = makeAlias("unnamed_join", NIL);
	rte->inFromCl = true;
	query->rtable = lappend(query->rtable, rte);
	join->jointype = type;
	join->larg = left;
	join->rarg = right;
	join->rtindex = list_length(query->rtable);
	cr_normalize_join_columns(query, join);
	return join;
}

/* All of FROM as one item. */
static Node *
whole_from(Query *query)
{
	List	   *items = query->jointree->fromlist;
	Node	   *whole = linitial(items);
	ListCell   *lc;

	for_each_from(lc, items, 1)
		whole = (Node *) make_join(query, JOIN_INNER, whole, lfirst(lc));
	return whole;
}

/* Joins the members so that no row is lost; returns "is in the set". */
static Node *
join_as_test(CrStatement *statement, Query *query, Asked *asked)
{
	RangeTblEntry *rte;
	int			rti = add_members(query, asked, &rte);
	JoinExpr   *join = make_join(query, JOIN_LEFT, whole_from(query),
								 cr_make_reference(rti));
	Var		   *member = make_member(asked, rti);

	join->quals = make_condition(asked, make_member(asked, rti));
	query->jointree->fromlist = list_make1(join);
	cr_membership_record(statement, rte, asked->outer, asked->exact);
	cr_set_nulling(member, bms_make_singleton(join->rtindex));
	return cr_make_null_test((Node *) member, IS_NOT_NULL);
}

/* Is a row equal to one member at most, where members are distinct? */
static bool
members_differ(const Asked *asked)
{
	TargetEntry *tle = linitial_node(TargetEntry, asked->members->targetList);

	return cr_inspect_tells_apart(asked->equality,
								  exprCollation((Node *) tle->expr));
}

static bool
lacks_values(const Asked *asked)
{
	TargetEntry *tle = linitial_node(TargetEntry, asked->members->targetList);

	return cr_membership_lacks_values(asked->members, (Node *) tle->expr);
}

/*
 * Joins the set that a sub-select of IN or EXISTS gives.  Returns what takes
 * the sublink's place: among the conditions of WHERE the condition of an
 * inner join, elsewhere a test.  NULL if it asks something else, or if the
 * set could not be told apart from what it is joined with.
 */
Node *
cr_membership_join(CrStatement *statement, Query *query, SubLink *sublink,
				   bool among_conditions)
{
	Asked		asked = {0};
	RangeTblEntry *rte;
	int			rti;

	if (query->jointree->fromlist == NIL ||
		!read_question(sublink, !among_conditions, &asked) ||
		!members_differ(&asked))
		return NULL;
	if (!among_conditions)
		return asked.of_rows && lacks_values(&asked) ? NULL :
			join_as_test(statement, query, &asked);
	rti = add_members(query, &asked, &rte);
	query->jointree->fromlist = lappend(query->jointree->fromlist,
										cr_make_reference(rti));
	return make_condition(&asked, make_member(&asked, rti));
}
