/*-------------------------------------------------------------------------
 *
 * src/gate/column.c
 *	  Rules: where a column may stand.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "gate/words.h"
#include "inspect/pin.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

typedef struct UseContext
{
	const CrStatement *statement;
	uint32		uses;			/* any of these will do */
	const Var  *offender;
} UseContext;

static bool
use_walker(Node *node, UseContext *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;
		const CrColumnFact *fact;
		CrBase	   *base = NULL;

		if (var->varlevelsup == 0 && var->varno > 0)
			base = cr_inspect_base(context->statement, var->varno);
		/* who is on a list is nothing that the list's writer may mix in */
		if (base != NULL && !cr_inspect_base_is_raw(base) &&
			base->membership == NULL)
			return false;
		fact = cr_inspect_column(context->statement, var);
		if (fact != NULL && (fact->uses & context->uses) != 0)
			return false;
		context->offender = var;
		return true;
	}
	if (IsA(node, SubLink))
		return use_walker(((SubLink *) node)->testexpr, context);
	if (IsA(node, Aggref) &&
		cr_aggregate_family(((Aggref *) node)->aggfnoid) == CR_AGG_COUNT)
		return false;			/* how often a person did it */
	return expression_tree_walker(node, use_walker, context);
}

/* The first column that has none of the uses, or NULL. */
static const Var *
find_offender(const CrStatement *statement, Node *expr, uint32 uses)
{
	UseContext	context = {statement, uses, NULL};

	use_walker(expr, &context);
	return context.offender;
}

/* Is it the column of a set that people are asked to be in? */
static bool
is_member(CrLevel *level, const Var *var)
{
	return var->varno > 0 && var->varlevelsup == 0 &&
		cr_inspect_base(level->statement, var->varno)->membership != NULL;
}

/* What else to filter on, or how to count nulls where those are asked for. */
static const char *
hint_of_filter(CrLevel *level, const Var *var, Node *atom,
			   const CrColumnFact *fact)
{
	const char *hint = cr_word_allowed(level->statement, var,
									   CR_USE_DIMENSION | CR_USE_FILTER,
									   "Filter on");

	if (!IsA(atom, NullTest) || fact == NULL ||
		(fact->uses & CR_USE_MEASURE) == 0)
		return hint;
	return psprintf("count(*) - count(x) is the number of rows without a value x. %s",
					hint);
}

static CrVerdict *
refuse_filter(CrLevel *level, const Var *var, Node *atom)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);
	const char *column = cr_word_column(level->statement, var);
	CrVerdict  *refusal;

	if (is_member(level, var))
		return cr_rule_refuse_match();

	if (fact != NULL && (fact->uses & (CR_USE_UNIT | CR_USE_JOIN)) != 0)
		refusal = cr_verdict_refuse(CR_ERRCODE_COLUMN_USE, var->location,
									psprintf("column %s identifies people and may not be filtered on",
											 column),
									cr_word_may_lack_match(level, var) ?
									CR_HINT_MATCH :
									"Join it by equality with another table's join key, or filter on a dimension.");
	else
		refusal = cr_verdict_refuse(CR_ERRCODE_COLUMN_USE, var->location,
									psprintf("column %s may not be filtered on",
											 column),
									hint_of_filter(level, var, atom, fact));
	return cr_rule_about_column(level, var, refusal);
}

/* ---------- conditions ---------- */

/* Is IN (SELECT ...) in it, of a column that may be joined on only? */
static bool
joins_walker(Node *node, CrLevel *level)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
		return find_offender(level->statement, ((SubLink *) node)->testexpr,
							 CR_USE_DIMENSION | CR_USE_FILTER) != NULL;
	return expression_tree_walker(node, joins_walker, (void *) level);
}

/*
 * key NOT IN (SELECT ...) leaves out people whom nobody counts, and under OR
 * they are added to others, be it a single one.
 */
