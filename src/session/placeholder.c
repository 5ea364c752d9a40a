/*-------------------------------------------------------------------------
 *
 * src/session/placeholder.c
 *	  Writes the parameters :name of a query as $1, $2 and so on.
 *
 * By the server's own scanner: what looks like one in a string, a quoted name
 * or a comment is none, and neither is what stands behind "::".
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "common/keywords.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "parser/scanner.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(cr_name_parameters);

/* The number of the parameter whose name stands here, or 0. */
static int
find_parameter(const char *rest, Datum *names, int nnames, int *length)
{
	for (int i = 0; i < nnames; i++)
	{
		char	   *name = TextDatumGetCString(names[i]);
		int			len = (int) strlen(name);

		*length = len;
		if (strncmp(rest, name, len) == 0 &&
			!isalnum((unsigned char) rest[len]) && rest[len] != '_' &&
			rest[len] != '$' && !IS_HIGHBIT_SET(rest[len]))
			return i + 1;
	}
	return 0;
}

/* SQL: cleanroom.name_parameters(query text, names text[]): text */
Datum
cr_name_parameters(PG_FUNCTION_ARGS)
{
	char	   *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	core_yyscan_t scanner;
	core_yy_extra_type extra;
	core_YYSTYPE value;
	YYLTYPE		place;
	StringInfoData result;
	Datum	   *names;
	int			nnames;
	int			copied = 0;
	int			token;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false,
					  TYPALIGN_INT, &names, NULL, &nnames);
	initStringInfo(&result);
	scanner = scanner_init(query, &extra, &ScanKeywords, ScanKeywordTokens);
	while ((token = core_yylex(&value, &place, scanner)) != 0)
	{
		int			length;
		int			number;

		if (token != ':')
			continue;
		number = find_parameter(query + place + 1, names, nnames, &length);
		if (number == 0)
			continue;
		appendBinaryStringInfo(&result, query + copied, place - copied);
		appendStringInfo(&result, " $%d", number);
		copied = place + 1 + length;
	}
	scanner_finish(scanner);
	appendStringInfoString(&result, query + copied);
	PG_RETURN_TEXT_P(cstring_to_text(result.data));
}
