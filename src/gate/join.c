/*-------------------------------------------------------------------------
 *
 * src/gate/join.c
 *	  Rules: conditions between tables.
 *
 * Protected tables meet only by equality of join keys; other relations lend
 * labels, not weights, and so must not multiply any protected row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/pin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"

static CrVerdict *
check_join_column(CrLevel *level, Var *var, uint32 uses)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);
	CrBase	   *base = cr_inspect_base(level->statement, var->varno);
	CrVerdict  *refusal;

	if (!cr_inspect_base_is_raw(base) ||
		(fact != NULL && (fact->uses & uses) != 0))
		return NULL;
	refusal = cr_verdict_refuse(CR_ERRCODE_JOIN, var->location,
								psprintf("column %s is not a join key",
										 cr_word_column(level->statement,
														var)),
								cr_word_allowed(level->statement, var, uses,
												"Join on"));
	return cr_rule_about_column(level, var, refusal);
}

static bool
has_use(CrLevel *level, const Var *var, uint32 use)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);

	return fact != NULL && (fact->uses & use) != 0;
}

/*
 * Are two columns of raw bases equated that may be joined on?  Or else of
 * dimensions, which is a condition like any other.
 */
bool
cr_gate_joins(CrLevel *level, const Var *left, const Var *right)
{
	if (!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												left->varno)) ||
		!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												right->varno)))
		return true;
	return (has_use(level, left, CR_USE_JOIN) &&
			has_use(level, right, CR_USE_JOIN)) ||
		!has_use(level, left, CR_USE_DIMENSION) ||
		!has_use(level, right, CR_USE_DIMENSION);
}

/* Is the clause an equality between columns of two bases, one of them raw? */
static bool
is_join_clause(CrLevel *level, CrClause *clause, Var **left, Var **right)
{
	Node	   *l;
	Node	   *r;

	if (!cr_inspect_equality(clause->expanded, &l, &r) ||
		!IsA(l, Var) || !IsA(r, Var))
		return false;
	*left = (Var *) l;
	*right = (Var *) r;
	return (*left)->varlevelsup == 0 && (*right)->varlevelsup == 0 &&
		(*left)->varno > 0 && (*right)->varno > 0 &&
		(*left)->varno != (*right)->varno &&
		!bms_is_empty(cr_inspect_raw_bases(level->statement,
										   clause->expanded)) &&
		cr_gate_joins(level, *left, *right);
}

/*
 * Is the public base joined by anything but dimensions and filters?  Those
 * could select the same people without a join.
 */
static bool
joined_by_key(CrLevel *level, int id)
{
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Bitmapset  *bases = cr_inspect_bases(clause->expanded);
		const CrColumnFact *fact;
		Var		   *left;
		Var		   *right;

		if (!bms_is_member(id, bases) || bms_num_members(bases) < 2)
			continue;
		if (!is_join_clause(level, clause, &left, &right))
			return true;
		fact = cr_inspect_column(level->statement,
								 left->varno == id ? right : left);
		if (fact == NULL ||
			(fact->uses & (CR_USE_DIMENSION | CR_USE_FILTER)) == 0)
			return true;
	}
	return false;
}

/*
 * WHERE that keeps rows of an outer join for having no match leaves out the
 * people who have one, and nobody counts those.
 */
static CrVerdict *
check_exclusion(CrLevel *level, CrClause *clause)
{
	Bitmapset  *bases = cr_inspect_bases(clause->expanded);
	int			id = -1;

	while (clause->inner && (id = bms_next_member(bases, id)) >= 0)
	{
		CrBase	   *base = cr_inspect_base(level->statement, id);

		/* a test of a membership is put off, and guarded */
		if (!cr_inspect_base_is_raw(base) && base->nullable &&
			!clause->deferred &&
			contain_nonstrict_functions(clause->expanded) &&
			joined_by_key(level, id))
			return cr_verdict_refuse(CR_ERRCODE_JOIN,
									 exprLocation(clause->expanded),
									 "people may not be selected for having no match in a table that is not protected",
									 "For those without a match test the key that it is joined on, WHERE l.key IS NULL, or write NOT EXISTS (SELECT FROM l WHERE l.key = t.key); with those who match a null, group by the column.");
	}
	return NULL;
}

/*
 * The other side of an equality with a column of a public relation, where
 * that is computed from one protected table: what such a relation says about
 * f(dimension) it says about the dimension.
 */
static Node *
looked_up(CrLevel *level, CrClause *clause)
{
	Node	   *sides[2];
	int			i;

	if (!cr_inspect_equality(clause->expanded, &sides[0], &sides[1]))
		return NULL;
	for (i = 0; i < 2; i++)
	{
		Var		   *label = (Var *) sides[i];
		Bitmapset  *bases = cr_inspect_bases(sides[1 - i]);

		if (IsA(label, Var) && label->varlevelsup == 0 && label->varno > 0 &&
			!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
													label->varno)) &&
			bms_num_members(bases) == 1 &&
			bms_equal(bases, cr_inspect_raw_bases(level->statement,
												  sides[1 - i])))
			return sides[1 - i];
	}
	return NULL;
}

/* Is it the column of a relation of one row, wherever rows are joined? */
static bool
is_of_single(CrLevel *level, const Var *var)
{
	CrBase	   *base = cr_inspect_base(level->statement, var->varno);

	return base->single && !base->nullable && base->membership == NULL;
}

