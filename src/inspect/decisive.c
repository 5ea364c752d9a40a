/*-------------------------------------------------------------------------
 *
 * src/inspect/decisive.c
 *	  Finds the rows for which questions of membership decide a condition.
 *
 *	kind = 'c' AND NOT matched
 *	CASE WHEN kind <> 'c' THEN false ELSE NOT matched END
 *
 * are decided by the match for those of kind c, however it is written: there
 * the condition is another if they are taken to match than if they are not.
 * Those of kind c who match are left out of all of that kind, which somebody
 * else may have counted.
 *
 * Somebody may be left out by two questions at once, and by neither of them
 * alone.  So they are answered otherwise one by one, and together.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/constant.h"
#include "base/make_expr.h"
#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

/* All sets of them are looked at, each with all answers. */
#define MAX_QUESTIONS	4

/* Questions that are answered otherwise. */
typedef struct Assumption
{
	CrLevel    *level;
	List	   *asked;			/* CrBase of memberships */
	uint32		matched;		/* bit n: people match the nth */
	bool		unclear;		/* one could not be told from the rest */
} Assumption;

static bool
is_matched(const Assumption *assumption, const CrBase *base)
{
	ListCell   *lc;

	foreach(lc, assumption->asked)
	{
		if (lfirst(lc) == base)
			return (assumption->matched &
					(1U << foreach_current_index(lc))) != 0;
	}
	return false;
}

/* What an expression that only asks about one membership comes to, or NULL. */
static Node *
answer(Assumption *assumption, Node *expanded, const CrBase *base)
{
	Node	   *value = cr_match_answer(assumption->level->statement, expanded,
										base, is_matched(assumption, base));

	value = cr_fold(value);
	return IsA(value, Const) ? value : NULL;
}

/*
 * The membership that a test for null asks about by its unit, which is carried
 * up from where the question was: people without it are meant.
 */
static CrBase *
asked_by_unit(CrLevel *level, Node *node)
{
	ListCell   *lc;

	if (!IsA(node, NullTest))
		return NULL;
	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership != NULL &&
			equal(((NullTest *) node)->arg, unit->local))
			return unit->membership;
	}
	return NULL;
}

typedef struct Questions
{
	CrLevel    *level;
	List	   *asked;			/* CrBase */
} Questions;

static bool
units_walker(Node *node, Questions *questions)
{
	CrBase	   *base;

	if (node == NULL || IsA(node, SubLink))
		return false;
	base = asked_by_unit(questions->level, node);
	if (base != NULL)
		questions->asked = list_append_unique_ptr(questions->asked, base);
	return expression_tree_walker(node, units_walker, (void *) questions);
}

/* CrBase of all that something is asked about in an expression. */
static List *
asked_in(CrLevel *level, Node *written, Node *expanded)
{
	Questions	questions = {level, NIL};

	questions.asked = cr_match_tested(level->statement, expanded);
	units_walker(written, &questions);
	return questions.asked;
}

static Node *
answer_unit(Assumption *assumption, NullTest *test, const CrBase *base)
{
	bool		missing = test->nulltesttype == IS_NULL;

	return makeBoolConst(is_matched(assumption, base) != missing, false);
}

/* Tests of memberships, as tests of the units that are carried up. */
static Node *
carried_mutator(Node *node, Assumption *assumption)
{
	CrBase	   *base;
	ListCell   *lc;

	if (node == NULL || IsA(node, SubLink))
		return node;
	base = cr_match_test(assumption->level->statement, node);
	if (base == NULL)
		return expression_tree_mutator(node, carried_mutator,
									   (void *) assumption);
	foreach(lc, assumption->level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership == base)
			return cr_make_null_test((Node *) copyObject(unit->local),
									 ((NullTest *) node)->nulltesttype);
	}
	assumption->unclear = true;
	return node;
}

/*
 * A column of a subquery that only asks about several memberships: those that
 * are assumed are answered, the others asked by their units.  A list has no
 * unit; then the column stays as it is, in words of its level.
 */
