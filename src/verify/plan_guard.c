/*-------------------------------------------------------------------------
 *
 * src/verify/plan_guard.c
 *	  Recognises the guards in an aggregation's qual and what they guard.
 *
 * A guard is a top-level AND member of the qual of one of these forms, U
 * being a unit column of a protected table as the scan below returns it, and
 * N at least that table's threshold:
 *
 *		cleanroom.units(U, n) >= N
 *		cleanroom.enough(cleanroom.units(U, n) >= N, n)
 *		count(U) >= N		where no two rows of the input can share a U,
 *							of which everybody has one
 *		cleanroom.units(U, n) = 0 OR cleanroom.units(U, n) >= N
 *
 * units() may have a FILTER where it has to reach N: counting fewer rows, it
 * proves no less.  The last form says that a group has enough people of the
 * table, or none.  It serves where another table's guard says that the group
 * has people at all: who has no match in a table is in nobody's debt there.
 *
 * The second argument of units() needs no look: it only lowers the number at
 * which counting stops.  With partial aggregation the aggregate's argument
 * is the partial aggregate below, whose argument counts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/oids.h"
#include "base/visible.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
#include "verify/plan_check.h"

typedef struct GuardForm
{
	Aggref	   *counter;		/* units(U, n) or count(U) */
	bool		is_count;		/* count(U): U must be unique in the input */
	bool		or_none;		/* or no U at all */
	int64		least;			/* N */
} GuardForm;

/* The unit columns that an aggregation's guards speak of. */
typedef struct GuardedUnits
{
	List	   *enough;			/* CrUnitColumn: the threshold is reached */
	List	   *none;			/* … or there is nobody */
} GuardedUnits;

/*
 * Reads "counter >= constant"; false when expr is anything else.
 */
static bool
read_comparison(Node *expr, GuardForm *form)
{
	const CrOids *oids = cr_oids_get();
	OpExpr	   *op = (OpExpr *) expr;
	Oid			function;
	Const	   *least;

	if (oids == NULL || !IsA(expr, OpExpr) || list_length(op->args) != 2 ||
		!IsA(linitial(op->args), Aggref) || !IsA(lsecond(op->args), Const))
		return false;

	form->counter = linitial_node(Aggref, op->args);
	least = lsecond_node(Const, op->args);
	if (least->constisnull || form->counter->agglevelsup != 0)
		return false;

	function = get_opcode(op->opno);
	form->is_count = form->counter->aggfnoid == F_COUNT_ANY;
	if (form->is_count && function == F_INT8GE)
		form->least = DatumGetInt64(least->constvalue);
	else if (form->is_count && function == F_INT84GE)
		form->least = DatumGetInt32(least->constvalue);
	else if (OidIsValid(oids->units_aggregate) &&
			 form->counter->aggfnoid == oids->units_aggregate &&
			 function == F_INT4GE)
		form->least = DatumGetInt32(least->constvalue);
	else
		return false;
	return true;
}

/*
 * Is it "counter = 0", of the very same counter?
 */
static bool
is_none(Node *expr, Aggref *counter)
{
	OpExpr	   *op = (OpExpr *) expr;
	Const	   *none;

	if (!IsA(expr, OpExpr) || list_length(op->args) != 2 ||
		!IsA(lsecond(op->args), Const) || get_opcode(op->opno) != F_INT4EQ)
		return false;
	none = lsecond_node(Const, op->args);
	return !none->constisnull && DatumGetInt32(none->constvalue) == 0 &&
		equal(linitial(op->args), counter);
}

/*
 * Reads "counter = 0 OR counter >= constant".
 */
static bool
read_alternative(Node *expr, GuardForm *form)
{
	List	   *args = ((BoolExpr *) expr)->args;

	if (list_length(args) != 2 || !read_comparison(lsecond(args), form) ||
		form->is_count || !is_none(linitial(args), form->counter))
		return false;
	form->or_none = true;
	return true;
}

/*
 * Reads a guard in any of its forms.
 */
static bool
read_guard(Node *expr, GuardForm *form)
{
	const CrOids *oids = cr_oids_get();

	if (oids != NULL && IsA(expr, FuncExpr) &&
		OidIsValid(oids->enough_function) &&
		((FuncExpr *) expr)->funcid == oids->enough_function &&
		list_length(((FuncExpr *) expr)->args) == 2)
		expr = linitial(((FuncExpr *) expr)->args);
	form->or_none = false;
	if (expr != NULL && is_orclause(expr))
		return read_alternative(expr, form);
	return expr != NULL && read_comparison(expr, form);
}

/*
 * The unit columns that a guard counts, or NIL when it does not count people
 * of one protected table and nothing else.  A NULL constant, from a branch of
 * a UNION ALL that has no such unit, counts for nobody.
 */
