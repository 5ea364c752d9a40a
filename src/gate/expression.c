/*-------------------------------------------------------------------------
 *
 * src/gate/expression.c
 *	  Rule: over protected rows only what cannot fail, and tells nobody.
 *
 * Allow-lists throughout: node types here, functions by OID in agg/total.c,
 * types and collations by having come with the server.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "agg/total.h"
#include "base/errcodes.h"
#include "base/oids.h"
#include "base/operators.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/typcache.h"

static bool
type_is_known(Oid type)
{
	Oid			element;

	if (!OidIsValid(type))
		return false;
	type = getBaseType(type);
	if (type == RECORDOID)
		return false;
	element = get_element_type(type);
	if (OidIsValid(element))
		type = getBaseType(element);
	if (get_typtype(type) == TYPTYPE_ENUM)
		return true;
	return type < FirstNormalObjectId &&
		(get_typtype(type) == TYPTYPE_BASE || type == UNKNOWNOID);
}

static CrVerdict *
refuse_function(Oid funcid, int location)
{
	const char *name = funcid < FirstNormalObjectId ?
	get_func_name(funcid) : format_procedure(funcid);

	if (funcid < FirstNormalObjectId &&
		(strstr(name, "regex") != NULL || strstr(name, "similar") != NULL))
		return cr_verdict_refuse(CR_ERRCODE_FUNCTION, location,
								 "this use of regular expressions may not run over protected rows",
								 "Use ~, ~*, SIMILAR TO or regexp_like() of two arguments, with a constant; or split_part(), left() or position().");
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, location,
							 psprintf("function %s may not run over protected rows",
									  name),
							 "Use built-in functions that cannot fail on any value, or apply it to the result: SELECT f(n) FROM (SELECT count(*) AS n ...) AS released.");
}

static const char *
hint_of_operator(const char *name)
{
	if (strcmp(name, "||") == 0)
		return "Join text, numbers, dates and times; write a condition as CASE WHEN c THEN 'yes' ELSE 'no' END.";
	if (strcmp(name, "<@") == 0 || strcmp(name, "@>") == 0 ||
		strcmp(name, "&&") == 0)
		return "Compare with =, <, >= or IN: x >= a AND x < b stands for a range.";
	return "Use comparisons and arithmetic of built-in types, or apply it to the result: SELECT n OPERATOR m FROM (SELECT count(*) AS n ...) AS released.";
}

static CrVerdict *
refuse_operator(Oid opno, int location)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, location,
							 psprintf("operator %s may not run over protected rows",
									  format_operator(opno)),
							 hint_of_operator(get_opname(opno)));
}

/* must_stand: the node has no place for a twin's OID */
static CrVerdict *
check_function(Oid funcid, bool must_stand, int location)
{
	Oid			twin = cr_total_function(funcid);
	const CrOids *oids = cr_oids_get();

	if (oids != NULL && (funcid == oids->open_function ||
						 funcid == oids->gate_function))
		return NULL;			/* in the row policies of a protected table */
	if (twin == funcid || (OidIsValid(twin) && !must_stand))
		return NULL;
	return refuse_function(funcid, location);
}

/*
 * concat() and || of text with anything write their arguments as text.  The
 * latter does so by casts, and for these two types, they write otherwise.
 */
static bool
writes_argument(Oid funcid, Oid type)
{
	if (funcid == F_CONCAT || funcid == F_CONCAT_WS)
		return cr_gate_has_total_output(type);
	if (funcid == F_TEXTANYCAT || funcid == F_ANYTEXTCAT)
		return cr_gate_has_total_output(type) &&
			getBaseType(type) != BOOLOID && getBaseType(type) != BPCHAROID;
	return true;
}

static CrVerdict *
check_call(Oid funcid, List *args, Node *node)
{
	int			location = exprLocation(node);
	CrVerdict  *refusal;
	ListCell   *lc;

	foreach(lc, args)
	{
		if (!writes_argument(funcid, exprType(lfirst(lc))))
			return refuse_function(funcid, location);
	}
	if (cr_gate_is_fixed(funcid, args))
		return NULL;
	refusal = check_function(funcid, false, location);
	if (refusal == NULL)
		refusal = cr_rule_pattern(funcid, args, exprInputCollation(node),
								  location);
	return refusal;
}

/*
 * Can the query not have a second row?  A scalar sub-select that has one
 * fails, and it is run only once some row needs it.
 */
static bool
has_one_row(Query *query)
{
	int64		limit;

	if (query->limitOption == LIMIT_OPTION_COUNT &&
		cr_inspect_limit(query->limitCount, &limit) && limit == 1)
		return true;
	if (query->hasTargetSRFs || query->setOperations != NULL)
		return false;
	if (query->groupClause != NIL || query->groupingSets != NIL)
		return false;
	return query->hasAggs || query->jointree->fromlist == NIL;
}

