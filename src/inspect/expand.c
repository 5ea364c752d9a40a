/*-------------------------------------------------------------------------
 *
 * src/inspect/expand.c
 *	  Writes expressions of a level over the columns of its bases.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/make_expr.h"
#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"

/* Number n of the statement's bases, counted from 1. */
CrBase *
cr_inspect_base(const CrStatement *statement, int id)
{
	if (id < 1 || id > list_length(statement->bases))
		elog(ERROR, "no base %d in the statement", id);
	return (CrBase *) list_nth(statement->bases, id - 1);
}

/* Do the base's rows belong to single privacy units? */
bool
cr_inspect_base_is_raw(const CrBase *base)
{
	return base->kind != CR_BASE_PUBLIC;
}

/*
 * What a unit level computes the column of, in its own expanded words; NULL
 * where an expanded expression is no column of a unit level.
 */
Node *
cr_inspect_computed_below(const CrStatement *statement, Node *expanded)
{
	Var		   *var = (Var *) expanded;
	CrBase	   *base;

	if (!IsA(var, Var) || var->varlevelsup != 0 || var->varno <= 0)
		return NULL;
	base = cr_inspect_base(statement, var->varno);
	if (base->kind != CR_BASE_UNIT_LEVEL || var->varattno < 1 ||
		var->varattno > list_length(base->level->columns))
		return NULL;
	return list_nth(base->level->columns, var->varattno - 1);
}

static CrSource *
find_source(CrLevel *level, int rti)
{
	ListCell   *lc;

	foreach(lc, level->sources)
	{
		CrSource   *source = (CrSource *) lfirst(lc);

		if (source->rti == rti)
			return source;
	}
	return NULL;
}

/*
 * The column of a unit level that tells whether its person is in some set:
 * what it is made of, else NULL.
 */
static Node *
expand_test(Var *var, CrLevel *level, CrSource *source)
{
	Node	   *column;

	if (source->base->kind != CR_BASE_UNIT_LEVEL ||
		!bms_is_empty(source->nulling) || var->varattno < 1 ||
		var->varattno > list_length(source->level->columns))
		return NULL;
	column = list_nth(source->level->columns, var->varattno - 1);
	return cr_match_is_pure(level->statement, column) ?
		copyObject(column) : NULL;
}

/*
 * Does the expression say nothing of a row but who is in some set?  It does
 * where the join extends the set's rows as well.
 */
static bool
names_no_row(const CrStatement *statement, Node *expanded)
{
	Bitmapset  *bases = cr_inspect_bases(expanded);
	int			id = -1;

	while ((id = bms_next_member(bases, id)) >= 0)
	{
		const CrBase *base = cr_inspect_base(statement, id);

		if (base->membership == NULL || base->buried)
			return false;
	}
	return true;
}

/*
 * A column of a row level that an outer join extends with nulls, where it is
 * made of no column that would be null then: CASE WHEN unit IS NOT NULL THEN
 * column END.
 */
static Node *
expand_nullable(CrSource *source, Node *column)
{
	CaseExpr   *result;
	Expr	   *someone = NULL;
	ListCell   *lc;

	foreach(lc, source->level->units)
	{
		CrUnit	   *unit = (CrUnit *) lfirst(lc);

		if (unit->membership == NULL)
			someone = copyObject(unit->expanded);
	}
	/* of nobody who is there by himself: refused when that level is judged */
	if (someone == NULL)
	{
		source->level->stuck = true;
		return column;
	}
	result = cr_make_case(cr_make_null_test((Node *) someone, IS_NOT_NULL),
						  column, NULL);
	result->location = exprLocation(column);
	return (Node *) result;
}

static Node *
expand_var(Var *var, CrLevel *level)
{
	CrSource   *source = find_source(level, var->varno);
	Node	   *column;

	if (source == NULL)
		elog(ERROR, "variable refers to an unknown range table entry");
	if (source->base != NULL)
	{
		Var		   *copy;

		column = expand_test(var, level, source);
		if (column != NULL)
			return column;
		copy = makeVar(source->base->id, var->varattno, var->vartype,
					   var->vartypmod, var->varcollid, 0);
		copy->location = var->location;
		return (Node *) copy;
	}
	if (var->varattno > list_length(source->level->columns))
	{
		/* a unit that the level below will carry up */
		ListCell   *lc;

		foreach(lc, source->level->units)
		{
			CrUnit	   *unit = (CrUnit *) lfirst(lc);

			if (unit->position == var->varattno)
				return (Node *) copyObject(unit->expanded);
		}
	}
	if (var->varattno < 1 ||
		var->varattno > list_length(source->level->columns))
	{
		/* a whole row: stays a Var that no rule admits */
		Var		   *copy = copyObject(var);

		copy->varno = 0;
		return (Node *) copy;
	}
	column = copyObject(list_nth(source->level->columns, var->varattno - 1));
	if (!bms_is_empty(source->nulling) &&
		names_no_row(level->statement, column))
		return expand_nullable(source, column);
	return column;
}

/* A statement that has more in it than can be looked at is not judged. */
void
cr_inspect_refuse_size(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
			 errmsg("the statement is too large over protected tables"),
			 errhint("Ask for less in one statement.")));
}

