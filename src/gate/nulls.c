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
 * Many rows that have nothing to add would hide the few that have.  So what
 * is left over is counted among those, too, that have each of the columns;
 * and among those for which something can be computed of them, where that
 * may fail.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/make_expr.h"
#include "gate/argument.h"
#include "inspect/operation.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"

/* Columns that may be null, of which all combinations are guarded. */
#define MAX_COLUMNS	4

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
		aggregate->skipped = lappend(aggregate->skipped, condition);
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

/* The arguments' columns that may be null, and the number of others. */
static List *
nullable_columns(CrLevel *level, List *written, int *others)
{
	List	   *columns = NIL;
	ListCell   *lc;

	*others = 0;
	foreach(lc, pull_var_clause((Node *) written, 0))
	{
		if (cr_inspect_nullable(level->statement,
								cr_inspect_expand(level, lfirst(lc))))
			columns = list_append_unique(columns, lfirst(lc));
		else
			(*others)++;
	}
	return columns;
}

/* Conditions, each that a row has some of the columns. */
static List *
given_columns(List *columns)
{
	List	   *given = NIL;
	uint32		some;

	for (some = 1; some < (1U << list_length(columns)); some++)
	{
		List	   *tests = NIL;
		ListCell   *lc;

		foreach(lc, columns)
		{
			if ((some & (1U << foreach_current_index(lc))) != 0)
				tests = lappend(tests,
								cr_make_null_test(copyObject(lfirst(lc)),
												  IS_NOT_NULL));
		}
		given = lappend(given, make_ands_explicit(tests));
	}
	return given;
}

/* Is it null just where a column is, which it is, or a wider form of? */
static bool
is_column(Node *node)
{
	FuncExpr   *call = (FuncExpr *) cr_inspect_strip(node);

	while (IsA(call, FuncExpr) && call->funcid != F_FLOAT8_NUMERIC &&
		   cr_operation_of(call->funcid) == CR_OP_WIDEN)
		call = (FuncExpr *) cr_inspect_strip(linitial(call->args));
	return IsA(call, Var);
}

/* May one be null by what is computed, where all its columns are there? */
static bool
are_computed(CrLevel *level, List *written)
{
	ListCell   *lc;

	foreach(lc, written)
	{
		Node	   *expanded = cr_inspect_expand(level, lfirst(lc));
		List	   *zeros;

		expanded = cr_inspect_zeros(level->statement, expanded, &zeros);
		if (!is_column(lfirst(lc)) &&
			!cr_inspect_is_bounded(level->statement, expanded))
			return true;
	}
	return false;
}

/*
 * Conditions, each that what is written is not null: by itself, and with each
 * of the others where it says nothing of columns that are null.
 */
static List *
given_results(List *written, List *given, bool zeros)
{
	List	   *tests = NIL;
	List	   *results;
	ListCell   *lc;

	foreach(lc, written)
		tests = lappend(tests,
						cr_make_null_test(copyObject(lfirst(lc)),
										  IS_NOT_NULL));
	results = list_make1(make_ands_explicit(copyObject(tests)));
	if (!zeros && !contain_nonstrict_functions((Node *) written))
		return results;
	foreach(lc, given)
	{
		List	   *both = lappend(copyObject(tests),
								   copyObject(lfirst(lc)));

		results = lappend(results, make_ands_explicit(both));
	}
	return results;
}

static bool
are_columns(List *written)
{
	ListCell   *lc;

	foreach(lc, written)
	{
		if (!is_column(lfirst(lc)))
			return false;
	}
	return true;
}

/* One of them is null. */
static Node *
some_null(List *expressions)
{
	List	   *tests = NIL;
	ListCell   *lc;

	foreach(lc, expressions)
		tests = lappend(tests,
						cr_make_null_test(copyObject(lfirst(lc)), IS_NULL));
	return list_length(tests) > 1 ?
		(Node *) make_orclause(tests) : linitial(tests);
}