static List *
read_counted_units(CrPlanCheck *check, List *origins)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, origins)
	{
		CrOrigin   *origin = lfirst(lc);
		Var		   *var = (Var *) origin->expr;
		CrUnitColumn *unit;

		if (var == NULL)
			return NIL;
		if (IsA(var, Const) && ((Const *) var)->constisnull)
			continue;
		if (!IsA(var, Var) || var->varno < 1 || var->varno > check->nrtable ||
			check->policies[var->varno] == NULL ||
			!bms_is_member(var->varno,
						   cr_verify_scanned_relations(origin->plan)))
			return NIL;
		unit = palloc(sizeof(CrUnitColumn));
		unit->rti = var->varno;
		unit->attno = var->varattno;
		result = lappend(result, unit);
	}
	return result;
}

/*
 * Is every one of these columns the same unit column of the same protected
 * table, its partitions and inheritance children counted as the table?
 */
static bool
is_one_unit_column(CrPlanCheck *check, List *units)
{
	Oid			labelled = InvalidOid;
	char	   *name = NULL;
	ListCell   *lc;

	foreach(lc, units)
	{
		CrUnitColumn *unit = lfirst(lc);
		CrPolicy   *policy = check->policies[unit->rti];
		char	   *column = get_attname(policy->relid, unit->attno, true);
		bool		found = false;

		for (int i = 0; i < policy->nunits; i++)
			found |= policy->units[i] == unit->attno;
		if (!found || column == NULL)
			return false;
		if (name != NULL && (policy->labelled_relid != labelled ||
							 strcmp(name, column) != 0))
			return false;
		labelled = policy->labelled_relid;
		name = column;
	}
	return name != NULL;
}

/*
 * Does an index make the column, by itself, unique at every moment, with the
 * type's own notion of equality?
 */
static bool
is_unique_index(Oid indexid, AttrNumber attno, Oid btree_family)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	Form_pg_index index;
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	index = (Form_pg_index) GETSTRUCT(tuple);
	result = index->indisunique && index->indimmediate && index->indisvalid &&
		index->indislive && index->indnkeyatts == 1 &&
		index->indkey.values[0] == attno &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL) &&
		heap_attisnull(tuple, Anum_pg_index_indexprs, NULL) &&
		cr_visible_index(indexid, tuple);
	ReleaseSysCache(tuple);
	if (result)
	{
		Relation	rel = index_open(indexid, AccessShareLock);

		result = rel->rd_opfamily[0] == btree_family;
		index_close(rel, NoLock);
	}
	return result;
}

static bool
is_unique_column(Oid relid, const char *column)
{
	AttrNumber	attno = get_attnum(relid, column);
	TypeCacheEntry *type;
	Relation	rel;
	ListCell   *lc;
	bool		result = false;

	if (attno < 1)
		return false;
	type = lookup_type_cache(get_atttype(relid, attno),
							 TYPECACHE_BTREE_OPFAMILY);
	rel = table_open(relid, AccessShareLock);
	foreach(lc, RelationGetIndexList(rel))
		result = result || is_unique_index(lfirst_oid(lc), attno,
										   type->btree_opf);
	table_close(rel, NoLock);
	return result;
}

/*
 * The children of a node that neither joins nor repeats rows; NIL of others.
 */
static List *
passing_children(Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_Append:
			return ((Append *) plan)->appendplans;
		case T_MergeAppend:
			return ((MergeAppend *) plan)->mergeplans;
		case T_SubqueryScan:
			return list_make1(((SubqueryScan *) plan)->subplan);
		case T_Agg:
			if (!DO_AGGSPLIT_SKIPFINAL(((Agg *) plan)->aggsplit))
				return NIL;
			return list_make1(outerPlan(plan));
		case T_Sort:
		case T_IncrementalSort:
		case T_Material:
		case T_Gather:
		case T_GatherMerge:
		case T_Result:
			return outerPlan(plan) ? list_make1(outerPlan(plan)) : NIL;
		default:
			return NIL;
	}
}

/*
 * Does this scan return each row of its table at most once, and is the unit
 * column unique in the table?
 */
static bool
is_unique_scan(CrPlanCheck *check, Scan *scan, const AttrNumber *unit_of,
			   List **seen)
{
	CrPolicy   *policy = check->policies[scan->scanrelid];
	Oid			unique_in;
	char	   *column;

	if (policy == NULL || unit_of[scan->scanrelid] == InvalidAttrNumber ||
		list_member_oid(*seen, policy->relid))
		return false;
	column = get_attname(policy->relid, unit_of[scan->scanrelid], true);
	unique_in = policy->relid;
	if (*seen != NIL || policy->labelled_relid != policy->relid)
	{
		/* a partition: the whole table must be free of repeats */
		unique_in = policy->labelled_relid;
		if (get_rel_relkind(unique_in) != RELKIND_PARTITIONED_TABLE)
			return false;
	}
	*seen = lappend_oid(*seen, policy->relid);
	return column != NULL && is_unique_column(unique_in, column) &&
		!cr_policy_unit_may_be_token(unique_in, get_attnum(unique_in, column));
}

/*
 * Can no two of plan's rows share a unit?  *seen collects the scanned
 * relations: a partitioned table may be put together from its partitions,
 * each of them once.
 */
