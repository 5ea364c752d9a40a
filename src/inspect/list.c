/*-------------------------------------------------------------------------
 *
 * src/inspect/list.c
 *	  Reads lists of constants that a statement holds itself, and tells
 *	  whether their rows differ.
 *
 * Such lists are VALUES, unnest() of an array of constants, and UNION ALL of
 * SELECTs without FROM.  A list that is a parameter is not known when the
 * statement is judged.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/constant.h"
#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* Longer ones are not looked through: every row is compared with all. */
#define CR_MAX_LIST_ROWS	2000

/* The elements of an array constant, each a row of one column. */
static List *
rows_of_array(Const *array)
{
	ArrayType  *value;
	List	   *rows = NIL;
	Oid			type = get_element_type(array->consttype);
	int16		length;
	bool		byval;
	char		align;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			i;

	if (array->constisnull || !OidIsValid(type))
		return NIL;
	value = DatumGetArrayTypeP(array->constvalue);
	get_typlenbyvalalign(type, &length, &byval, &align);
	deconstruct_array(value, type, length, byval, align,
					  &elements, &nulls, &count);
	for (i = 0; i < count; i++)
		rows = lappend(rows,
					   list_make1(makeConst(type, -1, array->constcollid,
											length, elements[i], nulls[i],
											byval)));
	return rows;
}

/* Is the LIMIT a number that is known? */
bool
cr_inspect_limit(Node *limit, int64 *rows)
{
	Const	   *value = (Const *) limit;

	if (value != NULL && IsA(value, FuncExpr) &&
		((FuncExpr *) limit)->funcid == F_INT8_INT4)
		value = linitial(((FuncExpr *) limit)->args);
	if (value == NULL || !IsA(value, Const) || value->constisnull)
		return false;
	if (value->consttype == INT4OID)
		*rows = DatumGetInt32(value->constvalue);
	else if (value->consttype == INT8OID)
		*rows = DatumGetInt64(value->constvalue);
	else
		return false;
	return true;
}

static FuncExpr *
only_function(const RangeTblEntry *rte)
{
	Node	   *expr;

	if (rte->rtekind != RTE_FUNCTION || list_length(rte->functions) != 1)
		return NULL;
	expr = linitial_node(RangeTblFunction, rte->functions)->funcexpr;
	return IsA(expr, FuncExpr) ? (FuncExpr *) expr : NULL;
}

/*
 * The array without casts of its elements that change no value: varchar[] in
 * the place of text[].
 */
Node *
cr_inspect_strip_array(Node *array)
{
	array = cr_inspect_strip(array);
	while (array != NULL && IsA(array, ArrayCoerceExpr) &&
		   IsA(cr_inspect_strip((Node *)
								((ArrayCoerceExpr *) array)->elemexpr),
			   CaseTestExpr))
		array = cr_inspect_strip((Node *) ((ArrayCoerceExpr *) array)->arg);
	return array;
}

/*
 * The rows of VALUES, or of unnest() of one array, as lists of expressions;
 * NIL where they are not known.
 */
List *
cr_inspect_list_rows(const RangeTblEntry *rte)
{
	FuncExpr   *call = only_function(rte);
	Node	   *array;
	List	   *rows = NIL;
	ListCell   *lc;

	if (rte->rtekind == RTE_VALUES)
		return rte->values_lists;
	if (call == NULL || call->funcid != F_UNNEST_ANYARRAY)
		return NIL;
	array = cr_inspect_strip(linitial(call->args));
	if (IsA(array, Const))
		return rows_of_array((Const *) array);
	if (!IsA(array, ArrayExpr) || ((ArrayExpr *) array)->multidims)
		return NIL;
	foreach(lc, ((ArrayExpr *) array)->elements)
		rows = lappend(rows, list_make1(lfirst(lc)));
	return rows;
}

