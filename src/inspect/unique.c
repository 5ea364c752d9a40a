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
#include "access/table.h"
#include "catalog/pg_index.h"
#include "inspect/facts.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/typcache.h"

typedef struct Probe
{
	CrLevel    *level;
	CrBase	   *base;
	Bitmapset  *determined;
	Bitmapset  *raw;			/* all raw bases of the level */
	AttrNumber *outer_attnums;	/* of a selection from the relation looked
								 * at: its columns as the base names them; or
								 * NULL when it is the base itself */
	int			natts;
	bool		matched;		/* rows without a match do not matter */
} Probe;

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

static bool
is_column(Node *node, const CrBase *base, AttrNumber attnum)
{
	return IsA(node, Var) && ((Var *) node)->varno == base->id &&
		((Var *) node)->varattno == attnum &&
		((Var *) node)->varlevelsup == 0;
}

/*
 * Does the clause hold wherever a row of the base stands beside a protected
 * one?  In the ON of an outer join it holds for the nullable side; and if
 * all protected rows come from there, rows for which it does not hold have
 * nobody in them and are not seen.
 */
static bool
clause_limits(const Probe *probe, const CrClause *clause)
{
	return clause->inner || probe->matched ||
		bms_is_member(probe->base->id, clause->limited) ||
		bms_is_subset(probe->raw, clause->limited);
}

/*
 * Is a value of one side equal to one value at most of the other?  By local
 * time it is not: what the clock skips and what it shows next are one moment.
 */
static bool
is_one_to_one(Oid opfuncid)
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
	return is_one_to_one(equality->opfuncid) &&
		(!OidIsValid(equality->inputcollid) ||
		 equality->inputcollid == collation ||
		 get_collation_isdeterministic(equality->inputcollid));
}

/*
 * Is the column equated, by an operator of the given family (any, when
 * invalid), with something over determined relations?
 */
static bool
is_pinned(const Probe *probe, AttrNumber attnum, Oid opfamily)
{
	ListCell   *lc;

	if (probe->outer_attnums != NULL)
	{
		if (attnum < 1 || attnum > probe->natts)
			return false;
		attnum = probe->outer_attnums[attnum - 1];
	}
	if (attnum == InvalidAttrNumber)
		return false;
	foreach(lc, cr_inspect_all_clauses(probe->level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		Oid			opno;
		Oid			collation;

		if (!clause_limits(probe, clause))
			continue;
		if (!cr_inspect_equality(clause->expanded, &left, &right))
			continue;
		opno = ((OpExpr *) clause->expanded)->opno;
		if (!is_one_to_one(((OpExpr *) clause->expanded)->opfuncid))
			continue;
		/* what tells keys apart may not be finer than what joins them */
		collation = ((OpExpr *) clause->expanded)->inputcollid;
		if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
			continue;
		if (OidIsValid(opfamily) &&
			get_op_opfamily_strategy(opno, opfamily) != BTEqualStrategyNumber)
			continue;
		if (is_column(left, probe->base, attnum) &&
			bms_is_subset(cr_inspect_bases(right), probe->determined))
			return true;
		if (is_column(right, probe->base, attnum) &&
			bms_is_subset(cr_inspect_bases(left), probe->determined))
			return true;
	}
	return false;
}

static bool
index_pins(const Probe *probe, Relation index)
{
	Form_pg_index form = index->rd_index;
	int			i;

	if (!form->indisunique || !form->indisvalid || !form->indimmediate ||
		RelationGetIndexPredicate(index) != NIL ||
		RelationGetIndexExpressions(index) != NIL)
		return false;
	for (i = 0; i < form->indnkeyatts; i++)
	{
		if (!is_pinned(probe, form->indkey.values[i],
					   index->rd_opfamily[i]))
			return false;
	}
	return true;
}

static bool
table_is_determined(const Probe *probe, RangeTblEntry *rte)
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
	table_close(relation, NoLock);
	return found;
}

static bool
clauses_are_pinned(const Probe *probe, List *clauses, List *targets)
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
		if (tle->resjunk || !is_pinned(probe, tle->resno, family))
			return false;
	}
	return true;
}

static bool source_is_determined(const Probe *probe, RangeTblEntry *rte,
								 Query *query);

/*
 * Are no two rows of a list alike in its pinned columns?  The first column of
 * a series has each value once.
 */
