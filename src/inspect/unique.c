/*-------------------------------------------------------------------------
 *
 * src/inspect/unique.c
 *	  Proves that a join multiplies no protected row.
 *
 * A public relation is "determined" when, once the rows of the relations
 * already determined are chosen, at most one row of it can join them: its
 * key, proved by a unique index or by GROUP BY or DISTINCT in a subquery, is
 * equated column by column with expressions over those.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/compat.h"
#include "base/visible.h"
#include "catalog/pg_index.h"
#include "inspect/facts.h"
#include "inspect/pin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/typcache.h"

/* The clauses of a level, and of the row levels it reads. */
List *
cr_inspect_all_clauses(CrLevel *level)
{
	List	   *clauses = list_copy(level->clauses);
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base == NULL)
			clauses = list_concat(clauses,
								  cr_inspect_all_clauses(source->level));
	}
	return clauses;
}

/* Read as it is written: the relation cache would evaluate it. */
static bool
has_predicate(Relation index)
{
	return !heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL);
}

static bool
has_expressions(Relation index)
{
	return !heap_attisnull(index->rd_indextuple, Anum_pg_index_indexprs,
						   NULL);
}

static bool
index_pins(const CrProbe *probe, Relation index)
{
	Form_pg_index form = index->rd_index;
	int			i;

	if (!form->indisunique || !form->indisvalid || !form->indimmediate ||
		has_predicate(index) || has_expressions(index) ||
		!cr_visible_index(RelationGetRelid(index), index->rd_indextuple))
		return false;
	for (i = 0; i < form->indnkeyatts; i++)
	{
		if (!cr_is_pinned(probe, form->indkey.values[i],
						  index->rd_opfamily[i], CR_SERIES_NONE,
						  !cr_attribute_is_not_null(form->indrelid,
													form->indkey.values[i])))
			return false;
	}
	return true;
}

static bool
table_is_determined(const CrProbe *probe, RangeTblEntry *rte)
{
	Relation	relation = table_open(rte->relid, AccessShareLock);
	bool		found = false;
	ListCell   *lc;

	/* with children, a unique index of the parent proves nothing */
	if (relation->rd_rel->relkind != RELKIND_RELATION ||
		!relation->rd_rel->relhassubclass || !rte->inh)
	{
		List	   *indexes = RelationGetIndexList(relation);

		foreach(lc, indexes)
		{
			Relation	index = index_open(lfirst_oid(lc), AccessShareLock);

			found = found || index_pins(probe, index);
			index_close(index, AccessShareLock);
		}
	}
	if (found && relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		found = cr_visible_parts(rte->relid);
	table_close(relation, NoLock);
	return found;
}

static bool
clauses_are_pinned(const CrProbe *probe, List *clauses, List *targets)
{
	ListCell   *lc;

	foreach(lc, clauses)
	{
		TargetEntry *tle = get_sortgroupclause_tle(lfirst(lc), targets);
		Oid			family = InvalidOid;
		SortGroupClause *clause = (SortGroupClause *) lfirst(lc);
		List	   *families = get_mergejoin_opfamilies(clause->eqop);

		if (families != NIL)
			family = linitial_oid(families);
		if (tle->resjunk || !cr_is_pinned(probe, tle->resno, family,
											 CR_SERIES_NONE, false))
			return false;
	}
	return true;
}

static bool source_is_determined(const CrProbe *probe, RangeTblEntry *rte,
								 Query *query);

/*
 * Are no two rows of a list alike in its pinned columns, or do its rows hold
 * for values apart from each other?
 */
static bool
list_is_determined(const CrProbe *probe, List *rows)
{
	List	   *pinned = NIL;
	int			column;
	int			columns = rows == NIL ? 0 : list_length(linitial(rows));

	for (column = 0; column < columns; column++)
	{
		Oid			type = exprType(list_nth(linitial(rows), column));
		Oid			family = cr_btree_family(type);

		if (!OidIsValid(family))
			continue;
		/* nulls matter to groups only, and are looked for only then */
		if (cr_is_pinned(probe, column + 1, family, CR_SERIES_NONE, true) ||
			(probe->grouped && !cr_inspect_has_null(rows, column) &&
			 cr_is_pinned(probe, column + 1, family, CR_SERIES_NONE, false)))
			pinned = lappend_int(pinned, column);
	}
	if (pinned != NIL && cr_inspect_rows_differ(rows, pinned))
		return true;
	return cr_bands_are_disjoint(probe, rows);
}

/* A series has each value once. */
static bool
series_is_determined(const CrProbe *probe, CrSeries series)
{
	return series != CR_SERIES_NONE &&
		cr_is_pinned(probe, 1, InvalidOid, series, false);
}

/*
 * SELECT a, b FROM t WHERE … has the keys of t, under the names it gives
 * them; so has it with GROUP BY or DISTINCT, as no row is in two groups.
 */
static bool
selection_is_determined(const CrProbe *probe, Query *query)
{
	CrProbe		inner = *probe;
	RangeTblRef *ref;
	RangeTblEntry *rte;
	ListCell   *lc;
	int			position = 0;

	if (list_length(query->jointree->fromlist) != 1 ||
		!IsA(linitial(query->jointree->fromlist), RangeTblRef))
		return false;
	ref = linitial_node(RangeTblRef, query->jointree->fromlist);
	rte = rt_fetch(ref->rtindex, query->rtable);
	inner.natts = list_length(rte->eref->colnames);
	inner.outer_attnums = palloc0(sizeof(AttrNumber) * (inner.natts + 1));
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Var		   *var = (Var *) cr_series_strip((Node *) tle->expr,
												  cr_series_of(rte));

		position++;
		if (tle->resjunk || !IsA(var, Var) || var->varlevelsup != 0 ||
			var->varno != ref->rtindex ||
			var->varattno < 1 || var->varattno > inner.natts)
			continue;
		if (probe->outer_attnums == NULL)
			inner.outer_attnums[var->varattno - 1] = position;
		else if (position <= probe->natts)
			inner.outer_attnums[var->varattno - 1] =
				probe->outer_attnums[position - 1];
	}
	return source_is_determined(&inner, rte, rte->subquery);
}

