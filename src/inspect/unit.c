/*-------------------------------------------------------------------------
 *
 * src/inspect/unit.c
 *	  Facts about grouping by privacy units, and about what such levels give.
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
#include "miscadmin.h"
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

				CrUnit	   *unit;

				unit = add_unit(level, source, below->base, below->attnum,
								makeVar(source->rti, below->position,
										var->vartype, var->vartypmod,
										var->varcollid, 0));
				read_presence(level, source, unit, below);
			}
		}
	}
	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		unit->expanded = (Expr *) cr_inspect_expand(level,
													(Node *) unit->local);
	}
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

/* ---------- grouping by them ---------- */

/*
 * Does the ON of an outer join, apart from one equality, look at nothing but
 * the side that may be missing?  Then the rows of one key of the other side
 * all have matches, or none has.
 */
static bool
matches_by_key_alone(CrLevel *level, const CrClause *equality)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (clause != equality && !clause->inner &&
			bms_equal(clause->limited, equality->limited) &&
			!bms_is_subset(cr_inspect_bases(clause->expanded),
						   clause->limited))
			return false;
	}
	return true;
}

/* Does an outer join make it equal to, or null beside, one of the members? */
static Node *
read_dependent(CrLevel *level, CrClause *clause, List *members)
{
	Node	   *left;
	Node	   *right;
	Node	   *member;

	if (clause->inner ||
		!cr_inspect_equality(clause->expanded, &left, &right))
		return NULL;
	member = IsA(left, Var) && ((Var *) left)->varno > 0 &&
		bms_is_member(((Var *) left)->varno, clause->limited) ? left : right;
	return IsA(member, Var) && ((Var *) member)->varno > 0 &&
		bms_is_member(((Var *) member)->varno, clause->limited) &&
		list_member(members, member == left ? right : left) &&
		matches_by_key_alone(level, clause) ? member : NULL;
}

static List *close_over_equalities(CrLevel *level, List *members);

/* The level's unit that is a unit of a level below it. */
static CrUnit *
unit_above(CrLevel *level, const CrSource *source, const CrUnit *below)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->local->varno == source->rti &&
			unit->local->varattno == below->position)
			return unit;
	}
	return NULL;
}

/*
 * Of the rows of a unit level one unit may tell the others, which its own
 * joins make equal to that one.  Adds those of a unit that is a member.
 */
static List *
close_over_units(CrLevel *level, const CrSource *source, List *members)
{
	List	   *told = NIL;
	int			length;
	ListCell   *lc;

	foreach(lc, source->level->units)
	{
		CrUnit	   *below = (CrUnit *) lfirst(lc);
		CrUnit	   *unit = unit_above(level, source, below);

		if (unit != NULL && list_member(members, unit->expanded))
			told = lappend(told, below->expanded);
	}
	do
	{
		length = list_length(told);
		told = close_over_equalities(source->level, told);
	} while (list_length(told) > length);
	foreach(lc, source->level->units)
	{
		CrUnit	   *below = (CrUnit *) lfirst(lc);
		CrUnit	   *unit = unit_above(level, source, below);

		if (unit != NULL && list_member(told, below->expanded))
			members = list_append_unique(members, unit->expanded);
	}
	return members;
}

/* Adds what inner and outer joins make equal to a member of the list. */
static List *
close_over_equalities(CrLevel *level, List *members)
{
	ListCell   *lc;

	CHECK_FOR_INTERRUPTS();
	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		Node	   *dependent = read_dependent(level, clause, members);

		if (dependent != NULL)
			members = list_append_unique(members, dependent);
		if (!clause->inner ||
			!cr_inspect_equality(clause->expanded, &left, &right))
			continue;
		if (list_member(members, left))
			members = list_append_unique(members, right);
		else if (list_member(members, right))
			members = list_append_unique(members, left);
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base == NULL)
			members = close_over_equalities(source->level, members);
		else if (source->base->kind == CR_BASE_UNIT_LEVEL)
			members = close_over_units(level, source, members);
	}
	return members;
}

static List *
keys_and_equals(CrLevel *level)
{
	List	   *members = NIL;
	int			length;
	ListCell   *lc;

	foreach(lc, level->group_keys)
		members = lappend(members, cr_inspect_strip(lfirst(lc)));
	do
	{
		length = list_length(members);
		members = close_over_equalities(level, members);
	} while (list_length(members) > length);
	return members;
}

/* The first unit below the level that is no grouping key, nor equal to one. */
const CrUnit *
cr_level_missing_unit(CrLevel *level)
{
	List	   *members = keys_and_equals(level);
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (!list_member(members, ((CrUnit *) lfirst(lc))->expanded))
			return (const CrUnit *) lfirst(lc);
	}
	return NULL;
}

/*
 * Is each unit below the level a grouping key, or equal to one through a
 * join, or missing from the group?  Then every group belongs to one person of
 * each table at most.
 */
bool
cr_level_groups_by_units(CrLevel *level)
{
	if (level->group_keys == NIL || level->query->groupingSets != NIL)
		return false;
	return level->units != NIL && cr_level_missing_unit(level) == NULL;
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

			arg = cr_inspect_strip(arg);
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
