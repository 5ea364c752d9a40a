/*-------------------------------------------------------------------------
 *
 * src/inspect/match.c
 *	  Facts about tests of memberships: who is asked for, and where.
 *
 * A test is "member IS [NOT] NULL" of a membership that an outer join has
 * added (see member_join.c and absence.c).  It is never null itself.  Where
 * it decides which rows a level has, the rows left out would be people that
 * nobody counts; so the decision is put off ("deferred") to the level that
 * aggregates, which sees both kinds.  Levels in between carry the unit of
 * the membership, which is null where there is no match.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"

/* The membership that a range table entry was made for, or NULL. */
CrMembership *
cr_match_find(const CrStatement *statement, const RangeTblEntry *rte)
{
	ListCell   *lc;

	foreach(lc, statement->memberships)
	{
		if (((CrMembership *) lfirst(lc))->rte == rte)
			return (CrMembership *) lfirst(lc);
	}
	return NULL;
}

/*
 * The membership that an expanded expression is a test of, or NULL.  Where
 * another outer join may extend the membership's rows too, null means other
 * things as well.
 */
CrBase *
cr_match_test(const CrStatement *statement, Node *expanded)
{
	Var		   *var;
	CrBase	   *base;

	if (expanded == NULL || !IsA(expanded, NullTest))
		return NULL;
	var = (Var *) cr_inspect_strip((Node *) ((NullTest *) expanded)->arg);
	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varno <= 0 ||
		var->varattno != 1)
		return NULL;
	base = cr_inspect_base(statement, var->varno);
	return base->membership != NULL && base->nullable && !base->buried ?
		base : NULL;
}

/*
 * The same of an expression that is nothing but a test or its negation; says
 * whether it holds for those who match.
 */
CrBase *
cr_match_alone(const CrStatement *statement, Node *expanded, bool *matches)
{
	CrBase	   *base = cr_match_test(statement, expanded);
	BooleanTest *test = (BooleanTest *) expanded;

	if (base != NULL)
		*matches = ((NullTest *) expanded)->nulltesttype == IS_NOT_NULL;
	else if (is_notclause(expanded))
	{
		base = cr_match_alone(statement,
							  linitial(((BoolExpr *) expanded)->args),
							  matches);
		if (base != NULL)
			*matches = !*matches;
	}
	else if (expanded != NULL && IsA(test, BooleanTest) &&
			 test->booltesttype != IS_UNKNOWN &&
			 test->booltesttype != IS_NOT_UNKNOWN)
	{
		base = cr_match_alone(statement, (Node *) test->arg, matches);
		if (base != NULL && (test->booltesttype == IS_FALSE ||
							 test->booltesttype == IS_NOT_TRUE))
			*matches = !*matches;
	}
	return base;
}

typedef struct TestContext
{
	const CrStatement *statement;
	List	   *tested;
} TestContext;

static bool
tested_walker(Node *node, TestContext *context)
{
	CrBase	   *base;

	if (node == NULL || IsA(node, Query))
		return false;
	base = cr_match_test(context->statement, node);
	if (base != NULL)
	{
		context->tested = list_append_unique_ptr(context->tested, base);
		return false;
	}
	return expression_tree_walker(node, tested_walker, (void *) context);
}

/* The memberships that an expanded expression tests. */
List *
cr_match_tested(const CrStatement *statement, Node *expanded)
{
	TestContext context = {statement, NIL};

	tested_walker(expanded, &context);
	return context.tested;
}

typedef struct Answer
{
	const CrStatement *statement;
	const CrBase *base;			/* of which the tests are answered, or NULL */
	bool		matched;
} Answer;

static Node *
answer_mutator(Node *node, Answer *answer)
{
	CrBase	   *base;

	if (node == NULL || IsA(node, SubLink))
		return node;
	base = cr_match_test(answer->statement, node);
	if (base != NULL && (answer->base == NULL || base == answer->base))
		return makeBoolConst(answer->matched ==
							 (((NullTest *) node)->nulltesttype ==
							  IS_NOT_NULL), false);
	return expression_tree_mutator(node, answer_mutator, (void *) answer);
}

/*
 * A copy of the expanded expression in which all tests of the membership are
 * answered: there is a match, or there is not.
 */
Node *
cr_match_answer(const CrStatement *statement, Node *expanded,
				const CrBase *base, bool matched)
{
	Answer		answer = {statement, base, matched};

	return answer_mutator(expanded, &answer);
}

/* The same with the tests of all of them answered. */
Node *
cr_match_assume(const CrStatement *statement, Node *expanded)
{
	return cr_match_answer(statement, expanded, NULL, true);
}

static bool
other_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var) || IsA(node, Param) || IsA(node, SubLink) ||
		IsA(node, Aggref) || IsA(node, WindowFunc) || IsA(node, GroupingFunc))
		return true;
	return expression_tree_walker(node, other_walker, context);
}

/* Is the expression made of tests and constants only? */
bool
cr_match_is_pure(const CrStatement *statement, Node *expanded)
{
	return cr_match_tested(statement, expanded) != NIL &&
		!other_walker(cr_match_assume(statement, expanded), NULL);
}

