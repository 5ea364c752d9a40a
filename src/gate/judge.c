/*-------------------------------------------------------------------------
 *
 * src/gate/judge.c
 *	  Puts the rules together into a verdict on a statement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/oids.h"
#include "base/settings.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/tlist.h"
#include "utils/lsyscache.h"

/* Are the functions there that an admitted statement calls? */
static bool
extension_is_whole(void)
{
	const CrOids *oids = cr_oids_get();

	return oids != NULL && OidIsValid(oids->open_function) &&
		OidIsValid(oids->gate_function) &&
		OidIsValid(oids->units_aggregate) &&
		OidIsValid(oids->unlike_aggregate) &&
		OidIsValid(oids->enough_function) &&
		OidIsValid(oids->token_class_function);
}

/*
 * What can be said before looking into the statement: which command it is,
 * and whether it names the protected table itself.
 */
CrVerdict *
cr_gate_judge_command(Query *query, const CrTouch *touch)
{
	if (!cr_enabled)
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "protected tables cannot be queried while cleanroom.enabled is off",
								 "Ask the administrator to turn cleanroom.enabled on.");
	if (!extension_is_whole())
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "protected tables cannot be queried while extension cleanroom is not installed",
								 "Ask the administrator to run CREATE EXTENSION cleanroom.");
	if (query->commandType != CMD_SELECT || query->hasModifyingCTE)
		return cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								 "data-modifying statements may not read or write protected tables",
								 "Use SELECT, and store its result from the client.");
	if (OidIsValid(touch->parent))
		return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
								 psprintf("table \"%s\" has the protected child \"%s\"",
										  get_rel_name(touch->parent),
										  get_rel_name(touch->child)),
								 cr_policy_exists(touch->parent) ?
								 "The child has a policy of its own. Query it by itself, and FROM ONLY the parent." :
								 "Query the protected table itself, or FROM ONLY the parent.");
	return NULL;
}

/* ---------- the outermost level ---------- */

/* Some column of the level's output, for the message. */
static const Var *
first_column(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->columns)
	{
		Node	   *column = cr_inspect_strip(lfirst(lc));

		if (IsA(column, Var) && ((Var *) column)->varno > 0 &&
			cr_inspect_column(level->statement, (Var *) column) != NULL)
			return (Var *) column;
	}
	return NULL;
}

static bool
returns_unit(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (((CrUnit *) lfirst(lc))->position <= list_length(level->columns))
			return true;
	}
	return false;
}

static CrVerdict *
check_top(CrLevel *level)
{
	const Var  *column;

	if (!cr_level_is_raw(level))
		return NULL;
	column = first_column(level);
	if (level->kind == CR_LEVEL_UNIT)
		return cr_verdict_refuse(returns_unit(level) ?
								 CR_ERRCODE_RAW_COLUMN :
								 CR_ERRCODE_COLUMN_USE,
								 -1,
								 "the result would have a row for each single person",
								 "Aggregate over it: SELECT n, count(*) FROM (SELECT unit, count(*) AS n ... GROUP BY unit) AS people GROUP BY n.");
	if (column != NULL)
		return cr_verdict_refuse(CR_ERRCODE_RAW_COLUMN, column->location,
								 psprintf("column %s would leave unaggregated",
										  cr_word_column(level->statement,
														 column)),
								 "Group by dimensions and return count, sum, avg, stddev or variance; cleanroom.columns lists what each column may be used for.");
	return cr_verdict_refuse(CR_ERRCODE_RAW_COLUMN, -1,
							 "rows of a protected table would leave one by one",
							 "Aggregate them: SELECT count(*) FROM ...");
}

/* ---------- levels with raw rows ---------- */

static CrVerdict *
check_groups(CrLevel *level)
{
	ListCell   *key;
	ListCell   *clause;

	forboth(key, level->group_keys, clause, level->query->groupClause)
	{
		CrVerdict  *refusal = cr_rule_group_key(level, lfirst(key),
												lfirst(clause));

		if (refusal != NULL)
			return refusal;
	}
	return cr_rule_loose_columns(level);
}

static CrVerdict *
check_aggregates(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->aggregates)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);
		CrVerdict  *refusal = cr_rule_aggregate(level, aggregate);

		if (refusal == NULL)
			refusal = cr_rule_chosen(level, aggregate);
		if (refusal == NULL)
			refusal = cr_rule_shares(level, aggregate);
		if (refusal == NULL)
			refusal = cr_rule_widths(level, aggregate);
		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}

