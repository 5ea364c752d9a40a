/*-------------------------------------------------------------------------
 *
 * src/gate/weigh.c
 *	  Rules: what weighs one person's value by how often people have rows.
 *
 * A count is zero, or the same as all others', for whom its writer chooses.
 * Multiplied by a measure, and in squares of a sum with one, it makes an
 * aggregate over many that of the few for whom it is not.
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

/* Is the column of a unit level computed of several aggregates of people? */
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
		if (IsA(lfirst(lc), Aggref) &&
			combines(base->level, (Node *) ((Aggref *) lfirst(lc))->args))
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
 * Whom such a number tells apart is counted by rows, which stand for people
 * if everybody has one.
 */
static CrVerdict *
note_weighs(CrLevel *level, CrAggregate *aggregate, const char *given,
			const char *hint)
{
	aggregate->weighs = true;
	if (cr_inspect_rows_are_people(level))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
							 aggregate->aggref->location,
							 psprintf("%s() is given %s of people who may stand in several rows",
									  name_of(aggregate), given), hint);
}

/* A single argument that is computed of several aggregates of each person. */
CrVerdict *
cr_note_combination(CrLevel *level, CrAggregate *aggregate, Node *expanded)
{
	if (!combines(level, expanded))
		return NULL;
	return note_weighs(level, aggregate, "several aggregates",
					   "Give it a subquery that groups by the unit alone, joined with nothing that has several rows a person: SELECT avg(a - b) FROM (SELECT key, sum(x) AS a, sum(y) AS b ... GROUP BY key) AS people.");
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
	CrVerdict  *refusal = NULL;

	if (!cr_polynomial_read(level->statement, linitial(aggregate->arguments),
							&y) ||
		!cr_polynomial_read(level->statement, lsecond(aggregate->arguments),
							&x))
		return NULL;			/* each is judged by itself */
	if ((x.counted && x.measured) || (y.counted && y.measured))
		return cr_refuse_weighed(aggregate);
	if (x.counted || y.counted)
		refusal = note_weighs(level, aggregate, "counts",
							  "Give it a subquery that groups by the unit alone, joined with nothing: SELECT corr(a, b) FROM (SELECT key, count(*) AS a, sum(x) AS b ... GROUP BY key) AS people.");
	if (refusal != NULL)
		return refusal;
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