static Node *
answer_several(Assumption *assumption, Node *column, Node *expanded,
			   List *asked)
{
	Assumption	carried = {assumption->level, NIL, 0, false};
	Node	   *value = (Node *) copyObject(expanded);
	ListCell   *lc;

	foreach(lc, asked)
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (list_member_ptr(assumption->asked, base))
			value = cr_match_answer(assumption->level->statement, value, base,
									is_matched(assumption, base));
	}
	value = carried_mutator(value, &carried);
	if (carried.unclear)
	{
		assumption->unclear = true;
		return column;
	}
	return cr_fold(value);
}

static Node *
assume_mutator(Node *node, Assumption *assumption)
{
	const CrStatement *statement = assumption->level->statement;
	Node	   *expanded;
	Node	   *value;
	List	   *asked;
	CrBase	   *base;

	if (node == NULL || IsA(node, SubLink))
		return node;
	base = asked_by_unit(assumption->level, node);
	if (base != NULL)
		return list_member_ptr(assumption->asked, base) ?
			answer_unit(assumption, (NullTest *) node, base) : node;
	if (IsA(node, List) || IsA(node, CaseWhen))
		return expression_tree_mutator(node, assume_mutator,
									   (void *) assumption);
	expanded = cr_inspect_expand(assumption->level, node);
	asked = asked_in(assumption->level, node, expanded);
	if (list_length(list_difference_ptr(asked, assumption->asked)) ==
		list_length(asked))
		return node;
	if (list_length(asked) == 1 && cr_match_is_pure(statement, expanded) &&
		(value = answer(assumption, expanded, linitial(asked))) != NULL)
		return value;
	if (IsA(node, Var) && cr_match_is_pure(statement, expanded))
		return answer_several(assumption, node, expanded, asked);
	/* a column of a subquery does not say which of its rows match */
	if (IsA(node, Var))
		assumption->unclear = true;
	return expression_tree_mutator(node, assume_mutator, (void *) assumption);
}

static Node *
assume(CrLevel *level, Node *condition, List *asked, uint32 matched)
{
	Assumption	assumption = {level, asked, matched, false};

	return assume_mutator((Node *) copyObject(condition), &assumption);
}

/* Can these questions be told from the others, and what stands beside? */
static bool
is_told(CrLevel *level, Node *condition, List *asked)
{
	Assumption	assumption = {level, asked, 0, false};

	(void) assume_mutator((Node *) copyObject(condition), &assumption);
	return !assumption.unclear;
}

/*
 * Can each question of membership in a condition, which is in the level's own
 * words, be told from the others and what they stand beside?
 */
bool
cr_inspect_is_decidable(CrLevel *level, Node *condition)
{
	Node	   *expanded = cr_inspect_expand(level, condition);
	List	   *asked;
	ListCell   *lc;

	if (level->statement->memberships == NIL)
		return true;
	asked = asked_in(level, condition, expanded);
	foreach(lc, asked)
	{
		if (!is_told(level, condition, list_make1(lfirst(lc))))
			return false;
	}
	return asked == NIL || is_told(level, condition, asked);
}

/* Both: rows that the one holds for, and not the other; NULL: for none. */
static Node *
rows_between(Node *holds, Node *does_not)
{
	Node	   *held = cr_make_boolean_test(copyObject(holds), IS_TRUE, -1);
	Node	   *failed = cr_make_boolean_test(copyObject(does_not),
											  IS_NOT_TRUE, -1);
	Node	   *rows = (Node *) make_andclause(list_make2(held, failed));

	rows = cr_inspect_settle(rows);
	return cr_inspect_never_holds(rows) ? NULL : rows;
}

/* ---------- which questions, and what they leave out ---------- */

typedef struct Search
{
	CrLevel    *level;
	Node	   *condition;
	List	   *found;			/* CrLeftOut */
} Search;

