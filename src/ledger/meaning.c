/*-------------------------------------------------------------------------
 *
 * src/ledger/meaning.c
 *	  Puts on record what a statement's text leaves open.
 *
 * Without the values of its parameters, and without what its views and
 * functions stood for, it does not say what was asked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/settings.h"
#include "catalog/pg_type.h"
#include "ledger/fingerprint.h"
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

/* A text, unless that makes the whole too long for the queue. */
static void
append_text(StringInfo json, const char *text, bool *cut)
{
	int			before = json->len;

	if (strlen(text) <= cr_record_text_limit())
	{
		escape_json(json, text);
		if ((Size) json->len <= cr_record_text_limit())
			return;
		json->len = before;
		json->data[before] = '\0';
	}
	*cut = true;
	escape_json(json, "(too long)");
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
	append_text(json, text, cut);
}

static void
append_parameters(StringInfo json, ParamListInfo params, bool *cut)
{
	const char *opening = "\"parameters\": {";

	for (int i = 1; i <= params->numParams; i++)
	{
		ParamExternData param = fetch(params, i);

		if (!OidIsValid(param.ptype))
			continue;
		appendStringInfo(json, "%s\"$%d\": ", opening, i);
		append_value(json, &param, cut);
		opening = ", ";
	}
	if (opening[0] == ',')
		appendStringInfoChar(json, '}');
}

void
cr_record_describe_meaning(CrRecord *record, ParamListInfo params,
						   const char *written_out)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	if (params != NULL && cr_record_constants)
		append_parameters(&json, params, &record->cut);
	if (written_out != NULL)
	{
		appendStringInfo(&json, "%s\"written_out\": ",
						 json.len > 1 ? ", " : "");
		if (!cr_record_constants)
			written_out = cr_fingerprint_mask(written_out);
		append_text(&json, written_out, &record->cut);
	}
	if (json.len == 1)
		return;
	appendStringInfoChar(&json, '}');
	cr_record_set_text(record, CR_COL_DETAIL, json.data);
}
