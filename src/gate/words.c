/*-------------------------------------------------------------------------
 *
 * src/gate/words.c
 *	  Names of columns and of what is allowed, for messages.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/heap.h"
#include "catalog/pg_type.h"
#include "gate/words.h"
#include "lib/stringinfo.h"
#include "nodes/value.h"
#include "utils/lsyscache.h"

/* Is the column null where an outer join has found nothing? */
bool
cr_word_may_lack_match(CrLevel *level, const Var *var)
{
	return var->varno > 0 && var->varlevelsup == 0 &&
		cr_inspect_base(level->statement, var->varno)->nullable;
}

/*
 * The unit of a subquery's that the column is, if only we have named it: one
 * that the subquery does not return, or of a set that IN or EXISTS gives.
 */
static const Var *
unit_below(const CrBase *base, const Var *var)
{
	ListCell   *lc;

	if (base->level == NULL ||
		(var->varattno <= list_length(base->level->columns) &&
		 strcmp(base->name, "selected") != 0 &&
		 strcmp(base->name, "members") != 0))
		return NULL;
	foreach(lc, base->level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->position == var->varattno && IsA(unit->expanded, Var))
			return (const Var *) unit->expanded;
	}
	return NULL;
}

/* Has lift.c given the subquery the column, to see what is computed in it? */
static bool
is_lifted(const CrBase *base, AttrNumber attnum)
{
	List	   *names = base->rte->eref ? base->rte->eref->colnames : NIL;

	return base->rte->rtekind == RTE_SUBQUERY && attnum >= 1 &&
		attnum <= list_length(names) &&
		strcmp(strVal(list_nth(names, attnum - 1)),
			   psprintf("column_%d", attnum)) == 0;
}

/* The column as "relation.column", in quotes. */
const char *
cr_word_column(const CrStatement *statement, const Var *var)
{
	const CrColumnFact *fact = cr_inspect_column(statement, var);
	CrBase	   *base;

	if (var->varno <= 0 || var->varlevelsup != 0)
		return "of a query around this one";
	base = cr_inspect_base(statement, var->varno);
	if (unit_below(base, var) != NULL)
		return cr_word_column(statement, unit_below(base, var));
	if (is_lifted(base, var->varattno))
		return psprintf("computed in \"%s\"", base->name);
	if (fact == NULL || fact->name == NULL)
	{
		List	   *names = base->rte->eref ? base->rte->eref->colnames : NIL;

		if (var->varattno >= 1 && var->varattno <= list_length(names))
			return psprintf("\"%s.%s\"", base->name,
							strVal(list_nth(names, var->varattno - 1)));
		if (var->varattno < 0)
		{
			const FormData_pg_attribute *column =
				SystemAttributeDefinition(var->varattno);

			return psprintf("\"%s.%s\"", base->name,
							NameStr(column->attname));
		}
		return psprintf("of \"%s\"", base->name);
	}
	return psprintf("\"%s.%s\"", base->name, fact->name);
}

/* The column of the level's own FROM, as the analyst wrote it. */
const char *
cr_word_local_column(CrLevel *level, const Var *var)
{
	Node	   *expanded = cr_inspect_expand(level, (Node *) var);

	expanded = cr_inspect_strip(expanded);
	if (IsA(expanded, Var))
		return cr_word_column(level->statement, (Var *) expanded);
	return "of a subquery";
}

static bool
is_allowed(const CrColumnFact *column, uint32 uses, uint32 aggregates)
{
	if (column->name == NULL)
		return false;
	if ((column->uses & uses & ~CR_USE_MEASURE) != 0)
		return true;
	return (column->uses & uses & CR_USE_MEASURE) != 0 &&
		(column->aggregates & aggregates) == aggregates;
}

/* Is it a column whose differences can be aggregated only? */
static bool
is_date(const CrBase *base, AttrNumber attnum)
{
	return base->kind == CR_BASE_PROTECTED &&
		getBaseType(get_atttype(base->rte->relid, attnum)) == DATEOID;
}

