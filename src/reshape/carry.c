/*-------------------------------------------------------------------------
 *
 * src/reshape/carry.c
 *	  Makes raw subqueries carry the units of the tables below them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/make_query.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "reshape/reshape.h"

/* A unit that equals a grouping key through a join becomes a key itself. */
static void
group_by_unit(Query *query, TargetEntry *tle)
{
	query->groupClause =
		lappend(query->groupClause, cr_make_grouping(tle, query->targetList));
}

/*
 * The target entry by which the level computes its unit: in a unit level the
 * grouping key that it is, else the column.
 */
static TargetEntry *
make_unit_entry(const CrUnit *unit, int number)
{
	Var		   *local = unit->local;
	Expr	   *expr = (Expr *) copyObject(local);

	/* of a set that nothing depends on, which then need not be read */
	if (unit->membership != NULL && !unit->membership->tested)
		expr = (Expr *) makeNullConst(local->vartype, local->vartypmod,
									  local->varcollid);
	return makeTargetEntry(expr, unit->position,
						   psprintf("unit_%d", number), false);
}

static int
count_columns(Query *query)
{
	int			count = 0;
	ListCell   *lc;

	foreach(lc, query->targetList)
		count += ((TargetEntry *) lfirst(lc))->resjunk ? 0 : 1;
	return count;
}

/* count(*) FILTER (WHERE condition) > 0, or what is no condition */
static TargetEntry *
make_share_entry(Node *share, int number)
{
	Expr	   *any = exprType(share) == BOOLOID ? cr_guard_any_row(share) :
		(Expr *) copyObject(share);

	return makeTargetEntry(any, number, psprintf("share_%d", number), false);
}

/*
 * Adds to the raw level's output the units that are not in it yet, at the
 * positions that inspect/ has given them, and tells the range table entry
 * above.  Resjunk entries move behind them.
 */
void
cr_reshape_carry_units(CrLevel *level, RangeTblEntry *rte)
{
	Query	   *query = level->query;
	int			position = count_columns(query);
	ListCell   *lc;
	int			resno = 0;

	foreach(lc, level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);
		TargetEntry *tle;

		if (unit->position <= position)
			continue;
		Assert(unit->position == position + 1);
		tle = make_unit_entry(unit, unit->position);
		query->targetList = list_insert_nth(query->targetList, position, tle);
		position++;
		if (level->kind == CR_LEVEL_UNIT && !IsA(tle->expr, Const))
			group_by_unit(query, tle);
		rte->eref->colnames = lappend(rte->eref->colnames,
									  makeString(pstrdup(tle->resname)));
	}
	foreach(lc, level->shares)
	{
		TargetEntry *tle = make_share_entry(lfirst(lc), position + 1);

		query->targetList = list_insert_nth(query->targetList, position, tle);
		position++;
		rte->eref->colnames = lappend(rte->eref->colnames,
									  makeString(pstrdup(tle->resname)));
	}
	foreach(lc, query->targetList)
		((TargetEntry *) lfirst(lc))->resno = ++resno;
}
