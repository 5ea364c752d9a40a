/*-------------------------------------------------------------------------
 *
 * src/guard/estimates.c
 *	  Hooks at the planner's statistics: has statements of analysts planned
 *	  without the values that ANALYZE has sampled of protected tables, and of
 *	  the extension's own.
 *
 * How many rows the planner expects decides how it joins and sorts, and that
 * can be seen: in the order of rows, in how often a volatile function is
 * called, in whether a prepared statement gets a plan for all parameters.
 * With costs set to suit, such a choice tells the sampled frequency of any
 * value asked for, which for a small table is the exact count.
 *
 * What is left are the sizes of tables, which are no secret, and of whole
 * columns how many different values they have, to a power of four, and what
 * part of them is NULL, to a quarter: without them the planner would have no
 * idea of how many groups there will be.  How wide values are is taken from
 * their type: the average of a table of one person is that person's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/index.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "guard/bound.h"
#include "guard/guard.h"
#include "optimizer/plancat.h"
#include "policy/policy.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"

static get_relation_stats_hook_type prev_relation_stats = NULL;
static get_index_stats_hook_type prev_index_stats = NULL;
static get_relation_info_hook_type prev_relation_info = NULL;
static get_attavgwidth_hook_type prev_attavgwidth = NULL;

/* the next power of four upwards, of a fraction too; 0 stays 0 */
static float4
coarse_number(float4 number)
{
	if (number == 0)
		return 0;
	return (float4) copysign(exp2(2 * ceil(log2(fabs(number)) / 2)), number);
}

/*
 * Is it a column of which ranges are asked for?  From statistics without a
 * histogram the planner takes half of the values for each bound, and so
 * nothing for what is between two: it then joins in a loop, as if there were
 * one row.  Without any it takes one in two hundred.
 */
static bool
is_ranged(Oid relid, AttrNumber attnum)
{
	CrPolicy   *policy = cr_policy_lookup(relid);

	if (policy == NULL || attnum < 1 || attnum > policy->natts ||
		(policy->columns[attnum - 1].uses & (CR_USE_UNIT | CR_USE_JOIN)) != 0)
		return false;
	switch (getBaseType(get_atttype(relid, attnum)))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case INTERVALOID:
			return true;
		default:
			return false;
	}
}

static int32
width_of_type(Oid relid, AttrNumber attnum)
{
	Oid			type;
	int32		typmod;
	Oid			collation;

	get_atttypetypmodcoll(relid, attnum, &type, &typmod, &collation);
	return get_typavgwidth(type, typmod);
}

/*
 * The statistics of a column without a value or a frequency; NULL if there
 * are none.  To be freed with heap_freetuple().
 */
static HeapTuple
coarse_statistics(Oid relid, AttrNumber attnum, bool inherited)
{
	HeapTuple	tuple = SearchSysCache3(STATRELATTINH,
										ObjectIdGetDatum(relid),
										Int16GetDatum(attnum),
										BoolGetDatum(inherited));
	HeapTuple	result;
	Form_pg_statistic form;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	result = heap_copytuple(tuple);
	ReleaseSysCache(tuple);
	form = (Form_pg_statistic) GETSTRUCT(result);
	form->stanullfrac = rintf(Min(form->stanullfrac, 0.75) * 4) / 4;
	form->stawidth = width_of_type(relid, attnum);
	form->stadistinct = coarse_number(form->stadistinct);
	form->stakind1 = 0;
	form->stakind2 = 0;
	form->stakind3 = 0;
	form->stakind4 = 0;
	form->stakind5 = 0;
	return result;
}

/* Must the current user not be told by a plan what the table holds? */
static bool
hides_samples(Oid relid)
{
	return cr_guard_binds(relid) || cr_guard_closes(relid);
}

static bool
relation_stats(PlannerInfo *root, RangeTblEntry *rte, AttrNumber attnum,
			   VariableStatData *vardata)
{
	if (rte->rtekind == RTE_RELATION && hides_samples(rte->relid))
	{
		vardata->statsTuple = is_ranged(rte->relid, attnum) ? NULL :
			coarse_statistics(rte->relid, attnum, rte->inh);
		vardata->freefunc = heap_freetuple;
		vardata->acl_ok = true;
		return true;
	}
	return prev_relation_stats != NULL &&
		prev_relation_stats(root, rte, attnum, vardata);
}

static bool
index_stats(PlannerInfo *root, Oid index, AttrNumber column,
			VariableStatData *vardata)
{
	if (cr_policy_possible() &&
		hides_samples(IndexGetRelation(index, true)))
	{
		vardata->statsTuple = NULL;
		return true;
	}
	return prev_index_stats != NULL &&
		prev_index_stats(root, index, column, vardata);
}

static void
relation_info(PlannerInfo *root, Oid relid, bool inhparent, RelOptInfo *rel)
{
	if (prev_relation_info)
		prev_relation_info(root, relid, inhparent, rel);
	if (rel->statlist != NIL && hides_samples(relid))
		rel->statlist = NIL;
}

/* 0: ask the statistics */
static int32
attribute_width(Oid relid, AttrNumber attnum)
{
	if (attnum > 0 && hides_samples(relid))
		return width_of_type(relid, attnum);
	return prev_attavgwidth != NULL ? prev_attavgwidth(relid, attnum) : 0;
}

void
cr_guard_estimates_init(void)
{
	prev_relation_stats = get_relation_stats_hook;
	get_relation_stats_hook = relation_stats;
	prev_index_stats = get_index_stats_hook;
	get_index_stats_hook = index_stats;
	prev_relation_info = get_relation_info_hook;
	get_relation_info_hook = relation_info;
	prev_attavgwidth = get_attavgwidth_hook;
	get_attavgwidth_hook = attribute_width;
}
