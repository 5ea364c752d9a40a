/*-------------------------------------------------------------------------
 *
 * src/inspect/tells.c
 *	  Which outer joins a column tells of.
 *
 * A column of what an outer join may lack is null where there is no match, and
 * so tells of it.  So does what is computed of such columns, in this level or
 * below; what is looked up by one, or joined beside it; whether somebody is
 * in a set by one; and an aggregate of a person's rows where the join may
 * repeat these.
 *
 * This reads expressions as their levels have them written: expanded, they do
 * not say any more which outer joins their columns have come through.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/absence.h"
#include "inspect/facts.h"
#include "inspect/tells.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"

/* Expressions and the columns that they are made of, below. */
#define MAX_STEPS		20000

/* What a column of a level tells of: sets of numbers of outer joins. */
typedef struct Column
{
	const CrLevel *level;
	AttrNumber	attnum;
	List	   *told;
} Column;

void
cr_tells_step(CrFollowing *following)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (++following->steps > MAX_STEPS)
		cr_inspect_refuse_size();
}

static int
number_of(CrFollowing *following, const CrLevel *level, int join,
		  bool membership)
{
	CrOuter	   *outer;
	ListCell   *lc;

	foreach(lc, following->outers)
	{
		outer = (CrOuter *) lfirst(lc);
		if (outer->level == level && outer->join == join &&
			outer->membership == membership)
			return foreach_current_index(lc);
	}
	outer = palloc(sizeof(CrOuter));
	outer->level = level;
	outer->join = join;
	outer->membership = membership;
	following->outers = lappend(following->outers, outer);
	return list_length(following->outers) - 1;
}

static void
tell(CrPlace *place, Bitmapset *joins)
{
	ListCell   *lc;

	foreach(lc, place->told)
	{
		if (bms_equal((Bitmapset *) lfirst(lc), joins))
			return;
	}
	place->told = lappend(place->told, joins);
}

bool
cr_tells_has(List *told, int number)
{
	ListCell   *lc;

	foreach(lc, told)
	{
		if (bms_is_member(number, (Bitmapset *) lfirst(lc)))
			return true;
	}
	return false;
}

/* ---------- entries ---------- */

CrSource *
cr_tells_source(const CrLevel *level, const Var *var)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (var->varlevelsup == 0 && source->rti == (int) var->varno)
			return source;
	}
	return NULL;
}

/* Has it people's rows, for more than to be asked for a match? */
static bool
is_people(const CrSource *source)
{
	return source->base == NULL ||
		(cr_inspect_base_is_raw(source->base) &&
		 source->base->membership == NULL);
}

/* Does the outer join make people's rows optional? */
static bool
counts(const CrLevel *level, int join)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (is_people(source) && bms_is_member(join, source->nulling))
			return true;
	}
	return false;
}

/* The outer joins of people's rows that null the entry's columns. */
Bitmapset *
cr_tells_nulling(CrFollowing *following, const CrLevel *level,
		   const Bitmapset *joined, const CrSource *source)
{
	Bitmapset  *numbers = NULL;
	int			join = -1;

	while ((join = bms_next_member(source->nulling, join)) >= 0)
	{
		if (!bms_is_member(join, joined) && counts(level, join))
			numbers = bms_add_member(numbers,
									 number_of(following, level, join, false));
	}
	return numbers;
}

/* ---------- what a column tells ---------- */

static List *
column_told(CrFollowing *following, CrLevel *level, AttrNumber attnum)
{
	TargetEntry *tle = get_tle_by_resno(level->query->targetList, attnum);
	Column	   *column;
	ListCell   *lc;

	foreach(lc, following->done)
	{
		column = (Column *) lfirst(lc);
		if (column->level == level && column->attnum == attnum)
			return column->told;
	}
	column = palloc(sizeof(Column));
	column->level = level;
	column->attnum = attnum;
	column->told = tle == NULL ? NIL :
		cr_tells_by(following, level, NULL, (Node *) tle->expr);
	following->done = lappend(following->done, column);
	return column->told;
}

/* Memberships that something is looked up by are out of their rules' sight. */
static Bitmapset *
by_lookup(CrFollowing *following, const Bitmapset *joins)
{
	Bitmapset  *result = NULL;
	int			number = -1;

	while ((number = bms_next_member(joins, number)) >= 0)
	{
		CrOuter	   *outer = list_nth(following->outers, number);

		result = bms_add_member(result, outer->membership ?
								number_of(following, outer->level,
										  -outer->join, false) : number);
	}
	return result;
}

/* What a look-up tells. */
static void
tell_all(CrPlace *place, List *told)
{
	ListCell   *lc;

	foreach(lc, told)
		tell(place, by_lookup(place->following, lfirst(lc)));
}

/* Whether somebody is a member, and what is asked to be one. */
static void
tell_membership(CrPlace *place, CrSource *source)
{
	int			number = number_of(place->following, place->level,
								   source->rti, true);
	Bitmapset  *joins = bms_make_singleton(number);
	ListCell   *lc;

	foreach(lc, cr_tells_by(place->following, place->level, place->joined,
						source->base->membership->outer))
		joins = bms_join(joins, by_lookup(place->following, lfirst(lc)));
	tell(place, joins);
}

/*
 * A look-up tells what it is looked up by tells; one that may be missing, by
 * all of its conditions.
 */