/* Columns that the condition does not say are there. */
static List *
other_columns(List *columns, Node *given)
{
	return list_difference(columns, pull_var_clause(given, 0));
}

/*
 * What is computed of columns is null where one of them is null, and where it
 * would overflow.  The rows with some of them that it skips are noted by
 * which they have; those that have none do not count.
 */
static CrVerdict *
note_computed_nulls(CrLevel *level, CrAggregate *aggregate, List *written,
					Node *expanded, bool zeros)
{
	int			others;
	List	   *columns = nullable_columns(level, written, &others);
	List	   *given;
	ListCell   *lc;

	if (list_length(columns) > MAX_COLUMNS)
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
								 exprLocation((Node *) written),
								 "an aggregate is given too many columns that may be null",
								 "Give it four such columns at most, and add up the released sums; or declare columns NOT NULL.");
	given = given_columns(columns);
	aggregate->given = list_union(aggregate->given, given);
	if (are_computed(level, written))
	{
		aggregate->failing = lappend(aggregate->failing, given == NIL ?
									 makeBoolConst(true, false) :
									 copyObject(llast(given)));
		aggregate->given = list_union(aggregate->given,
									  given_results(written, given, zeros));
	}
	/* where zero stands for what is null, it just may overflow */
	if (!zeros && others > 0 && columns != NIL)
		note_rest(level, aggregate, expanded, some_null(columns));
	foreach(lc, zeros ? NIL : given)
	{
		List	   *missing = other_columns(columns, lfirst(lc));

		if (missing != NIL)
			note_rest(level, aggregate, expanded, (Node *)
					  make_andclause(list_make2(some_null(missing),
												lfirst(lc))));
	}
	if (!are_columns(written))
		note_rest(level, aggregate, expanded, zeros || given == NIL ?
				  some_null(written) : (Node *)
				  make_andclause(list_make2(some_null(written),
											llast(given))));
	return NULL;
}

static void
note_unmatched_bases(CrLevel *level, CrAggregate *aggregate, Node *expanded)
{
	Bitmapset  *bases = cr_inspect_bases(expanded);
	int			id = -1;

	while ((id = bms_next_member(bases, id)) >= 0)
		note_unmatched(level, aggregate, expanded, id, NULL);
}

static bool is_chosen_below(CrLevel *level, Node *expanded);

static bool
filter_walker(Node *node, CrLevel *level)
{
	if (node == NULL)
		return false;
	if (IsA(node, Aggref) && ((Aggref *) node)->aggfilter != NULL)
		return true;
	if (IsA(node, Var))
		return is_chosen_below(level, node);
	return expression_tree_walker(node, filter_walker, (void *) level);
}

/*
 * Is it the column of a unit level below that is null for people who have no
 * row of some kind?
 */
static bool
is_chosen_below(CrLevel *level, Node *expanded)
{
	return filter_walker(cr_inspect_computed_below(level->statement,
												   expanded), level);
}

/*
 * People for whom a unit level below makes a null.  A sum of nothing but the
 * column is no count of those for whom rows are missing there, by a FILTER or
 * a join.
 */
static void
note_made_below(CrLevel *level, CrAggregate *aggregate, Node *written,
				bool missing)
{
	ListCell   *lc;

	foreach(lc, pull_var_clause(written, 0))
	{
		Node	   *expanded = cr_inspect_expand(level, lfirst(lc));

		if (cr_inspect_makes_nulls(level->statement, expanded, missing) ||
			(missing && is_chosen_below(level, expanded) &&
			 cr_inspect_nullable(level->statement, expanded)))
			note_rest(level, aggregate, expanded,
					  cr_make_null_test(copyObject(lfirst(lc)), IS_NULL));
	}
}

/* The aggregate rests on rows that have something to add. */
static void
note_filled(CrAggregate *aggregate, Node *given)
{
	aggregate->part = lappend(aggregate->part, given);
	aggregate->filled = lappend(aggregate->filled, given);
}