static bool
add_constant_rows(Query *query, Node *node, List **rows)
{
	List	   *row = NIL;
	Query	   *branch;
	ListCell   *lc;

	if (node != NULL && IsA(node, SetOperationStmt))
	{
		SetOperationStmt *op = (SetOperationStmt *) node;

		return op->op == SETOP_UNION && op->all &&
			add_constant_rows(query, op->larg, rows) &&
			add_constant_rows(query, op->rarg, rows);
	}
	branch = rt_fetch(castNode(RangeTblRef, node)->rtindex,
					  query->rtable)->subquery;
	if (branch->setOperations != NULL || branch->hasTargetSRFs ||
		branch->groupClause != NIL || branch->groupingSets != NIL ||
		branch->havingQual != NULL || branch->hasAggs ||
		branch->jointree->fromlist != NIL)
		return false;
	foreach(lc, branch->targetList)
		row = lappend(row, lfirst_node(TargetEntry, lc)->expr);
	*rows = lappend(*rows, row);
	return true;
}

/* The rows of SELECT … UNION ALL SELECT …, all without FROM; or NIL. */
List *
cr_inspect_constant_rows(Query *query)
{
	List	   *rows = NIL;

	return add_constant_rows(query, query->setOperations, &rows) ? rows : NIL;
}

/*
 * A column of the rows as constants, all of the type of the first: in a UNION
 * ALL, others are brought to the column's type later.  NULL when one is none.
 */
Const	  **
cr_inspect_constant_column(List *rows, int column)
{
	Oid			type = exprType(list_nth(linitial(rows), column));
	Const	  **values = palloc(sizeof(Const *) * list_length(rows));
	int			n = 0;
	ListCell   *lc;

	foreach(lc, rows)
	{
		Node	   *value = list_nth(lfirst(lc), column);

		/* folding takes relabellings into the constant's own type */
		value = cr_fold(copyObject(value));
		if (!IsA(value, Const) || ((Const *) value)->consttype != type)
			return NULL;
		values[n++] = (Const *) value;
	}
	return values;
}

/* May the column be null in one of the rows? */
bool
cr_inspect_has_null(List *rows, int column)
{
	Const	  **values;
	int			i;

	if (list_length(rows) > CR_MAX_LIST_ROWS)
		return true;
	values = cr_inspect_constant_column(rows, column);
	for (i = 0; values != NULL && i < list_length(rows); i++)
	{
		if (values[i]->constisnull)
			return true;
	}
	return values == NULL;
}

/* Do two constants differ, or is one null, which equals nothing? */
static bool
constants_differ(FmgrInfo *equals, const Const *left, const Const *right)
{
	if (left->constisnull || right->constisnull)
		return true;
	return left->constcollid == right->constcollid &&
		!DatumGetBool(FunctionCall2Coll(equals, left->constcollid,
										left->constvalue,
										right->constvalue));
}

typedef struct Column
{
	Const	  **values;
	FmgrInfo	equals;
} Column;

static bool
rows_differ(List *columns, int a, int b)
{
	ListCell   *lc;

	foreach(lc, columns)
	{
		Column	   *column = lfirst(lc);

		if (constants_differ(&column->equals, column->values[a],
							 column->values[b]))
			return true;
	}
	return false;
}

/* The columns that are of constants. */
static List *
read_columns(List *rows, List *numbers)
{
	List	   *columns = NIL;
	ListCell   *lc;

	foreach(lc, numbers)
	{
		Column	   *column = palloc0(sizeof(Column));
		Oid			type = exprType(list_nth(linitial(rows), lfirst_int(lc)));
		TypeCacheEntry *entry =
			lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);

		column->values = cr_inspect_constant_column(rows, lfirst_int(lc));
		column->equals = entry->eq_opr_finfo;
		if (column->values != NULL && OidIsValid(entry->eq_opr_finfo.fn_oid))
			columns = lappend(columns, column);
	}
	return columns;
}

/* Does each row differ from each other one in one of the columns? */
bool
cr_inspect_rows_differ(List *rows, List *numbers)
{
	List	   *columns;
	int			i;
	int			j;

	if (rows == NIL || list_length(rows) > CR_MAX_LIST_ROWS)
		return false;
	columns = read_columns(rows, numbers);
	for (i = 1; i < list_length(rows); i++)
	{
		for (j = 0; j < i; j++)
		{
			if (!rows_differ(columns, i, j))
				return false;
		}
	}
	return true;
}
