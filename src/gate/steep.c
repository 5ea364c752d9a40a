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
 * A table that is not protected may not decide either how often a protected
 * row is met.  That it multiplies none by itself is join.c's to see to; but
 * as the only link between two protected tables it could lead many rows of
 * the one to the same row of the other.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"

#define MAX_DEGREE	2

/* ---------- links between protected tables ---------- */

/* One column equated with one of another base. */
typedef struct Link
{
	Var		   *from;
	Var		   *to;
} Link;

static bool
is_raw(CrLevel *level, const Var *var)
{
	return cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												  var->varno));
}

static List *
find_links(CrLevel *level)
{
	List	   *links = NIL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Link	   *link = palloc(sizeof(Link));
		Node	   *left;
		Node	   *right;

		if (!cr_inspect_equality(clause->expanded, &left, &right) ||
			!IsA(left, Var) || !IsA(right, Var))
			continue;
		link->from = (Var *) left;
		link->to = (Var *) right;
		if (link->from->varlevelsup == 0 && link->to->varlevelsup == 0 &&
			link->from->varno > 0 && link->to->varno > 0 &&
			link->from->varno != link->to->varno &&
			cr_gate_joins(level, link->from, link->to))
			links = lappend(links, link);
	}
	return links;
}

/* Joins the sets that the two bases are in. */
static List *
unite(List *sets, int a, int b)
{
	Bitmapset  *united = bms_make_singleton(a);
	List	   *result = NIL;
	ListCell   *lc;

	united = bms_add_member(united, b);
	foreach(lc, sets)
	{
		Bitmapset  *set = (Bitmapset *) lfirst(lc);

		if (bms_is_member(a, set) || bms_is_member(b, set))
			united = bms_add_members(united, set);
		else
			result = lappend(result, set);
	}
	return lappend(result, united);
}

/* May the link's raw side be one of two that meet in a public base? */
static bool
is_join_key(CrLevel *level, const Var *var)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);

	return fact != NULL && (fact->uses & CR_USE_JOIN) != 0;
}

static Bitmapset *
set_of(List *sets, int id)
{
	ListCell   *lc;

	foreach(lc, sets)
	{
		if (bms_is_member(id, (Bitmapset *) lfirst(lc)))
			return (Bitmapset *) lfirst(lc);
	}
	return bms_make_singleton(id);
}

/*
 * The raw bases that a public one is a fair link between: each row of it
 * goes with one join key of either side.
 */
static List *
unite_by(CrLevel *level, List *sets, List *links, const CrBase *base)
{
	int			first = 0;
	ListCell   *lc;

	foreach(lc, links)
	{
		Link	   *link = (Link *) lfirst(lc);
		Var		   *raw = link->from->varno == base->id ? link->to :
			link->to->varno == base->id ? link->from : NULL;

		if (raw == NULL || !is_raw(level, raw) || !is_join_key(level, raw) ||
			!bms_is_member(base->id,
						   cr_inspect_determined_by(level,
													set_of(sets, raw->varno),
													false)))
			continue;
		if (first != 0)
			sets = unite(sets, first, raw->varno);
		first = raw->varno;
	}
	return sets;
}

/* Protected tables meet directly, or in a table that has each key once. */
CrVerdict *
cr_rule_bridges(CrLevel *level)
{
	List	   *links = find_links(level);
	List	   *sets = NIL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base))
			sets = lappend(sets, bms_make_singleton(base->id));
	}
	foreach(lc, links)
	{
		Link	   *link = (Link *) lfirst(lc);

		if (is_raw(level, link->from) && is_raw(level, link->to))
			sets = unite(sets, link->from->varno, link->to->varno);
	}
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (list_length(sets) > 1 && !cr_inspect_base_is_raw(base))
			sets = unite_by(level, sets, links, base);
	}
	if (list_length(sets) <= 1)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
							 "protected tables are joined by way of a table that may lead many rows of one to the same row of another",
							 "Join them directly on their join keys, or by a table that has a unique key on each of the two columns it is joined by.");
}

/* ---------- the degree of what is summed ---------- */

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
	int			copies;
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
	copies = count_copies(level, cr_inspect_factors(level, summed));
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