static bool
query_is_determined(const CrProbe *probe, Query *query)
{
	FuncExpr   *call;

	if (query == NULL || query->commandType != CMD_SELECT)
		return false;
	if (query->setOperations != NULL)
		return list_is_determined(probe, cr_inspect_constant_rows(query));
	if (query->hasTargetSRFs)
		return series_is_determined(probe, cr_series_of_query(query, &call));
	/* which rows DISTINCT ON keeps may differ from one copy to another */
	if (query->groupingSets != NIL || query->hasDistinctOn)
		return false;
	if (query->distinctClause != NIL &&
		clauses_are_pinned(probe, query->distinctClause, query->targetList))
		return true;
	if (query->groupClause != NIL &&
		clauses_are_pinned(probe, query->groupClause, query->targetList))
		return true;
	/* groups of protected rows may be made by less than what is written */
	if ((query->distinctClause != NIL || query->groupClause != NIL) &&
		cr_inspect_touches(query))
		return false;
	return selection_is_determined(probe, query);
}

static bool
source_is_determined(const CrProbe *probe, RangeTblEntry *rte, Query *query)
{
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			return table_is_determined(probe, rte);
		case RTE_SUBQUERY:
		case RTE_CTE:
			return query_is_determined(probe, query);
		case RTE_VALUES:
		case RTE_FUNCTION:
			return series_is_determined(probe, cr_series_of(rte)) ||
				list_is_determined(probe, cr_inspect_list_rows(rte));
		case RTE_RESULT:
			return true;
		default:
			return false;
	}
}

/* The bases of a level, and of the row levels it reads. */
List *
cr_inspect_all_bases(CrLevel *level)
{
	List	   *bases = NIL;
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base != NULL)
			bases = lappend(bases, source->base);
		else
			bases = list_concat(bases, cr_inspect_all_bases(source->level));
	}
	return bases;
}

static Bitmapset *
raw_of(List *bases)
{
	Bitmapset  *raw = NULL;
	ListCell   *lc;

	foreach(lc, bases)
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base))
			raw = bms_add_member(raw, base->id);
	}
	return raw;
}