static Node *
expand_mutator(Node *node, CrLevel *level)
{
	if (node == NULL)
		return NULL;
	if (++level->statement->nodes > CR_MAX_EXPANDED_NODES)
		cr_inspect_refuse_size();
	if (IsA(node, Var))
	{
		if (((Var *) node)->varlevelsup == 0)
			return expand_var((Var *) node, level);
		return (Node *) copyObject(node);
	}
	if (IsA(node, SubLink))
	{
		SubLink    *copy = makeNode(SubLink);

		/* the query inside is a level of its own */
		memcpy(copy, node, sizeof(SubLink));
		copy->testexpr = expand_mutator(copy->testexpr, level);
		return (Node *) copy;
	}
	return expression_tree_mutator(node, expand_mutator, (void *) level);
}

/*
 * A copy of an expression of the level, over base columns.  Sub-selects in
 * it stay as they are and shared.  Raises an error when the statement's
 * expressions have grown beyond all reason.
 */
Node *
cr_inspect_expand(CrLevel *level, Node *expr)
{
	return expand_mutator(expr, level);
}

/* The expression without relabellings that change no value. */
Node *
cr_inspect_strip(Node *expr)
{
	while (expr != NULL && IsA(expr, RelabelType))
		expr = (Node *) ((RelabelType *) expr)->arg;
	return expr;
}

static bool
bases_walker(Node *node, Bitmapset **bases)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		if (var->varlevelsup == 0 && var->varno > 0)
			*bases = bms_add_member(*bases, var->varno);
		return false;
	}
	if (IsA(node, SubLink))
		return bases_walker(((SubLink *) node)->testexpr, bases);
	return expression_tree_walker(node, bases_walker, bases);
}

/* The ids of the bases that an expanded expression reads. */
Bitmapset *
cr_inspect_bases(Node *expr)
{
	Bitmapset  *bases = NULL;

	bases_walker(expr, &bases);
	return bases;
}

/* The same, of raw bases only. */
Bitmapset *
cr_inspect_raw_bases(const CrStatement *statement, Node *expr)
{
	Bitmapset  *all = cr_inspect_bases(expr);
	Bitmapset  *raw = NULL;
	int			id = -1;

	while ((id = bms_next_member(all, id)) >= 0)
	{
		if (cr_inspect_base_is_raw(cr_inspect_base(statement, id)))
			raw = bms_add_member(raw, id);
	}
	return raw;
}

/* Facts of a raw base's column; NULL for public, system and whole-row ones. */
const CrColumnFact *
cr_inspect_column(const CrStatement *statement, const Var *var)
{
	CrBase	   *base;

	if (var->varno <= 0 || var->varlevelsup != 0)
		return NULL;
	base = cr_inspect_base(statement, var->varno);
	if (base->columns == NULL ||
		var->varattno < 1 || var->varattno > base->ncolumns)
		return NULL;
	return &base->columns[var->varattno - 1];
}

/* Is it left = right by an operator that joins can use?  Sets the sides. */
bool
cr_inspect_equality(Node *expr, Node **left, Node **right)
{
	OpExpr	   *op = (OpExpr *) expr;

	if (!IsA(expr, OpExpr) || list_length(op->args) != 2)
		return false;
	*left = cr_inspect_strip(linitial(op->args));
	*right = cr_inspect_strip(lsecond(op->args));
	return op_mergejoinable(op->opno, exprType(linitial(op->args))) ||
		op_hashjoinable(op->opno, exprType(linitial(op->args)));
}

/*
 * a IS NOT DISTINCT FROM b, which is like a = b but that nulls are equal; NULL
 * if it is anything else.  The result is of the form of that equality.
 */
DistinctExpr *
cr_inspect_null_safe(Node *expr, Node **left, Node **right)
{
	DistinctExpr *distinct;

	if (expr == NULL || !is_notclause(expr))
		return NULL;
	distinct = linitial(((BoolExpr *) expr)->args);
	if (!IsA(distinct, DistinctExpr) || list_length(distinct->args) != 2)
		return NULL;
	*left = cr_inspect_strip(linitial(distinct->args));
	*right = cr_inspect_strip(lsecond(distinct->args));
	return op_mergejoinable(distinct->opno,
							exprType(linitial(distinct->args))) ||
		op_hashjoinable(distinct->opno,
						exprType(linitial(distinct->args))) ?
		distinct : NULL;
}

static bool
outside_walker(Node *node, int *depth)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return (int) ((Var *) node)->varlevelsup > *depth;
	if (IsA(node, Aggref) && (int) ((Aggref *) node)->agglevelsup > *depth)
		return true;
	if (IsA(node, GroupingFunc) &&
		(int) ((GroupingFunc *) node)->agglevelsup > *depth)
		return true;
	if (IsA(node, Query))
	{
		bool		result;

		(*depth)++;
		result = query_tree_walker((Query *) node, outside_walker, depth, 0);
		(*depth)--;
		return result;
	}
	return expression_tree_walker(node, outside_walker, depth);
}

/* Does the query use columns or aggregates of a query around it? */
bool
cr_inspect_refers_outside(Query *query)
{
	int			depth = -1;

	return outside_walker((Node *) query, &depth);
}

/* May the expanded expression be null in a row that its level sees? */
bool
cr_inspect_nullable(const CrStatement *statement, Node *expr)
{
	expr = cr_inspect_strip(expr);
	if (IsA(expr, Const))
		return ((Const *) expr)->constisnull;
	if (IsA(expr, Var))
	{
		const CrColumnFact *fact = cr_inspect_column(statement, (Var *) expr);

		if (fact == NULL)
			return true;
		return fact->nullable ||
			cr_inspect_base(statement, ((Var *) expr)->varno)->nullable;
	}
	return true;
}
