/*-------------------------------------------------------------------------
 *
 * src/gate/steep.c
 *	  Rules: no person's rows may weigh so much more than those of others
 *	  that a sum over all is nearly theirs.
 *
 * The terms of a sum are of degree two at most.  Arithmetic raises the
 * degree, and so do joins of a table with itself: n copies with many rows a
 * person give the nth power of their number.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"

#define MAX_DEGREE	2

typedef struct DegreeContext
{
	CrLevel    *level;
	int			degree;
} DegreeContext;

static bool degree_of_parts(Node *node, DegreeContext *context);

/* The degree of an argument, and of the parts of a conditional one. */
static int
degree_of(CrLevel *level, Node *expr)
{
	DegreeContext context = {level, 1};
	CrPolynomial polynomial;

	if (cr_polynomial_read(level->statement, expr, &polynomial))
		return Max(1, polynomial.degree);
	expression_tree_walker(expr, degree_of_parts, (void *) &context);
	return context.degree;
}

static bool
degree_of_parts(Node *node, DegreeContext *context)
{
	if (node != NULL && !IsA(node, SubLink) && !IsA(node, Query))
		context->degree = Max(context->degree,
							  degree_of(context->level, node));
	return false;
}

/* The protected tables whose rows the base's are made of. */
static List *
tables_of(const CrBase *base)
{
	List	   *relids = NIL;
	ListCell   *lc;

	if (base->kind == CR_BASE_PROTECTED)
		return list_make1_oid(base->policy->labelled_relid);
	if (base->kind == CR_BASE_UNIT_LEVEL)
	{
		foreach(lc, base->level->units)
		{
			CrPolicy   *policy = ((CrUnit *) lfirst(lc))->base->policy;

			relids = list_append_unique_oid(relids, policy->labelled_relid);
		}
	}
	return relids;
}

/*
 * How many of the bases have rows of a table that is there already.  Joins
 * of different tables are everyday questions, and how many there are is not
 * for the analyst to choose.
 */
static int
count_copies(CrLevel *level, const Bitmapset *factors)
{
	List	   *seen = NIL;
	int			copies = 0;
	int			id = -1;
	ListCell   *lc;

	while ((id = bms_next_member(factors, id)) >= 0)
	{
		List	   *relids = tables_of(cr_inspect_base(level->statement, id));

		foreach(lc, relids)
		{
			if (list_member_oid(seen, lfirst_oid(lc)))
			{
				copies++;
				break;
			}
		}
		seen = list_concat_unique_oid(seen, relids);
	}
	return copies;
}

static CrVerdict *
refuse_degree(Aggref *aggref, int copies)
{
	if (copies == 0)
		return cr_verdict_refuse(CR_ERRCODE_AGGREGATE, aggref->location,
								 "the argument of an aggregate multiplies more than two measures",
								 "Multiply two measures at most inside an aggregate.");
	return cr_verdict_refuse(CR_ERRCODE_JOIN, aggref->location,
							 psprintf("an aggregate over a table joined with %d more of itself would weigh single people too much",
									  copies),
							 "Use count(DISTINCT ...), or aggregate each table by person in a subquery first and join those.");
}

static CrVerdict *
check_degree(CrLevel *level, CrAggregate *aggregate)
{
	Aggref	   *aggref = aggregate->aggref;
	Node	   *summed = NULL;
	int			copies = 0;
	int			degree = 1;
	ListCell   *lc;

	if (aggref->aggdistinct != NIL)
		return NULL;			/* repetitions do not count */
	if (cr_aggregate_family(aggref->aggfnoid) != CR_AGG_COUNT)
	{
		summed = (Node *) aggregate->arguments;
		foreach(lc, aggregate->arguments)
			degree = Max(degree, degree_of(level, lfirst(lc)));
	}
	foreach(lc, cr_inspect_factors(level, summed))
		copies = Max(copies, count_copies(level, lfirst(lc)));
	/* where rows are repeated, squares of what is repeated are added up */
	if (copies > 0 &&
		cr_aggregate_squares(cr_aggregate_family(aggref->aggfnoid)))
		degree *= 2;
	if (degree + copies > MAX_DEGREE)
		return refuse_degree(aggref, copies);
	return NULL;
}

/* No term of a sum may be steeper than the square of one person's share. */
CrVerdict *
cr_rule_steepness(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->aggregates)
	{
		CrVerdict  *refusal = check_degree(level, (CrAggregate *) lfirst(lc));

		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}
