/*-------------------------------------------------------------------------
 *
 * src/gate/share.c
 *	  Rule: what a person's aggregate rests on, where it does not rest on all
 *	  rows of that person.
 *
 *	SELECT sum(n) FROM (SELECT person, count(*) FILTER (WHERE c) AS n
 *						FROM t GROUP BY person) AS people
 *
 * is the number of rows that c holds for, and has to be guarded as such: for
 * all others n is 0, and everybody is counted.  So the subquery is made to
 * say of each person whether there were such rows, and whether there were
 * others, and the aggregate over it is guarded by that: those who have no such
 * row, be it that they have others, are none or enough.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "gate/argument.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"

typedef struct ShareContext
{
	CrLevel    *level;
	CrAggregate *aggregate;
	CrVerdict  *refusal;
} ShareContext;

static CrSource *
find_source(CrLevel *level, int id)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->base != NULL && source->base->id == id)
			return source;
	}
	return NULL;
}

/* The level's output column, as written. */
static Node *
written_column(CrLevel *level, AttrNumber attnum)
{
	ListCell   *lc;

	foreach(lc, level->query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
			continue;
		if (--attnum == 0)
			return (Node *) tle->expr;
	}
	return NULL;
}

/* Where the units of the level's output end. */
static int
last_unit(CrLevel *level)
{
	int			last = list_length(level->columns);
	ListCell   *lc;

	foreach(lc, level->units)
		last = Max(last, ((CrUnit *) lfirst(lc))->position);
	return last;
}

/* See gate.h. */
Node *
cr_share_column(CrSource *source, Node *share)
{
	CrLevel    *below = source->level;
	int			position = 0;
	Var		   *var;
	ListCell   *lc;

	foreach(lc, below->shares)
	{
		position++;
		if (equal(lfirst(lc), share))
			break;
	}
	if (lc == NULL)
	{
		below->shares = lappend(below->shares, share);
		position = list_length(below->shares);
	}
	var = makeVar(source->rti, last_unit(below) + position, exprType(share),
				  -1, exprCollation(share), 0);
	cr_set_nulling(var, source->nulling);
	return (Node *) var;
}

/* Has the person a row for which the condition holds? */
static Node *
has_row(CrSource *source, Node *condition)
{
	return cr_share_column(source, condition);
}

/* An aggregate that gives null where it had no rows tells that by itself. */
static bool
needs_shares(const CrAggregate *atom)
{
	return atom->rests != NIL || atom->skipped != NIL ||
		(atom->part != NIL &&
		 (atom->zeros || cr_aggregate_family(atom->aggref->aggfnoid) ==
		  CR_AGG_COUNT));
}

static CrVerdict *
refuse_hidden(CrAggregate *aggregate)
{
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE,
							 aggregate->aggref->location,
							 "an aggregate over some of each person's rows may not be aggregated here",
							 "Put the condition into WHERE of the subquery that groups by person, and aggregate directly over that subquery.");
}

/*
 * It rests on people who have such a row, and what else leaves people out is
 * counted among those; by choice, if others have none.
 */
static void
note_share(CrAggregate *aggregate, Node *has, bool chosen)
{
	Node	   *has_none = (Node *) make_notclause(copyObject((Expr *) has));

	aggregate->part = lappend(aggregate->part, has);
	/* whoever has none is there with zero */
	aggregate->zeros = true;
	aggregate->partial = aggregate->partial || chosen;
	aggregate->given = list_append_unique(aggregate->given, has);
	if (chosen)
		aggregate->rests = lappend(aggregate->rests,
								   cr_among_chosen(aggregate, has_none));
	else
		aggregate->filled = lappend(aggregate->filled, has);
}

static void
note_rest(CrAggregate *aggregate, Node *rest)
{
	aggregate->rests = lappend(aggregate->rests,
							   cr_among_chosen(aggregate, rest));
}

/*
 * What one of several conditions leaves out of what the others choose, of the
 * rows that have something.
 */
static void
note_chosen_rests(CrAggregate *aggregate, CrSource *source,
				  const CrAggregate *atom, Node *given)
{
	ListCell   *lc;

	foreach(lc, list_length(atom->chosen) > 1 ? atom->rests : NIL)
	{
		List	   *both = list_make2(copyObject(lfirst(lc)),
									  copyObject(given));

		note_rest(aggregate,
				  has_row(source, (Node *) make_ands_explicit(both)));
	}
}

/*
 * Of the rows that have something: those of the person that are left over,
 * and people who have such rows, but none in the part.
 */
static void
note_given_rests(CrAggregate *aggregate, CrSource *source,
				 const CrAggregate *atom)
{
	Node	   *part = (Node *) make_ands_explicit(atom->part);
	Node	   *outside = cr_make_boolean_test(part, IS_NOT_TRUE, -1);
	ListCell   *lc;

	foreach(lc, atom->chosen == NIL ? NIL : atom->given)
	{
		List	   *both = list_make2(copyObject(outside),
									  copyObject(lfirst(lc)));
		Node	   *in_part = has_row(source, copyObject(part));
		Node	   *given = has_row(source, copyObject(lfirst(lc)));
		List	   *lacking = list_make2(given,
										 make_notclause((Expr *) in_part));

		note_rest(aggregate,
				  has_row(source, (Node *) make_ands_explicit(both)));
		note_rest(aggregate, (Node *) make_andclause(lacking));
		note_chosen_rests(aggregate, source, atom, lfirst(lc));
	}
}

