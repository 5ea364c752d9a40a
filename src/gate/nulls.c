/*-------------------------------------------------------------------------
 *
 * src/gate/nulls.c
 *	  Which rows an aggregate skips because its argument is null there.
 *
 * Those that it uses must be enough, and so must in general those that it
 * skips, or none: a measure that is null for one person is a condition like
 * any other, once sum(income + 0 * measure) stands beside sum(income).  Only
 * where a stored null is all there is to a row, so that its other columns
 * are not in the aggregate either, nothing is taken from anybody.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_expr.h"
#include "gate/argument.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"

/* The level's own name for a unit of the base, or NULL. */
static Node *
unit_of_base(CrLevel *level, int base)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (IsA(unit->expanded, Var) &&
			((Var *) unit->expanded)->varno == base)
			return (Node *) unit->local;
	}
	return NULL;
}

/* Rows that the aggregate skips, by what its arguments are made of. */
static void
note_rest(CrLevel *level, CrAggregate *aggregate, Node *expanded,
		  Node *condition)
{
	CrMissing  *missing;

	condition = cr_among_chosen(aggregate, condition);
	if (!cr_label_in(level, expanded))
	{
		aggregate->rests = lappend(aggregate->rests, condition);
		return;
	}
	missing = palloc(sizeof(CrMissing));
	missing->condition = condition;
	missing->bases = cr_inspect_bases(expanded);
	aggregate->missing = lappend(aggregate->missing, missing);
}

/* Rows that an outer join has no row of the base for. */
static void
note_unmatched(CrLevel *level, CrAggregate *aggregate, Node *expanded, int id,
			   Node *otherwise)
{
	Node	   *unit = unit_of_base(level, id);

	if (cr_inspect_base(level->statement, id)->nullable &&
		(unit != NULL || otherwise != NULL))
		note_rest(level, aggregate, expanded,
				  cr_make_null_test(copyObject(unit ? unit : otherwise),
									IS_NULL));
}

/*
 * A computation is null where it would overflow, and where one of its columns
 * is null.  Rows that have none of its columns do not count.
 */
static void
note_computed_nulls(CrLevel *level, CrAggregate *aggregate,
					CrArgument *argument)
{
	Node	   *written = cr_inspect_strip(argument->written);
	Node	   *rest = cr_make_null_test(copyObject(written), IS_NULL);
	List	   *given = NIL;
	ListCell   *lc;
	int			id = -1;
	Bitmapset  *bases = cr_inspect_bases(argument->expanded);

	if (!IsA(written, Var))
	{
		foreach(lc, pull_var_clause(written, 0))
			given = lappend(given,
							cr_make_null_test(copyObject(lfirst(lc)),
											  IS_NOT_NULL));
	}
	if (given != NIL)
		rest = (Node *) make_andclause(list_make2(rest,
												  list_length(given) > 1 ?
												  make_orclause(given) :
												  linitial(given)));
	note_rest(level, aggregate, argument->expanded, rest);
	while ((id = bms_next_member(bases, id)) >= 0)
		note_unmatched(level, aggregate, argument->expanded, id, NULL);
}

/* Is it an aggregate of nothing but a column, like min(city)? */
static bool
is_of_column(Node *expanded)
{
	Aggref	   *aggref = (Aggref *) expanded;

	return IsA(aggref, Aggref) && list_length(aggref->args) == 1 &&
		IsA(cr_inspect_strip((Node *) linitial_node(TargetEntry,
													aggref->args)->expr), Var);
}

/*
 * Does a unit level below compute the column from what it aggregates, so that
 * it may be null where some of that is not?
 */
static bool
is_computed_below(CrLevel *level, Var *column)
{
	CrBase	   *base = cr_inspect_base(level->statement, column->varno);
	CrPolynomial polynomial;
	Node	   *expanded;
	List	   *atoms;

	if (base->kind != CR_BASE_UNIT_LEVEL || column->varattno < 1 ||
		column->varattno > list_length(base->level->columns))
		return false;
	expanded = cr_inspect_strip(list_nth(base->level->columns,
										 column->varattno - 1));
	if (IsA(expanded, Var) || is_of_column(expanded))
		return false;
	atoms = list_union(NIL, pull_var_clause(expanded,
											PVC_INCLUDE_AGGREGATES));
	return list_length(atoms) != 1 ||
		!cr_polynomial_read(level->statement, expanded, &polynomial);
}

/*
 * Notes that the aggregate rests on rows whose argument is not null, and
 * which others are left over.
 */
void
cr_note_nulls(CrLevel *level, CrAggregate *aggregate, CrArgument *argument)
{
	Node	   *stripped = cr_inspect_strip(argument->expanded);

	if (!cr_inspect_nullable(level->statement, argument->expanded))
		return;
	aggregate->part = lappend(aggregate->part,
							  cr_make_null_test(copyObject(argument->written),
												IS_NOT_NULL));
	if (IsA(stripped, Const))
		return;
	if (!IsA(stripped, Var))
	{
		note_computed_nulls(level, aggregate, argument);
		return;
	}
	note_unmatched(level, aggregate, stripped, ((Var *) stripped)->varno,
				   argument->written);
	if (is_computed_below(level, (Var *) stripped))
		note_rest(level, aggregate, stripped,
				  cr_make_null_test(copyObject(argument->written),
									IS_NULL));
}

/* Of a pair, the one may be null where the other is not. */
void
cr_note_pair_nulls(CrLevel *level, CrAggregate *aggregate)
{
	int			i;

	if (!cr_inspect_nullable(level->statement,
							 linitial(aggregate->arguments)) &&
		!cr_inspect_nullable(level->statement,
							 lsecond(aggregate->arguments)))
		return;
	for (i = 0; i < 2; i++)
	{
		TargetEntry *given = list_nth(aggregate->aggref->args, i);
		TargetEntry *missing = list_nth(aggregate->aggref->args, 1 - i);
		Node	   *is_given =
			cr_make_null_test((Node *) copyObject(given->expr), IS_NOT_NULL);
		Node	   *is_missing =
			cr_make_null_test((Node *) copyObject(missing->expr), IS_NULL);

		note_rest(level, aggregate, (Node *) aggregate->arguments,
				  (Node *) make_andclause(list_make2(is_given, is_missing)));
	}
}