static CrVerdict *
check_sublink(SubLink *sublink)
{
	switch (sublink->subLinkType)
	{
		case ANY_SUBLINK:
		case ALL_SUBLINK:
		case EXISTS_SUBLINK:
			return NULL;
		case EXPR_SUBLINK:
			if (has_one_row(castNode(Query, sublink->subselect)))
				return NULL;
			return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, sublink->location,
									 "a subquery that may return more than one row is not allowed as a value over protected rows",
									 "Aggregate in it without GROUP BY, or add LIMIT 1; or write IN (SELECT ...).");
		default:
			return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, sublink->location,
									 "this kind of subquery is not allowed over protected rows",
									 "Write IN (SELECT ...) of one column for = ANY (ARRAY(SELECT ...)), or a subquery that is one value.");
	}
}

static CrVerdict *
check_operator(Node *node)
{
	ScalarArrayOpExpr *listed = (ScalarArrayOpExpr *) node;
	OpExpr	   *op = (OpExpr *) node;
	int			location = exprLocation(node);
	Oid			opno = op->opno;
	CrVerdict  *refusal;

	if (OidIsValid(cr_made_operator(node)))
		return refuse_operator(cr_made_operator(node), location);
	if (IsA(node, ScalarArrayOpExpr))
	{
		opno = listed->opno;
		refusal = check_function(listed->opfuncid, true, location);
	}
	else if (IsA(node, OpExpr))
		refusal = check_call(op->opfuncid, op->args, node);
	else
		refusal = check_function(op->opfuncid, true, location);
	/* as refuse_function(), in the words of who has written the operator */
	if (refusal == NULL || strchr(get_opname(opno), '~') != NULL)
		return refusal;
	return refuse_operator(opno, location);
}

/* What GREATEST and LEAST call. */
static Oid
comparison(Node *node)
{
	return lookup_type_cache(exprType(node), TYPECACHE_CMP_PROC)->cmp_proc;
}

static CrVerdict *
refuse_node(Node *node)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, exprLocation(node),
							 "this kind of expression is not known to be safe over protected rows",
							 IsA(node, RowExpr) ?
							 "Name its columns one by one; to count combinations, count the rows of a subquery with SELECT DISTINCT." :
							 "Write it with plain columns, constants, comparisons and arithmetic, or apply it to the released result.");
}

/* beside: in a public query that is evaluated beside raw rows */
static CrVerdict *
check_aggregate(Aggref *aggref, bool beside)
{
	if (beside && AGGKIND_IS_ORDERED_SET(aggref->aggkind))
		return cr_rule_ordered_set(aggref);
	if (OidIsValid(cr_total_aggregate(aggref->aggfnoid)))
		return NULL;
	return refuse_function(aggref->aggfnoid, exprLocation((Node *) aggref));
}

/* What the node itself calls, its children apart. */
static CrVerdict *
check_node(Node *node, bool beside)
{
	switch (nodeTag(node))
	{
		case T_Var:
		case T_Const:
		case T_List:
		case T_RelabelType:
		case T_BoolExpr:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_CaseTestExpr:
		case T_CoalesceExpr:
		case T_NullTest:
		case T_BooleanTest:
		case T_ArrayCoerceExpr: /* of elements, which the walker comes to */
		case T_SQLValueFunction:
		case T_TargetEntry:
			return NULL;
		case T_ArrayExpr:
			/* arrays in it have to be of one size, or it fails */
			if (!((ArrayExpr *) node)->multidims)
				return NULL;
			break;
		case T_Param:
			if (((Param *) node)->paramkind == PARAM_EXTERN ||
				((Param *) node)->paramkind == PARAM_SUBLINK)
				return NULL;
			break;
		case T_MinMaxExpr:
			return check_function(comparison(node), true, exprLocation(node));
		case T_FuncExpr:
			if (((FuncExpr *) node)->funcretset ||
				((FuncExpr *) node)->funcvariadic)
				break;
			return check_call(((FuncExpr *) node)->funcid,
							  ((FuncExpr *) node)->args, node);
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
		case T_ScalarArrayOpExpr:
			return check_operator(node);
		case T_CoerceViaIO:
		case T_CoerceToDomain:
		case T_CollateExpr:
			return cr_rule_cast(node);
		case T_SortGroupClause:	/* count(DISTINCT ...) */
			return cr_rule_grouping_operator((SortGroupClause *) node);
		case T_Aggref:
			return check_aggregate((Aggref *) node, beside);
		case T_WindowFunc:
			if (beside)
				return cr_rule_window_function((WindowFunc *) node);
			break;
		case T_SubLink:
			return check_sublink((SubLink *) node);
		default:
			break;
	}
	return refuse_node(node);
}

/* Is the node an expression, whose type and collation matter here? */
static bool
has_type(Node *node)
{
	return !IsA(node, List) && !IsA(node, TargetEntry) &&
		!IsA(node, CaseWhen) && !IsA(node, SubLink) &&
		!IsA(node, CaseTestExpr) && !IsA(node, SortGroupClause) &&
		!(IsA(node, Var) && ((Var *) node)->varattno <= 0);
}

