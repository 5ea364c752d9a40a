/*-------------------------------------------------------------------------
 *
 * src/inspect/pin.c
 *	  Which columns of a public relation does the rest of its level fix?
 *
 * A column is pinned that is equated with something over relations already
 * determined, or, within one group, that is a key of the groups: then all
 * rows of a group have one value there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "inspect/pin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* The column that is looked at, of some relation's. */
typedef struct Pinned
{
	AttrNumber	attnum;
	Oid			opfamily;		/* the operators it is one value by, or any */
	CrSeries	series;			/* of what its values are made */
} Pinned;

/* Is it that column of the base, as the level's own expressions have it? */
bool
cr_is_column(Node *node, const CrBase *base, AttrNumber attnum)
{
	return IsA(node, Var) && ((Var *) node)->varno == base->id &&
		((Var *) node)->varattno == attnum &&
		((Var *) node)->varlevelsup == 0;
}

/* The operators by which the server itself orders the type; or invalid. */
Oid
cr_btree_family(Oid type)
{
	return lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
}

/* The column of the relation looked at, as the base names it; or invalid. */
AttrNumber
cr_pin_attnum(const CrProbe *probe, AttrNumber attnum)
{
	if (probe->outer_attnums == NULL)
		return attnum;
	if (attnum < 1 || attnum > probe->natts)
		return InvalidAttrNumber;
	return probe->outer_attnums[attnum - 1];
}

/* Does the clause hold in whatever rows the base is not null? */
bool
cr_clause_attaches(const CrClause *clause, int id)
{
	return clause->inner || bms_is_member(id, clause->limited);
}

/*
 * Does the clause hold wherever a row of the base stands beside a protected
 * one?  In the ON of an outer join it holds for the nullable side; and if
 * all protected rows come from there, rows for which it does not hold have
 * nobody in them and are not seen.  A set that is asked about is joined so
 * that nobody need be in it.
 */
bool
cr_clause_limits(const CrProbe *probe, const CrClause *clause)
{
	return cr_clause_attaches(clause, probe->base->id) ||
		(probe->matched && !clause->membership &&
		 !bms_is_subset(clause->limited, probe->absent)) ||
		bms_is_subset(probe->raw, clause->limited);
}

/*
 * Is a value of one side equal to one value at most of the other?  By local
 * time it is not: what the clock skips and what it shows next are one moment.
 */
bool
cr_inspect_is_one_to_one(Oid opfuncid)
{
	return opfuncid != F_TIMESTAMP_EQ_TIMESTAMPTZ &&
		opfuncid != F_TIMESTAMPTZ_EQ_TIMESTAMP &&
		opfuncid != F_DATE_EQ_TIMESTAMPTZ &&
		opfuncid != F_TIMESTAMPTZ_EQ_DATE;
}

/*
 * Are values equal to the same one, by the operator, also equal to each other
 * as keys of that collation?
 */
bool
cr_inspect_tells_apart(const OpExpr *equality, Oid collation)
{
	return cr_inspect_is_one_to_one(equality->opfuncid) &&
		(!OidIsValid(equality->inputcollid) ||
		 equality->inputcollid == collation ||
		 get_collation_isdeterministic(equality->inputcollid));
}

/*
 * Is the column compared as its own type does?  As a character it is equal to
 * others that differ in blanks, and of those there may be several members.
 */
bool
cr_inspect_compares_members(Node *operand)
{
	return exprType(operand) != BPCHAROID ||
		exprType(cr_inspect_strip(operand)) == BPCHAROID;
}

/* Do the sides name the same one wherever they are equal, and only there? */
bool
cr_inspect_names_one(const OpExpr *equality)
{
	ListCell   *lc;

	foreach(lc, equality->args)
	{
		if (!cr_inspect_compares_members(lfirst(lc)) ||
			!cr_inspect_tells_apart(equality, exprCollation(lfirst(lc))))
			return false;
	}
	return true;
}

/* Are two columns equal by the clause, as one person's are? */
bool
cr_clause_names_one(const CrClause *clause, Node **left, Node **right)
{
	return cr_inspect_equality(clause->expanded, left, right) &&
		cr_inspect_names_one((OpExpr *) clause->expanded);
}

