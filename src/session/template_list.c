/*-------------------------------------------------------------------------
 *
 * src/session/template_list.c
 *	  The list of the server's functions that templates may call.
 *
 * One party has written a template and another runs it, so nothing in it may
 * lead to code of the first one's that nobody sees in its query.  On the list
 * are the functions that conditions of access rules may call and those over
 * protected rows; the stable ones named below; and the server's immutable
 * ones.  A function that takes arguments of type "any", or that is said to
 * below, may look for a cast by their types, which anybody may make for a
 * type of their own: its arguments have built-in types.
 *
 * What is not, and why: functions that read values of a type whose number
 * they are given, or fill rows (array_in(), record_in(), domain_in(),
 * json_populate_record()): they run the conditions of domains; those that run
 * a text or read a relation by its name (query_to_xml(), ts_stat()); all that
 * change something.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "agg/total.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "session/condition_list.h"
#include "session/template_list.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* Of these the types of their arguments matter, too. */
static const Oid plain_types[] = {
	F_TO_JSON, F_TO_JSONB, F_ARRAY_TO_JSON_ANYARRAY,
	F_ARRAY_TO_JSON_ANYARRAY_BOOL, F_JSON_AGG, F_JSONB_AGG,
	F_JSON_OBJECT_AGG, F_JSONB_OBJECT_AGG, F_JSON_BUILD_ARRAY_ANY,
	F_JSON_BUILD_ARRAY_, F_JSON_BUILD_OBJECT_ANY, F_JSON_BUILD_OBJECT_,
	F_JSONB_BUILD_ARRAY_ANY, F_JSONB_BUILD_ARRAY_, F_JSONB_BUILD_OBJECT_ANY,
	F_JSONB_BUILD_OBJECT_,

	/* These have a body in SQL, with a cast to text. */
	F_QUOTE_LITERAL_ANYELEMENT, F_QUOTE_NULLABLE_ANYELEMENT, F_TEXTANYCAT,
	F_ANYTEXTCAT
};

/* Stable ones, and one that is volatile, which go by their arguments. */
static const Oid any_types[] = {
	/* They take any type, and write it by its output function, if at all. */
	F_COUNT_ANY, F_CONCAT, F_CONCAT_WS, F_FORMAT_TEXT, F_FORMAT_TEXT_ANY,
	F_NUM_NULLS, F_NUM_NONNULLS, F_PG_TYPEOF, F_ARRAY_OUT, F_ENUM_OUT,
	F_DATE_OUT, F_TIMESTAMP_OUT, F_TIMESTAMPTZ_OUT, F_INTERVAL_OUT,

	F_GENERATE_SERIES_TIMESTAMPTZ_TIMESTAMPTZ_INTERVAL,
	F_ENUM_FIRST, F_ENUM_LAST, F_ENUM_RANGE_ANYENUM,
	F_ENUM_RANGE_ANYENUM_ANYENUM, F_CONVERT, F_CONVERT_TO, F_CONVERT_FROM,
	F_MONEY_INT4, F_MONEY_INT8, F_MONEY_NUMERIC, F_NUMERIC_MONEY, F_XML,
	F_TO_TSVECTOR_TEXT, F_TO_TSQUERY_TEXT, F_PLAINTO_TSQUERY_TEXT,
	F_PHRASETO_TSQUERY_TEXT, F_WEBSEARCH_TO_TSQUERY_TEXT, F_TS_MATCH_TT,
	F_TS_MATCH_TQ, F_JSONB_PATH_EXISTS_TZ, F_JSONB_PATH_QUERY_TZ,
	F_JSONB_PATH_QUERY_ARRAY_TZ, F_JSONB_PATH_QUERY_FIRST_TZ,
	F_JSONB_PATH_MATCH_TZ,

	/* Facts of the session, which tell nobody but whoever runs it. */
	F_CURRENT_SETTING_TEXT, F_CURRENT_SETTING_TEXT_BOOL, F_INET_CLIENT_ADDR,
	F_INET_SERVER_ADDR
};

static bool
is_among(Oid funcid, const Oid *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		if (list[i] == funcid)
			return true;
	}
	return false;
}

static bool
takes_any(Oid funcid)
{
	Oid		   *types;
	int			count;

	(void) get_func_signature(funcid, &types, &count);
	return is_among(ANYOID, types, count);
}

/* See template_list.h. */
bool
cr_template_list_has(Oid funcid)
{
	return is_among(funcid, any_types, lengthof(any_types)) ||
		is_among(funcid, plain_types, lengthof(plain_types)) ||
		cr_condition_list_has(funcid) ||
		OidIsValid(cr_total_function(funcid)) ||
		OidIsValid(cr_total_aggregate(funcid));
}

/* See template_list.h. */
bool
cr_template_list_has_type(Oid type)
{
	Oid			element = get_element_type(getBaseType(type));

	type = getBaseType(OidIsValid(element) ? element : type);
	if (type == UNKNOWNOID)
		return true;
	if (type >= FirstGenbkiObjectId)
		return false;
	switch (get_typtype(type))
	{
		case TYPTYPE_BASE:
		case TYPTYPE_RANGE:
		case TYPTYPE_MULTIRANGE:
			return true;
		default:
			return false;
	}
}

/* ---------- arguments ---------- */

static List *
arguments_of(Node *node)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			return ((FuncExpr *) node)->args;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			return ((OpExpr *) node)->args;
		case T_ScalarArrayOpExpr:
			return ((ScalarArrayOpExpr *) node)->args;
		case T_WindowFunc:
			return ((WindowFunc *) node)->args;
		case T_Aggref:
			return list_concat_copy(((Aggref *) node)->aggdirectargs,
									((Aggref *) node)->args);
		default:
			return NIL;
	}
}

/* See template_list.h. */
Oid
cr_template_list_refused_type(Oid funcid, Node *node)
{
	ListCell   *lc;

	if (is_among(funcid, any_types, lengthof(any_types)) ||
		!(is_among(funcid, plain_types, lengthof(plain_types)) ||
		  takes_any(funcid)))
		return InvalidOid;
	foreach(lc, arguments_of(node))
	{
		Node	   *argument = lfirst(lc);

		if (IsA(argument, TargetEntry))
			argument = (Node *) ((TargetEntry *) argument)->expr;
		if (!cr_template_list_has_type(exprType(argument)))
			return exprType(argument);
	}
	return InvalidOid;
}