/*
 * People of whom there are rows that are chosen, but none of which anything
 * could be computed: they are null like those who have no such row.
 */
static void
note_failing_rests(CrAggregate *aggregate, CrSource *source,
				   const CrAggregate *atom)
{
	Node	   *part = (Node *) make_ands_explicit(copyObject(atom->part));
	ListCell   *lc;

	foreach(lc, atom->chosen == NIL ? NIL : atom->failing)
	{
		List	   *rows = lappend(copyObject(atom->chosen),
								   copyObject(lfirst(lc)));
		Node	   *has = has_row(source, (Node *) make_ands_explicit(rows));
		Node	   *lacks = (Node *) make_notclause((Expr *)
													has_row(source, part));

		note_rest(aggregate,
				  (Node *) make_andclause(list_make2(has, lacks)));
	}
}

/* Guards an aggregate over one of the atoms of a unit level's column. */
static CrVerdict *
share_atom(ShareContext *context, CrSource *source, CrAggregate *atom)
{
	CrAggregate *aggregate = context->aggregate;
	ListCell   *lc;

	/* a null there may be of rows that are missing, or have nothing */
	if (context->level->kind == CR_LEVEL_UNIT && atom->chosen != NIL &&
		atom->given != NIL)
		return refuse_hidden(aggregate);
	if (atom->listed != NIL || atom->missing != NIL || atom->tested != NIL)
		return refuse_hidden(aggregate);
	if (!needs_shares(atom))
		return NULL;
	if (source == NULL)
		return refuse_hidden(aggregate);
	if (atom->part != NIL)
		note_share(aggregate,
				   has_row(source, (Node *)
						   make_ands_explicit(copyObject(atom->part))),
				   atom->chosen != NIL || atom->partial);
	note_given_rests(aggregate, source, atom);
	note_failing_rests(aggregate, source, atom);
	foreach(lc, list_concat_copy(atom->rests, atom->skipped))
	{
		note_rest(aggregate, has_row(source, copyObject(lfirst(lc))));
	}
	return NULL;
}

/*
 * People who have something that the column is computed of, and yet it is
 * null: without a second row a deviation is.
 */
static CrVerdict *
note_made_null(ShareContext *context, CrSource *source, const Var *expanded,
			   CrAggregate *atom)
{
	Var		   *column;
	ListCell   *lc;

	if (!cr_inspect_makes_nulls(context->level->statement, (Node *) expanded,
								true))
		return NULL;
	if (source == NULL)
		return refuse_hidden(context->aggregate);
	column = (Var *) copyObjectImpl(expanded);
	column->varno = source->rti;
	cr_forget_syntax(column);
	cr_set_nulling(column, source->nulling);
	foreach(lc, atom->given)
	{
		Node	   *given = has_row(source, copyObject(lfirst(lc)));
		Node	   *null = cr_make_null_test((Node *) column, IS_NULL);

		note_rest(context->aggregate, (Node *)
				  make_andclause(list_make2(given, null)));
	}
	return NULL;
}

typedef struct AtomContext
{
	CrLevel    *level;
	List	   *atoms;
} AtomContext;

static bool
atoms_walker(Node *node, AtomContext *context)
{
	ListCell   *lc;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, Aggref))
		return expression_tree_walker(node, atoms_walker, (void *) context);
	foreach(lc, context->level->aggregates)
	{
		if (equal(((CrAggregate *) lfirst(lc))->aggref, node))
			context->atoms = lappend(context->atoms, lfirst(lc));
	}
	return false;
}

/* Visits the atoms of columns that unit levels compute. */
typedef struct AtomVisit
{
	CrLevel    *level;
	CrAtomVisitor visit;
	void	   *context;
} AtomVisit;

static bool
visit_walker(Node *node, AtomVisit *visit)
{
	Var		   *var = (Var *) node;
	CrBase	   *base;
	AtomContext atoms;
	ListCell   *lc;

	if (node == NULL || IsA(node, Query))
		return false;
	if (!IsA(node, Var))
		return expression_tree_walker(node, visit_walker, (void *) visit);
	if (var->varlevelsup != 0 || var->varno <= 0)
		return false;
	base = cr_inspect_base(visit->level->statement, var->varno);
	if (base->kind != CR_BASE_UNIT_LEVEL)
		return false;
	atoms.level = base->level;
	atoms.atoms = NIL;
	atoms_walker(written_column(base->level, var->varattno), &atoms);
	foreach(lc, atoms.atoms)
	{
		if (visit->visit(find_source(visit->level, base->id), var,
						 (CrAggregate *) lfirst(lc), visit->context))
			return true;
	}
	return false;
}

/* See gate.h. */
bool
cr_share_visit_atoms(CrLevel *level, Node *expanded, CrAtomVisitor visit,
					 void *context)
{
	AtomVisit	visiting = {level, visit, context};

	return visit_walker(expanded, &visiting);
}

static bool
note_atom(CrSource *source, const Var *column, CrAggregate *atom,
		  void *context)
{
	ShareContext *share = context;

	share->refusal = share_atom(share, source, atom);
	if (share->refusal == NULL)
		share->refusal = note_made_null(share, source, column, atom);
	return share->refusal != NULL;
}

/* Notes the guards that an aggregate needs for the aggregates it is over. */
CrVerdict *
cr_rule_shares(CrLevel *level, CrAggregate *aggregate)
{
	ShareContext context = {level, aggregate, NULL};

	(void) cr_share_visit_atoms(level, (Node *) aggregate->arguments,
								note_atom, &context);
	return context.refusal;
}
