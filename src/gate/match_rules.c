/*-------------------------------------------------------------------------
 *
 * src/gate/match_rules.c
 *	  Rules: asking whether people are in a set.
 *
 * What may be asked is whether a join key is among the privacy units of a
 * protected table, or in a list of the analyst's.  The answer divides each
 * group of people into those who match and those who do not, and a group
 * that loses one of the two parts is the other one's difference.  So
 *
 *	- the set itself must be one that could be released, its units reaching
 *	  the threshold of their table: else nothing that depends on it is;
 *	- of each group, those who match must reach the thresholds of both
 *	  tables, or be none; and so must those who do not, where they are left
 *	  out;
 *	- a list that is not protected names people its writer knows, so that
 *	  none would tell of them too: leaving them out needs enough of them.
 *
 * The gate sees to it that every question comes to a level that counts both
 * parts; the tests are reshape/'s.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/normalize.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"

/* A test at a place where those whom it leaves out are out of sight. */
CrVerdict *
cr_rule_refuse_stuck(void)
{
	return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
							 "people may not be left out by a match where those left out are not counted",
							 "Let NOT EXISTS (SELECT ...) stand as a condition of its own in WHERE, not on the optional side of an outer join nor in HAVING; and where the subquery reads a table that is not protected, in WHERE of the query that aggregates.");
}

/* A test at a place where it is more than a condition. */
CrVerdict *
cr_rule_refuse_match(void)
{
	return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
							 "whether people match may not be mixed with columns here, nor asked across an outer join",
							 "Use EXISTS (SELECT ...) by itself: as a condition of WHERE, in FILTER or CASE, or as a GROUP BY key beside columns.");
}

/* The same in words of an outer join that is also used for something else. */
CrVerdict *
cr_rule_refuse_nulled(void)
{
	return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
							 "what holds for people without a match in an outer join may not be mixed with other columns",
							 "Ask for the match by EXISTS (SELECT ... WHERE key = a.key) or NOT EXISTS, which may stand beside other conditions, joined by AND and OR; count classes by FILTER (WHERE ...); or let it be a condition, or a GROUP BY key, of its own, and combine the released classes: SELECT CASE WHEN never THEN 'never' WHEN young THEN 'young' END AS class, sum(n) FROM (SELECT x.n IS NULL AS never, a.age < 40 AS young, count(*) AS n ... GROUP BY 1, 2) AS released GROUP BY 1. How many rows of b each person has after a.day is counted where they are joined: LEFT JOIN (SELECT a.unit, count(*) AS n FROM a JOIN b ON b.unit = a.unit AND b.day > a.day GROUP BY a.unit) AS x, grouped by coalesce(x.n, 0).");
}

/*
 * Whom several questions leave out is found by answering them in all ways:
 * those of the level, and what an aggregate of it asks besides.
 */
CrVerdict *
cr_rule_questions(CrLevel *level, List *conditions)
{
	List	   *all = list_copy(conditions);
	ListCell   *lc;

	foreach(lc, level->deferred)
		all = lappend(all, ((CrDeferred *) lfirst(lc))->condition);
	if (!cr_inspect_is_intricate(level, all))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 "too many questions whether people match decide one number together",
							 "Ask four at a time; let NOT EXISTS (SELECT ...) stand as conditions of their own in WHERE, joined by AND.");
}

/* The unit of a protected table is what a set of people is made of. */
static CrVerdict *
check_key(CrLevel *level, CrSource *source)
{
	Node	   *key;
	const CrColumnFact *fact;

	if (source->level == NULL || source->level->kind != CR_LEVEL_RELEASED ||
		source->level->group_keys == NIL)
		return NULL;
	key = cr_inspect_strip(linitial(source->level->group_keys));
	if (!IsA(key, Var))
		return NULL;
	fact = cr_inspect_column(level->statement, (Var *) key);
	if (fact == NULL || (fact->uses & CR_USE_DIMENSION) != 0)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_JOIN, exprLocation(key),
							 psprintf("column %s does not name one person of each protected table of the subquery, so it may not be looked up",
									  cr_word_column(level->statement,
													 (Var *) key)),
							 "Compare with the subquery's privacy unit, which must be a join key: EXISTS (SELECT ... WHERE unit = a.key); or join the tables.");
}

/* Is the one column of the subquery never null, as far as can be seen? */
static bool
member_is_not_null(RangeTblEntry *rte)
{
	Query	   *query = rte->subquery;
	Node	   *key = (Node *)
		linitial_node(TargetEntry, query->targetList)->expr;
	RangeTblEntry *below;

	key = cr_inspect_strip(key);
	if (!IsA(key, Var) || ((Var *) key)->varattno < 1)
		return false;
	below = rt_fetch(((Var *) key)->varno, query->rtable);
	return below->rtekind == RTE_RELATION &&
		cr_attribute_is_not_null(below->relid, ((Var *) key)->varattno);
}

