/*-------------------------------------------------------------------------
 *
 * src/inspect/asked.c
 *	  Which columns of protected tables a statement asks for, in conditions and
 *	  group keys.
 *
 * Whoever asks for a column's values chooses for whom it is a constant.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

/*
 * The columns of protected tables that an expanded expression is made of, as
 * Vars; through the levels of people below.
 */
static List *
columns_of(const CrStatement *statement, Node *expanded)
{
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, pull_var_clause(expanded, PVC_RECURSE_AGGREGATES |
								PVC_RECURSE_WINDOWFUNCS |
								PVC_RECURSE_PLACEHOLDERS))
	{
		Var		   *var = lfirst_node(Var, lc);
		Node	   *below = cr_inspect_computed_below(statement, (Node *) var);

		if (below != NULL)
			columns = list_concat(columns, columns_of(statement, below));
		else if (var->varlevelsup == 0 && var->varno > 0 &&
				 cr_inspect_base(statement, var->varno)->kind ==
				 CR_BASE_PROTECTED)
			columns = lappend(columns, var);
	}
	return columns;
}

/* Notes the columns of a condition, or of a group key. */
void
cr_inspect_note_asked(const CrStatement *statement, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, columns_of(statement, expanded))
	{
		Var		   *var = lfirst_node(Var, lc);
		CrBase	   *base = cr_inspect_base(statement, var->varno);

		if (var->varattno > 0)
			base->asked = bms_add_member(base->asked, var->varattno);
	}
}

/* May one of the columns of which the expression is made be asked for? */
bool
cr_inspect_may_be_asked(const CrStatement *statement, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, columns_of(statement, expanded))
	{
		const CrColumnFact *fact = cr_inspect_column(statement, lfirst(lc));

		if (fact != NULL &&
			(fact->uses & (CR_USE_DIMENSION | CR_USE_FILTER)) != 0)
			return true;
	}
	return false;
}

/* Is it the same column, as the table that has the policy calls it? */
static bool
is_same_column(const CrBase *a, AttrNumber of_a, const CrBase *b, int of_b)
{
	return a->policy->labelled_relid == b->policy->labelled_relid &&
		strcmp(get_attname(a->rte->relid, of_a, false),
			   get_attname(b->rte->relid, of_b, false)) == 0;
}

static bool
is_asked_of(const CrBase *asked, const CrBase *base, AttrNumber attnum)
{
	int			other = -1;

	if (asked->kind != CR_BASE_PROTECTED)
		return false;
	while ((other = bms_next_member(asked->asked, other)) >= 0)
	{
		if (is_same_column(base, attnum, asked, other))
			return true;
	}
	return false;
}

/*
 * Does the statement ask for a column of which the expression is made, here
 * or in the same table elsewhere, or in a part of it?
 */
bool
cr_inspect_is_asked(const CrStatement *statement, Node *expanded)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, columns_of(statement, expanded))
	{
		Var		   *var = lfirst_node(Var, lc);
		CrBase	   *base = cr_inspect_base(statement, var->varno);

		foreach(lc2, statement->bases)
		{
			if (var->varattno > 0 &&
				is_asked_of((CrBase *) lfirst(lc2), base, var->varattno))
				return true;
		}
	}
	return false;
}
