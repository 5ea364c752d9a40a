/*-------------------------------------------------------------------------
 *
 * src/guard/parameters.c
 *	  Parameters are looked at before a statement starts.
 *
 * The executor reads a parameter when the first row needs it, and reading it
 * may fail: PL/pgSQL's records have other fields, or fields of other types,
 * than when the statement was planned.  That would tell of the row.  A long
 * text may not be put into rows (see base/limits.h).
 *
 * Which parameters a statement has is kept with its plan (kept.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "base/errcodes.h"
#include "base/limits.h"
#include "guard/kept.h"
#include "guard/parameters.h"
#include "inspect/facts.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "nodes/params.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

typedef struct Parameter
{
	int			id;
	Oid			type;
	bool		is_list;		/* used in = ANY ($n) only */
} Parameter;

static void
note(List **found, const Param *param, bool is_list)
{
	Parameter  *parameter;
	ListCell   *lc;

	foreach(lc, *found)
	{
		parameter = (Parameter *) lfirst(lc);
		if (parameter->id == param->paramid &&
			parameter->type == param->paramtype)
		{
			parameter->is_list = parameter->is_list && is_list;
			return;
		}
	}
	parameter = palloc(sizeof(Parameter));
	parameter->id = param->paramid;
	parameter->type = param->paramtype;
	parameter->is_list = is_list;
	*found = lappend(*found, parameter);
}

static bool
is_external(Node *node)
{
	return node != NULL && IsA(node, Param) &&
		((Param *) node)->paramkind == PARAM_EXTERN;
}

static bool
find_walker(Node *node, List **found)
{
	if (node == NULL)
		return false;
	if (is_external(node))
		note(found, (Param *) node, false);
	else if (IsA(node, ScalarArrayOpExpr))
	{
		List	   *args = ((ScalarArrayOpExpr *) node)->args;
		Node	   *list = cr_inspect_strip_array(lsecond(args));

		if (is_external(list))
		{
			note(found, (Param *) list, true);
			return find_walker(linitial(args), found);
		}
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, find_walker, found, 0);
	return expression_tree_walker(node, find_walker, (void *) found);
}

char *
cr_parameters_find(Query *query)
{
	List	   *found = NIL;
	StringInfoData list;
	ListCell   *lc;

	find_walker((Node *) query, &found);
	if (found == NIL)
		return NULL;
	initStringInfo(&list);
	foreach(lc, found)
	{
		Parameter  *parameter = (Parameter *) lfirst(lc);

		appendStringInfo(&list, "%d %u %d;", parameter->id, parameter->type,
						 parameter->is_list);
	}
	return list.data;
}

/* Takes the locks that a row would take to read it. */
static void
read_long_value(Datum value)
{
	struct varlena *stored = (struct varlena *) DatumGetPointer(value);

	if (VARATT_IS_EXTERNAL_ONDISK(stored))
		pfree(detoast_external_attr(stored));
}

static void
read_parameter(ParamListInfo params, const Parameter *parameter)
{
	ParamExternData workspace;
	ParamExternData *value;

	if (params == NULL || parameter->id < 1 ||
		parameter->id > params->numParams)
		value = NULL;
	else if (params->paramFetch != NULL)
		value = params->paramFetch(params, parameter->id, false, &workspace);
	else
		value = &params->params[parameter->id - 1];
	if (value == NULL || !OidIsValid(value->ptype))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("no value found for parameter %d", parameter->id),
				 errhint("Give the statement a value for it.")));
	if (value->ptype != parameter->type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type of parameter %d (%s) does not match that when preparing the plan (%s)",
						parameter->id, format_type_be(value->ptype),
						format_type_be(parameter->type)),
				 errhint("Give the variable one type.")));
	if (value->isnull || get_typlen(value->ptype) != -1)
		return;
	read_long_value(value->value);
	if (parameter->is_list ||
		toast_raw_datum_size(value->value) <= CR_LONG_VALUE)
		return;
	ereport(ERROR,
			(errcode(CR_ERRCODE_CONSTRUCT),
			 errmsg("a parameter of more than 512 kB may not be used over protected rows"),
			 errhint("Compare with shorter ones, or with a list: = ANY ($1).")));
}

void
cr_parameters_read(QueryDesc *queryDesc)
{
	const char *list = cr_kept_get(queryDesc->plannedstmt).parameters;

	while (list != NULL && *list != '\0')
	{
		Parameter	parameter;
		int			is_list;
		int			length;

		if (sscanf(list, "%d %u %d;%n", &parameter.id, &parameter.type,
				   &is_list, &length) != 3)
			elog(ERROR, "damaged list of parameters");
		parameter.is_list = is_list != 0;
		read_parameter(queryDesc->params, &parameter);
		list += length;
	}
}
