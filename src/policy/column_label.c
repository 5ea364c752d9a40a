/*-------------------------------------------------------------------------
 *
 * src/policy/column_label.c
 *	  The label of a column, a list of uses.
 *
 *	  label     := [ use { "," use } ]
 *	  use       := "unit" | "join" | "dimension" | "filter" | measure
 *	  measure   := "measure" [ "(" aggregate { "," aggregate } ")" ]
 *				   [ "in" "[" number "," number "]" ]
 *	  aggregate := "sum" | "avg" | "stddev" | "variance" | "count"
 *
 * "measure" alone allows every aggregate.  "stddev" and "variance" each
 * stand for their sample and population forms, which follow from one another
 * and the count, so the longer names are not words of the language.  Case
 * and blanks do not matter.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "policy/label.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#define WORD_LENGTH_MAX		NAMEDATALEN
#define NUMBER_LENGTH_MAX	64
#define EXPONENT_DIGITS_MAX	3

typedef struct Keyword
{
	const char *name;
	uint32		bit;
} Keyword;

static const Keyword use_words[] = {
	{"unit", CR_USE_UNIT},
	{"join", CR_USE_JOIN},
	{"dimension", CR_USE_DIMENSION},
	{"filter", CR_USE_FILTER},
	{"measure", CR_USE_MEASURE},
	{NULL, 0}
};

static const Keyword aggregate_words[] = {
	{"sum", CR_AGG_SUM},
	{"avg", CR_AGG_AVG},
	{"stddev", CR_AGG_STDDEV},
	{"variance", CR_AGG_VARIANCE},
	{"count", CR_AGG_COUNT},
	{NULL, 0}
};

static const char *
skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
		at++;
	return at;
}

static bool
is_word_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_' || IS_HIGHBIT_SET(c);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads a word, "" where none is, and the blanks after it. */
static void
read_word(const char **at, char *word)
{
	int			length = 0;

	while (is_word_character(**at))
	{
		if (length < WORD_LENGTH_MAX - 1)
			word[length++] = **at;
		(*at)++;
	}
	word[length] = '\0';
	*at = skip_blanks(*at);
}

static uint32
find_word(const Keyword *words, const char *name)
{
	for (; words->name != NULL; words++)
	{
		if (pg_strcasecmp(words->name, name) == 0)
			return words->bit;
	}
	return 0;
}

/* Steps over the character and the blanks after it, if it is there. */
static bool
accept_character(const char **at, char c)
{
	if (**at != c)
		return false;
	*at = skip_blanks(*at + 1);
	return true;
}

/*
 * The end of the number that starts here, or NULL.  Whatever passes,
 * numeric_in() takes without raising.
 */
static const char *
find_number_end(const char *at)
{
	const char *start = at;
	int			digits = 0;

	if (*at == '-' || *at == '+')
		at++;
	for (; is_digit(*at); at++)
		digits++;
	if (*at == '.')
	{
		for (at++; is_digit(*at); at++)
			digits++;
	}
	if (digits == 0)
		return NULL;
	if (*at == 'e' || *at == 'E')
	{
		digits = 0;
		at++;
		if (*at == '-' || *at == '+')
			at++;
		for (; is_digit(*at); at++)
			digits++;
		if (digits == 0 || digits > EXPONENT_DIGITS_MAX)
			return NULL;
	}
	if (at - start > NUMBER_LENGTH_MAX)
		return NULL;
	return at;
}

static char *
read_number(const char **at)
{
	const char *end = find_number_end(*at);
	char	   *number;

	if (end == NULL)
		return NULL;
	number = pnstrdup(*at, end - *at);
	*at = skip_blanks(end);
	return number;
}

