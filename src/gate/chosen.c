/*-------------------------------------------------------------------------
 *
 * src/gate/chosen.c
 *	  Rules: where FILTER and CASE may not choose rows.
 *
 * What a condition leaves out of what another chooses is guarded as people.
 * Of each person's rows, and beside a question, there are aggregates of which
 * no guard tells all that: by person a null is one more thing that tells
 * whether the person has rows of some kind.  Each can be written otherwise.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

/* Subqueries by person, one above the other. */
#define MAX_PERSON_LEVELS	4

/*
 * Each level above the first adds what the one below says of each person, as
 * arrays of those.
 */
CrVerdict *
cr_rule_person_levels(CrLevel *level)
{
	int			below = 0;
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level != NULL)
			below = Max(below, source->level->persons);
	}
	foreach(lc, level->branches)
		below = Max(below, ((CrLevel *) lfirst(lc))->persons);
	level->persons = below + (level->kind == CR_LEVEL_UNIT ? 1 : 0);
	if (level->persons <= MAX_PERSON_LEVELS)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 "more than 4 levels by person stand one above the other",
							 "Aggregate in fewer subqueries: group by the person and what else is needed in one, and by the person alone in the next.");
}

/* Has the analyst written a FILTER, and a CASE inside the aggregate? */
static bool
chooses_twice(CrLevel *level, CrAggregate *aggregate)
{
	Node	   *class = cr_class_condition(level, aggregate);
	int			others = class == NULL ? 0 : 1;

	return cr_class_rest_of_filter((Node *) aggregate->aggref->aggfilter,
								   class) != NULL &&
		list_length(aggregate->chosen) > others + 1;
}

/* Is one of its conditions a question, a list or a label? */
static bool
asks(CrLevel *level, CrAggregate *aggregate)
{
	ListCell   *lc;

	foreach(lc, aggregate->chosen)
	{
		Node	   *expanded = cr_inspect_expand(level, lfirst(lc));

		if (cr_match_tested(level->statement, expanded) != NIL ||
			cr_list_names_keys(level, expanded) ||
			cr_label_in(level, expanded))
			return true;
	}
	return false;
}

static bool
is_null(const Expr *expr)
{
	return expr == NULL ||
		(IsA(expr, Const) && ((const Const *) expr)->constisnull);
}

/* Does something stand for values that are not there, or not chosen? */
static bool
filled_walker(Node *node, void *context)
{
	const CaseExpr *expr = (const CaseExpr *) node;

	if (node == NULL || IsA(node, SubLink))
		return false;
	if (IsA(node, CoalesceExpr))
		return true;
	if (IsA(node, CaseExpr) && !is_null(expr->defresult))
	{
		ListCell   *lc;

		foreach(lc, expr->args)
		{
			CaseWhen   *when = lfirst_node(CaseWhen, lc);

			if (contain_var_clause((Node *) when->result))
				return true;
		}
	}
	return expression_tree_walker(node, filled_walker, context);
}

static CrVerdict *
check_person(CrAggregate *aggregate)
{
	Aggref	   *aggref = aggregate->aggref;
	uint32		family = cr_aggregate_family(aggref->aggfnoid);

	if (family == CR_AGG_AVG && filled_walker((Node *) aggref->args, NULL))
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, aggref->location,
								 "an average of each person's rows may not take something else for values that are missing",
								 "Take sum(coalesce(x, 0)) and count(*) by person, and divide the released sums: sum(s) / sum(n).");
	if (aggregate->chosen != NIL &&
		(cr_aggregate_squares(family) || list_length(aggref->args) > 1))
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, aggref->location,
								 "a deviation or a pair of some of each person's rows is not allowed",
								 "Put the condition into WHERE of the subquery that groups by person.");
	return NULL;
}

/* The rules about conditions, which have been noted in the aggregate. */
CrVerdict *
cr_rule_chosen(CrLevel *level, CrAggregate *aggregate)
{
	CrVerdict  *refusal = level->kind == CR_LEVEL_UNIT ?
		check_person(aggregate) : NULL;

	if (refusal != NULL || !chooses_twice(level, aggregate))
		return refusal;
	if (level->kind == CR_LEVEL_UNIT)
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
								 aggregate->aggref->location,
								 "FILTER and CASE may not both choose of each person's rows",
								 "Put both conditions into one FILTER: sum(x) FILTER (WHERE a AND b).");
	if (level->deferred == NIL && !asks(level, aggregate))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT,
							 aggregate->aggref->location,
							 "FILTER beside CASE is not allowed where people are asked for by a question, a list or a label",
							 "Put both conditions into one FILTER: sum(x) FILTER (WHERE a AND b).");
}