/*
 * What a unit level says of each person: of labels, or of what is known of
 * people.  The level around it could not tell such columns apart.
 */
static CrVerdict *
check_people(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->columns)
	{
		if (cr_label_mixes(level, lfirst(lc)))
			return cr_rule_refuse_label(lfirst(lc));
	}
	return cr_rule_condition(level,
							 cr_inspect_expand(level,
											   level->query->havingQual));
}

static CrVerdict *
check_raw_input(CrLevel *level)
{
	CrVerdict  *refusal = cr_rule_memberships(level);

	if (refusal == NULL)
		refusal = cr_rule_clauses(level);
	if (refusal == NULL)
		refusal = cr_rule_joins(level);
	if (refusal == NULL)
		refusal = cr_rule_partners(level);
	if (refusal == NULL && level->kind != CR_LEVEL_ROW)
		refusal = check_groups(level);
	if (refusal == NULL)
		refusal = check_aggregates(level);
	if (refusal == NULL)
		refusal = cr_rule_steepness(level);
	if (refusal == NULL && cr_level_is_raw(level))
		refusal = cr_rule_total((Node *) level->query->targetList);
	if (refusal == NULL && level->kind == CR_LEVEL_UNIT)
		refusal = check_people(level);
	return refusal;
}

/* ---------- any level ---------- */

static CrVerdict *judge_level(CrLevel *level);

static CrVerdict *
judge_source(CrLevel *level, CrSource *source)
{
	CrVerdict  *refusal = cr_rule_source(level, source);

	if (refusal == NULL)
		refusal = cr_rule_membership_source(level, source);
	if (refusal == NULL && source->level != NULL &&
		source->rte->rtekind == RTE_SUBQUERY)
		refusal = judge_level(source->level);
	if (refusal == NULL && level->kind != CR_LEVEL_PUBLIC &&
		source->base != NULL && !cr_inspect_base_is_raw(source->base))
		refusal = cr_rule_quiet_source(level->statement, source->rte);
	return refusal;
}

static CrVerdict *
judge_below(CrLevel *level)
{
	CrVerdict  *refusal = NULL;
	ListCell   *lc;

	foreach(lc, level->ctes)
	{
		refusal = judge_level(((CrCte *) lfirst(lc))->level);
		if (refusal != NULL)
			return refusal;
	}
	foreach(lc, level->branches)
	{
		refusal = judge_level((CrLevel *) lfirst(lc));
		if (refusal != NULL)
			return refusal;
	}
	foreach(lc, level->sources)
	{
		refusal = judge_source(level, (CrSource *) lfirst(lc));
		if (refusal != NULL)
			return refusal;
	}
	foreach(lc, level->sublinks)
	{
		CrSubLink  *entry = (CrSubLink *) lfirst(lc);

		refusal = judge_level(entry->level);
		if (refusal == NULL && entry->in_core)
			refusal = cr_rule_quiet_query(level->statement,
										  (Query *) entry->sublink->subselect);
		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}

static CrVerdict *
judge_level(CrLevel *level)
{
	CrVerdict  *refusal = cr_rule_constructs(level);

	if (refusal == NULL)
		refusal = judge_below(level);
	if (refusal == NULL)
		refusal = cr_rule_person_levels(level);
	if (refusal == NULL && level->kind != CR_LEVEL_PUBLIC)
		refusal = check_raw_input(level);
	return refusal;
}

/*
 * The verdict on a statement that the current user is not exempt for.  When
 * admitted, the obligations stand in the facts.
 */
CrVerdict *
cr_gate_judge(CrStatement *statement)
{
	CrVerdict  *refusal = cr_rule_constructs(statement->top);

	if (refusal == NULL)
		refusal = check_top(statement->top);
	if (refusal == NULL)
		refusal = judge_level(statement->top);
	if (refusal == NULL)
		refusal = cr_rule_quiet_ctes(statement);
	if (refusal == NULL)
		refusal = cr_note_asked(statement);
	if (refusal == NULL)
	{
		refusal = palloc0(sizeof(CrVerdict));
		refusal->admitted = true;
		refusal->location = -1;
	}
	return refusal;
}