/* May one of the people that the set is made of be null, by an outer join? */
static bool
set_has_nulls(const CrStatement *statement, CrSource *source)
{
	return source->level == NULL || source->level->group_keys == NIL ||
		cr_inspect_nullable(statement, linitial(source->level->group_keys));
}

/* NOT IN is unknown for nulls, and leaves out all rows beside a null. */
static CrVerdict *
check_nulls(CrLevel *level, CrSource *source)
{
	CrMembership *membership = source->base->membership;
	Node	   *outer;

	if (!membership->exact)
		return NULL;
	outer = cr_inspect_expand(level, membership->outer);
	if (!cr_inspect_nullable(level->statement, outer) &&
		(cr_inspect_base_is_raw(source->base) ?
		 !set_has_nulls(level->statement, source) :
		 member_is_not_null(source->rte)))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_JOIN, exprLocation(outer),
							 "IN (SELECT ...) that is negated, or part of a larger expression, needs columns that are never null",
							 "Write EXISTS or NOT EXISTS (SELECT ... WHERE inner column = outer column).");
}

/* Are there people who are there for themselves? */
static bool
has_own_units(const CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (((CrUnit *) lfirst(lc))->membership == NULL)
			return true;
	}
	return false;
}

static bool
defers_more_than_tests(const CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->deferred)
	{
		if (!((CrDeferred *) lfirst(lc))->plain)
			return true;
	}
	return false;
}

/*
 * Rows without a match that no question of membership has been read in have
 * nobody of that table, and would all be withheld, without a word why.
 */
static CrVerdict *
check_absent(CrLevel *level, const CrClause *clause)
{
	NullTest   *test = (NullTest *) clause->written;
	RangeTblRef rows = {.type = T_RangeTblRef};
	Var		   *var;
	ListCell   *lc;

	if (!clause->inner || !IsA(test, NullTest) ||
		test->nulltesttype != IS_NULL)
		return NULL;
	var = (Var *) cr_inspect_strip((Node *) test->arg);
	if (!IsA(var, Var) || var->varlevelsup != 0)
		return NULL;
	rows.rtindex = var->varno;
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->rti == (int) var->varno && source->base != NULL &&
			!bms_is_empty(source->nulling) &&
			source->base->membership == NULL &&
			cr_inspect_base_is_raw(source->base) &&
			cr_normalize_is_not_null(level->query, (Node *) &rows,
									 (Node *) var))
			return cr_verdict_refuse(CR_ERRCODE_JOIN,
									 exprLocation((Node *) var),
									 "people without a match may be asked for where tables are joined by their privacy units alone",
									 "Write NOT EXISTS (SELECT ... WHERE unit = a.unit), with other conditions on the inner table only; or take the number of those with a match, by JOIN, from that of all.");
	}
	return NULL;
}

/* Where questions about membership may stand. */
CrVerdict *
cr_rule_memberships(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);
		CrVerdict  *refusal;

		if (source->base == NULL || source->base->membership == NULL)
			continue;
		refusal = check_nulls(level, source);
		if (refusal != NULL)
			return refusal;
	}
	if (level->stuck)
		return cr_rule_refuse_stuck();
	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		CrVerdict  *refusal = check_absent(level, clause);

		if (refusal != NULL)
			return refusal;
		if (!clause->inner &&
			cr_match_tested(level->statement, clause->expanded) != NIL)
			return cr_rule_refuse_stuck();
		if (cr_inspect_mixes(level, clause->written, clause->joins))
			return cr_rule_refuse_nulled();
	}
	if (level->kind == CR_LEVEL_UNIT &&
		cr_inspect_mixes(level, level->query->havingQual, NULL))
		return cr_rule_refuse_nulled();
	if (level->kind == CR_LEVEL_UNIT &&
		cr_match_tested(level->statement,
						cr_inspect_expand(level,
										  level->query->havingQual)) != NIL)
		return cr_rule_refuse_stuck();
	if (defers_more_than_tests(level))
	{
		CrVerdict  *refusal = cr_rule_questions(level, NIL);

		if (refusal != NULL)
			return refusal;
	}
	if (cr_list_conflict(level))
		return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
								 "a list of keys may not choose people beside other conditions and another list, nor for a set that they are asked not to be in",
								 "Ask about one list at a time, with each EXISTS (SELECT ...) a condition of its own, joined by AND; and ask about the list and the set by themselves.");
	if (level->kind != CR_LEVEL_PUBLIC && !has_own_units(level))
		return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
								 "rows that are not protected may not be asked whether people match them",
								 "Ask it of people: FROM the protected table, WHERE its key IN or NOT EXISTS (SELECT ...), and count them.");
	return NULL;
}

/* What a set may be made of; asked before the subquery is judged. */
CrVerdict *
cr_rule_membership_source(CrLevel *level, CrSource *source)
{
	if (source->base == NULL || source->base->membership == NULL)
		return NULL;
	return check_key(level, source);
}
