/*-------------------------------------------------------------------------
 *
 * src/gate/pattern.c
 *	  Rule: regular expressions are constants, and none that can take for ever.
 *
 * An expression without references to what it has matched, and without
 * lookaround, is a finite automaton: it reads a text once, and its memory
 * does not hang on the text.  Others can be written so that one text alone
 * takes them beyond statement_timeout, which tells that the text is there.
 * An expression that is wrong is reported here, before any row is read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "catalog/pg_type.h"
#include "gate/gate.h"
#include "regex/regex.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

/* Beyond this nobody has written it by hand. */
#define MAX_PATTERN_BYTES	1000

typedef struct Matching
{
	Oid			funcid;
	int			flags;
} Matching;

static const Matching matchings[] = {
	{F_TEXTREGEXEQ, REG_ADVANCED},
	{F_TEXTREGEXNE, REG_ADVANCED},
	{F_TEXTICREGEXEQ, REG_ADVANCED | REG_ICASE},
	{F_TEXTICREGEXNE, REG_ADVANCED | REG_ICASE},
	{F_BPCHARREGEXEQ, REG_ADVANCED},
	{F_BPCHARREGEXNE, REG_ADVANCED},
	{F_BPCHARICREGEXEQ, REG_ADVANCED | REG_ICASE},
	{F_BPCHARICREGEXNE, REG_ADVANCED | REG_ICASE},
	{F_REGEXP_LIKE_TEXT_TEXT, REG_ADVANCED},
};

static CrVerdict *
refuse_pattern(int location, const char *what)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, location,
							 psprintf("a regular expression over protected rows %s",
									  what),
							 "Write it as a constant of ordinary size, without \\1, (?=...) and the like; or use LIKE, starts_with(), left() or split_part().");
}

/*
 * The expression, compiled; or NULL and what is wrong with it.  Compiling is
 * a pure computation: its error is caught without a subtransaction.
 */
static regex_t *
compile(Const *pattern, int flags, Oid collation, char **objection)
{
	MemoryContext caller = CurrentMemoryContext;
	regex_t    *volatile compiled = NULL;

	PG_TRY();
	{
		compiled = RE_compile_and_cache(DatumGetTextPP(pattern->constvalue),
										flags, collation);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		if (geterrcode() != ERRCODE_INVALID_REGULAR_EXPRESSION)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		*objection = error->message;
	}
	PG_END_TRY();
	return compiled;
}

/*
 * Judges a call of a function that matches a regular expression; NULL for all
 * others.
 */
CrVerdict *
cr_rule_pattern(Oid funcid, List *args, Oid collation, int location)
{
	size_t		i;
	Const	   *pattern;
	regex_t    *compiled;
	char	   *objection = NULL;

	for (i = 0; i < lengthof(matchings); i++)
	{
		if (matchings[i].funcid == funcid)
			break;
	}
	if (i == lengthof(matchings) || list_length(args) != 2)
		return NULL;
	pattern = (Const *) cr_inspect_strip(lsecond(args));
	if (!IsA(pattern, Const) || pattern->consttype != TEXTOID)
		return refuse_pattern(location, "has to be a constant");
	if (pattern->constisnull)
		return NULL;
	if (VARSIZE_ANY_EXHDR(DatumGetPointer(pattern->constvalue)) >
		MAX_PATTERN_BYTES)
		return refuse_pattern(location, "may not be longer than 1000 bytes");
	compiled = compile(pattern, matchings[i].flags, collation, &objection);
	if (compiled == NULL)
		return cr_verdict_refuse(CR_ERRCODE_FUNCTION, location, objection,
								 "Correct the regular expression; all of it is read before any row is.");
	if ((compiled->re_info & (REG_UBACKREF | REG_ULOOKAROUND)) != 0)
		return refuse_pattern(location, "may not refer to what it has matched, or look around");
	return NULL;
}
