/*-------------------------------------------------------------------------
 *
 * src/guard/kept.c
 *	  What is kept with a plan for those who execute it.
 *
 * Plans outlive statements and are copied, so it is in the plan: in the names
 * of an entry of the range table that nothing refers to.  Ours is the last
 * entry of each plan that any of this is asked of; an analyst may give a
 * relation of a query any name, but not put it behind that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/kept.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"

#define KEEPER	"cleanroom keeps"
#define VALUES	4

static char *
or_empty(char *text)
{
	return text != NULL ? text : pstrdup("");
}

void
cr_kept_put(PlannedStmt *plan, const CrKept *kept)
{
	RangeTblEntry *keeper = makeNode(RangeTblEntry);

	keeper->rtekind = RTE_RESULT;
	keeper->eref =
		makeAlias(KEEPER,
				  list_make4(makeString(or_empty(kept->parameters)),
							 makeString(or_empty(kept->written_out)),
							 makeString(or_empty(kept->relied_on)),
							 makeString(or_empty(kept->functions_read))));
	plan->rtable = lappend(plan->rtable, keeper);
}

static char *
value(List *values, int number)
{
	char	   *text = strVal(list_nth(values, number));

	return text[0] == '\0' ? NULL : text;
}

CrKept
cr_kept_get(const PlannedStmt *plan)
{
	CrKept		kept = {NULL, NULL, NULL, NULL};
	RangeTblEntry *keeper;

	if (plan->rtable == NIL)
		return kept;
	keeper = llast_node(RangeTblEntry, plan->rtable);
	if (keeper->rtekind != RTE_RESULT || keeper->eref == NULL ||
		strcmp(keeper->eref->aliasname, KEEPER) != 0 ||
		list_length(keeper->eref->colnames) != VALUES)
		return kept;
	kept.parameters = value(keeper->eref->colnames, 0);
	kept.written_out = value(keeper->eref->colnames, 1);
	kept.relied_on = value(keeper->eref->colnames, 2);
	kept.functions_read = value(keeper->eref->colnames, 3);
	return kept;
}
