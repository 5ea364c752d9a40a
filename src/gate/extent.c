/*-------------------------------------------------------------------------
 *
 * src/gate/extent.c
 *	  Rule: what is nearly constant below is so above.
 *
 *	SELECT sum(d) FROM (SELECT person, avg(x * q + x) AS d
 *						FROM t GROUP BY person) AS people
 *
 * adds up x for all but those few who have another q.  Whether there are such,
 * only the rows of each person can tell: so the subquery is made to say what
 * the least and the greatest q of each is, and people are counted who differ
 * in that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/make_expr.h"
#include "catalog/pg_type.h"
#include "gate/argument.h"
#include "gate/gate.h"
#include "inspect/polynomial.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

typedef struct ExtentContext
{
	CrLevel    *level;
	List	   *columns;		/* found so far */
	bool		hidden;			/* there are some that cannot be had */
} ExtentContext;

static List *find_extents(CrLevel *level, Node *expanded, bool *hidden);

/* min(column) or max(column) FILTER (WHERE rows), or NULL */
static Aggref *
make_extreme(const char *name, Node *column, List *rows)
{
	Oid			type = getBaseType(exprType(column));
	Oid			funcid;
	Aggref	   *result;

	if (OidIsValid(get_element_type(type)))
		funcid = strcmp(name, "min") == 0 ? F_MIN_ANYARRAY : F_MAX_ANYARRAY;
	else
		funcid = LookupFuncName(list_make2(makeString("pg_catalog"),
										   makeString(pstrdup(name))),
								1, &type, true);
	if (!OidIsValid(funcid))
		return NULL;
	result = cr_make_aggregate(funcid, type, list_make1(copyObject(column)));
	result->inputcollid = exprCollation(column);
	result->aggcollid = exprCollation(column);
	if (rows != NIL)
		result->aggfilter = make_ands_explicit(copyObject(rows));
	return result;
}

/* Both of them, as an array; null for who has no such row. */
static Node *
make_extent(Node *column, List *rows)
{
	Aggref	   *least = make_extreme("min", column, rows);
	Aggref	   *greatest = make_extreme("max", column, rows);
	ArrayExpr  *both = makeNode(ArrayExpr);
	Oid			type;

	if (least == NULL || greatest == NULL)
		return NULL;
	type = least->aggtype;
	both->multidims = OidIsValid(get_element_type(type));
	both->array_typeid = both->multidims ? type : get_array_type(type);
	both->element_typeid = both->multidims ? get_element_type(type) : type;
	both->elements = list_make2(least, greatest);
	both->location = -1;
	if (!OidIsValid(both->array_typeid))
		return NULL;
	return (Node *) cr_make_case(cr_make_null_test(copyObject((Node *) least),
												   IS_NOT_NULL),
								 (Node *) both, NULL);
}

/* The columns of its value: what chooses it only says for which rows. */
static bool
value_walker(Node *node, List **columns)
{
	CaseExpr   *expr = (CaseExpr *) node;
	ListCell   *lc;

	if (node == NULL || IsA(node, SubLink))
		return false;
	if (IsA(node, Var))
		*columns = lappend(*columns, node);
	if (!IsA(node, CaseExpr))
		return expression_tree_walker(node, value_walker, (void *) columns);
	foreach(lc, expr->args)
		(void) value_walker((Node *) lfirst_node(CaseWhen, lc)->result,
							columns);
	return value_walker((Node *) expr->defresult, columns);
}

/* The columns of an aggregate's arguments that may be nearly constant. */
static List *
find_columns(CrLevel *below, CrAggregate *atom, bool *hidden)
{
	List	   *columns = NIL;
	List	   *named = NIL;
	ListCell   *lc;

	(void) value_walker((Node *) atom->aggref->args, &named);
	foreach(lc, named)
	{
		Node	   *expanded = cr_inspect_expand(below, lfirst(lc));

		if (cr_inspect_computed_below(below->statement, expanded) != NULL)
			columns = list_concat_unique(columns,
										 find_extents(below, expanded,
													  hidden));
		else if (cr_inspect_may_be_asked(below->statement, expanded) ||
				 cr_inspect_is_asked(below->statement, expanded))
			columns = list_append_unique(columns, lfirst(lc));
	}
	return columns;
}

static void
add_extent(ExtentContext *context, CrSource *source, Node *column,
		   List *rows)
{
	Node	   *extent = make_extent(column, rows);

	if (extent == NULL)
		context->hidden = true;
	else
		context->columns = list_append_unique(context->columns,
											  cr_share_column(source,
															  extent));
}

/* Rows that have what the aggregate takes, and are not chosen. */
static List *
rows_left_out(CrAggregate *atom)
{
	Expr	   *all = make_ands_explicit(atom->chosen);
	List	   *rows = list_make1(cr_make_boolean_test((Node *) all,
													   IS_NOT_TRUE, -1));

	return atom->given == NIL ? rows : lappend(rows, llast(atom->given));
}

/* Of the rows that the aggregate uses, and of those that it leaves out. */
static bool
note_atom(CrSource *source, const Var *column, CrAggregate *atom,
		  void *found)
{
	ExtentContext *context = found;
	CrBase	   *base = cr_inspect_base(context->level->statement,
									   column->varno);
	List	   *columns;
	ListCell   *lc;

	if (cr_aggregate_family(atom->aggref->aggfnoid) == CR_AGG_COUNT)
		return false;
	columns = find_columns(base->level, atom, &context->hidden);
	if (columns != NIL && source == NULL)
		context->hidden = true;
	foreach(lc, source == NULL ? NIL : columns)
	{
		add_extent(context, source, lfirst(lc), atom->part);
		if (atom->chosen != NIL)
			add_extent(context, source, lfirst(lc), rows_left_out(atom));
	}
	return false;
}

static List *
find_extents(CrLevel *level, Node *expanded, bool *hidden)
{
	ExtentContext context = {level, NIL, false};

	(void) cr_share_visit_atoms(level, expanded, note_atom, &context);
	*hidden = *hidden || context.hidden;
	return context.columns;
}

/* Notes them for an aggregate of which people are counted who differ. */
CrVerdict *
cr_note_extents(CrLevel *level, CrAggregate *aggregate)
{
	bool		hidden = false;

	aggregate->extents = find_extents(level, (Node *) aggregate->arguments,
									  &hidden);
	if (!hidden)
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_AGGREGATE,
							 aggregate->aggref->location,
							 "an aggregate of each person's columns that conditions may be on may not be aggregated here",
							 "Aggregate directly over the subquery that groups by person, without another one between.");
}