static const char *
list_allowed(const CrStatement *statement, const Var *var, uint32 uses,
			 uint32 aggregates, const char *verb)
{
	CrBase	   *base;
	const CrColumnFact *fact;
	StringInfoData names;
	int			count = 0;
	int			i;

	if (var->varno <= 0 || var->varlevelsup != 0)
		return "Join the tables instead of using columns of an outer query.";
	base = cr_inspect_base(statement, var->varno);
	initStringInfo(&names);
	for (i = 0; base->columns != NULL && i < base->ncolumns; i++)
	{
		if (!is_allowed(&base->columns[i], uses, aggregates) ||
			is_lifted(base, i + 1) ||
			(is_date(base, i + 1) && (aggregates & ~CR_AGG_COUNT) != 0) ||
			count >= 10)
			continue;
		appendStringInfo(&names, "%s%s", count > 0 ? ", " : "",
						 base->columns[i].name);
		count++;
	}
	fact = cr_inspect_column(statement, var);
	if (base->kind == CR_BASE_UNIT_LEVEL && (uses & CR_USE_MEASURE) == 0 &&
		fact != NULL && (fact->uses & CR_USE_MEASURE) != 0)
		return "What is summed up of a measure may be aggregated again; to be compared or grouped by, the measure has to be a filter too: ask its owner for cleanroom.set_column(..., 'measure, filter').";
	if (base->kind != CR_BASE_PROTECTED)
		return count > 0 ? psprintf("%s %s.", verb, names.data) :
			psprintf("No column of subquery \"%s\" may be used so; let it return a column of the table as it is or, for each person, count, sum or avg of one, with FILTER (WHERE condition) where only some rows are meant: coalesce(sum(x) FILTER (WHERE condition), 0) is what CASE with ELSE 0 gives. A ratio of two is computed of all people: sum(a) / sum(b).",
					 base->name);
	if (count == 0)
		return psprintf("No column of \"%s\" may be used so; its owner can allow one with cleanroom.set_column().",
						base->name);
	return psprintf("%s %s; or ask the owner to allow it with cleanroom.set_column().",
					verb, names.data);
}

/*
 * A hint that lists the columns of the same table with one of the uses, at
 * most ten.
 */
const char *
cr_word_allowed(const CrStatement *statement, const Var *var, uint32 uses,
				const char *verb)
{
	return list_allowed(statement, var, uses, 0, verb);
}

/*
 * The same for a column inside an aggregate: measures are listed that allow
 * all of the aggregates, and what the column itself allows is said first.
 */
const char *
cr_word_aggregated(const CrStatement *statement, const Var *var, uint32 uses,
				   uint32 aggregates, const char *verb)
{
	static const struct
	{
		uint32		bit;
		const char *name;
	}			names[] = {
		{CR_AGG_SUM, "sum"}, {CR_AGG_AVG, "avg"}, {CR_AGG_STDDEV, "stddev"},
		{CR_AGG_VARIANCE, "variance"}, {CR_AGG_COUNT, "count"}
	};
	const char *hint = list_allowed(statement, var, uses, aggregates, verb);
	const CrColumnFact *fact = cr_inspect_column(statement, var);
	StringInfoData allowed;
	size_t		i;

	if (fact != NULL && (fact->uses & CR_USE_DIMENSION) != 0)
		hint = psprintf("%s Or group by it, and compute from what is released: SELECT sum(x * n) / sum(n) FROM (SELECT x, count(*) AS n ... GROUP BY x) AS released. Values that few people have are missing from that; coarse classes, such as date_trunc('month', x) AS x or round(x, -2) AS x, have more.",
						hint);
	if (fact == NULL || (fact->uses & CR_USE_MEASURE) == 0)
		return hint;
	initStringInfo(&allowed);
	for (i = 0; i < lengthof(names); i++)
	{
		if ((fact->aggregates & names[i].bit) != 0)
			appendStringInfo(&allowed, "%s%s", allowed.len > 0 ? ", " : "",
							 names[i].name);
	}
	return psprintf("This column allows %s. %s", allowed.data, hint);
}