static bool
is_unique_input(CrPlanCheck *check, Plan *plan, const AttrNumber *unit_of,
				List **seen)
{
	List	   *children = passing_children(plan);
	ListCell   *lc;

	check_stack_depth();

	if (IsA(plan, SeqScan) || IsA(plan, IndexScan) ||
		IsA(plan, IndexOnlyScan) || IsA(plan, BitmapHeapScan))
		return is_unique_scan(check, (Scan *) plan, unit_of, seen);

	foreach(lc, children)
		if (!is_unique_input(check, lfirst(lc), unit_of, seen))
			return false;
	return children != NIL;
}

/*
 * The origins of the first argument of an aggregate in agg's qual or output;
 * of a combining one, those of the partial aggregates below.  NIL when there
 * is something that cannot be followed, or a FILTER that may not be there.
 */
static List *
trace_counted(CrPlanCheck *check, Plan *agg, Aggref *aggref, bool filtered)
{
	TargetEntry *arg;
	List	   *origins;
	List	   *result = NIL;
	ListCell   *lc;

	if (aggref->args == NIL || (aggref->aggfilter != NULL && !filtered))
		return NIL;
	arg = linitial_node(TargetEntry, aggref->args);
	origins = cr_verify_trace_expr(check, agg, (Node *) arg->expr);
	if (!DO_AGGSPLIT_COMBINE(aggref->aggsplit))
		return origins;

	foreach(lc, origins)
	{
		CrOrigin   *origin = lfirst(lc);
		Aggref	   *partial = (Aggref *) origin->expr;
		List	   *counted;

		if (partial == NULL || !IsA(partial, Aggref) ||
			partial->aggfnoid != aggref->aggfnoid ||
			partial->aggsplit != AGGSPLIT_INITIAL_SERIAL)
			return NIL;
		counted = trace_counted(check, origin->plan, partial, filtered);
		if (counted == NIL)
			return NIL;
		result = list_concat(result, counted);
	}
	return result;
}

/*
 * The unit columns that a guard of agg counts, NIL when it guards nothing.
 */
static List *
read_guarded_units(CrPlanCheck *check, Agg *agg, GuardForm *form)
{
	List	   *units;
	List	   *seen = NIL;
	AttrNumber *unit_of;
	ListCell   *lc;

	units = read_counted_units(check, trace_counted(check, (Plan *) agg,
													form->counter,
													!form->is_count &&
													!form->or_none));
	if (!is_one_unit_column(check, units))
		return NIL;
	if (!form->is_count)
		return units;

	unit_of = palloc0((check->nrtable + 1) * sizeof(AttrNumber));
	foreach(lc, units)
	{
		CrUnitColumn *unit = lfirst(lc);

		unit_of[unit->rti] = unit->attno;
	}
	if (outerPlan(agg) == NULL ||
		!is_unique_input(check, outerPlan(agg), unit_of, &seen))
		return NIL;
	return units;
}

/*
 * All guarded unit columns whose table's threshold the guard reaches.
 */
static void
collect_guarded_units(CrPlanCheck *check, Agg *agg, List *quals,
					  GuardedUnits *guarded)
{
	ListCell   *lc;

	foreach(lc, quals)
	{
		Node	   *qual = lfirst(lc);
		GuardForm	form;
		ListCell   *lc2;

		if (is_andclause(qual))
		{
			collect_guarded_units(check, agg, ((BoolExpr *) qual)->args,
								  guarded);
			continue;
		}
		if (!read_guard(qual, &form))
			continue;
		foreach(lc2, read_guarded_units(check, agg, &form))
		{
			CrUnitColumn *unit = lfirst(lc2);

			if (form.least < check->policies[unit->rti]->threshold)
				continue;
			if (form.or_none)
				guarded->none = lappend(guarded->none, unit);
			else
				guarded->enough = lappend(guarded->enough, unit);
		}
	}
}

static bool
has_unit(List *units, int rti, AttrNumber attno)
{
	ListCell   *lc;

	foreach(lc, units)
	{
		CrUnitColumn *unit = lfirst(lc);

		if (unit->rti == rti && unit->attno == attno)
			return true;
	}
	return false;
}

/*
 * Does agg's qual guard all unit columns of raw's tables, and one table at
 * least so that there are people?
 */
bool
cr_verify_agg_guards(CrPlanCheck *check, Agg *agg, const Bitmapset *raw)
{
	GuardedUnits guarded = {NIL, NIL};
	bool		someone = false;
	int			rti = -1;

	collect_guarded_units(check, agg, agg->plan.qual, &guarded);
	while ((rti = bms_next_member(raw, rti)) >= 0)
	{
		CrPolicy   *policy = check->policies[rti];
		bool		enough = true;

		if (!policy->readable || policy->nunits < 1)
			return false;
		for (int i = 0; i < policy->nunits; i++)
		{
			if (has_unit(guarded.enough, rti, policy->units[i]))
				continue;
			enough = false;
			if (!has_unit(guarded.none, rti, policy->units[i]))
				return false;
		}
		someone = someone || enough;
	}
	return someone;
}
