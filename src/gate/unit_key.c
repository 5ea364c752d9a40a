/*-------------------------------------------------------------------------
 *
 * src/gate/unit_key.c
 *	  Refuses units as grouping keys, and says what to group by.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "gate/words.h"

/* What an outer join compares of two tables beside their units. */
typedef enum Between
{
	BETWEEN_NOTHING,
	BETWEEN_EQUAL,				/* other columns are equal */
	BETWEEN_OTHER				/* other conditions */
} Between;

/* What has one compared, beside the units, that may not find this one's? */
static Between
condition_between(CrLevel *level, const CrUnit *unit)
{
	bool		equated = false;
	Between		between = BETWEEN_NOTHING;
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Node	   *left;
		Node	   *right;
		bool		equality;

		if (clause->inner || bms_is_subset(cr_inspect_bases(clause->expanded),
										   clause->limited) ||
			!IsA(unit->expanded, Var) ||
			!bms_is_member(((Var *) unit->expanded)->varno, clause->limited))
			continue;
		equality = cr_inspect_equality(clause->expanded, &left, &right);
		if (equality && (equal(left, unit->expanded) ||
						 equal(right, unit->expanded)))
			equated = true;
		else if (!equality || between == BETWEEN_NOTHING)
			between = equality ? BETWEEN_EQUAL : BETWEEN_OTHER;
	}
	return equated ? between : BETWEEN_NOTHING;
}

static const char *
hint_between(Between between)
{
	if (between == BETWEEN_EQUAL)
		return "Count those with a match by themselves, and join them by what they are counted by: (SELECT DISTINCT unit FROM a) AS p LEFT JOIN (SELECT a.unit, count(*) AS n FROM a JOIN b ON b.unit = a.unit AND b.key = a.key GROUP BY a.unit) AS x ON x.unit = p.unit has coalesce(x.n, 0).";
	return "Keep the equality of the units in ON, and move the condition between the tables into the aggregates: count(*) FILTER (WHERE b.day >= a.day), sum(b.x) FILTER (WHERE b.day >= a.day).";
}

/*
 * What to do about another unit of the same subquery: to group by it is no
 * help where the subquery does not return it.
 */
static const char *
hint_within(CrLevel *level, const Var *other)
{
	const CrBase *base = cr_inspect_base(level->statement, other->varno);
	const char *name = cr_word_column(level->statement, other);

	if (base->level == NULL || base->level->kind != CR_LEVEL_UNIT ||
		other->varattno <= list_length(base->level->columns))
		return psprintf("Group by %s too; in IN (SELECT ...), which has one column, join the tables by their units (AND a.unit = b.unit).",
						name);
	return psprintf("The subquery has people of several tables, told apart by %s too. Join its tables by their units (AND a.unit = b.unit), or let it return that column, too, and group by both.",
					name);
}

/* Does a join have another column of the table equal to that unit? */
static bool
is_joined_otherwise(CrLevel *level, const Var *unit, const CrUnit *other)
{
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		Node	   *expanded = ((CrClause *) lfirst(lc))->expanded;
		Node	   *left;
		Node	   *right;

		if (cr_inspect_equality(expanded, &left, &right) &&
			(equal(left, other->expanded) ||
			 equal(right, other->expanded)) &&
			bms_is_member(unit->varno, cr_inspect_bases(expanded)))
			return true;
	}
	return false;
}

/* What to do about the unit of another table. */
static const char *
hint_of_other_table(CrLevel *level, const Var *unit, const CrUnit *other)
{
	const char *name = cr_word_column(level->statement, unit);
	const char *others = cr_word_column(level->statement,
										(Var *) other->expanded);

	if (is_joined_otherwise(level, unit, other))
		return psprintf("Group by both, %s and %s; or, of those without a match too, join people: LEFT JOIN (SELECT unit, count(*) AS n ... GROUP BY unit) AS b ON b.unit = a.key, with b's %s for its unit.",
						name, others, others);
	return psprintf("Join the tables by their units too (AND a.unit = b.unit), %s with %s, so that each row is of one person; or group by a dimension.",
					others, name);
}

/* Is it there through a question of which a person's rows may differ? */
static bool
is_asked_by_row(const CrUnit *unit)
{
	return unit->membership != NULL &&
		unit->membership->membership->by_row;
}

/* The unit of one table is all that is grouped by, or asked about. */
CrVerdict *
cr_rule_refuse_unit_key(CrLevel *level, const Var *unit)
{
	const CrStatement *statement = level->statement;
	const CrUnit *other = cr_level_missing_unit(level);
	const char *name = cr_word_column(statement, unit);
	const char *reason;
	const char *hint = "Group by the unit of every protected table in the query, in a subquery, and aggregate over it; or group by a dimension.";

	if (other == NULL || equal(other->expanded, unit))
		reason = psprintf("column %s identifies people, and nothing computed from it may be grouped by",
						  name);
	else
		reason = psprintf("people are told apart by %s, which is one of several units",
						  name);
	if (other != NULL && is_asked_by_row(other))
	{
		reason = "a question whether single rows have a match may not be part of what is computed by person";
		hint = "Let EXISTS (SELECT ...) stand as a condition of WHERE in the query that groups by person, not negated; or count rows by it in the query that returns groups: count(*) FILTER (WHERE EXISTS ...).";
	}
	else if (other != NULL &&
			 condition_between(level, other) != BETWEEN_NOTHING)
		hint = hint_between(condition_between(level, other));
	else if (cr_word_may_lack_match(level, unit))
		hint = CR_HINT_MATCH;
	else if (other != NULL && other->membership == NULL &&
			 IsA(other->expanded, Var) && !equal(other->expanded, unit))
		hint = ((Var *) other->expanded)->varno == unit->varno ?
			hint_within(level, (Var *) other->expanded) :
			hint_of_other_table(level, unit, other);
	return cr_verdict_refuse(CR_ERRCODE_COLUMN_USE, -1, reason, hint);
}
