/*-------------------------------------------------------------------------
 *
 * src/session/resolve.c
 *	  Resolves the query of a template.
 *
 * A template is kept as its query reads when it is deparsed with an empty
 * search path, so every name in it is qualified; and with a digest over that
 * text, over the same with the views written out, over whose rights and which
 * options and columns these have, and over the definitions of functions, row
 * types and enums that are not the server's.  Settings that decide what a text
 * means are pinned while it is written and whenever it is read again, so that
 * nothing can change under an approval without showing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "base/compat.h"
#include "base/oids.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "session/asker.h"
#include "session/on_behalf.h"
#include "session/pinned.h"
#include "session/plain_node.h"
#include "session/template_code.h"
#include "session/template_digest.h"
#include "session/template_text.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(cr_resolve_query);

/* What stands in a query. */
typedef struct Contents
{
	List	   *relids;
	List	   *columns;		/* relation and column number in turn */
	List	   *views;
	List	   *functions;		/* that did not come with the server */
	List	   *types;			/* the same */
	Oid			type;			/* one that brings code, or InvalidOid */
} Contents;

/* ---------- reading ---------- */

static bool
changes_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;

		if (query->commandType != CMD_SELECT || query->rowMarks != NIL ||
			query->utilityStmt != NULL)
			return true;
		return query_tree_walker(query, changes_walker, context, 0);
	}
	return expression_tree_walker(node, changes_walker, context);
}

static Query *
read_query(const char *text, Oid *types, int ntypes)
{
	ErrorContextCallback callback;
	Query	   *query;

	cr_template_text_enter(&callback, text);
	query = cr_template_text_read(text, types, ntypes);
	cr_template_text_leave(&callback);
	if (changes_walker((Node *) query, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a template may only read"),
				 errhint("Leave out INTO, FOR UPDATE or SHARE, and INSERT, UPDATE or DELETE in WITH.")));
	return query;
}

/* ---------- what is in it ---------- */

static bool
is_foreign_function(Oid funcid, void *context)
{
	Contents   *contents = (Contents *) context;

	if (funcid >= FirstNormalObjectId && !cr_oids_is_own_function(funcid))
		contents->functions = list_append_unique_oid(contents->functions,
													 funcid);
	return false;
}

static bool
is_foreign_type(Oid type)
{
	return type >= FirstNormalObjectId && get_typtype(type) != TYPTYPE_ENUM &&
		get_typtype(get_element_type(type)) != TYPTYPE_ENUM;
}

static void
note_type(Oid type, Contents *contents)
{
	if (is_foreign_type(type))
		contents->type = type;
	if (type >= FirstNormalObjectId)
		contents->types = list_append_unique_oid(contents->types, type);
}

static void
note_relation(Query *query, RangeTblEntry *rte, Contents *contents)
{
	const Bitmapset *columns = cr_selected_columns(query, rte);
	int			member = -1;

	contents->relids = list_append_unique_oid(contents->relids, rte->relid);
	while ((member = bms_next_member(columns, member)) >= 0)
	{
		AttrNumber	attnum = member + FirstLowInvalidHeapAttributeNumber;

		contents->columns = lappend_int(contents->columns, (int) rte->relid);
		contents->columns = lappend_int(contents->columns, attnum);
	}
}

static bool
contents_walker(Node *node, Contents *contents)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;
		ListCell   *lc;

		foreach(lc, query->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			/* a view keeps its number where its query is written out */
			if (OidIsValid(rte->relid) && rte->relkind == RELKIND_VIEW)
				contents->views = list_append_unique_oid(contents->views,
														 rte->relid);
			else if (rte->rtekind == RTE_RELATION)
				note_relation(query, rte, contents);
		}
		return query_tree_walker(query, contents_walker, contents, 0);
	}
	(void) check_functions_in_node(node, is_foreign_function, contents);
	note_type(cr_plain_node_type(node), contents);
	return expression_tree_walker(node, contents_walker, contents);
}

/* Each row is returned as an object, which has one value of a name. */
static void
refuse_equal_names(List *columns)
{
	ListCell   *lc;
	ListCell   *other;

	foreach(lc, columns)
	{
		TargetEntry *column = lfirst_node(TargetEntry, lc);

		if (column->resjunk)
			continue;
		for_each_cell(other, columns, lnext(columns, lc))
		{
			TargetEntry *next = lfirst_node(TargetEntry, other);

			if (!next->resjunk && strcmp(next->resname, column->resname) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_COLUMN),
						 errmsg("two columns of the template's result are named \"%s\"",
								column->resname),
						 errhint("Each row is returned as an object: give one of them another name with AS.")));
		}
	}
}

static void
refuse_temporary(List *relids)
{
	ListCell   *lc;

	foreach(lc, relids)
	{
		if (isAnyTempNamespace(get_rel_namespace(lfirst_oid(lc))))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					 errmsg("a template may not read a temporary table"),
					 errhint("Whoever runs it would have another table of that name, or none: make it a permanent one.")));
	}
}

static void
refuse_code(Query *rewritten)
{
	CrVerdict  *refusal = cr_template_judge_code(list_make1(rewritten),
												 InvalidOid);

	if (refusal != NULL)
		cr_template_raise_code(refusal);
}

/* ---------- the answer ---------- */

static ArrayType *
array_of_relations(List *relids)
{
	Datum	   *values = palloc((list_length(relids) + 1) * sizeof(Datum));
	int			count = 0;
	ListCell   *lc;

	foreach(lc, relids)
		values[count++] = ObjectIdGetDatum(lfirst_oid(lc));
	return construct_array(values, count, REGCLASSOID, sizeof(Oid), true,
						   TYPALIGN_INT);
}