/*
 * Is the side the column, of which at most one value can be equal to a value
 * of the other side?
 */
static bool
side_is_pinned(const CrProbe *probe, const OpExpr *equality, Node *side,
			   const Pinned *pinned)
{
	Node	   *column = cr_series_strip(side, pinned->series);

	if (!cr_is_column(column, probe->base, pinned->attnum))
		return false;
	/* a local time is one moment, but not the other way round */
	if (!cr_inspect_is_one_to_one(equality->opfuncid) &&
		exprType(side) != TIMESTAMPTZOID)
		return false;
	/* beyond a cast, values are told apart as the server's own types do */
	return !OidIsValid(pinned->opfamily) || column != side ||
		get_op_opfamily_strategy(equality->opno, pinned->opfamily) ==
		BTEqualStrategyNumber;
}

/* a = b, or a IS NOT DISTINCT FROM b in the form of that; else NULL */
static OpExpr *
read_equality(Node *expanded, Node **left, Node **right)
{
	if (cr_inspect_equality(expanded, left, right))
		return (OpExpr *) expanded;
	return (OpExpr *) cr_inspect_null_safe(expanded, left, right);
}

static bool
clause_pins(const CrProbe *probe, CrClause *clause, const Pinned *pinned)
{
	Node	   *left;
	Node	   *right;
	OpExpr	   *equality = read_equality(clause->expanded, &left, &right);

	if (equality == NULL || !cr_clause_limits(probe, clause))
		return false;
	/* one row a person, whatever else is known of him */
	if (probe->base->by_key &&
		cr_label_people_in(probe->level, clause->expanded))
		return false;
	/* what tells keys apart may not be finer than what joins them */
	if (OidIsValid(equality->inputcollid) &&
		!get_collation_isdeterministic(equality->inputcollid))
		return false;
	return (side_is_pinned(probe, equality, left, pinned) &&
			bms_is_subset(cr_inspect_bases(right), probe->determined)) ||
		(side_is_pinned(probe, equality, right, pinned) &&
		 bms_is_subset(cr_inspect_bases(left), probe->determined));
}

/* Is the column a key by which the level makes its groups? */
static bool
group_pins(const CrProbe *probe, const Pinned *pinned)
{
	CrLevel    *level = probe->level;
	ListCell   *lc;
	ListCell   *lc2;

	if (!probe->grouped || level->kind != CR_LEVEL_RELEASED ||
		level->query->groupingSets != NIL)
		return false;
	forboth(lc, level->group_keys, lc2, level->group_entries)
	{
		Node	   *key = cr_inspect_strip(lfirst(lc));
		Node	   *column = cr_series_strip(key, pinned->series);
		TargetEntry *entry = lfirst_node(TargetEntry, lc2);
		SortGroupClause *clause =
			get_sortgroupref_clause(entry->ressortgroupref,
									level->query->groupClause);
		Oid			collation = exprCollation(key);

		if (cr_is_column(column, probe->base, pinned->attnum) &&
			(!OidIsValid(collation) ||
			 get_collation_isdeterministic(collation)) &&
			(!OidIsValid(pinned->opfamily) || column != key ||
			 get_op_opfamily_strategy(clause->eqop, pinned->opfamily) ==
			 BTEqualStrategyNumber))
			return true;
	}
	return false;
}

/*
 * Has the column one value beside a row of the determined relations (or in a
 * group), by an operator of the given family (any, when invalid)?  Nulls are
 * equal to nothing that they are compared with, but are one group; "nullable"
 * says that the relation may have several of them.
 */
bool
cr_is_pinned(const CrProbe *probe, AttrNumber attnum, Oid opfamily,
			 CrSeries series, bool nullable)
{
	Pinned		pinned = {cr_pin_attnum(probe, attnum), opfamily, series};
	bool		many_nulls = nullable || cr_inspect_base_is_raw(probe->base);
	ListCell   *lc;

	if (pinned.attnum == InvalidAttrNumber)
		return false;
	foreach(lc, cr_inspect_all_clauses(probe->level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if ((!many_nulls || IsA(clause->expanded, OpExpr)) &&
			clause_pins(probe, clause, &pinned))
			return true;
	}
	return !nullable && group_pins(probe, &pinned);
}
