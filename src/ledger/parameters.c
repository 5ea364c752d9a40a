/*-------------------------------------------------------------------------
 *
 * src/ledger/parameters.c
 *	  Puts the values of a statement's parameters on record.
 *
 * A statement without them does not say what was asked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "ledger/record.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

/* The parameter; its type is InvalidOid where the statement has none such. */
static ParamExternData
fetch(ParamListInfo params, int number)
{
	ParamExternData workspace = {0};

	if (params->paramFetch != NULL)
		return *params->paramFetch(params, number, true, &workspace);
	return params->params[number - 1];
}

/* NULL where the type's output function might be anybody's. */
static char *
value_as_text(const ParamExternData *param)
{
	Oid			type = getBaseType(param->ptype);
	Oid			output;
	bool		varlena;

	if (type >= FirstNormalObjectId ||
		get_typtype(type) == TYPTYPE_PSEUDO)
		return NULL;
	getTypeOutputInfo(type, &output, &varlena);
	return OidOutputFunctionCall(output, param->value);
}

static void
append_value(StringInfo json, const ParamExternData *param, bool *cut)
{
	char	   *text;

	if (param->isnull)
	{
		appendStringInfoString(json, "null");
		return;
	}
	text = value_as_text(param);
	if (text == NULL)
		text = psprintf("(a value of type %s)",
						format_type_be(param->ptype));
	else if (strlen(text) + json->len > cr_record_text_limit())
	{
		*cut = true;
		text = "(too long)";
	}
	escape_json(json, text);
}

void
cr_record_describe_parameters(CrRecord *record, ParamListInfo params)
{
	StringInfoData json;

	if (params == NULL || !cr_record_constants)
		return;
	initStringInfo(&json);
	for (int i = 1; i <= params->numParams; i++)
	{
		ParamExternData param = fetch(params, i);

		if (!OidIsValid(param.ptype))
			continue;
		appendStringInfo(&json, "%s\"$%d\": ",
						 json.len == 0 ? "{\"parameters\": {" : ", ", i);
		append_value(&json, &param, &record->cut);
	}
	if (json.len == 0)
		return;
	appendStringInfoString(&json, "}}");
	cr_record_set_text(record, CR_COL_DETAIL, json.data);
}