static CrVerdict *
check_key_choice(CrLevel *level, Node *expanded)
{
	if (is_andclause(expanded) || !joins_walker(expanded, level))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_JOIN, exprLocation(expanded),
							 is_notclause(expanded) ?
							 "people may not be left out by their join key" :
							 "people may not be chosen by their join key or by something else",
							 is_notclause(expanded) ?
							 "Write NOT EXISTS (SELECT ... WHERE list.key = key); those on the list must be enough people." :
							 "Write EXISTS (SELECT ... WHERE list.key = key); those on the list must be enough people.");
}

/* What is left of it when the tests of memberships in it are answered. */
static CrVerdict *
check_atom(CrLevel *level, Node *written)
{
	Node	   *atom = cr_match_assume(level->statement, written);
	const Var  *offender;

	offender = find_offender(level->statement, atom,
							 CR_USE_DIMENSION | CR_USE_FILTER);
	if (offender != NULL)
		return refuse_filter(level, offender, atom);
	/* dimensions of joined tables may be grouped by together, too */
	if (cr_compares_tables(level, atom) &&
		find_offender(level->statement, atom, CR_USE_DIMENSION) != NULL)
		return cr_verdict_refuse(CR_ERRCODE_JOIN, exprLocation(atom),
								 "columns of two tables are compared that are neither join keys nor dimensions",
								 "Join tables with ON a.key = b.key, a condition of its own; compare dimensions with each other, and other columns with constants, or, by < and >, with columns of released rows that are joined by a dimension: JOIN (SELECT dimension, avg(x) AS x ... GROUP BY dimension) a ON a.dimension = t.dimension.");
	return NULL;
}

static bool
is_membership(Node *node)
{
	return IsA(node, SubLink) &&
		((SubLink *) node)->subLinkType == ANY_SUBLINK;
}

/* column IN (SELECT … of released or public rows) */
static CrVerdict *
check_membership(CrLevel *level, SubLink *sublink)
{
	Node	   *left;
	Node	   *right;

	/* the planner may join with the distinct values of the other type */
	if (IsA(sublink->testexpr, OpExpr) &&
		!cr_inspect_is_one_to_one(((OpExpr *) sublink->testexpr)->opfuncid))
		return cr_verdict_refuse(CR_ERRCODE_JOIN,
								 exprLocation(sublink->testexpr),
								 "times with and without a time zone may not be compared by IN (SELECT ...)",
								 "Cast the subquery's column to the type of the other side.");
	if (sublink->testexpr != NULL &&
		cr_inspect_equality(sublink->testexpr, &left, &right) &&
		IsA(left, Var) && IsA(right, Param) &&
		find_offender(level->statement, left, CR_USE_JOIN) == NULL)
		return NULL;
	return check_atom(level, sublink->testexpr);
}

/*
 * unit IS NOT NULL, which is so in every row that analysts meet, where no
 * outer join has put nulls: it selects nothing.
 */
static bool
is_vacuous(CrLevel *level, Node *expanded)
{
	const CrColumnFact *fact;
	CrBase	   *base;
	Var		   *var;

	if (!IsA(expanded, NullTest) || ((NullTest *) expanded)->argisrow ||
		((NullTest *) expanded)->nulltesttype != IS_NOT_NULL ||
		!IsA(((NullTest *) expanded)->arg, Var))
		return false;
	var = (Var *) ((NullTest *) expanded)->arg;
	if (var->varlevelsup != 0 || var->varno <= 0)
		return false;
	base = cr_inspect_base(level->statement, var->varno);
	fact = cr_inspect_column(level->statement, var);
	return base->kind == CR_BASE_PROTECTED && !base->nullable &&
		fact != NULL && (fact->uses & CR_USE_UNIT) != 0 && !fact->nullable;
}

/* A label at a place where it stands for something else. */
CrVerdict *
cr_rule_refuse_label(Node *expanded)
{
	return cr_verdict_refuse(CR_ERRCODE_JOIN, exprLocation(expanded),
							 "columns of a table that is joined by key may not stand for something else about people, or be mixed with it",
							 "Join such conditions by AND, or compare the column with a dimension directly; group by each column, and combine them over the released rows.");
}

/*
 * May the expanded condition select rows?  Each comparison in it has the
 * columns of one table, and those are dimensions or filters.
 */
