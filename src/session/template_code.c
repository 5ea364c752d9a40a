/*-------------------------------------------------------------------------
 *
 * src/session/template_code.c
 *	  Judges which code a template would run.
 *
 * Its query is judged twice: as its author's, when it is proposed and
 * whenever it is read; and as it is rewritten for whoever runs it, with the
 * row policies that bind that role and not the author.  The server's functions
 * have to be listed (template_list.c), and nothing is read as a type with
 * conditions.  Ours are those that conditions of access rules may call.
 *
 * What a query does not show (the predicates of indexes, what the planner
 * inlines, the conditions of domains, what has been replaced since) has to be
 * what the query might show, when it is called; and as the planner calls some
 * functions of types without asking, tables may bring none of somebody's.
 * What else might change is template_reach.c's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "base/errcodes.h"
#include "base/oids.h"
#include "base/operators.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "session/approval.h"
#include "session/condition_list.h"
#include "session/fixed_names.h"
#include "session/made_function.h"
#include "session/others_code.h"
#include "session/plain_node.h"
#include "session/template_code.h"
#include "session/template_list.h"
#include "session/template_reach.h"
#include "session/type_code.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

typedef struct Judging
{
	Node	   *node;			/* whose functions are being judged */
	Oid			runner;			/* or InvalidOid */
	CrVerdict  *refusal;
} Judging;

/* ---------- whose code ---------- */

static bool
is_untrusted_function(Oid funcid, Oid runner)
{
	return funcid >= FirstNormalObjectId &&
		!cr_oids_is_own_function(funcid) &&
		cr_made_function_is_others(funcid, runner);
}

/* Does it belong to an aggregate?  No expression can give it what it takes. */
static bool
takes_internal(Oid funcid)
{
	Oid		   *types;
	int			count;

	(void) get_func_signature(funcid, &types, &count);
	return count > 0 && types[0] == INTERNALOID;
}

/* See template_code.h. */
bool
cr_template_refuses_call(Oid funcid)
{
	if (!cr_approval_runs_as(GetUserId()))
		return false;
	if (funcid < FirstNormalObjectId)
		return !cr_template_list_has(funcid) && !takes_internal(funcid);
	return !cr_made_function_is_harmless(funcid, GetUserId());
}

/* ---------- refusals ---------- */

static CrVerdict *
refuse_others(const char *what)
{
	CrVerdict  *refusal = cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
											psprintf("a template runs %s", what),
											"Have its owner use the server's functions and types in the query, its views and row policies, or those of a superuser's.");

	refusal->detail = "It would run with your rights and in your session.";
	return refusal;
}

static CrVerdict *
refuse_function(Oid funcid)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("function %s cannot be called in a template",
									  format_procedure(funcid)),
							 "Templates call the server's functions that go by their arguments, the time and settings, and neither run texts, read values as a type that is given to them, nor change anything.");
}

/* One of ours, or of another extension's. */
static CrVerdict *
refuse_extensions(Oid funcid)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("function %s cannot be called in a template",
									  format_procedure(funcid)),
							 "It would do as whoever runs the template what its author has it do. Of cleanroom's functions templates call session facts, such as cleanroom.attribute(), and of other extensions' those that are immutable and neither take nor return rows, domains or values of any type.");
}

/* What it calls is for whoever may create in the runner's search_path. */
static CrVerdict *
refuse_loose(Oid funcid)
{
	CrVerdict  *refusal;

	refusal = cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
								psprintf("function %s finds what it calls by the search_path, and cannot be called in a template",
										 format_procedure(funcid)),
								"Ask its owner for one that is " CR_FIXED_NAMES_HINT ".");
	refusal->detail = "It would run with your rights and in your session.";
	return refusal;
}

static CrVerdict *
refuse_argument(Oid funcid, Oid type)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("function %s cannot be called over values of type %s in a template",
									  format_procedure(funcid),
									  format_type_be(type)),
							 "It might cast them by somebody's function. Give it values of built-in types: format('%s', x) writes any value as text.");
}

/* What its maker calls its negator may be called as well, and be anything. */
static CrVerdict *
refuse_operator(Oid opno)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("a template may not use operator %s",
									  format_operator(opno)),
							 "Use the server's operators, or ask a superuser to own it.");
}

static CrVerdict *
refuse_construct(void)
{
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 "this kind of expression cannot stand in a template",
							 "Write JSON by json_build_object() and its like, and columns of plain tables, subqueries and functions.");
}

/*
 * Reading a value as a domain runs its conditions, with the rights of whoever
 * runs the template; and they are no part of what has been approved.
 */
static CrVerdict *
refuse_reading(Oid type)
{
	return cr_verdict_refuse(ERRCODE_DATATYPE_MISMATCH, -1,
							 psprintf("a template may not write values of type %s",
									  format_type_be_qualified(type)),
							 "Write values of built-in types, or of enums.");
}

/* The planner would compute it as soon as the query names the table. */
static CrVerdict *
refuse_table(Oid relid, const char *code)
{
	char	   *reason;
	CrVerdict  *refusal;

	reason = psprintf("a template may not read table \"%s\", because an index, constraint, statistics object, partition key or column of it uses %s",
					  get_rel_name(relid), code);
	refusal = cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1, reason,
								"Its owner can use there what conditions of access rules may call, such as built-in functions that are immutable, or functions that a superuser owns and that are " CR_FIXED_NAMES_HINT ".");

	refusal->detail = "It would run with your rights and in your session.";
	return cr_verdict_of_table(refusal, relid);
}

