/*-------------------------------------------------------------------------
 *
 * src/guard/written_out.c
 *	  What a statement stands for, where its text alone does not say it.
 *
 * Views and functions that are written out where they stand may be others
 * tomorrow, or gone, and the body of a function that was parsed when it was
 * made (BEGIN ATOMIC) has no text at all.  The record has to say what was
 * asked all the same.
 *
 * It is kept with the plan (kept.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "guard/kept.h"
#include "guard/written_out.h"
#include "nodes/nodeFuncs.h"
#include "session/pinned.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/ruleutils.h"

static bool
has_view(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;
		ListCell   *lc;

		foreach(lc, query->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			if (OidIsValid(rte->relid) && rte->relkind == RELKIND_VIEW)
				return true;
		}
		return query_tree_walker(query, has_view, context, 0);
	}
	return expression_tree_walker(node, has_view, context);
}

char *
cr_written_out(Query *query, const char *text, bool inlined)
{
	int			nesting;
	char	   *result;

	if (text != NULL && text[0] != '\0' && !inlined &&
		!has_view((Node *) query, NULL))
		return NULL;
	nesting = NewGUCNestLevel();
	cr_session_pin_settings();
	cr_session_pin_path("");
	result = pg_get_querydef(copyObject(query), false);
	AtEOXact_GUC(false, nesting);
	return result;
}

const char *
cr_written_out_find(const PlannedStmt *plan)
{
	return cr_kept_get(plan).written_out;
}