/* Relation and column number in turn. */
static ArrayType *
array_of_columns(List *columns)
{
	Datum	   *values = palloc((list_length(columns) + 1) * sizeof(Datum));
	int			count = 0;
	ListCell   *lc;

	foreach(lc, columns)
	{
		int64		value = count % 2 == 0 ?
			(int64) (uint32) lfirst_int(lc) : (int64) lfirst_int(lc);

		values[count++] = Int64GetDatum(value);
	}
	return construct_array(values, count, INT8OID, sizeof(int64),
						   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/* Whose code the functions are. */
static ArrayType *
array_of_owners(List *functions)
{
	List	   *owners = NIL;
	Datum	   *values;
	int			count = 0;
	ListCell   *lc;

	foreach(lc, functions)
	{
		HeapTuple	tuple = SearchSysCache1(PROCOID,
											ObjectIdGetDatum(lfirst_oid(lc)));

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for function %u", lfirst_oid(lc));
		owners = list_append_unique_oid(owners, ((Form_pg_proc)
												 GETSTRUCT(tuple))->proowner);
		ReleaseSysCache(tuple);
	}
	values = palloc((list_length(owners) + 1) * sizeof(Datum));
	foreach(lc, owners)
		values[count++] = ObjectIdGetDatum(lfirst_oid(lc));
	return construct_array(values, count, OIDOID, sizeof(Oid), true,
						   TYPALIGN_INT);
}

static Oid *
types_of(ArrayType *array, int *count)
{
	Datum	   *values;
	Oid		   *types;

	deconstruct_array(array, OIDOID, sizeof(Oid), true, TYPALIGN_INT, &values,
					  NULL, count);
	types = palloc((*count + 1) * sizeof(Oid));
	for (int i = 0; i < *count; i++)
		types[i] = DatumGetObjectId(values[i]);
	return types;
}

static const char *
name_of_outsider(const Contents *contents)
{
	if (contents->functions != NIL)
		return format_procedure_qualified(linitial_oid(contents->functions));
	if (OidIsValid(contents->type))
		return format_type_be_qualified(contents->type);
	return NULL;
}

/*
 * Reading a literal of a type of the author's, and writing it, may run the
 * author's code: a domain's conditions.  It gets the author's rights, and
 * those of a restricted operation.
 */
static void
become_author(Oid author)
{
	Oid			user;
	int			context;

	if (!SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(author)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the author of the template is gone"),
				 errhint("Propose the template again, as a role that is there.")));
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(author, context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
}

/* "written": as by whom calls; else as it is kept. */
static Datum
resolve_query(FunctionCallInfo fcinfo)
{
	char	   *given = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int			ntypes;
	Oid		   *types = types_of(PG_GETARG_ARRAYTYPE_P(2), &ntypes);
	bool		written = PG_GETARG_BOOL(3);
	int			nesting = NewGUCNestLevel();
	Contents	contents = {0};
	const char *outsider;
	Query	   *query;
	Query	   *rewritten;
	char	   *resolved;
	char	   *meaning;
	Datum		values[7] = {0};
	bool		nulls[7] = {false};
	TupleDesc	desc;
	Oid			user;
	int			context;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension resolves templates"),
				 errhint("Use cleanroom.propose_template().")));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	GetUserIdAndSecContext(&user, &context);
	become_author(PG_GETARG_OID(0));
	if (!written)
		cr_session_pin_settings();
	cr_session_pin_path(written ? cr_behalf_search_path() :
						 "pg_catalog, pg_temp");
	query = read_query(given, types, ntypes);
	values[6] = PointerGetDatum(cr_template_objects(query));
	rewritten = linitial_node(Query, QueryRewrite(copyObject(query)));
	cr_session_pin_settings();
	cr_session_pin_path("");
	(void) contents_walker((Node *) rewritten, &contents);
	refuse_temporary(contents.relids);
	refuse_equal_names(query->targetList);
	refuse_code(rewritten);
	resolved = pg_get_querydef(query, false);
	meaning = psprintf("%s;%s", resolved, pg_get_querydef(rewritten, false));
	outsider = name_of_outsider(&contents);
	values[0] = CStringGetTextDatum(resolved);
	values[1] = PointerGetDatum(cr_template_digest(meaning, contents.views,
												   contents.functions,
												   contents.types));
	values[2] = PointerGetDatum(array_of_relations(contents.relids));
	values[3] = PointerGetDatum(array_of_columns(contents.columns));
	nulls[4] = outsider == NULL;
	if (outsider != NULL)
		values[4] = CStringGetTextDatum(outsider);
	values[5] = PointerGetDatum(array_of_owners(contents.functions));
	AtEOXact_GUC(false, nesting);
	SetUserIdAndSecContext(user, context);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc),
													  values, nulls)));
}

/*
 * SQL: cleanroom.resolve_query(author oid, query text, types oid[],
 * written boolean).
 */
Datum
cr_resolve_query(PG_FUNCTION_ARGS)
{
	bool		borrowed = cr_session_set_borrowed(true);
	volatile Datum result = (Datum) 0;

	PG_TRY();
	{
		result = resolve_query(fcinfo);
	}
	PG_FINALLY();
	{
		(void) cr_session_set_borrowed(borrowed);
	}
	PG_END_TRY();
	return result;
}
