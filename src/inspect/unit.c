/*-------------------------------------------------------------------------
 *
 * src/inspect/unit.c
 *	  Which units a level has, and what a level of people gives.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "catalog/pg_aggregate.h"
#include "inspect/facts.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"

/* ---------- which units a level has ---------- */

static CrUnit *
add_unit(CrLevel *level, CrSource *source, CrBase *base, AttrNumber attnum,
		 Var *local)
{
	CrUnit	   *unit = palloc0(sizeof(CrUnit));

	cr_set_nulling(local, source->nulling);
	unit->base = base;
	unit->attnum = attnum;
	unit->local = local;
	unit->threshold = base->policy->threshold;
	level->units = lappend(level->units, unit);
	return unit;
}

/* Is there a condition that rows shall not match the membership? */
static bool
is_absent(CrLevel *level, CrBase *base)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		bool		matches;

		if (clause->deferred &&
			cr_match_alone(level->statement, clause->expanded,
						   &matches) == base)
			return true;
	}
	return false;
}

/* Is the unit there for all rows, and are rows with it meant? */
static void
read_presence(CrLevel *level, CrSource *source, CrUnit *unit, CrUnit *below)
{
	CrBase	   *base = source->base;

	unit->membership = below->membership;
	unit->absent = below->absent;
	unit->threshold = below->threshold;
	if (base != NULL && base->membership != NULL &&
		!bms_is_empty(source->nulling))
	{
		unit->membership = base;
		unit->absent = false;
	}
	if (unit->membership != NULL && is_absent(level, unit->membership))
		unit->absent = true;
}

static void
read_protected_units(CrLevel *level, CrSource *source)
{
	CrPolicy   *policy = source->base->policy;
	int			i;

	for (i = 0; i < policy->nunits; i++)
	{
		Oid			type;
		int32		typmod;
		Oid			collation;

		get_atttypetypmodcoll(source->rte->relid, policy->units[i],
							  &type, &typmod, &collation);
		add_unit(level, source, source->base, policy->units[i],
				 makeVar(source->rti, policy->units[i], type, typmod,
						 collation, 0));
	}
}

/*
 * The units of a level, source by source.  A raw subquery has each of them
 * at its position (see cr_level_place_units).
 */
void
cr_level_read_units(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);
		ListCell   *lc2;

		if (source->base != NULL && source->base->kind == CR_BASE_PROTECTED)
			read_protected_units(level, source);
		else if (source->level != NULL && cr_level_is_raw(source->level))
		{
			foreach(lc2, source->level->units)
			{
				CrUnit	   *below = (CrUnit *) lfirst(lc2);
				Var		   *var = below->local;

				var = makeVar(source->rti, below->position, var->vartype,
							  var->vartypmod, var->varcollid, 0);
				read_presence(level, source,
							  add_unit(level, source, below->base,
									   below->attnum, var), below);
			}
		}
	}
	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		unit->expanded = (Expr *) cr_inspect_expand(level,
													(Node *) unit->local);
	}
	cr_level_raise_thresholds(level);
}

/* Do the level's rows come from tables of different owners? */
bool
cr_level_joins_owners(const CrLevel *level)
{
	Oid			owner = InvalidOid;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrPolicy   *policy = ((CrUnit *) lfirst(lc))->base->policy;

		if (OidIsValid(owner) && policy->owner != owner)
			return true;
		owner = policy->owner;
	}

	/* a protected table of the user's own is another owner's, too */
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (OidIsValid(owner) && source->base != NULL &&
			source->base->kind == CR_BASE_PUBLIC &&
			source->rte->rtekind == RTE_RELATION &&
			cr_policy_exists(source->rte->relid))
			return true;
	}
	return false;
}

/*
 * Says where a raw level's output holds each unit: at the column that is the
 * unit already, else behind the last one, in order.
 */
void
cr_level_place_units(CrLevel *level)
{
	int			next = list_length(level->columns);
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);
		ListCell   *lc2;
		int			position = 0;

		unit->position = 0;
		foreach(lc2, level->columns)
		{
			position++;
			if (unit->position == 0 && equal(lfirst(lc2), unit->expanded))
				unit->position = position;
		}
		if (unit->position == 0)
			unit->position = ++next;
	}
}

/* ---------- what a column of a unit level may be used for ---------- */