CrVerdict *
cr_rule_condition(CrLevel *level, Node *expanded)
{
	CrVerdict  *refusal;

	if (expanded == NULL || is_vacuous(level, expanded))
		return NULL;
	cr_inspect_note_asked(level->statement, expanded);
	if (!is_andclause(expanded) && cr_label_mixes(level, expanded))
		return cr_rule_refuse_label(expanded);
	if (IsA(expanded, BoolExpr))
	{
		ListCell   *lc;

		refusal = check_key_choice(level, expanded);
		if (refusal != NULL)
			return refusal;
		foreach(lc, ((BoolExpr *) expanded)->args)
		{
			refusal = cr_rule_condition(level, lfirst(lc));
			if (refusal != NULL)
				return refusal;
		}
		return NULL;
	}
	if (is_membership(expanded))
		refusal = check_membership(level, (SubLink *) expanded);
	else
		refusal = check_atom(level, expanded);
	return refusal != NULL ? refusal : cr_rule_total(expanded);
}

/* ---------- grouping ---------- */

static CrVerdict *
refuse_key(CrLevel *level, const Var *var)
{
	const CrColumnFact *fact = cr_inspect_column(level->statement, var);
	bool		filters = fact != NULL && (fact->uses & CR_USE_FILTER) != 0;
	bool		joins = fact != NULL && (fact->uses & CR_USE_JOIN) != 0;
	CrVerdict  *refusal;

	if (fact != NULL && (fact->uses & CR_USE_UNIT) != 0)
		return cr_rule_refuse_unit_key(level, var);
	refusal = cr_verdict_refuse(CR_ERRCODE_COLUMN_USE, -1,
								psprintf("column %s may not be grouped by",
										 cr_word_column(level->statement,
														var)),
								joins ?
								"It is a join key: join the tables on it by equality, count(DISTINCT ...) it, or group by the unit and it in a subquery. In IN or EXISTS compare the unit, too: (unit, key) IN (SELECT unit, key ...)." :
								cr_word_allowed(level->statement, var,
												CR_USE_DIMENSION,
												filters ? "Count classes of it by count(*) FILTER (WHERE ...), or group by" : "Group by"));
	return cr_rule_about_column(level, var, refusal);
}

/* What stands for several values: which of them must not be seen. */
CrVerdict *
cr_rule_image(Node *expanded, const char *verb, const char *preposition)
{
	if (cr_inspect_image(expanded) != CR_IMAGE_MANY)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_COLUMN_USE, exprLocation(expanded),
							 "a group may not show one person's spelling of what its collation takes for equal",
							 psprintf("%s %s it with COLLATE \"C\", or %s lower(... COLLATE \"C\").",
									  verb, preposition, preposition));
}

/*
 * A unit stays as it is, since guards count it.  That matters where more may
 * be asked of it than whether it equals another one.
 */
static CrVerdict *
check_unit_image(CrLevel *level, Node *unit)
{
	const CrColumnFact *fact = IsA(unit, Var) ?
		cr_inspect_column(level->statement, (Var *) unit) : NULL;

	if (fact == NULL ||
		(fact->uses & (CR_USE_DIMENSION | CR_USE_FILTER)) == 0 ||
		cr_inspect_image(unit) == CR_IMAGE_ONE)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_COLUMN_USE, exprLocation(unit),
							 psprintf("people may not be grouped by %s, which may be written in several ways and is a dimension or filter too",
									  cr_word_column(level->statement,
													 (Var *) unit)),
							 "Ask the owner to take the other uses away with cleanroom.set_column(), or to give the column a type that writes equal values alike, such as bigint or numeric(20, 0).");
}

/*
 * What a column has to be for a key.  Beside a person's unit a join key tells
 * the person's rows apart, and is seen by nobody: above, it is a join key.
 */
static uint32
uses_of_key(const CrLevel *level, Node *stripped, bool groups)
{
	return groups && level->kind == CR_LEVEL_UNIT && IsA(stripped, Var) ?
		CR_USE_DIMENSION | CR_USE_JOIN : CR_USE_DIMENSION;
}

static Node *
written_key(const CrLevel *level, SortGroupClause *clause)
{
	return (Node *)
		get_sortgroupclause_tle(clause, level->query->targetList)->expr;
}

