/*-------------------------------------------------------------------------
 *
 * src/policy/table_label.c
 *	  The label of a table, a flat JSON object of settings.
 *
 * The server's JSON parser raises where this one must return, so this reads
 * the little that such a label may hold: string keys, and values that are a
 * whole number, a string without escapes, true or false.  Everything else is
 * wrong with the label, and said so.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "policy/label.h"

#define SETTING_LENGTH_MAX	40

typedef enum ValueKind
{
	VALUE_STRING,
	VALUE_NUMBER,
	VALUE_BOOL
} ValueKind;

typedef struct Value
{
	ValueKind	kind;
	char		text[SETTING_LENGTH_MAX + 1];	/* a string's */
	int			number;
	bool		truth;
} Value;

static const char *
skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
		at++;
	return at;
}

/* Reads a string that starts at *at, and moves *at behind it. */
static const char *
read_string(const char **at, char *into)
{
	const char *c = *at + 1;
	int			length = 0;

	for (; *c != '"'; c++)
	{
		if ((unsigned char) *c < ' ')
			return "A string is not closed by a double quote.";
		if (*c == '\\')
			return "Strings in this label need no escapes.";
		if (length == SETTING_LENGTH_MAX)
			return "A string is longer than any that this label may hold.";
		into[length++] = *c;
	}
	into[length] = '\0';
	*at = c + 1;
	return NULL;
}

/* Reads a whole number of JSON: no sign but minus, no leading zero. */
static const char *
read_number(const char **at, int *number)
{
	const char *c = *at;
	bool		negative = (*c == '-');
	int64		total = 0;

	if (negative)
		c++;
	if (*c < '0' || *c > '9')
		return "A value is not valid JSON.";
	if (*c == '0' && c[1] >= '0' && c[1] <= '9')
		return "A number must not start with a zero.";
	for (; *c >= '0' && *c <= '9'; c++)
	{
		total = total * 10 + (*c - '0');
		if (total > PG_INT32_MAX)
			return "A number is out of range for type integer.";
	}
	if (*c == '.' || *c == 'e' || *c == 'E')
		return "Numbers in this label are whole numbers.";
	*number = (int) (negative ? -total : total);
	*at = c;
	return NULL;
}

static const char *
read_value(const char **at, Value *value)
{
	if (**at == '"')
	{
		value->kind = VALUE_STRING;
		return read_string(at, value->text);
	}
	if (strncmp(*at, "true", 4) == 0 || strncmp(*at, "false", 5) == 0)
	{
		value->kind = VALUE_BOOL;
		value->truth = (**at == 't');
		*at += value->truth ? 4 : 5;
		return NULL;
	}
	if (**at == '{' || **at == '[' || strncmp(*at, "null", 4) == 0)
		return "Values in this label are numbers, strings, true or false.";
	value->kind = VALUE_NUMBER;
	return read_number(at, &value->number);
}

static const char *
read_bool(const char *key, const Value *value, bool *into)
{
	if (value->kind != VALUE_BOOL)
		return psprintf("\"%s\" must be true or false.", key);
	*into = value->truth;
	return NULL;
}

static const char *
apply_threshold(const Value *value, CrTableLabel *label)
{
	if (value->kind != VALUE_NUMBER)
		return "\"threshold\" must be a whole number.";
	if (value->number < CR_THRESHOLD_MINIMUM)
		return psprintf("\"threshold\" must be at least %d.",
						CR_THRESHOLD_MINIMUM);
	if (value->number > CR_THRESHOLD_MAXIMUM)
		return psprintf("\"threshold\" must be at most %d.",
						CR_THRESHOLD_MAXIMUM);
	label->threshold = value->number;
	return NULL;
}

static const char *
apply_small_groups(const Value *value, CrTableLabel *label)
{
	if (value->kind == VALUE_STRING && strcmp(value->text, "suppress") == 0)
		label->refuse_small_groups = false;
	else if (value->kind == VALUE_STRING && strcmp(value->text, "refuse") == 0)
		label->refuse_small_groups = true;
	else
		return "\"small_groups\" must be \"suppress\" or \"refuse\".";
	return NULL;
}

