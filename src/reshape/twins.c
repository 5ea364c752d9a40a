/*-------------------------------------------------------------------------
 *
 * src/reshape/twins.c
 *	  Puts twins that return NULL in the place of functions that could fail.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/total.h"
#include "base/oids.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "reshape/reshape.h"
#include "utils/fmgroids.h"

/* generate_series() of moments, which the gate has let stand in FROM. */
static Oid
find_series(void)
{
	Oid			types[] = {TIMESTAMPTZOID, TIMESTAMPTZOID, INTERVALOID};
	Oid			result = cr_oids_find_function("ordinary_series", 3, types);

	if (!OidIsValid(result))
		elog(ERROR, "function cleanroom.ordinary_series() is missing");
	return result;
}

/* The twin of a function that has one, or InvalidOid. */
static Oid
find_twin(Oid funcid)
{
	Oid			twin;

	if (funcid == F_GENERATE_SERIES_TIMESTAMPTZ_TIMESTAMPTZ_INTERVAL)
		return find_series();
	twin = cr_total_function(funcid);
	return twin == funcid ? InvalidOid : twin;
}

/* A cast of text through the other type's input function. */
static Node *
cast_text(CoerceViaIO *cast)
{
	Oid			from = exprType((Node *) cast->arg);
	Oid			twin = cr_total_cast_of(from, cast->resulttype);
	Node	   *arg = (Node *) cast->arg;

	if (!OidIsValid(twin))
		return (Node *) cast;
	if (from != TEXTOID)
		arg = (Node *) makeRelabelType((Expr *) arg, TEXTOID, -1,
									   exprCollation(arg),
									   COERCE_IMPLICIT_CAST);
	return (Node *) makeFuncExpr(twin, cast->resulttype, list_make1(arg),
								 InvalidOid, exprCollation(arg),
								 COERCE_EXPLICIT_CALL);
}

/* A copy that computes the terms of aggregates wide; or the node itself. */
static Node *
widened(Node *node)
{
	switch (nodeTag(node))
	{
		case T_Aggref:
			node = copyObject(node);
			cr_widen_aggregate((Aggref *) node);
			return node;
		case T_WindowFunc:
			node = copyObject(node);
			cr_widen_window((WindowFunc *) node);
			return node;
		case T_NullTest:
			/* whether a term of an aggregate is null */
			node = copyObject(node);
			((NullTest *) node)->arg = (Expr *)
				cr_widen_expression((Node *) ((NullTest *) node)->arg);
			return node;
		default:
			return node;
	}
}

static Node *
twins_mutator(Node *node, void *context)
{
	Oid			twin;

	if (node == NULL)
		return NULL;
	if (IsA(node, Query))
		return (Node *) query_tree_mutator((Query *) node, twins_mutator,
										   context, 0);
	node = expression_tree_mutator(widened(node), twins_mutator, context);
	if (IsA(node, OpExpr))
	{
		OpExpr	   *op = (OpExpr *) node;

		twin = find_twin(op->opfuncid);
		if (OidIsValid(twin))
			return (Node *) makeFuncExpr(twin, op->opresulttype, op->args,
										 op->opcollid, op->inputcollid,
										 COERCE_EXPLICIT_CALL);
	}
	else if (IsA(node, FuncExpr))
	{
		FuncExpr   *call = (FuncExpr *) node;

		twin = find_twin(call->funcid);
		if (OidIsValid(twin))
		{
			call->funcid = twin;
			call->funcformat = COERCE_EXPLICIT_CALL;
		}
	}
	else if (IsA(node, CoerceViaIO))
		return cast_text((CoerceViaIO *) node);
	else if (IsA(node, Aggref))
	{
		twin = cr_total_aggregate(((Aggref *) node)->aggfnoid);
		if (OidIsValid(twin))
			((Aggref *) node)->aggfnoid = twin;
	}
	else if (IsA(node, WindowFunc) && ((WindowFunc *) node)->winagg)
	{
		twin = cr_total_aggregate(((WindowFunc *) node)->winfnoid);
		if (OidIsValid(twin))
			((WindowFunc *) node)->winfnoid = twin;
	}
	return node;
}

/* A copy of the query, and of all below it, with twins. */
Query *
cr_reshape_twins(Query *query)
{
	return query_tree_mutator(query, twins_mutator, NULL, 0);
}