static CrVerdict *
check_clause(CrLevel *level, CrClause *clause)
{
	Var		   *left;
	Var		   *right;
	uint32		uses = CR_USE_JOIN;
	CrVerdict  *refusal;

	cr_inspect_note_asked(level->statement, clause->expanded);
	if (!is_join_clause(level, clause, &left, &right))
	{
		Node	   *key = looked_up(level, clause);

		if (cr_label_mixes(level, clause->expanded))
			return cr_rule_refuse_label(clause->expanded);
		if (key != NULL && cr_rule_group_key(level, key, NULL) == NULL)
			return cr_rule_total(clause->expanded);
		refusal = cr_rule_condition(level, clause->expanded);
		return refusal != NULL ? refusal : check_exclusion(level, clause);
	}
	if (!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												left->varno)) ||
		!cr_inspect_base_is_raw(cr_inspect_base(level->statement,
												right->varno)))
		uses |= CR_USE_DIMENSION;
	refusal = check_join_column(level, left, uses);
	if (refusal == NULL)
		refusal = check_join_column(level, right, uses);
	if (refusal != NULL &&
		(is_of_single(level, left) || is_of_single(level, right)) &&
		cr_rule_condition(level, clause->expanded) == NULL)
		return NULL;
	if (refusal == NULL)
		refusal = cr_rule_total(clause->expanded);
	return refusal;
}

/* WHERE and ON, conjunct by conjunct. */
CrVerdict *
cr_rule_clauses(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, level->clauses)
	{
		CrVerdict  *refusal = check_clause(level, (CrClause *) lfirst(lc));

		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}

/* ---------- all protected tables joined with each other ---------- */

/* Adds the base that the clause connects with those that are connected. */
static bool
clause_connects(CrLevel *level, CrClause *clause, Bitmapset **connected)
{
	Var		   *left;
	Var		   *right;
	int			added;

	if (!is_join_clause(level, clause, &left, &right) ||
		bms_is_member(left->varno, *connected) ==
		bms_is_member(right->varno, *connected))
		return false;
	added = bms_is_member(left->varno, *connected) ?
		right->varno : left->varno;
	if (!cr_clause_attaches(clause, added))
		return false;
	*connected = bms_add_member(*connected, added);
	return true;
}

/* The first raw base that cannot be reached from the given one, or NULL. */
static CrBase *
unconnected_with(CrLevel *level, const CrBase *start)
{
	Bitmapset  *connected = bms_make_singleton(start->id);
	bool		grown = true;
	ListCell   *lc;

	while (grown)
	{
		grown = false;
		foreach(lc, cr_inspect_all_clauses(level))
			grown |= clause_connects(level, (CrClause *) lfirst(lc),
									 &connected);
	}
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base) &&
			!bms_is_member(base->id, connected))
			return base;
	}
	return NULL;
}

/*
 * Outer joins connect what they may null with what is connected already, and
 * so it matters where one starts: with what none of them nulls.
 */
static CrVerdict *
check_connected(CrLevel *level)
{
	CrBase	   *missing = NULL;
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		missing = unconnected_with(level, base);
		if (missing == NULL)
			return NULL;
	}
	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (cr_inspect_base_is_raw(base))
		{
			missing = unconnected_with(level, base);
			break;
		}
	}
	return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
							 psprintf("table \"%s\" is not joined with the other protected tables on a join key",
									  missing->name),
							 "Add ON a.key = b.key; cleanroom.columns lists the join keys.");
}

static CrVerdict *
check_multiplication(CrLevel *level)
{
	Bitmapset  *determined = cr_inspect_determined(level);
	ListCell   *lc;

	foreach(lc, cr_inspect_all_bases(level))
	{
		CrBase	   *base = (CrBase *) lfirst(lc);

		if (!bms_is_member(base->id, determined))
			return cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
									 psprintf("\"%s\" may match a protected row more than once",
											  base->name),
									 "Join it by equality on all columns of a primary key or unique index of it, or of a subquery with DISTINCT or GROUP BY on them; group by that key; give bands that do not overlap as VALUES; or ask with IN (SELECT ...).");
	}
	return NULL;
}

/* Are its people counted, not only joined with and never asked for? */
static bool
is_counted(const CrUnit *unit)
{
	return unit->membership == NULL || unit->membership->tested;
}

static CrVerdict *
check_required_joins(CrLevel *level)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, level->units)
	{
		CrBase	   *base = ((CrUnit *) lfirst(lc))->base;
		bool		found = !base->policy->join_required;

		foreach(lc2, level->units)
			found |= is_counted((CrUnit *) lfirst(lc2)) &&
				((CrUnit *) lfirst(lc2))->base->policy->owner !=
				base->policy->owner;
		if (!found)
			return cr_verdict_of_table(cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
														 psprintf("table \"%s\" may only be queried joined with a protected table of another owner",
																  base->name),
														 "Join it on a join key with another party's table."),
									   base->policy->labelled_relid);
	}
	return NULL;
}

/* How the level's tables meet. */
CrVerdict *
cr_rule_joins(CrLevel *level)
{
	CrVerdict  *refusal = check_connected(level);

	if (refusal == NULL)
		refusal = check_multiplication(level);
	if (refusal == NULL)
		refusal = cr_rule_bridges(level);
	if (refusal == NULL && level->kind == CR_LEVEL_RELEASED)
		refusal = check_required_joins(level);
	return refusal;
}