static void
add_rows(Search *search, List *asked, Node *rows, bool enough)
{
	CrLeftOut  *result;

	if (rows == NULL)
		return;
	result = palloc(sizeof(CrLeftOut));
	result->rows = rows;
	result->asked = asked;
	result->enough = enough;
	search->found = lappend(search->found, result);
}

/*
 * Rows that the condition would hold for if the answer were another, and that
 * it holds for by the answer.  Where it holds for none without the answer
 * those are all that it means, and counted as such.
 */
static void
add_decided(Search *search, List *asked, Node *holds, Node *does_not)
{
	Node	   *rows = rows_between(holds, does_not);
	bool		of_list = cr_list_tested(asked);

	if (rows == NULL)
		return;
	add_rows(search, asked, rows_between(rows, search->condition),
			 of_list || search->level->listed);
	/* whoever has written a list knows who is on it */
	if (of_list || !cr_inspect_never_holds(does_not))
	{
		List	   *both = list_make2(rows, search->condition);

		add_rows(search, asked, (Node *) make_ands_explicit(copyObject(both)),
				 of_list || search->level->listed);
	}
}

static void
ask_one(Search *search, CrBase *base)
{
	List	   *asked = list_make1(base);
	Node	   *if_matched = assume(search->level, search->condition, asked,
									1);
	Node	   *if_not = assume(search->level, search->condition, asked, 0);

	add_decided(search, asked, if_matched, if_not);
	add_decided(search, asked, if_not, if_matched);
}

static void
ask_together(Search *search, List *asked)
{
	uint32		matched;

	for (matched = 0; matched < (1U << list_length(asked)); matched++)
	{
		Node	   *assumed = assume(search->level, search->condition, asked,
									 matched);

		add_rows(search, asked, rows_between(assumed, search->condition),
				 search->level->listed);
		if (!cr_inspect_never_holds(assumed))
			add_rows(search, asked, rows_between(search->condition, assumed),
					 search->level->listed);
	}
}

/* Those of the questions that are in the set of numbers. */
static List *
choose(List *asked, uint32 numbers)
{
	List	   *chosen = NIL;
	ListCell   *lc;

	foreach(lc, asked)
	{
		if ((numbers & (1U << foreach_current_index(lc))) != 0)
			chosen = lappend(chosen, lfirst(lc));
	}
	return chosen;
}

/* The questions by which conditions, all of which are asked for, hold. */
static List *
questions_in(CrLevel *level, List *conditions)
{
	Node	   *expanded;
	List	   *asked;

	if (level->statement->memberships == NIL)
		return NIL;
	expanded = cr_inspect_expand(level, (Node *) conditions);
	asked = asked_in(level, (Node *) conditions, expanded);
	/* of one alone those left out are all who match, or all who do not */
	return list_length(asked) == 1 &&
		cr_match_is_pure(level->statement, expanded) ? NIL : asked;
}

/* Are the conditions decided by more questions than can be looked at? */
bool
cr_inspect_is_intricate(CrLevel *level, List *conditions)
{
	return list_length(questions_in(level, conditions)) > MAX_QUESTIONS;
}

/*
 * CrLeftOut: rows for which the conditions, all of which are asked for, would
 * hold if questions of membership were answered otherwise, and do not.
 */
List *
cr_inspect_left_out(CrLevel *level, List *conditions)
{
	Search		search = {level, NULL, NIL};
	List	   *asked = questions_in(level, conditions);
	uint32		numbers;

	/* the gate has refused it, see cr_inspect_is_intricate() */
	if (list_length(asked) > MAX_QUESTIONS)
		cr_inspect_refuse_size();
	search.condition = (Node *) make_ands_explicit(conditions);
	for (numbers = 1; numbers < (1U << list_length(asked)); numbers++)
	{
		List	   *chosen = choose(asked, numbers);

		if (list_length(chosen) == 1)
			ask_one(&search, linitial(chosen));
		else
			ask_together(&search, chosen);
	}
	return search.found;
}
