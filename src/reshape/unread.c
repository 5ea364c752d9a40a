/*-------------------------------------------------------------------------
 *
 * src/reshape/unread.c
 *	  Forgets questions of membership that nobody reads the answer of.
 *
 *	SELECT o.id AS k, EXISTS (SELECT FROM seen s WHERE s.id = o.id) AS c
 *	FROM orders o
 *
 * may be read for k alone.  Where the planner sees that, it does without the
 * set; but not in a WITH query, which guards may read as well.  There it would
 * read protected rows that no guard has counted.  So what asks for a set that
 * nothing depends on becomes a constant, and the set can be done without.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "reshape/reshape.h"

typedef struct UnreadContext
{
	const CrLevel *level;
	List	   *sets;			/* int: their places in the range table */
} UnreadContext;

/* The set of which it is asked whether the row is in it, if so; else 0. */
static int
unread_set(const CrLevel *level, Node *node)
{
	Var		   *var;
	ListCell   *lc;

	if (!IsA(node, NullTest))
		return 0;
	var = (Var *) cr_inspect_strip((Node *) ((NullTest *) node)->arg);
	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno != 1)
		return 0;
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->rti == (int) var->varno)
			return source->base != NULL && source->base->membership != NULL &&
				!source->base->tested ? source->rti : 0;
	}
	return 0;
}

static Node *
unread_mutator(Node *node, UnreadContext *context)
{
	int			set;

	if (node == NULL || IsA(node, SubLink))
		return node;
	set = unread_set(context->level, node);
	if (set == 0)
		return expression_tree_mutator(node, unread_mutator,
									   (void *) context);
	context->sets = list_append_unique_int(context->sets, set);
	return makeBoolConst(false, false);
}

/* Is the entry all that an outer join may be without? */
static bool
is_optional(Node *node, int rti)
{
	JoinExpr   *join = (JoinExpr *) node;
	Node	   *side;
	ListCell   *lc;

	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
		{
			if (is_optional(lfirst(lc), rti))
				return true;
		}
		return false;
	}
	if (!IsA(node, JoinExpr))
		return false;
	side = join->jointype == JOIN_LEFT ? join->rarg :
		join->jointype == JOIN_RIGHT ? join->larg : NULL;
	if (side != NULL && IsA(side, RangeTblRef) &&
		((RangeTblRef *) side)->rtindex == rti)
		return true;
	return is_optional(join->larg, rti) || is_optional(join->rarg, rti);
}

/*
 * No row is in the set, then: the planner leaves an outer join out only where
 * it sees that a row has one match at most, as in a set of one table.
 */
static void
empty_set(Query *query, int rti)
{
	RangeTblEntry *rte = rt_fetch(rti, query->rtable);

	if (is_optional((Node *) query->jointree, rti) &&
		rte->rtekind == RTE_SUBQUERY && rte->subquery->setOperations == NULL)
		rte->subquery->jointree->quals = makeBoolConst(false, false);
}

/* Takes them from the columns of a row level, and empties sets, in place. */
void
cr_reshape_unread(CrLevel *level)
{
	UnreadContext context = {level, NIL};
	ListCell   *lc;

	if (level->kind == CR_LEVEL_ROW)
	{
		foreach(lc, level->query->targetList)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lc);

			tle->expr = (Expr *) unread_mutator((Node *) tle->expr, &context);
		}
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (level->kind != CR_LEVEL_PUBLIC && source->base != NULL &&
			source->base->membership != NULL && !source->base->tested &&
			cr_inspect_base_is_raw(source->base))
			context.sets = list_append_unique_int(context.sets, source->rti);
	}
	foreach(lc, context.sets)
		empty_set(level->query, lfirst_int(lc));
}