/* how: of a probe, what is the same for all bases. */
static Bitmapset *
find_determined(CrProbe how, const Bitmapset *given, bool by_raw)
{
	List	   *bases = cr_inspect_all_bases(how.level);
	Bitmapset  *determined = bms_copy(given);
	int			before;
	ListCell   *lc;

	how.raw = raw_of(bases);
	do
	{
		before = bms_num_members(determined);
		foreach(lc, bases)
		{
			CrBase	   *base = (CrBase *) lfirst(lc);
			Query	   *query = base->level ? base->level->query :
				base->rte->subquery;

			how.base = base;
			how.determined = determined;
			if (!bms_is_member(base->id, determined) &&
				(!by_raw || cr_inspect_base_is_raw(base)) &&
				(base->single ||
				 source_is_determined(&how, base->rte, query)))
				determined = bms_add_member(determined, base->id);
		}
	} while (bms_num_members(determined) > before);
	return determined;
}

/*
 * The bases of a level (and of row levels it reads) of which at most one row
 * joins any combination of rows of the given ones; the given ones as well.
 */
Bitmapset *
cr_inspect_determined_by(CrLevel *level, const Bitmapset *given)
{
	CrProbe		how = {.level = level};

	return find_determined(how, given, false);
}

/* The same, by way of protected tables alone. */
Bitmapset *
cr_pin_determined_by_raw(CrLevel *level, const Bitmapset *given)
{
	CrProbe		how = {.level = level};

	return find_determined(how, given, true);
}

/*
 * The same of those rows for which every outer join has a match, but those
 * joins that null one of the absent bases.
 */
Bitmapset *
cr_pin_determined(CrLevel *level, const Bitmapset *given,
				  const Bitmapset *absent)
{
	CrProbe		how = {.level = level,.matched = true,.absent = absent};

	return find_determined(how, given, false);
}

/*
 * The bases of a level (and of row levels it reads) whose rows multiply no
 * protected row within a group: all raw ones, and every public one that is
 * determined.
 */
Bitmapset *
cr_inspect_determined(CrLevel *level)
{
	CrProbe		how = {.level = level,.grouped = true};

	return find_determined(how, raw_of(cr_inspect_all_bases(level)), false);
}

/* Is all that the index is on among those columns? */
static bool
index_is_on(Relation index, Relation relation, const Bitmapset *columns)
{
	Form_pg_index form = index->rd_index;
	int			i;

	for (i = 0; i < form->indnkeyatts; i++)
	{
		AttrNumber	attnum = form->indkey.values[i];

		if (attnum < 1 || !bms_is_member(attnum, columns) ||
			index->rd_indcollation[i] !=
			TupleDescAttr(RelationGetDescr(relation),
						  attnum - 1)->attcollation)
			return false;
	}
	return true;
}

/* Does an index of the table alone make them unique, or some of them? */
bool
cr_inspect_columns_are_unique(Oid relid, const Bitmapset *columns)
{
	Relation	relation = table_open(relid, AccessShareLock);
	bool		found = false;

	if (!relation->rd_rel->relhassubclass)
	{
		ListCell   *lc;

		foreach(lc, RelationGetIndexList(relation))
		{
			Relation	index = index_open(lfirst_oid(lc), AccessShareLock);
			Form_pg_index form = index->rd_index;

			found = found ||
				(form->indisunique && form->indisvalid &&
				 form->indimmediate &&
				 index_is_on(index, relation, columns) &&
				 cr_visible_index(RelationGetRelid(index),
								  index->rd_indextuple) &&
				 !has_predicate(index));
			index_close(index, AccessShareLock);
		}
	}
	table_close(relation, NoLock);
	return found;
}

bool
cr_inspect_column_is_unique(Oid relid, AttrNumber attnum)
{
	return cr_inspect_columns_are_unique(relid, bms_make_singleton(attnum));
}

/* Does the level, or a row level below it, evaluate sub-selects? */
static bool
has_sublinks(const CrLevel *level)
{
	ListCell   *lc;

	if (level->sublinks != NIL)
		return true;
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base == NULL && has_sublinks(source->level))
			return true;
	}
	return false;
}

/*
 * Does no unit stand in two rows of the level's input?  Proved by a unique
 * index on the unit where nothing is joined; false otherwise, and where one
 * unit may have several tokens.
 */
bool
cr_inspect_unit_is_unique(const CrLevel *level, const CrUnit *unit)
{
	List	   *bases = cr_inspect_all_bases((CrLevel *) level);

	/* the planner makes joins of sub-selects, too */
	return !has_sublinks(level) &&
		list_length(bases) == 1 && linitial(bases) == unit->base &&
		!cr_policy_unit_may_be_token(unit->base->rte->relid, unit->attnum) &&
		cr_inspect_column_is_unique(unit->base->rte->relid, unit->attnum);
}
