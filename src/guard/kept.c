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
 * The range table also says which protected tables the statement is on.  The
 * planner forgets those of subqueries that it has found to have no effect, as
 * below a condition that is never true; so we put them back, as it does itself
 * with some of them, for the checks of privileges.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/kept.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "policy/policy.h"
#include "storage/lockdefs.h"
#include "utils/lsyscache.h"

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

static bool
has_table(const PlannedStmt *plan, Oid relid)
{
	ListCell   *lc;

	foreach(lc, plan->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_RELATION && rte->relid == relid)
			return true;
	}
	return false;
}

void
cr_kept_put_tables(PlannedStmt *plan, const List *relids)
{
	ListCell   *lc;

	foreach(lc, relids)
	{
		Oid			relid = lfirst_oid(lc);
		RangeTblEntry *rte;

		if (!cr_policy_exists(relid) || has_table(plan, relid))
			continue;
		rte = makeNode(RangeTblEntry);
		rte->rtekind = RTE_RELATION;
		rte->relid = relid;
		rte->relkind = get_rel_relkind(relid);
		rte->rellockmode = AccessShareLock;
		rte->eref = makeAlias(get_rel_name(relid), NIL);
		plan->rtable = lappend(plan->rtable, rte);
		plan->relationOids = list_append_unique_oid(plan->relationOids,
													relid);
	}
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
