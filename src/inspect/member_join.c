/*-------------------------------------------------------------------------
 *
 * src/inspect/member_join.c
 *	  Joins the sets of people that IN and EXISTS ask about.
 *
 * Such a set (question.c) is joined where only rows that are in it are meant;
 * elsewhere it is joined by LEFT JOIN, and the question becomes "member IS NOT NULL".  Being
 * distinct it multiplies nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_expr.h"
#include "base/make_query.h"
#include "inspect/facts.h"
#include "inspect/normalize.h"
#include "inspect/pin.h"
#include "inspect/question.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"

/* Makes a selection one of distinct members, of these columns. */
Query *
cr_membership_query(Query *members, List *columns)
{
	List	   *targets = NIL;
	List	   *distinct = NIL;
	ListCell   *lc;

	foreach(lc, columns)
	{
		int			number = list_length(targets) + 1;
		char	   *name = number == 1 ? pstrdup("member") :
			psprintf("member_%d", number);

		targets = lappend(targets, makeTargetEntry(lfirst(lc), number, name,
												   false));
	}
	foreach(lc, targets)
		distinct = lappend(distinct, cr_make_grouping(lfirst(lc), targets));
	members->targetList = targets;
	members->sortClause = NIL;
	members->distinctClause = distinct;
	return members;
}

/* Notes that the subquery of a range table entry is a membership. */
CrMembership *
cr_membership_record(CrStatement *statement, RangeTblEntry *rte, Node *outer,
					 bool exact)
{
	CrMembership *membership = palloc0(sizeof(CrMembership));

	membership->rte = rte;
	membership->outer = outer;
	membership->exact = exact;
	statement->memberships = lappend(statement->memberships, membership);
	return membership;
}

/* The index of the members in the range table, to which they are added. */
static int
add_members(Query *query, const CrQuestion *question, RangeTblEntry **rte)
{
	Query	   *members = cr_membership_query(question->members,
											  cr_question_columns(question));

	*rte = cr_make_subquery_entry(members, "members",
								  cr_column_names(members));
	query->rtable = lappend(query->rtable, *rte);
	return list_length(query->rtable);
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
join_as_test(CrStatement *statement, Query *query, CrQuestion *question)
{
	RangeTblEntry *rte;
	int			rti = add_members(query, question, &rte);
	JoinExpr   *join = make_join(query, JOIN_LEFT, whole_from(query),
								 cr_make_reference(rti));
	Var		   *member =
		makeVarFromTargetEntry(rti, linitial(question->members->targetList));

	join->quals = cr_question_condition(question, rti);
	query->jointree->fromlist = list_make1(join);
	cr_membership_record(statement, rte, cr_question_asked(question),
						 question->exact)->by_row = question->by_row;
	cr_set_nulling(member, bms_make_singleton(join->rtindex));
	return cr_make_null_test((Node *) member, IS_NOT_NULL);
}

/* Is a row equal to one member at most, where members are distinct? */
static bool
members_differ(const CrQuestion *question)
{
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, question->compared, lc2, question->members->targetList)
	{
		Node	   *column = (Node *) lfirst_node(TargetEntry, lc2)->expr;

		if (!cr_inspect_tells_apart(((CrCompared *) lfirst(lc))->equality,
									exprCollation(column)))
			return false;
	}
	return true;
}

static bool
lacks_values(const CrQuestion *question)
{
	TargetEntry *tle =
		linitial_node(TargetEntry, question->members->targetList);

	return cr_membership_lacks_values(question->members, (Node *) tle->expr);
}

/* The test, and what must hold besides; is it never unknown, like EXISTS? */
static Node *
and_conditions(const CrQuestion *question, bool known, Node *test)
{
	List	   *all = NIL;
	ListCell   *lc;

	foreach(lc, question->conditions)
		all = lappend(all, known ?
					  cr_make_boolean_test(lfirst(lc), IS_TRUE, -1) :
					  lfirst(lc));
	return (Node *) make_ands_explicit(lappend(all, test));
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
	CrQuestion	question = {0};
	RangeTblEntry *rte;
	int			rti;

	question.may_part = true;
	if (query->jointree->fromlist == NIL ||
		!cr_question_read(query, sublink, !among_conditions, &question) ||
		!members_differ(&question))
		return NULL;
	if (!among_conditions)
		return question.of_rows && lacks_values(&question) ? NULL :
			and_conditions(&question, true,
						   join_as_test(statement, query, &question));
	rti = add_members(query, &question, &rte);
	query->jointree->fromlist = lappend(query->jointree->fromlist,
										cr_make_reference(rti));
	return and_conditions(&question, false,
						  cr_question_condition(&question, rti));
}