/* ---------- nodes ---------- */

/*
 * A function that did not come with the server.  Of ours facts alone: others
 * would do as whoever runs the template what its author wants done.
 */
static CrVerdict *
judge_made_function(Oid funcid, Oid runner)
{
	if (cr_oids_is_own_function(funcid) ? !cr_condition_list_has(funcid) :
		!cr_made_function_answers(funcid))
		return refuse_extensions(funcid);
	if (OidIsValid(runner) && is_untrusted_function(funcid, runner))
		return refuse_others(psprintf("function %s, which is somebody else's",
									  format_procedure(funcid)));
	if (OidIsValid(runner) && !cr_names_are_fixed(funcid, runner))
		return refuse_loose(funcid);
	return NULL;
}

static bool
is_refused_function(Oid funcid, void *context)
{
	Judging    *judging = context;
	Oid			type;

	if (funcid >= FirstNormalObjectId)
	{
		judging->refusal = judge_made_function(funcid, judging->runner);
		return judging->refusal != NULL;
	}
	type = cr_template_list_refused_type(funcid, judging->node);
	if (!cr_template_list_has(funcid))
		judging->refusal = refuse_function(funcid);
	else if (OidIsValid(type))
		judging->refusal = refuse_argument(funcid, type);
	return judging->refusal != NULL;
}

/* What a template may have and an access rule may not. */
static bool
is_plain(Node *node)
{
	switch (nodeTag(node))
	{
		case T_TableSampleClause:
		case T_GroupingSet:
		case T_WindowClause:
		case T_CTESearchClause:
		case T_CTECycleClause:
		case T_GroupingFunc:
		case T_WindowFunc:
		case T_FieldSelect:
		case T_ConvertRowtypeExpr:
		case T_XmlExpr:
			return true;
		default:
			return cr_plain_node(node);
	}
}

static bool
is_read_by_nobodys_code(Oid type)
{
	Oid			element = get_element_type(type);

	if (OidIsValid(element))
		type = element;
	return type < FirstNormalObjectId || get_typtype(type) == TYPTYPE_ENUM;
}

/* XMLTABLE reads its columns as their types. */
static CrVerdict *
judge_table_function(TableFunc *function)
{
	ListCell   *lc;

	foreach(lc, function->coltypes)
	{
		if (!is_read_by_nobodys_code(lfirst_oid(lc)))
			return refuse_reading(lfirst_oid(lc));
	}
	return NULL;
}

static CrVerdict *
judge_node(Node *node, Oid runner)
{
	Judging		judging = {node, runner, NULL};
	Oid			type;

	switch (nodeTag(node))
	{
		case T_Const:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_CoerceToDomain:
			if (!is_read_by_nobodys_code(exprType(node)))
				return refuse_reading(exprType(node));
			break;
		case T_TableFunc:
			return judge_table_function((TableFunc *) node);
		default:
			if (!is_plain(node))
				return refuse_construct();
			break;
	}
	type = cr_plain_node_type(node);
	judging.refusal = OidIsValid(type) ? cr_template_judge_texts(node) : NULL;
	if (judging.refusal != NULL)
		return judging.refusal;
	if (OidIsValid(runner) && cr_type_brings_code(type, runner))
		return refuse_others(psprintf("functions of type %s, which is somebody else's",
									  format_type_be(type)));
	if (OidIsValid(cr_foreign_operator(node)))
		return refuse_operator(cr_foreign_operator(node));
	(void) check_functions_in_node(node, is_refused_function, &judging);
	return judging.refusal;
}

/* A table, by what the planner computes of it as soon as a query names it. */
static CrVerdict *
judge_entry(RangeTblEntry *rte, Oid runner)
{
	CrVerdict  *refusal = cr_template_judge_table(rte);
	const char *code;

	/* without a runner there is nobody whose rights the code would have */
	if (refusal != NULL || rte->rtekind != RTE_RELATION ||
		rte->relkind == RELKIND_VIEW || !OidIsValid(runner))
		return refusal;
	code = cr_others_code_of_table(rte->relid, runner);
	return code == NULL ? NULL : refuse_table(rte->relid, code);
}

static bool
code_walker(Node *node, Judging *judging)
{
	if (node == NULL)
		return false;
	check_stack_depth();
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, code_walker, judging,
								 QTW_EXAMINE_RTES_BEFORE |
								 QTW_IGNORE_JOINALIASES);
	if (IsA(node, RangeTblEntry))
	{
		/* its parts come next */
		judging->refusal = judge_entry((RangeTblEntry *) node,
									   judging->runner);
		return judging->refusal != NULL;
	}
	judging->refusal = judge_node(node, judging->runner);
	return judging->refusal != NULL ||
		expression_tree_walker(node, code_walker, (void *) judging);
}

/* See template_code.h. */
CrVerdict *
cr_template_judge_code(List *queries, Oid runner)
{
	Judging		judging = {NULL, runner, NULL};

	(void) code_walker((Node *) queries, &judging);
	return judging.refusal;
}

void
cr_template_raise_code(CrVerdict *refusal)
{
	ereport(ERROR,
			(errcode(refusal->sqlerrcode),
			 errmsg("%s", refusal->reason),
			 refusal->detail == NULL ? 0 : errdetail("%s", refusal->detail),
			 errhint("%s", refusal->hint)));
}
