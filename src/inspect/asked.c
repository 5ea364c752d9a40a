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

/*
 * Does the statement ask for a column of which the expression is made, here
 * or in the same table elsewhere?
 */
bool
cr_inspect_is_asked(const CrStatement *statement, Node *expanded)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, columns_of(statement, expanded))
	{
		Var		   *var = lfirst_node(Var, lc);
		Oid			relid = cr_inspect_base(statement,
											var->varno)->rte->relid;

		foreach(lc2, statement->bases)
		{
			CrBase	   *base = (CrBase *) lfirst(lc2);

			if (base->kind == CR_BASE_PROTECTED && base->rte->relid == relid &&
				bms_is_member(var->varattno, base->asked))
				return true;
		}
	}
	return false;
}
