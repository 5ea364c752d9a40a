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
			(cr_aggregate_squares(cr_aggregate_family(aggref->aggfnoid)) ||
			 combines(base->level, (Node *) aggref->args)))
			return true;
	}
	return false;
}

/* Is it an aggregate of columns of tables, not of what people have below? */
static bool
is_of_tables(const CrStatement *statement, Aggref *aggref)
{
	ListCell   *lc;

	foreach(lc, pull_var_clause((Node *) aggref->args, 0))
	{
		if (cr_inspect_computed_below(statement, lfirst(lc)) != NULL)
			return false;
	}
	return true;
}

/*
 * What an expression is made of: columns of tables, and people's aggregates
 * of such, through all levels of people.
 */
static List *
atoms_of(const CrStatement *statement, Node *expanded)
{
	List	   *atoms = NIL;
	ListCell   *lc;

	foreach(lc, pull_var_clause(expanded, PVC_INCLUDE_AGGREGATES))
	{
		Node	   *atom = (Node *) lfirst(lc);
		Node	   *below = cr_inspect_computed_below(statement, atom);

		/* an aggregate of columns is not what others of them are */
		if (below == NULL && IsA(atom, Aggref) &&
			!is_of_tables(statement, (Aggref *) atom))
			below = (Node *) ((Aggref *) atom)->args;
		atoms = list_union(atoms, below != NULL ?
						   atoms_of(statement, below) : list_make1(atom));
	}
	return atoms;
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
 * Is it a product with a column that may be asked for?  By what goes with it,
 * conditions may choose such a column without naming it.
 */
static bool
is_open_product(const CrStatement *statement, Node *expanded)
{
	CrPolynomial polynomial;

	return cr_polynomial_read(statement, expanded, &polynomial) &&
		polynomial.degree > 1 && cr_inspect_may_be_asked(statement, expanded);
}

/*
 * Notes what a released aggregate adds up, once CASE and FILTER are taken from
 * it.  The two of a pair are multiplied, with a constant taken from each.
 */
void
cr_note_values(CrLevel *level, CrAggregate *aggregate, Node *expanded)
{
	aggregate->level = level;
	aggregate->values = lappend(aggregate->values, expanded);
	aggregate->weighs = aggregate->weighs ||
		list_length(aggregate->arguments) == 2 ||
		combines(level, expanded) ||
		is_open_product(level->statement, expanded);
	level->statement->valued = list_append_unique_ptr(level->statement->valued,
													  aggregate);
}

/*
 * The same of measures that the statement asks for, which is known when all
 * of it has been judged.
 */
CrVerdict *
cr_note_asked(CrStatement *statement)
{
	CrVerdict  *refusal = NULL;
	ListCell   *lc;

	foreach(lc, statement->valued)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);

		aggregate->weighs = aggregate->weighs ||
			cr_inspect_is_asked(statement, (Node *) aggregate->values);
		if (aggregate->weighs && refusal == NULL)
			refusal = cr_note_extents(aggregate->level, aggregate);
	}
	return refusal;
}

/*
 * Is one of the two a sum with something of which the other is made?  The
 * slope of x + y over x is one more than that of y, whatever they are.
 */
static bool
have_common_part(const CrStatement *statement, CrAggregate *aggregate)
{
	List	   *y = atoms_of(statement, linitial(aggregate->arguments));
	List	   *x = atoms_of(statement, lsecond(aggregate->arguments));

	return list_intersection(x, y) != NIL &&
		list_length(list_union(x, y)) > 1;
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
	if (have_common_part(level->statement, aggregate))
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
								 aggregate->aggref->location,
								 psprintf("%s() is given a column and a sum or difference with it",
										  name_of(aggregate)),
								 "Give it the parts of the sum, one beside the other: corr(a, b) rather than corr(a + b, a).");
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