/* A grouping key: total functions of dimensions, labels and constants. */
CrVerdict *
cr_rule_group_key(CrLevel *level, Node *expanded, SortGroupClause *clause)
{
	Node	   *stripped = cr_inspect_strip(expanded);
	const Var  *offender;
	CrVerdict  *refusal;
	ListCell   *lc;

	cr_inspect_note_asked(level->statement, expanded);
	if (level->kind == CR_LEVEL_UNIT)
	{
		if (cr_match_is_pure(level->statement, expanded))
			return cr_rule_total(expanded);
		foreach(lc, level->units)
		{
			if (!equal(stripped, ((CrUnit *) lfirst(lc))->expanded))
				continue;
			refusal = check_unit_image(level, stripped);
			return refusal != NULL ? refusal :
				cr_rule_grouping_operator(clause);
		}
	}
	if (cr_label_mixes(level, expanded))
		return cr_rule_refuse_label(expanded);
	if (clause != NULL &&
		cr_inspect_key_mixes(level, written_key(level, clause)))
		return cr_rule_refuse_nulled();
	offender = find_offender(level->statement, expanded,
							 uses_of_key(level, stripped, clause != NULL));
	if (offender != NULL && is_member(level, offender))
		return cr_rule_refuse_match();
	if (offender != NULL)
		return refuse_key(level, offender);
	refusal = cr_rule_total(expanded);
	if (refusal == NULL && clause != NULL)
		refusal = cr_rule_grouping_operator(clause);
	if (refusal == NULL && clause != NULL)
		refusal = cr_rule_image(expanded, "Group", "by");
	return refusal;
}

/* ---------- output beside aggregates ---------- */

typedef struct LooseContext
{
	CrLevel    *level;
	Index		depth;			/* of sub-selects around the node */
	const Var  *offender;
} LooseContext;

static bool
is_key(Node *node, LooseContext *context)
{
	ListCell   *lc;

	foreach(lc, context->level->group_entries)
	{
		if (equal(node, ((TargetEntry *) lfirst(lc))->expr))
			return true;
	}
	return false;
}

/* One person is in a set or not, in all of their rows. */
static bool
is_persons_test(Node *node, LooseContext *context)
{
	CrBase	   *base;

	if (context->level->kind != CR_LEVEL_UNIT || !IsA(node, NullTest))
		return false;
	base = cr_match_test(context->level->statement,
						 cr_inspect_expand(context->level, node));
	return base != NULL && cr_inspect_base_is_raw(base);
}

static bool
loose_walker(Node *node, LooseContext *context)
{
	if (node == NULL)
		return false;
	if (context->depth == 0 &&
		(IsA(node, Aggref) || is_key(node, context) ||
		 is_persons_test(node, context)))
		return false;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup == context->depth)
	{
		Var		   *var = copyObject((Var *) node);

		var->varlevelsup = 0;
		if (is_key((Node *) var, context))
			return false;
		context->offender = var;
		return true;
	}
	if (IsA(node, Query))
	{
		bool		result;

		context->depth++;
		result = query_tree_walker((Query *) node, loose_walker, context, 0);
		context->depth--;
		return result;
	}
	return expression_tree_walker(node, loose_walker, context);
}

/*
 * A column beside aggregates must be a grouping key.  (The parser also lets
 * pass what a primary key among the keys determines; the gate does not.)
 */
CrVerdict *
cr_rule_loose_columns(CrLevel *level)
{
	LooseContext context = {level, 0, NULL};

	loose_walker((Node *) level->query->targetList, &context);
	if (context.offender == NULL)
		loose_walker(level->query->havingQual, &context);
	if (context.offender == NULL)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_RAW_COLUMN,
							 context.offender->location,
							 psprintf("column %s stands beside aggregates and is not grouped by",
									  cr_word_local_column(level,
														   context.offender)),
							 level->kind == CR_LEVEL_UNIT ?
							 "Aggregate it, or filter on it in WHERE; a subquery that groups by person gives a dimension by min() or max()." :
							 "Add it to GROUP BY.");
}