static void
tell_lookup(CrPlace *place, CrSource *source)
{
	CrFollowing *following = place->following;
	Column	   *column = palloc(sizeof(Column));
	ListCell   *lc;

	foreach(lc, following->done)
	{
		Column	   *done = (Column *) lfirst(lc);

		if (done->level == place->level && done->attnum == -source->rti)
		{
			tell_all(place, done->told);
			return;
		}
	}
	/* noted before it is known, as two may be looked up by each other */
	column->level = place->level;
	column->attnum = -source->rti;
	column->told = NIL;
	following->done = lappend(following->done, column);
	foreach(lc, place->level->clauses)
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (!clause->membership &&
			(bms_is_member(source->rti,
						   pull_varnos(NULL, clause->written)) ||
			 bms_overlap(clause->joins, source->nulling)))
			column->told =
				list_concat(column->told,
							cr_tells_by(following, place->level, clause->joins,
									clause->written));
	}
	tell_all(place, column->told);
}

static void
tell_column(CrPlace *place, Var *var)
{
	CrFollowing *following = place->following;
	CrSource   *source = cr_tells_source(place->level, var);
	Bitmapset  *nulling;
	List	   *below = list_make1(NULL);
	ListCell   *lc;

	cr_tells_step(following);
	if (source == NULL)
		return;
	if (source->base != NULL && source->base->membership != NULL)
	{
		tell_membership(place, source);
		return;
	}
	nulling = cr_tells_nulling(following, place->level, place->joined, source);
	if (source->base != NULL && !cr_inspect_base_is_raw(source->base) &&
		bms_is_empty(nulling))
	{
		tell_lookup(place, source);
		return;
	}
	if (source->level != NULL && cr_level_is_raw(source->level))
		below = column_told(following, source->level, var->varattno);
	if (below == NIL && !bms_is_empty(nulling))
		below = list_make1(NULL);	/* a constant, where there is a row */
	foreach(lc, below)
		tell(place, bms_union(nulling, (Bitmapset *) lfirst(lc)));
}

/* ---------- how often a row is there ---------- */

static Bitmapset *repeating(CrFollowing *following, CrLevel *level,
							Node *node);

/*
 * The same of a source: of people's level a row for each person, and for each
 * of what it groups by besides.
 */
static Bitmapset *
repeating_below(CrFollowing *following, const CrSource *source)
{
	Bitmapset  *numbers = NULL;
	CrLevel    *below = source == NULL ? NULL : source->level;
	ListCell   *lc;

	if (below == NULL || !cr_level_is_raw(below))
		return NULL;
	if (below->kind == CR_LEVEL_ROW)
		return repeating(following, below, (Node *) below->query->jointree);
	if (list_length(below->group_entries) < 2)
		return NULL;
	foreach(lc, below->group_entries)
	{
		Node	   *key = (Node *) lfirst_node(TargetEntry, lc)->expr;
		ListCell   *lc2;

		foreach(lc2, cr_tells_by(following, below, NULL, key))
			numbers = bms_add_members(numbers, lfirst(lc2));
	}
	return bms_join(numbers,
					repeating(following, below,
							  (Node *) below->query->jointree));
}

/* The outer joins of the level, and of rows below, that may repeat rows. */
static Bitmapset *
repeating(CrFollowing *following, CrLevel *level, Node *node)
{
	JoinExpr   *join = (JoinExpr *) node;
	CrAbsent	absent;
	Bitmapset  *numbers = NULL;
	ListCell   *lc;

	cr_tells_step(following);
	if (IsA(node, FromExpr))
	{
		foreach(lc, ((FromExpr *) node)->fromlist)
			numbers = bms_join(numbers,
							   repeating(following, level, lfirst(lc)));
		return numbers;
	}
	if (IsA(node, RangeTblRef))
	{
		Var			var = {.varno = ((RangeTblRef *) node)->rtindex};

		return repeating_below(following, cr_tells_source(level, &var));
	}
	numbers = bms_join(repeating(following, level, join->larg),
					   repeating(following, level, join->rarg));
	if (join->jointype != JOIN_INNER && counts(level, join->rtindex) &&
		!(cr_absence_read(level->query, join, &absent) &&
		  cr_absence_is_distinct(&absent)))
		numbers = bms_add_member(numbers,
								 number_of(following, level, join->rtindex,
										   false));
	return numbers;
}

/* Is it the same however often each row is there? */
static bool
ignores_repetition(const Aggref *aggref)
{
	return aggref->aggdistinct != NIL ||
		cr_aggregate_is_extreme(aggref->aggfnoid);
}

static bool
tell_walker(Node *node, CrPlace *place)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		tell_column(place, (Var *) node);
		return false;
	}
	if (IsA(node, Aggref) && !ignores_repetition((Aggref *) node))
	{
		/* it tells of what repeats its rows, too */
		Bitmapset  *numbers =
			repeating(place->following, place->level,
					  (Node *) place->level->query->jointree);

		if (!bms_is_empty(numbers) ||
			!contain_var_clause((Node *) ((Aggref *) node)->args))
			tell(place, numbers);
	}
	return expression_tree_walker(node, tell_walker, (void *) place);
}

List *
cr_tells_by(CrFollowing *following, CrLevel *level, const Bitmapset *joined,
		Node *expr)
{
	CrPlace		place = {following, level, joined, NIL};

	tell_walker(expr, &place);
	return place.told;
}
