/*-------------------------------------------------------------------------
 *
 * src/inspect/people.c
 *	  Proves that everybody has one row at most in what a level reads.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"
#include "optimizer/optimizer.h"

static bool
is_unit(const CrLevel *level, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (equal(cr_inspect_strip(expanded),
				  ((CrUnit *) lfirst(lc))->expanded))
			return true;
	}
	return false;
}

static bool groups_are_people(CrLevel *level);

/* Has everybody one row at most in a base that has rows of people? */
static bool
base_has_people_once(const CrBase *base)
{
	if (base->kind == CR_BASE_UNIT_LEVEL)
		return groups_are_people(base->level);
	return cr_inspect_column_is_unique(base->rte->relid,
									   base->policy->units[0]);
}

/* Are they the same column, or is every row one in which they are equal? */
static bool
are_equal(CrLevel *level, Node *a, Node *b)
{
	ListCell   *lc;

	if (equal(a, b))
		return true;
	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Node	   *left;
		Node	   *right;

		if (clause->inner && !clause->membership &&
			cr_inspect_equality(clause->expanded, &left, &right) &&
			((equal(left, a) && equal(right, b)) ||
			 (equal(left, b) && equal(right, a))))
			return true;
	}
	return false;
}

/*
 * The bases of which a person has one row: those that have everybody once,
 * joined by the unit, and what is looked up by those.
 */
static Bitmapset *
bases_of_person(CrLevel *level, Node *person)
{
	Bitmapset  *given = NULL;
	Bitmapset  *nullable = NULL;
	ListCell   *lc;

	foreach(lc, level->units)
	{
		Node	   *unit = (Node *) ((CrUnit *) lfirst(lc))->expanded;

		if (IsA(unit, Var) && are_equal(level, unit, person) &&
			base_has_people_once(cr_inspect_base(level->statement,
												 ((Var *) unit)->varno)))
			given = bms_add_member(given, ((Var *) unit)->varno);
	}
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (base->nullable || base->buried)
			nullable = bms_add_member(nullable, base->id);
	}
	if (bms_is_empty(given))
		return NULL;
	return bms_difference(cr_inspect_determined_by(level, given, false),
						  nullable);
}

/*
 * Does a unit level have one row for each person?  It is grouped by one unit,
 * and by what has one value for each person.
 */
static bool
groups_are_people(CrLevel *level)
{
	Node	   *person = NULL;
	Bitmapset  *of_person = NULL;
	ListCell   *lc;

	foreach(lc, level->group_keys)
	{
		if (person == NULL && is_unit(level, lfirst(lc)))
			person = cr_inspect_strip(lfirst(lc));
	}
	if (person == NULL)
		return false;
	if (list_length(level->group_keys) > 1)
		of_person = bases_of_person(level, person);
	foreach(lc, level->group_keys)
	{
		if (!are_equal(level, cr_inspect_strip(lfirst(lc)), person) &&
			!bms_is_subset(pull_varnos(NULL, lfirst(lc)), of_person))
			return false;
	}
	return true;
}

/* Are protected tables joined person by person, and in no other way? */
static bool
joins_are_of_people(const CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Node	   *left;
		Node	   *right;

		if (clause->membership ||
			bms_num_members(cr_inspect_raw_bases(level->statement,
												 clause->expanded)) < 2)
			continue;
		if (!cr_inspect_equality(clause->expanded, &left, &right) ||
			!is_unit(level, left) || !is_unit(level, right))
			return false;
	}
	return true;
}

/* Has everybody one row at most in a source that has rows of people? */
static bool
source_has_people_once(const CrSource *source)
{
	return source->base == NULL ?
		cr_inspect_rows_are_people(source->level) :
		base_has_people_once(source->base);
}

/*
 * Has everybody one row at most, as each has one in a subquery that groups by
 * the unit?  Relations that are not protected multiply nothing.
 */
bool
cr_inspect_rows_are_people(const CrLevel *level)
{
	ListCell   *lc;

	if (level->branches != NIL || !joins_are_of_people(level))
		return false;
	foreach(lc, level->units)
	{
		if (((CrUnit *) lfirst(lc))->base->policy->nunits > 1)
			return false;
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if ((source->base == NULL || cr_inspect_base_is_raw(source->base)) &&
			!source_has_people_once(source))
			return false;
	}
	return true;
}
