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
#include "reshape/reshape.h"

/* Is it whether the row is in such a set? */
static bool
is_unread(const CrLevel *level, Node *node)
{
	Var		   *var;
	ListCell   *lc;

	if (!IsA(node, NullTest))
		return false;
	var = (Var *) cr_inspect_strip((Node *) ((NullTest *) node)->arg);
	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varattno != 1)
		return false;
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->rti == (int) var->varno)
			return source->base != NULL && source->base->membership != NULL &&
				!source->base->tested;
	}
	return false;
}

static Node *
unread_mutator(Node *node, const CrLevel *level)
{
	if (node == NULL || IsA(node, SubLink))
		return node;
	if (is_unread(level, node))
		return makeBoolConst(false, false);
	return expression_tree_mutator(node, unread_mutator, (void *) level);
}

/* Takes them from the columns of a row level, in place. */
void
cr_reshape_unread(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		tle->expr = (Expr *) unread_mutator((Node *) tle->expr, level);
	}
}
