/*-------------------------------------------------------------------------
 *
 * src/inspect/literal.c
 *	  Computes lists that are written as text, patterns of SIMILAR TO and
 *	  numbers in single precision, writes lists of patterns out, and gives
 *	  calls their arguments by position.
 *
 * string_to_array('a,b', ',') is the same for all rows, and known before any
 * is read: over a column the function would not be total.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "base/constant.h"
#include "catalog/pg_type.h"
#include "inspect/normalize.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* More than these are a list of another kind. */
#define CR_MAX_PATTERNS	100

/* Gives a call all of its arguments, by position, as the planner would. */
void
cr_normalize_arguments(FuncExpr *call)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID,
										ObjectIdGetDatum(call->funcid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", call->funcid);
	call->args = expand_function_arguments(call->args, false,
										   call->funcresulttype, tuple);
	ReleaseSysCache(tuple);
}

static bool
has_name(const List *args)
{
	ListCell   *lc;

	foreach(lc, args)
	{
		if (IsA(lfirst(lc), NamedArgExpr))
			return true;
	}
	return false;
}

/*
 * Is it not written as it is called: with names, or without arguments that
 * have defaults?  What is put in the place of the function has none.
 */
static bool
is_abridged(const FuncExpr *call)
{
	return has_name(call->args) ||
		list_length(call->args) < get_func_nargs(call->funcid);
}

static bool
are_constants(const List *args)
{
	ListCell   *lc;

	foreach(lc, args)
	{
		if (!IsA(lfirst(lc), Const) || ((Const *) lfirst(lc))->constisnull)
			return false;
	}
	return true;
}

static bool
is_folded(Oid funcid)
{
	switch (funcid)
	{
		case F_STRING_TO_ARRAY_TEXT_TEXT:
		case F_SIMILAR_TO_ESCAPE_TEXT:
		case F_SIMILAR_TO_ESCAPE_TEXT_TEXT:
			/* single precision rounds: such a number is not as written */
		case F_FLOAT4_INT2:
		case F_FLOAT4_INT4:
		case F_FLOAT4_INT8:
		case F_FLOAT4_NUMERIC:
			return true;
		default:
			return false;
	}
}

static Node *
fold_call(FuncExpr *call)
{
	if (call->funcid < FirstNormalObjectId && is_abridged(call))
		cr_normalize_arguments(call);
	if (is_folded(call->funcid) && are_constants(call->args))
		return cr_fold((Node *) call);
	return (Node *) call;
}

static bool
matches_pattern(Oid funcid)
{
	switch (funcid)
	{
		case F_TEXTLIKE:
		case F_TEXTNLIKE:
		case F_TEXTICLIKE:
		case F_TEXTICNLIKE:
		case F_BPCHARLIKE:
		case F_BPCHARNLIKE:
		case F_BPCHARICLIKE:
		case F_BPCHARICNLIKE:
		case F_TEXTREGEXEQ:
		case F_TEXTREGEXNE:
		case F_TEXTICREGEXEQ:
		case F_TEXTICREGEXNE:
			return true;
		default:
			return false;
	}
}

/* x LIKE ANY ('{a,b}') is x LIKE 'a' OR x LIKE 'b'. */
static Node *
write_out_patterns(ScalarArrayOpExpr *any)
{
	Const	   *patterns = (Const *)
		cr_fold(lsecond(any->args));
	List	   *parts = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	if (!IsA(patterns, Const) || patterns->constisnull ||
		patterns->consttype != TEXTARRAYOID ||
		contain_volatile_functions((Node *) any->args))
		return (Node *) any;
	deconstruct_array(DatumGetArrayTypeP(patterns->constvalue), TEXTOID, -1,
					  false, TYPALIGN_INT, &values, &nulls, &count);
	if (count < 1 || count > CR_MAX_PATTERNS)
		return (Node *) any;
	for (int i = 0; i < count; i++)
	{
		Const	   *pattern = makeConst(TEXTOID, -1, patterns->constcollid, -1,
										values[i], nulls[i], false);
		OpExpr	   *match = (OpExpr *)
			make_opclause(any->opno, BOOLOID, false,
						  copyObject(linitial(any->args)), (Expr *) pattern,
						  InvalidOid, any->inputcollid);

		match->opfuncid = any->opfuncid;
		match->location = any->location;
		parts = lappend(parts, match);
	}
	return (Node *) (any->useOr ? make_orclause(parts) :
					 make_andclause(parts));
}

static Node *
fold_mutator(Node *node, void *context)
{
	if (node == NULL || IsA(node, Query))
		return node;
	node = expression_tree_mutator(node, fold_mutator, context);
	if (IsA(node, ScalarArrayOpExpr) &&
		matches_pattern(((ScalarArrayOpExpr *) node)->opfuncid))
		return write_out_patterns((ScalarArrayOpExpr *) node);
	return IsA(node, FuncExpr) ? fold_call((FuncExpr *) node) : node;
}

/* Folds such calls in the expressions of one query, in place. */
void
cr_normalize_calls(Query *query)
{
	ListCell   *lc;

	query->targetList = (List *)
		fold_mutator((Node *) query->targetList, NULL);
	query->jointree = (FromExpr *)
		fold_mutator((Node *) query->jointree, NULL);
	query->havingQual = fold_mutator(query->havingQual, NULL);
	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_FUNCTION)
			rte->functions = (List *)
				fold_mutator((Node *) rte->functions, NULL);
	}
}