/* Where zero stands for what is null, they have one of the columns. */
static void
note_some_given(CrLevel *level, CrAggregate *aggregate, Node *written)
{
	int			others;
	List	   *columns = nullable_columns(level, list_make1(written),
										   &others);
	List	   *tests = NIL;
	ListCell   *lc;

	foreach(lc, columns)
		tests = lappend(tests,
						cr_make_null_test(copyObject(lfirst(lc)),
										  IS_NOT_NULL));
	if (others == 0 && tests != NIL)
		note_filled(aggregate, list_length(tests) > 1 ?
					(Node *) make_orclause(tests) : linitial(tests));
}

/* What may be null of what a column is computed of, here or below. */
static List *
nullable_atoms(CrLevel *level, Node *column)
{
	Node	   *expanded = cr_inspect_expand(level, column);
	Node	   *below = cr_inspect_computed_below(level->statement, expanded);
	List	   *atoms = NIL;
	ListCell   *lc;

	if (below != NULL)
		expanded = below;
	foreach(lc, pull_var_clause(expanded, PVC_INCLUDE_AGGREGATES))
	{
		if (cr_inspect_nullable(level->statement, lfirst(lc)))
			atoms = list_append_unique(atoms, lfirst(lc));
	}
	return atoms;
}

/*
 * A column that a subquery computes of several that may be null is null for
 * whoever lacks one of them; which, is known only where it is computed in the
 * aggregate, and so it is written there (see inspect/lift.c), or refused.
 */
static CrVerdict *
check_lifted(CrLevel *level, Node *written)
{
	ListCell   *lc;

	foreach(lc, pull_var_clause(written, 0))
	{
		if (list_length(nullable_atoms(level, lfirst(lc))) > 1)
			return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
									 exprLocation(lfirst(lc)),
									 "a column that a subquery computes of several that may be null may not be aggregated here",
									 "Let the subquery give those columns, and compute in the aggregate: sum(a + b).");
	}
	return NULL;
}

/*
 * Notes that the aggregate rests on rows whose argument is not null, and
 * which others are left over.
 */
CrVerdict *
cr_note_nulls(CrLevel *level, CrAggregate *aggregate, uint32 family,
			  CrArgument *argument)
{
	Node	   *stripped = cr_inspect_strip(argument->expanded);
	Node	   *written = cr_inspect_strip(argument->written);
	Node	   *given;
	CrVerdict  *refusal;

	if (!cr_inspect_nullable(level->statement, argument->expanded))
		return NULL;
	given = cr_make_null_test(copyObject(argument->written), IS_NOT_NULL);
	note_filled(aggregate, given);
	if (IsA(stripped, Const))
		return NULL;
	refusal = check_lifted(level, written);
	if (refusal != NULL)
		return refusal;
	if (argument->zeros)
		note_some_given(level, aggregate, written);
	note_made_below(level, aggregate, written,
					family != CR_AGG_SUM || !IsA(stripped, Var));
	if (!IsA(stripped, Var) || argument->zeros)
	{
		note_unmatched_bases(level, aggregate, argument->expanded);
		return note_computed_nulls(level, aggregate, list_make1(written),
								   argument->expanded, argument->zeros);
	}
	aggregate->given = lappend(aggregate->given, copyObject(given));
	note_unmatched(level, aggregate, stripped, ((Var *) stripped)->varno,
				   argument->written);
	return NULL;
}

/* Of a pair, the one may be null where the other is not. */
CrVerdict *
cr_note_pair_nulls(CrLevel *level, CrAggregate *aggregate)
{
	List	   *written = NIL;
	ListCell   *lc;

	if (!cr_inspect_nullable(level->statement,
							 linitial(aggregate->arguments)) &&
		!cr_inspect_nullable(level->statement,
							 lsecond(aggregate->arguments)))
		return NULL;
	foreach(lc, aggregate->aggref->args)
		written = lappend(written, lfirst_node(TargetEntry, lc)->expr);
	return note_computed_nulls(level, aggregate, written,
							   (Node *) aggregate->arguments, false);
}