/* Bits of the keys met, to find those given twice or missing. */
#define KEY_THRESHOLD		0x01
#define KEY_SMALL_GROUPS	0x02
#define KEY_JOIN_REQUIRED	0x04
#define KEY_INHERITED		0x08
#define KEY_BEFORE			0x10

static const char *
apply_setting(const char *key, const Value *value, CrTableLabel *label,
			  uint32 *seen)
{
	const char *why;
	uint32		bit;

	if (strcmp(key, "threshold") == 0)
	{
		bit = KEY_THRESHOLD;
		why = apply_threshold(value, label);
	}
	else if (strcmp(key, "small_groups") == 0)
	{
		bit = KEY_SMALL_GROUPS;
		why = apply_small_groups(value, label);
	}
	else if (strcmp(key, "join_required") == 0)
	{
		bit = KEY_JOIN_REQUIRED;
		why = read_bool(key, value, &label->join_required);
	}
	else if (strcmp(key, "inherited") == 0)
	{
		bit = KEY_INHERITED;
		why = read_bool(key, value, &label->inherited);
	}
	else if (strcmp(key, "row_security_before") == 0)
	{
		bit = KEY_BEFORE;
		label->before_known = true;
		why = read_bool(key, value, &label->row_security_before);
	}
	else
		return psprintf("There is no setting \"%s\".", key);

	if (why == NULL && (*seen & bit) != 0)
		why = psprintf("\"%s\" is given twice.", key);
	*seen |= bit;
	return why;
}

/* Reads one "key": value, and moves *at behind it and the blanks there. */
static const char *
read_setting(const char **at, CrTableLabel *label, uint32 *seen)
{
	char		key[SETTING_LENGTH_MAX + 1];
	Value		value;
	const char *why;

	if (**at != '"')
		return "A setting's name in double quotes is expected.";
	if ((why = read_string(at, key)) != NULL)
		return why;
	*at = skip_blanks(*at);
	if (**at != ':')
		return psprintf("A colon is expected after \"%s\".", key);
	*at = skip_blanks(*at + 1);
	if ((why = read_value(at, &value)) != NULL)
		return why;
	*at = skip_blanks(*at);
	return apply_setting(key, &value, label, seen);
}

static const char *
check_settings(const CrTableLabel *label, uint32 seen)
{
	if (label->inherited)
	{
		if ((seen & ~(KEY_INHERITED | KEY_BEFORE)) != 0)
			return "A table with \"inherited\" takes its settings from the "
				"protected table that it belongs to.";
	}
	else if ((seen & KEY_THRESHOLD) == 0)
		return "\"threshold\" is missing.";
	return NULL;
}

const char *
cr_label_parse_table(const char *text, CrTableLabel *label)
{
	const char *at = skip_blanks(text);
	const char *why;
	uint32		seen = 0;

	memset(label, 0, sizeof(*label));
	if (*at != '{')
		return "The label is not a JSON object.";
	at = skip_blanks(at + 1);
	if (*at != '}')
	{
		for (;;)
		{
			if ((why = read_setting(&at, label, &seen)) != NULL)
				return why;
			if (*at != ',')
				break;
			at = skip_blanks(at + 1);
		}
		if (*at != '}')
			return "A comma or a closing brace is expected after a value.";
	}
	at = skip_blanks(at + 1);
	if (*at != '\0')
		return "There is text after the closing brace.";
	return check_settings(label, seen);
}

char *
cr_label_format_table(const CrTableLabel *label)
{
	StringInfoData text;

	initStringInfo(&text);
	if (label->inherited)
		appendStringInfoString(&text, "{\"inherited\": true");
	else
		appendStringInfo(&text, "{\"threshold\": %d, \"small_groups\": "
						 "\"%s\", \"join_required\": %s",
						 label->threshold,
						 label->refuse_small_groups ? "refuse" : "suppress",
						 label->join_required ? "true" : "false");
	if (label->before_known)
		appendStringInfo(&text, ", \"row_security_before\": %s",
						 label->row_security_before ? "true" : "false");
	appendStringInfoChar(&text, '}');
	return text.data;
}
