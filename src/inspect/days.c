/*-------------------------------------------------------------------------
 *
 * src/inspect/days.c
 *	  Reads dates that stand in a difference of two dates.
 *
 *	avg(discharged - admitted), avg(current_date - born)
 *
 * A date is a number of days, but for the infinite ones, whose differences
 * the twin of the operator makes null.  So a date column that is a measure,
 * and a constant date, are terms as integers are.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/date.h"
#include "utils/fmgroids.h"

/* Days from 2000 to today are fewer. */
#define CR_DAYS_OF_TODAY	1e5

/* Is it the current date?  now()::date is that, too. */
static bool
is_today(Node *expr)
{
	FuncExpr   *cast = (FuncExpr *) expr;
	FuncExpr   *now;

	if (IsA(expr, SQLValueFunction))
		return ((SQLValueFunction *) expr)->op == SVFOP_CURRENT_DATE;
	if (!IsA(cast, FuncExpr) || cast->funcid != F_DATE_TIMESTAMPTZ)
		return false;
	now = (FuncExpr *) cr_inspect_strip(linitial(cast->args));
	if (IsA(now, SQLValueFunction))
		return ((SQLValueFunction *) now)->op == SVFOP_CURRENT_TIMESTAMP;
	return IsA(now, FuncExpr) && now->funcid == F_NOW;
}

/*
 * Reads a date that is no column, as a constant of so many days.  False if it
 * is none; with "objection" set if it cannot stand in a difference.
 */
bool
cr_days_read(Node *expr, CrPolynomial *result)
{
	Const	   *constant = (Const *) expr;
	double		days = CR_DAYS_OF_TODAY;

	if (IsA(expr, Const) && constant->consttype == DATEOID)
	{
		if (!constant->constisnull &&
			DATE_NOT_FINITE(DatumGetDateADT(constant->constvalue)))
			result->objection = "a constant that is not finite";
		else
			days = constant->constisnull ? 0 :
				fabs((double) DatumGetDateADT(constant->constvalue));
	}
	else if (!is_today(expr))
		return false;
	result->aggregates = CR_AGG_ALL;
	result->span = Max(days, 1);
	result->constant = true;
	return true;
}

/* What to do about a date that is not a measure. */
const char *
cr_days_hint(const CrStatement *statement, const Var *date)
{
	const CrColumnFact *fact = cr_inspect_column(statement, date);

	if (cr_inspect_base(statement, date->varno)->kind == CR_BASE_UNIT_LEVEL)
		return "A date of a subquery by person may be grouped by, not summed up, also where it is of dates that are measures. Of these, which their owner makes with cleanroom.set_column(..., 'dimension, measure'), days since each person's last are averaged after joining (SELECT unit, max(day) AS day ... GROUP BY unit) to the table; for others, SELECT sum(days * n) / sum(n) FROM (SELECT last - first AS days, count(*) AS n FROM (SELECT unit, min(day) AS first, max(day) AS last ... GROUP BY unit) AS x GROUP BY 1) AS released. Values that few people have are missing from that; classes such as (last - first) / 7 * 7 have more.";
	if (fact != NULL &&
		cr_inspect_base(statement, date->varno)->kind == CR_BASE_PROTECTED)
		return "The owner can make the date a measure, with cleanroom.set_column(..., 'dimension, measure'): then differences to it may be aggregated. Or group by the difference, and compute from the groups that are released.";
	return CR_HINT_OF_DATES;
}

static bool
date_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return TypeCategory(((Var *) node)->vartype) == TYPCATEGORY_DATETIME;
	return expression_tree_walker(node, date_walker, context);
}

static bool
moment_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return ((Var *) node)->vartype == TIMESTAMPOID ||
			((Var *) node)->vartype == TIMESTAMPTZOID;
	return expression_tree_walker(node, moment_walker, context);
}

/* What to do about something other than arithmetic, made of dimensions. */
const char *
cr_days_hint_of_dimensions(Node *expr)
{
	if (IsA(expr, FuncExpr) && ((FuncExpr *) expr)->funcid == F_INT4_BOOL)
		return "Write a condition as FILTER: sum(x) FILTER (WHERE condition) for sum(x * condition::int), and that divided by count(*) for the average.";
	if (moment_walker(expr, NULL))
		return CR_HINT_OF_MOMENTS;
	return date_walker(expr, NULL) ? CR_HINT_OF_DATES : CR_HINT_FROM_GROUPS;
}
