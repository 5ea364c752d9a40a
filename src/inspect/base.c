/*-------------------------------------------------------------------------
 *
 * src/inspect/base.c
 *	  Makes the bases that expanded expressions refer to.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/compat.h"
#include "catalog/pg_attribute.h"
#include "inspect/facts.h"
#include "session/exempt.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static CrBase *
make_base(CrStatement *statement, CrBaseKind kind, RangeTblEntry *rte)
{
	CrBase	   *base = palloc0(sizeof(CrBase));

	statement->bases = lappend(statement->bases, base);
	base->id = list_length(statement->bases);
	base->kind = kind;
	base->rte = rte;
	base->name = rte->eref ? rte->eref->aliasname : "subquery";
	return base;
}

/*
 * Owners who approve of whatever a query does with their columns say nothing
 * of who is counted and how people are matched.
 */
static void
widen_use(CrColumnFact *column)
{
	if ((column->uses & (CR_USE_UNIT | CR_USE_JOIN)) != 0)
		return;
	column->uses |= CR_USE_DIMENSION | CR_USE_FILTER | CR_USE_MEASURE;
	column->aggregates = CR_AGG_ALL;
}

static void
read_table_column(CrColumnFact *column, Oid relid, AttrNumber attnum,
				  const CrColumnPolicy *policy)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid),
										Int16GetDatum(attnum));
	Form_pg_attribute attribute;

	if (!HeapTupleIsValid(tuple))
		return;					/* no use */
	attribute = (Form_pg_attribute) GETSTRUCT(tuple);
	column->name = pstrdup(NameStr(attribute->attname));
	/* a virtual column is computed by what no rule has looked at */
	if (!attribute->attisdropped && !cr_attribute_is_virtual(relid, attnum))
	{
		column->uses = policy->uses;
		column->aggregates = policy->aggregates;
		column->degree = 1;
		/* rows without a unit are not seen, so a unit is never null */
		column->nullable = !cr_attribute_is_not_null(relid, attnum) &&
			(policy->uses & CR_USE_UNIT) == 0;
	}
	ReleaseSysCache(tuple);
}

/*
 * The policy of the table, if it binds the current user.  A table of the
 * user's own lends labels, not weights, protected or not: else anybody could
 * protect a table of weights, and sum them.
 */
CrPolicy *
cr_base_find_policy(Oid relid)
{
	CrPolicy   *policy;

	if (!cr_policy_exists(relid))
		return NULL;
	policy = cr_policy_lookup(relid);
	if (policy == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("the policy of table \"%s\" is being changed",
						get_rel_name(relid)),
				 errhint("Ask again.")));
	return cr_session_is_exempt(policy->owner) ? NULL : policy;
}

/* A protected table. */
CrBase *
cr_base_make_protected(CrStatement *statement, RangeTblEntry *rte,
					   CrPolicy *policy)
{
	CrBase	   *base = make_base(statement, CR_BASE_PROTECTED, rte);
	int			i;

	base->policy = policy;
	base->name = get_rel_name(rte->relid);
	base->ncolumns = policy->natts;
	base->columns = palloc0(sizeof(CrColumnFact) * (policy->natts + 1));
	for (i = 0; i < policy->natts; i++)
	{
		read_table_column(&base->columns[i], rte->relid, i + 1,
						  &policy->columns[i]);
		if (statement->any_use && base->columns[i].name != NULL)
			widen_use(&base->columns[i]);
	}
	return base;
}

/* A relation, function or subquery without raw rows. */
CrBase *
cr_base_make_public(CrStatement *statement, RangeTblEntry *rte,
					CrLevel *level)
{
	CrBase	   *base = make_base(statement, CR_BASE_PUBLIC, rte);

	base->level = level;
	return base;
}

/* The rows of a unit level. */
CrBase *
cr_base_make_unit_level(CrStatement *statement, RangeTblEntry *rte,
						CrLevel *level)
{
	CrBase	   *base = make_base(statement, CR_BASE_UNIT_LEVEL, rte);
	ListCell   *lc;
	ListCell   *name = list_head(rte->eref->colnames);
	int			i = 0;

	base->level = level;
	base->ncolumns = list_length(level->columns);
	base->columns = palloc0(sizeof(CrColumnFact) * (base->ncolumns + 1));
	foreach(lc, level->columns)
	{
		base->columns[i] = cr_unit_column_fact(level, lfirst(lc));
		if (name != NULL)
		{
			base->columns[i].name = strVal(lfirst(name));
			name = lnext(rte->eref->colnames, name);
		}
		i++;
	}
	return base;
}

static void
mark_nullable(CrSource *source, bool below)
{
	ListCell   *lc;

	if (source->base != NULL)
	{
		source->base->nullable = true;
		source->base->buried = source->base->buried || below;
		return;
	}
	foreach(lc, source->level->sources)
		mark_nullable((CrSource *) lfirst(lc), true);
}

/* An outer join may extend the source, and all below it, with nulls. */
void
cr_base_mark_nullable(CrSource *source)
{
	mark_nullable(source, false);
}