static bool
list_is_determined(const Probe *probe, List *rows, bool is_series)
{
	List	   *pinned = NIL;
	int			column;
	int			columns = rows == NIL ? (int) is_series :
		list_length(linitial(rows));

	for (column = 0; column < columns; column++)
	{
		Oid			type = rows == NIL ? InvalidOid :
			exprType(list_nth(linitial(rows), column));
		Oid			family = InvalidOid;

		if (OidIsValid(type))
			family = lookup_type_cache(type,
									   TYPECACHE_BTREE_OPFAMILY)->btree_opf;
		if ((is_series || OidIsValid(family)) &&
			is_pinned(probe, column + 1, family))
			pinned = lappend_int(pinned, column);
	}
	return pinned != NIL &&
		(is_series || cr_inspect_rows_differ(rows, pinned));
}

/*
 * SELECT a, b FROM t WHERE … has the keys of t, under the names it gives
 * them.
 */
static bool
selection_is_determined(const Probe *probe, Query *query)
{
	Probe		inner = *probe;
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
		Var		   *var = (Var *) tle->expr;

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
query_is_determined(const Probe *probe, Query *query)
{
	if (query == NULL || query->commandType != CMD_SELECT)
		return false;
	if (query->setOperations != NULL)
		return list_is_determined(probe, cr_inspect_constant_rows(query),
								  false);
	if (query->hasTargetSRFs ||
		query->groupingSets != NIL || query->hasDistinctOn)
		return false;
	if (query->distinctClause != NIL)
		return clauses_are_pinned(probe, query->distinctClause,
								  query->targetList);
	if (query->groupClause != NIL)
		return clauses_are_pinned(probe, query->groupClause,
								  query->targetList);
	return selection_is_determined(probe, query);
}

static bool
source_is_determined(const Probe *probe, RangeTblEntry *rte, Query *query)
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
			return list_is_determined(probe, cr_inspect_list_rows(rte),
									  rte->rtekind == RTE_FUNCTION &&
									  cr_inspect_is_series(rte));
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

/*
 * The bases of a level (and of row levels it reads) of which at most one row
 * joins any combination of rows of the given ones; the given ones as well.
 * "matched" leaves out of account what outer joins keep without a match.
 */
Bitmapset *
cr_inspect_determined_by(CrLevel *level, const Bitmapset *given,
						 bool matched)
{
	List	   *bases = cr_inspect_all_bases(level);
	Bitmapset  *determined = bms_copy(given);
	Bitmapset  *raw = raw_of(bases);
	int			before;
	ListCell   *lc;

	do
	{
		before = bms_num_members(determined);
		foreach(lc, bases)
		{
			CrBase	   *base = (CrBase *) lfirst(lc);
			Probe		probe = {level, base, determined, raw, NULL, 0,
			matched};
			Query	   *query = base->level ? base->level->query :
				base->rte->subquery;

			if (!bms_is_member(base->id, determined) &&
				(base->single ||
				 source_is_determined(&probe, base->rte, query)))
				determined = bms_add_member(determined, base->id);
		}
	} while (bms_num_members(determined) > before);
	return determined;
}

/*
 * The bases of a level (and of row levels it reads) whose rows multiply no
 * protected row: all raw ones, and every public one that is determined.
 */
Bitmapset *
cr_inspect_determined(CrLevel *level)
{
	return cr_inspect_determined_by(level,
									raw_of(cr_inspect_all_bases(level)),
									false);
}

/* Does an index of the table alone make the column unique? */
bool
cr_inspect_column_is_unique(Oid relid, AttrNumber attnum)
{
	Relation	relation = table_open(relid, AccessShareLock);
	Oid			collation =
		TupleDescAttr(RelationGetDescr(relation), attnum - 1)->attcollation;
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
				 form->indimmediate && form->indnkeyatts == 1 &&
				 form->indkey.values[0] == attnum &&
				 index->rd_indcollation[0] == collation &&
				 RelationGetIndexPredicate(index) == NIL);
			index_close(index, AccessShareLock);
		}
	}
	table_close(relation, NoLock);
	return found;
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
 * index on the unit where nothing is joined; false otherwise.
 */
bool
cr_inspect_unit_is_unique(const CrLevel *level, const CrUnit *unit)
{
	List	   *bases = cr_inspect_all_bases((CrLevel *) level);

	/* the planner makes joins of sub-selects, too */
	return !has_sublinks(level) &&
		list_length(bases) == 1 && linitial(bases) == unit->base &&
		cr_inspect_column_is_unique(unit->base->rte->relid, unit->attnum);
}
