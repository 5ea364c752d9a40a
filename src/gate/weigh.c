/*-------------------------------------------------------------------------
 *
 * src/gate/weigh.c
 *	  Rules: what is nearly constant for whom its writer chooses.
 *
 * A count is zero, or the same as all others'; so is what is computed of
 * several of a person's aggregates, or a measure that is asked for, less a
 * constant.  By itself and as a factor it makes an aggregate over many that of
 * the few for whom it is not.  Counts may not be factors; of the rest people
 * are counted who differ.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/argument.h"
#include "gate/gate.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

static const char *
name_of(CrAggregate *aggregate)
{
	return get_func_name(aggregate->aggref->aggfnoid);
}

/* Are its results made of squares of what it is given? */
bool
cr_weigh_squares(uint32 family)
{
	return (family & (CR_AGG_STDDEV | CR_AGG_VARIANCE)) != 0;
}

CrVerdict *
cr_refuse_weighed(CrAggregate *aggregate)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
							 aggregate->aggref->location,
							 psprintf("%s() is given a count of each person's rows added to something else",
									  name_of(aggregate)),
							 CR_HINT_COUNTS);
}

static bool combines(CrLevel *level, Node *expanded);

/*
 * Is the column of a unit level computed of several aggregates of people, or
 * a deviation, which is computed of squares and a sum?  It is zero for whose
 * rows are alike, if only by a join.
 */
static bool
is_combined(CrBase *base, Node *column)
{
	List	   *atoms;
	ListCell   *lc;

	atoms = list_union(NIL, pull_var_clause(column, PVC_INCLUDE_AGGREGATES));
	if (list_length(atoms) > 1)
		return true;
	foreach(lc, atoms)
	{
		Aggref	   *aggref = (Aggref *) lfirst(lc);

		if (IsA(aggref, Aggref) &&
			(cr_weigh_squares(cr_aggregate_family(aggref->aggfnoid)) ||
			 combines(base->level, (Node *) aggref->args)))
			return true;
	}
	return false;
}

/* Is it computed of several aggregates of each person, here or below? */
static bool
combines(CrLevel *level, Node *expanded)
{
	List	   *vars = list_union(NIL, pull_var_clause(expanded, 0));
	int			below = 0;
	ListCell   *lc;

	foreach(lc, vars)
	{
		Node	   *column = cr_inspect_computed_below(level->statement,
													   lfirst(lc));
		Var		   *var = lfirst_node(Var, lc);

		if (column == NULL)
			continue;
		below++;
		if (is_combined(cr_inspect_base(level->statement, var->varno),
						column))
			return true;
	}
	return below > 1;
}

/*
 * Is it a product of columns, to one of which a constant is added?  By what
 * goes with it, conditions may choose a column that may be asked for without
 * naming it.
 */
static bool
is_shifted_product(const CrStatement *statement, Node *expanded)
{
	CrPolynomial polynomial;

	return cr_polynomial_read(statement, expanded, &polynomial) &&
		polynomial.degree > 1 && polynomial.shifted &&
		cr_inspect_may_be_asked(statement, expanded);
}

/*
 * Notes what a released aggregate adds up, once CASE and FILTER are taken from
 * it.  The two of a pair are multiplied, with a constant taken from each.
 */
void
cr_note_values(CrLevel *level, CrAggregate *aggregate, Node *expanded)
{
	aggregate->values = lappend(aggregate->values, expanded);
	aggregate->weighs = aggregate->weighs ||
		list_length(aggregate->arguments) == 2 ||
		combines(level, expanded) ||
		is_shifted_product(level->statement, expanded);
	level->statement->valued = list_append_unique_ptr(level->statement->valued,
													  aggregate);
}

/*
 * The same of measures that the statement asks for, which is known when all
 * of it has been judged.
 */
void
cr_note_asked(CrStatement *statement)
{
	ListCell   *lc;

	foreach(lc, statement->valued)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);

		aggregate->weighs = aggregate->weighs ||
			cr_inspect_is_asked(statement, (Node *) aggregate->values);
	}
}

/*
 * Two measures of one table, of degree two together: what correlation,
 * covariance and regression compute is made of products of the two.
 */
CrVerdict *
cr_rule_pair(CrLevel *level, CrAggregate *aggregate)
{
	CrPolynomial x;
	CrPolynomial y;
	const char *objection = NULL;

	if (!cr_polynomial_read(level->statement, linitial(aggregate->arguments),
							&y) ||
		!cr_polynomial_read(level->statement, lsecond(aggregate->arguments),
							&x))
		return NULL;			/* each is judged by itself */
	if ((x.counted && x.measured) || (y.counted && y.measured))
		return cr_refuse_weighed(aggregate);
	if (x.base != 0 && y.base != 0 && x.base != y.base)
		objection = "columns of two tables";
	else if (x.degree > 1 || y.degree > 1)
		objection = "products of columns, which it would multiply again";
	if (objection == NULL)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
							 aggregate->aggref->location,
							 psprintf("%s() is given %s",
									  name_of(aggregate), objection),
							 "Give it two measures of one table; or sum each table by person in a subquery, join the two, and group that by person again: SELECT corr(a, b) FROM (SELECT p.key, sum(p.a) AS a, sum(q.b) AS b FROM (SELECT key, sum(x) AS a ... GROUP BY key) p JOIN (SELECT key, sum(y) AS b ... GROUP BY key) q ON q.key = p.key GROUP BY p.key) AS people.");
}
