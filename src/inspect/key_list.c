/*-------------------------------------------------------------------------
 *
 * src/inspect/key_list.c
 *	  Facts about lists of keys that are not protected.
 *
 * Whoever has written such a list knows who is on it, be it a single person.
 * So a question about it is one about people by name.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"

/*
 * Is it a list of keys that the analyst may have written for the purpose, or
 * a set of people that one has chosen?
 */
static bool
is_of_list(const CrBase *base)
{
	if (cr_inspect_base_is_raw(base))
		return base->level != NULL && base->level->listed;
	return base->by_key;
}

/* Is one of the memberships of a list? */
bool
cr_list_tested(const List *tested)
{
	ListCell   *lc;

	foreach(lc, tested)
	{
		if (is_of_list((CrBase *) lfirst(lc)))
			return true;
	}
	return false;
}

/* A column of protected rows that may not be filtered on? */
static bool
key_only_walker(Node *node, CrLevel *level)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;
		const CrColumnFact *fact;

		/* one of an outer query is refused elsewhere: assume the worst */
		if (var->varlevelsup != 0)
			return true;
		fact = cr_inspect_column(level->statement, var);
		if (var->varno > 0 &&
			!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
													var->varno)))
			return false;
		return fact == NULL ||
			(fact->uses & (CR_USE_DIMENSION | CR_USE_FILTER)) == 0;
	}
	return expression_tree_walker(node, key_only_walker, (void *) level);
}

/* Are none of the protected columns in it dimensions or filters? */
bool
cr_list_key_only(CrLevel *level, Node *expanded)
{
	return key_only_walker(expanded, level);
}

static bool
names_keys_walker(Node *node, CrLevel *level)
{
	if (node == NULL || IsA(node, Query))
		return false;
	if (IsA(node, SubLink))
		return ((SubLink *) node)->testexpr != NULL &&
			cr_list_key_only(level, ((SubLink *) node)->testexpr);
	return expression_tree_walker(node, names_keys_walker, (void *) level);
}

/*
 * Does the expanded condition choose people by a list of keys that is not
 * protected: IN (SELECT …), or a join?  Its writer knows who is on it.
 */
bool
cr_list_names_keys(CrLevel *level, Node *expanded)
{
	Bitmapset  *all = cr_inspect_bases(expanded);
	Bitmapset  *raw = cr_inspect_raw_bases(level->statement, expanded);

	if (!bms_is_empty(raw) && bms_num_members(all) > bms_num_members(raw) &&
		cr_list_key_only(level, expanded))
		return true;
	return names_keys_walker(expanded, level);
}

/* Does HAVING of one row a person choose people by a list? */
static bool
having_names_keys(CrLevel *level)
{
	return level->kind == CR_LEVEL_UNIT && level->query->havingQual != NULL &&
		cr_list_names_keys(level,
						   cr_inspect_expand(level,
											 level->query->havingQual));
}

/* Finds out whether a list chooses people, in the level or below it. */
void
cr_list_find(CrLevel *level)
{
	ListCell   *lc;

	level->listed = level->listed || having_names_keys(level);
	foreach(lc, level->clauses)
		level->listed = level->listed ||
			cr_list_names_keys(level, ((CrClause *) lfirst(lc))->expanded);
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level != NULL && cr_level_is_raw(source->level))
			level->listed = level->listed || source->level->listed;
	}
}

/* ---------- several lists ---------- */

/* The conditions that choose rows together. */
typedef struct Scope
{
	const CrStatement *statement;
	List	   *lists;			/* memberships of lists */
	bool		mixed;			/* one of them beside something else */
	bool		narrowed;		/* not in a set that a list has chosen: not
								 * on the list, or not what the set asks */
} Scope;

static List *
lists_among(const List *tested)
{
	List	   *lists = NIL;
	ListCell   *lc;

	foreach(lc, tested)
	{
		if (is_of_list((CrBase *) lfirst(lc)))
			lists = lappend(lists, lfirst(lc));
	}
	return lists;
}

static void
note_condition(Scope *scope, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, make_ands_implicit((Expr *) expanded))
	{
		Node	   *conjunct = lfirst(lc);
		List	   *lists =
			lists_among(cr_match_tested(scope->statement, conjunct));
		bool		matches;

		scope->lists = list_concat_unique_ptr(scope->lists, lists);
		if (lists == NIL)
			continue;
		if (cr_match_alone(scope->statement, conjunct, &matches) == NULL)
			scope->mixed = true;
		else if (!matches && cr_inspect_base_is_raw(linitial(lists)))
			scope->narrowed = true;
	}
}

/* The conditions in an aggregate's argument. */
static bool
argument_walker(Node *node, Scope *scope)
{
	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, List) && !IsA(node, CaseWhen) && exprType(node) == BOOLOID)
	{
		note_condition(scope, node);
		return false;
	}
	return expression_tree_walker(node, argument_walker, (void *) scope);
}

/* Have people been chosen by a list already, by a join here or below? */
static bool
chosen_by_list(CrLevel *level)
{
	ListCell   *lc;

	if (having_names_keys(level))
		return true;
	foreach(lc, level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (!clause->membership && cr_list_names_keys(level, clause->expanded))
			return true;
	}
	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->level != NULL && cr_level_is_raw(source->level) &&
			(source->base == NULL || source->base->membership == NULL) &&
			chosen_by_list(source->level))
			return true;
	}
	return false;
}

/*
 * Does a question about a list stand beside other conditions where another
 * list is asked about?  Each has enough people on it and off it, but what
 * distinguishes two lists may be a single person.
 */
bool
cr_list_conflict(CrLevel *level)
{
	Scope		where = {level->statement, NIL, false, false};
	int			most = chosen_by_list(level) ? 0 : 1;
	ListCell   *lc;

	foreach(lc, level->clauses)
		note_condition(&where, ((CrClause *) lfirst(lc))->expanded);
	foreach(lc, level->deferred)
	{
		CrDeferred *deferred = (CrDeferred *) lfirst(lc);

		where.lists = list_concat_unique_ptr(where.lists,
											 lists_among(deferred->tested));
	}
	if (where.narrowed || (where.mixed && list_length(where.lists) > most))
		return true;
	foreach(lc, level->aggregates)
	{
		CrAggregate *aggregate = (CrAggregate *) lfirst(lc);
		Scope		scope = where;

		scope.lists = list_copy(where.lists);
		note_condition(&scope, aggregate->filter);
		argument_walker((Node *) aggregate->arguments, &scope);
		if (scope.narrowed || (scope.mixed && list_length(scope.lists) > most))
			return true;
	}
	return false;
}