/* Is it min() or max(), or such of booleans, the server's own? */
bool
cr_aggregate_is_extreme(Oid aggfnoid)
{
	const char *name = aggfnoid < FirstNormalObjectId ?
		get_func_name(aggfnoid) : NULL;

	return name != NULL &&
		(strcmp(name, "min") == 0 || strcmp(name, "max") == 0 ||
		 strcmp(name, "bool_and") == 0 || strcmp(name, "bool_or") == 0 ||
		 strcmp(name, "every") == 0);
}

typedef struct AtomContext
{
	CrLevel    *level;
	bool		countable;		/* made of dimensions and counts, or of
								 * measures that are filters too */
	bool		has_aggregate;
} AtomContext;

static bool
atom_walker(Node *node, AtomContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Aggref))
	{
		Aggref	   *aggref = (Aggref *) node;
		ListCell   *lc;

		context->has_aggregate = true;
		if (cr_aggregate_family(aggref->aggfnoid) == CR_AGG_COUNT)
			return false;
		if (cr_aggregate_is_extreme(aggref->aggfnoid))
			return expression_tree_walker((Node *) aggref->args, atom_walker,
										  (void *) context);
		foreach(lc, aggref->args)
		{
			Node	   *arg = (Node *) ((TargetEntry *) lfirst(lc))->expr;
			const CrColumnFact *fact = NULL;

			arg = cr_inspect_strip(cr_inspect_chosen_value(arg));
			if (IsA(arg, Var))
				fact = cr_inspect_column(context->level->statement,
										 (Var *) arg);
			if (fact == NULL ||
				(fact->uses & (CR_USE_FILTER | CR_USE_DIMENSION)) == 0)
				context->countable = false;
		}
		return false;
	}
	if (IsA(node, Var))
	{
		const CrColumnFact *fact =
		cr_inspect_column(context->level->statement, (Var *) node);
		CrBase	   *base;

		if (((Var *) node)->varlevelsup != 0 || ((Var *) node)->varno <= 0)
		{
			context->countable = false;
			return false;
		}
		base = cr_inspect_base(context->level->statement,
							   ((Var *) node)->varno);
		if ((cr_inspect_base_is_raw(base) || base->membership != NULL) &&
			(fact == NULL || (fact->uses & CR_USE_DIMENSION) == 0))
			context->countable = false;
		return false;
	}
	if (IsA(node, SubLink))
		return atom_walker(((SubLink *) node)->testexpr, context);
	return expression_tree_walker(node, atom_walker, context);
}

/*
 * What the level above may do with an output column of a unit level, given
 * as expanded expression: a unit stays a unit, dimensions and counts may be
 * grouped and filtered by, sums are measures of the person.
 */
CrColumnFact
cr_unit_column_fact(CrLevel *level, Node *expanded)
{
	CrColumnFact fact = {0};
	AtomContext context = {level, true, false};
	CrPolynomial polynomial;
	Node	   *stripped = cr_inspect_strip(expanded);

	fact.nullable = true;
	if (IsA(stripped, Var))
	{
		const CrColumnFact *below = cr_inspect_column(level->statement,
													  (Var *) stripped);

		if (below != NULL)
		{
			fact.uses = below->uses & ~CR_USE_MEASURE;
			fact.nullable = cr_inspect_nullable(level->statement, stripped);
			fact.labelled = below->labelled;
			return fact;
		}
	}
	fact.labelled = cr_label_in(level, expanded);
	atom_walker(expanded, &context);
	if (context.countable)
		fact.uses |= CR_USE_DIMENSION | CR_USE_FILTER;
	if (context.has_aggregate &&
		cr_polynomial_read(level->statement, expanded, &polynomial))
	{
		fact.uses |= CR_USE_MEASURE;
		fact.aggregates = polynomial.aggregates;
		fact.degree = polynomial.degree +
			cr_inspect_repetitions(level, expanded);
		fact.span = polynomial.span;
		fact.terms = polynomial.terms;
		fact.scale = polynomial.scale;
		fact.scaled = polynomial.scaled;
		fact.counted = polynomial.counted;
		fact.measured = polynomial.measured;
		fact.constant = polynomial.constant;
		fact.below = true;
	}
	if (IsA(stripped, Aggref) &&
		cr_aggregate_family(((Aggref *) stripped)->aggfnoid) == CR_AGG_COUNT)
		fact.nullable = false;
	return fact;
}