/* The function by whose list entry the node's input collation is judged. */
static Oid
called_function(Node *node)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			return ((FuncExpr *) node)->funcid;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			return ((OpExpr *) node)->opfuncid;
		case T_ScalarArrayOpExpr:
			return ((ScalarArrayOpExpr *) node)->opfuncid;
		case T_MinMaxExpr:
			return comparison(node);
		case T_Aggref:
			return ((Aggref *) node)->aggfnoid;
		case T_WindowFunc:
			return ((WindowFunc *) node)->winfnoid;
		default:
			return InvalidOid;
	}
}

/*
 * Text of which it is not known how it compares.  It may be computed with, as
 * in length(a || b), but what groups and sorts fails on the first two.  The
 * parser sees to that, except where it is a subquery's column.
 */
static bool
is_incomparable_column(Node *node)
{
	return IsA(node, Var) && type_is_collatable(((Var *) node)->vartype) &&
		!OidIsValid(((Var *) node)->varcollid);
}

CrVerdict *
cr_rule_refuse_collation(Node *node)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION,
							 node != NULL ? exprLocation(node) : -1,
							 "values over protected rows need one collation, "
							 "and one of the server's own",
							 "Add COLLATE with a built-in collation such as "
							 "\"C\", or let a superuser own the collation.");
}

/*
 * A collation of the analyst's own can be made to warn when a row first needs
 * it, and a comparison without any fails then: either tells of that row.
 */
static CrVerdict *
check_collation(Node *node)
{
	if (!is_incomparable_column(node) &&
		cr_total_collation(InvalidOid, exprCollation(node)) &&
		cr_total_collation(called_function(node), exprInputCollation(node)))
		return NULL;
	return cr_rule_refuse_collation(node);
}

typedef struct TotalContext
{
	CrVerdict  *refusal;
	bool		beside;
} TotalContext;

static bool
total_walker(Node *node, TotalContext *context)
{
	if (node == NULL)
		return false;
	context->refusal = check_node(node, context->beside);
	if (context->refusal == NULL)
		context->refusal = cr_rule_length(node);
	if (context->refusal != NULL)
		return true;
	if (has_type(node) && !type_is_known(exprType(node)))
	{
		context->refusal =
			cr_verdict_refuse(CR_ERRCODE_FUNCTION, exprLocation(node),
							  psprintf("values of type %s may not be computed with over protected rows",
									   format_type_be(exprType(node))),
							  "Use columns of built-in scalar types.");
		return true;
	}
	if (has_type(node))
		context->refusal = check_collation(node);
	if (context->refusal != NULL)
		return true;
	if (IsA(node, Var) && ((Var *) node)->varattno <= 0)
	{
		context->refusal =
			cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, exprLocation(node),
							  ((Var *) node)->varattno == 0 ?
							  "a whole row may not be used over protected rows" :
							  "a system column may not be used over protected rows",
							  "Name the columns that the policy allows here; cleanroom.columns lists them.");
		return true;
	}
	if (IsA(node, SubLink))
		return total_walker(((SubLink *) node)->testexpr, context);
	/* constants that are a list may be long: they are not copied */
	if (IsA(node, ScalarArrayOpExpr))
	{
		List	   *args = ((ScalarArrayOpExpr *) node)->args;

		if (IsA(cr_inspect_strip_array(lsecond(args)), Const))
			return total_walker(linitial(args), context);
	}
	return expression_tree_walker(node, total_walker, (void *) context);
}

/*
 * Can the expression be evaluated on any row without failing or telling
 * anyone?  Queries inside it are judged as levels of their own.
 */
CrVerdict *
cr_rule_total(Node *expr)
{
	TotalContext context = {NULL, false};

	total_walker(expr, &context);
	return context.refusal;
}

/* The same for one of a public query that is evaluated beside raw rows. */
CrVerdict *
cr_rule_total_beside(Node *expr)
{
	TotalContext context = {NULL, true};

	total_walker(expr, &context);
	return context.refusal;
}

/* The operators by which GROUP BY compares must be the server's own. */
CrVerdict *
cr_rule_grouping_operator(SortGroupClause *clause)
{
	CrVerdict  *refusal = NULL;

	if (OidIsValid(cr_made_operator((Node *) clause)))
		return refuse_operator(cr_made_operator((Node *) clause), -1);
	if (OidIsValid(clause->eqop))
		refusal = check_function(get_opcode(clause->eqop), true, -1);
	if (refusal == NULL && OidIsValid(clause->sortop))
		refusal = check_function(get_opcode(clause->sortop), true, -1);
	return refusal;
}

/* The same for all by which rows are sorted or grouped. */
CrVerdict *
cr_rule_grouping_operators(List *clauses)
{
	ListCell   *lc;

	foreach(lc, clauses)
	{
		CrVerdict  *refusal = cr_rule_grouping_operator(lfirst(lc));

		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}