/* Is each of its conjuncts a question about one membership, and no more? */
bool
cr_match_stands_alone(const CrStatement *statement, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) expanded))
	{
		if (list_length(cr_match_tested(statement, lfirst(lc))) != 1 ||
			!cr_match_is_pure(statement, lfirst(lc)))
			return false;
	}
	return true;
}

/* ---------- putting conditions off ---------- */

static bool
selects_people(const List *tested)
{
	ListCell   *lc;

	foreach(lc, tested)
	{
		if (cr_inspect_base_is_raw((CrBase *) lfirst(lc)))
			return true;
	}
	return cr_list_tested(tested);
}

/*
 * Finds out which conditions of the level have to be put off.  A plain test
 * for a match has not: whom it leaves out nobody asks for.
 */
void
cr_match_read_clauses(CrLevel *level)
{
	ListCell   *lc;

	cr_label_mark(level);
	foreach(lc, level->sources)
	{
		CrBase	   *base = ((CrSource *) lfirst(lc))->base;
		Node	   *outer;

		if (base == NULL || base->membership == NULL)
			continue;
		outer = base->membership->outer;
		base->by_key = cr_list_key_only(level,
										cr_inspect_expand(level, outer));
	}
	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		bool		matches = false;

		if (cr_match_alone(level->statement, clause->expanded,
						   &matches) == NULL)
			matches = false;
		clause->deferred = clause->inner && !matches &&
			selects_people(cr_match_tested(level->statement,
										   clause->expanded));
	}
}

static void
add_deferred(CrLevel *level, Node *condition, List *tested, bool plain)
{
	CrDeferred *deferred = palloc0(sizeof(CrDeferred));

	deferred->condition = condition;
	deferred->tested = tested;
	deferred->plain = plain;
	if (!cr_inspect_is_decidable(level, condition))
		level->stuck = true;
	level->deferred = lappend(level->deferred, deferred);
}

/* Does a unit of the level tell who is not in the set? */
static bool
is_told_by_unit(CrLevel *level, CrBase *base)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (base != NULL && unit->membership == base && unit->absent)
			return true;
	}
	return false;
}

/* Conditions of the level itself, but those that its units tell. */
static void
defer_own(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		CrBase	   *base;
		bool		matches;

		if (!clause->deferred)
			continue;
		base = cr_match_alone(level->statement, clause->expanded, &matches);
		if (is_told_by_unit(level, base))
			continue;
		if (level->kind != CR_LEVEL_RELEASED)
			level->stuck = true;
		else
			add_deferred(level, clause->written,
						 cr_match_tested(level->statement,
										 clause->expanded),
						 cr_match_test(level->statement,
									   clause->expanded) != NULL);
	}
}

/* The units that rows of the level shall not have. */
static void
defer_absent(CrLevel *level)
{
	List	   *done = NIL;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);
		Node	   *test;

		if (!unit->absent || list_member_ptr(done, unit->membership))
			continue;
		done = lappend(done, unit->membership);
		test = cr_make_null_test((Node *) copyObject(unit->local), IS_NULL);
		add_deferred(level, test, list_make1(unit->membership), true);
	}
}

/*
 * Once the kind of the level is known: says what it has to decide, or that a
 * condition has come to a place where it can be put off no further.
 */
void
cr_match_defer(CrLevel *level)
{
	ListCell   *lc;

	cr_list_find(level);
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);
		ListCell   *lc2;

		if (bms_is_empty(source->nulling) || source->level == NULL)
			continue;
		foreach(lc2, source->level->units)
			level->stuck = level->stuck || ((CrUnit *) lfirst(lc2))->absent;
	}
	defer_own(level);
	if (level->kind == CR_LEVEL_RELEASED)
		defer_absent(level);
}

/* ---------- which memberships matter ---------- */

static void
mark(const CrStatement *statement, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, cr_match_tested(statement, expanded))
		((CrBase *) lfirst(lc))->tested = true;
}

static void
mark_aggregates(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->aggregates)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);

		mark(level->statement, (Node *) aggregate->arguments);
		mark(level->statement, aggregate->filter);
	}
}

/*
 * Marks the memberships on which it depends what the level, or one below it,
 * gives.  A test that is only a column of a subquery, which nobody reads, is
 * left to the planner to remove.
 */
void
cr_match_mark(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (clause->expanded != NULL)
			mark(level->statement, clause->expanded);
	}
	mark(level->statement, (Node *) level->group_keys);
	mark_aggregates(level);
	if (level->kind == CR_LEVEL_UNIT)
		mark(level->statement,
			 cr_inspect_expand(level, level->query->havingQual));
	foreach(lc, level->columns)
	{
		if (level->kind == CR_LEVEL_UNIT &&
			!cr_match_is_pure(level->statement, lfirst(lc)))
			mark(level->statement, lfirst(lc));
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level != NULL &&
			source->rte->rtekind == RTE_SUBQUERY)
			cr_match_mark(source->level);
	}
	foreach(lc, level->branches)
		cr_match_mark((CrLevel *) lfirst(lc));
	foreach(lc, level->ctes)
		cr_match_mark(((CrCte *) lfirst(lc))->level);
	foreach(lc, level->sublinks)
		cr_match_mark(((CrSubLink *) lfirst(lc))->level);
}
