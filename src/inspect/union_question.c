/*-------------------------------------------------------------------------
 *
 * src/inspect/union_question.c
 *	  Asks each branch of a UNION of rows whether it has a match.
 *
 *	x IN (SELECT k FROM a UNION SELECT k FROM b)
 *	EXISTS (SELECT 1 FROM (a UNION ALL b) u WHERE u.k = t.k AND c)
 *
 * are x IN (SELECT k FROM a) OR x IN (SELECT k FROM b), and one EXISTS or the
 * other, nulls included.  Copies do not matter, so UNION is the same as UNION
 * ALL.  x <> ALL (...) is that of the one AND of the other.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_query.h"
#include "inspect/arms.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteManip.h"

typedef struct AskContext
{
	CrLevel    *level;
	int			room;			/* branches that may still be asked */
} AskContext;

/* The branches of what is a UNION itself, each in the place of it. */
static List *
arms_of_union(CrLevel *level, Query *query)
{
	RangeTblEntry *rte = cr_make_subquery_entry(query, "asked",
												cr_column_names(query));
	List	   *arms = NIL;
	ListCell   *lc;

	foreach(lc, cr_union_branches(level, rte, true))
	{
		Query	   *arm = copyObject(lfirst_node(Query, lc));

		IncrementVarSublevelsUp((Node *) arm, -1, 2);
		arms = lappend(arms, arm);
	}
	return arms;
}

/* The selection from a UNION, as one from each branch. */
static List *
arms_of_selection(CrLevel *level, Query *query)
{
	CrLevel    *asked = palloc0(sizeof(CrLevel));
	List	   *branches = NIL;
	List	   *arms = NIL;
	bool		possible = true;
	int			rti;
	ListCell   *lc;

	cr_normalize_names(query);
	asked->query = query;
	asked->statement = level->statement;
	asked->parent = level;
	rti = cr_union_find(asked, true, &branches);
	if (rti == 0)
		return NIL;
	foreach(lc, branches)
		arms = lappend(arms, cr_arm_query(query, rti, lfirst_node(Query, lc),
										  &possible));
	return possible ? arms : NIL;
}

static bool
has_columns_of(Query *arm, Query *query)
{
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, arm->targetList, lc2, query->targetList)
	{
		if (exprType((Node *) lfirst_node(TargetEntry, lc)->expr) !=
			exprType((Node *) lfirst_node(TargetEntry, lc2)->expr))
			return false;
	}
	return list_length(arm->targetList) == list_length(query->targetList);
}

/* Queries that have a match if one of them has, or NIL. */
static List *
find_arms(CrLevel *level, const SubLink *sublink)
{
	Query	   *query = copyObject((Query *) sublink->subselect);
	Query	   *copies;
	List	   *arms;
	ListCell   *lc;

	if (query->commandType != CMD_SELECT || query->cteList != NIL ||
		!cr_inspect_touches(query))
		return NIL;
	copies = cr_with_copies(query);
	if (copies != NULL)
		query = copies;
	if (query->setOperations != NULL)
		arms = arms_of_union(level, query);
	else if (cr_union_is_selection(query))
		arms = arms_of_selection(level, query);
	else
		return NIL;
	foreach(lc, arms)
	{
		/* what is compared must be of the type that it is compared as */
		if (sublink->subLinkType != EXISTS_SUBLINK &&
			!has_columns_of(lfirst_node(Query, lc), query))
			return NIL;
	}
	return arms;
}

static Node *
ask_branches(SubLink *sublink, AskContext *context)
{
	List	   *arms = NIL;
	List	   *questions = NIL;
	ListCell   *lc;

	if (sublink->subLinkType == EXISTS_SUBLINK ||
		sublink->subLinkType == ANY_SUBLINK ||
		sublink->subLinkType == ALL_SUBLINK)
		arms = find_arms(context->level, sublink);
	context->room -= list_length(arms);
	if (arms == NIL || context->room < 0)
		return (Node *) sublink;
	foreach(lc, arms)
	{
		SubLink    *question = makeNode(SubLink);

		*question = *sublink;
		question->testexpr = copyObject(sublink->testexpr);
		question->subselect = (Node *) lfirst(lc);
		questions = lappend(questions, ask_branches(question, context));
	}
	return (Node *) makeBoolExpr(sublink->subLinkType == ALL_SUBLINK ?
								 AND_EXPR : OR_EXPR, questions, -1);
}

static Node *
ask_mutator(Node *node, AskContext *context)
{
	if (node == NULL || IsA(node, Query))
		return node;			/* a level of its own */
	if (IsA(node, SubLink))
		return ask_branches((SubLink *) node, context);
	return expression_tree_mutator(node, ask_mutator, (void *) context);
}

/*
 * Writes the questions of the level's query, whose names are normalized, so
 * that none is asked of a UNION of rows.  Changes the query in place.
 */
void
cr_distribute_questions(CrLevel *level)
{
	Query	   *query = level->query;
	AskContext	context = {level, CR_MAX_BRANCHES};

	if (!query->hasSubLinks)
		return;
	query->jointree->quals = ask_mutator(query->jointree->quals, &context);
	query->targetList = (List *) ask_mutator((Node *) query->targetList,
											 &context);
	query->havingQual = ask_mutator(query->havingQual, &context);
}