/* Reads what follows "in": "[lower, upper]". */
static const char *
read_bounds(const char **at, CrColumnPolicy *column)
{
	const char *wrong = "Bounds are written as in \"measure in [0, 1000]\".";
	Datum		lower;
	Datum		upper;

	if (!accept_character(at, '[') ||
		(column->lower = read_number(at)) == NULL ||
		!accept_character(at, ',') ||
		(column->upper = read_number(at)) == NULL ||
		!accept_character(at, ']'))
		return wrong;

	lower = DirectFunctionCall3(numeric_in, CStringGetDatum(column->lower),
								ObjectIdGetDatum(InvalidOid),
								Int32GetDatum(-1));
	upper = DirectFunctionCall3(numeric_in, CStringGetDatum(column->upper),
								ObjectIdGetDatum(InvalidOid),
								Int32GetDatum(-1));
	if (!DatumGetBool(DirectFunctionCall2(numeric_lt, lower, upper)))
		return "The lower bound must be less than the upper bound.";
	return NULL;
}

/* Reads what follows "measure(", the closing parenthesis included. */
static const char *
read_aggregates(const char **at, CrColumnPolicy *column)
{
	char		word[WORD_LENGTH_MAX];

	column->aggregates = CR_AGG_COUNT;
	do
	{
		uint32		bit;

		read_word(at, word);
		bit = find_word(aggregate_words, word);
		if (word[0] == '\0')
			return "The names of aggregates are expected in parentheses.";
		if (bit == 0)
			return psprintf("\"%s\" is not an aggregate that a measure can "
							"allow.", word);
		column->aggregates |= bit;
	} while (accept_character(at, ','));

	if (!accept_character(at, ')'))
		return "A closing parenthesis is missing after the aggregates.";
	return NULL;
}

/* Reads what may follow "measure". */
static const char *
read_measure(const char **at, CrColumnPolicy *column)
{
	const char *why;
	char		word[WORD_LENGTH_MAX];

	column->aggregates = CR_AGG_ALL;
	if (accept_character(at, '(') &&
		(why = read_aggregates(at, column)) != NULL)
		return why;

	read_word(at, word);
	if (pg_strcasecmp(word, "in") == 0)
		return read_bounds(at, column);
	if (word[0] != '\0')
		return psprintf("\"%s\" cannot follow \"measure\".", word);
	return NULL;
}

const char *
cr_label_parse_column(const char *text, CrColumnPolicy *column)
{
	const char *at = skip_blanks(text);
	const char *why;

	memset(column, 0, sizeof(*column));
	if (*at == '\0')
		return NULL;
	do
	{
		char		word[WORD_LENGTH_MAX];
		uint32		bit;

		read_word(&at, word);
		bit = find_word(use_words, word);
		if (word[0] == '\0')
			return "A use is expected at the start and after each comma.";
		if (bit == 0)
			return psprintf("\"%s\" is not a use.", word);
		if ((column->uses & bit) != 0)
			return psprintf("\"%s\" is given twice.", word);
		column->uses |= bit;
		if (bit == CR_USE_MEASURE &&
			(why = read_measure(&at, column)) != NULL)
			return why;
	} while (accept_character(&at, ','));

	if (*at != '\0')
		return "A comma is expected between uses.";
	if ((column->uses & CR_USE_UNIT) != 0 &&
		(column->uses & CR_USE_MEASURE) != 0)
		return "A privacy unit cannot be a measure.";
	return NULL;
}

char *
cr_label_format_aggregates(uint32 aggregates)
{
	StringInfoData text;
	const Keyword *word;

	initStringInfo(&text);
	for (word = aggregate_words; word->name != NULL; word++)
	{
		if ((aggregates & word->bit) != 0)
			appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "",
							 word->name);
	}
	return text.data;
}

char *
cr_label_format_column(const CrColumnPolicy *column)
{
	StringInfoData text;
	const Keyword *word;

	initStringInfo(&text);
	for (word = use_words; word->name != NULL; word++)
	{
		if ((column->uses & word->bit) != 0)
			appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "",
							 word->name);
	}
	if ((column->uses & CR_USE_MEASURE) != 0)
	{
		/* "measure" is the last word of the list above */
		if (column->aggregates != CR_AGG_ALL)
			appendStringInfo(&text, "(%s)",
							 cr_label_format_aggregates(column->aggregates));
		if (column->lower != NULL)
			appendStringInfo(&text, " in [%s, %s]", column->lower,
							 column->upper);
	}
	return text.data;
}
