/*-------------------------------------------------------------------------
 *
 * src/ledger/fingerprint.c
 *	  Takes the constants out of a statement's text.
 *
 * It reads the text as the server's scanner does, as far as is needed to
 * tell constants, quoted names and comments from the rest.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "ledger/fingerprint.h"
#include "lib/stringinfo.h"
#include "parser/parser.h"

typedef enum Piece
{
	PIECE_BLANK,				/* blanks and comments */
	PIECE_CONSTANT,
	PIECE_NAME,					/* and key words */
	PIECE_QUOTED_NAME,
	PIECE_OTHER					/* one character */
} Piece;

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		(c & 0x80) != 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The end of something quoted, p being behind the opening quote. */
static const char *
skip_quoted(const char *p, char quote, bool escapes)
{
	while (*p != '\0')
	{
		if (escapes && *p == '\\' && p[1] != '\0')
			p += 2;
		else if (*p == quote && p[1] == quote)
			p += 2;
		else if (*p++ == quote)
			break;
	}
	return p;
}

static const char *
skip_comment(const char *p)
{
	int			depth = 0;

	do
	{
		if (p[0] == '/' && p[1] == '*')
		{
			depth++;
			p += 2;
		}
		else if (p[0] == '*' && p[1] == '/')
		{
			depth--;
			p += 2;
		}
		else
			p++;
	} while (depth > 0 && *p != '\0');
	return p;
}

/* The end of a dollar-quoted string, or p itself when there is none. */
static const char *
skip_dollar_quoted(const char *p)
{
	const char *tag_end = p + 1;
	const char *end;
	char	   *tag;

	while (is_name_start(*tag_end) || (tag_end > p + 1 && is_digit(*tag_end)))
		tag_end++;
	if (*tag_end != '$')
		return p;
	tag = pnstrdup(p, tag_end + 1 - p);
	end = strstr(tag_end + 1, tag);
	end = end == NULL ? tag_end + strlen(tag_end) : end + strlen(tag);
	pfree(tag);
	return end;
}

static const char *
skip_number(const char *p)
{
	while (is_digit(*p) || is_name_start(*p) || *p == '.' ||
		   ((*p == '+' || *p == '-') && (p[-1] == 'e' || p[-1] == 'E')))
		p++;
	return p;
}

static const char *
skip_name(const char *p, Piece *piece)
{
	const char *start = p;
	bool		one_letter;

	*piece = PIECE_NAME;
	while (is_name_start(*p) || is_digit(*p) || *p == '$')
		p++;
	one_letter = p == start + 1 && strchr("eEbBxXnN", *start) != NULL;
	if (one_letter && *p == '\'')
	{
		*piece = PIECE_CONSTANT;
		return skip_quoted(p + 1, '\'', *start == 'e' || *start == 'E');
	}
	return p;
}

/* The end of the piece of text that begins at p, and what it is. */
static const char *
skip_piece(const char *p, Piece *piece)
{
	*piece = PIECE_BLANK;
	if (is_blank(*p))
		return p + 1;
	if (p[0] == '-' && p[1] == '-')
		return p + strcspn(p, "\n\r");
	if (p[0] == '/' && p[1] == '*')
		return skip_comment(p);
	if (is_name_start(*p))
		return skip_name(p, piece);
	*piece = PIECE_QUOTED_NAME;
	if (*p == '"')
		return skip_quoted(p + 1, '"', false);
	*piece = PIECE_CONSTANT;
	if (*p == '\'')
		return skip_quoted(p + 1, '\'', !standard_conforming_strings);
	if (is_digit(*p) || (*p == '.' && is_digit(p[1])))
		return skip_number(p + 1);
	if (*p == '$' && skip_dollar_quoted(p) != p)
		return skip_dollar_quoted(p);
	*piece = PIECE_OTHER;
	p++;
	if (p[-1] == '$')
		while (is_digit(*p))
			p++;
	return p;
}

/* ---------- codes ---------- */

/* Nothing else can be kept off the record by such a call. */
#define CODE_MAX		32

/*
 * Does a text read otherwise where backslashes are escapes in all strings?
 * What was in force when it was parsed is not known: it may have been prepared
 * long before.
 */
static bool
is_ambiguous(const char *text)
{
	const char *next;

	for (const char *p = text; *p != '\0'; p = next)
	{
		Piece		piece;

		next = skip_piece(p, &piece);
		if (piece == PIECE_CONSTANT && *p != '$' && *p != 'e' && *p != 'E' &&
			memchr(p, '\\', next - p) != NULL)
			return true;
	}
	return false;
}

/* Behind blanks and comments. */
static const char *
skip_blanks(const char *p)
{
	Piece		piece;

	while (*p != '\0')
	{
		const char *next = skip_piece(p, &piece);

		if (piece != PIECE_BLANK)
			break;
		p = next;
	}
	return p;
}

/* Is the piece this name, as names are compared? */
static bool
is_name(Piece piece, const char *p, Size length, const char *name)
{
	if (piece == PIECE_QUOTED_NAME)
		return length == strlen(name) + 2 &&
			strncmp(p + 1, name, length - 2) == 0;
	return piece == PIECE_NAME && length == strlen(name) &&
		pg_strncasecmp(p, name, length) == 0;
}

/*
 * The end of the arguments that begin at p, behind their parenthesis, where
 * they are made of constants, calls and casts alone; else NULL.  Columns and
 * subqueries have names that nothing is called by.
 */
static const char *
end_of_arguments(const char *p)
{
	const char *next;
	int			depth = 1;
	char		before = '(';

	for (; *p != '\0'; p = next)
	{
		Piece		piece;
		const char *behind;

		next = skip_piece(p, &piece);
		if (piece == PIECE_BLANK)
			continue;
		behind = skip_blanks(next);
		if ((piece == PIECE_NAME || piece == PIECE_QUOTED_NAME) &&
			before != ':' && before != '.' && *behind != '(' &&
			*behind != '.' && strncmp(behind, "=>", 2) != 0 &&
			strncmp(behind, ":=", 2) != 0)
			return NULL;
		if (piece == PIECE_OTHER && *p == '(')
			depth++;
		if (piece == PIECE_OTHER && *p == ')' && --depth == 0)
			return p;
		before = *p;
	}
	/* the text has been cut */
	return p;
}

/*
 * The end of the arguments of the call whose name this piece is, or NULL
 * where it is no call of ours.  "schema": the name before it, with a point
 * between them, is: 0 none, 1 the extension's, -1 another.
 */
static const char *
end_of_call(Piece piece, const char *p, const char *next, int schema,
			bool bare_is_ours)
{
	const char *behind;

	if (!is_name(piece, p, next - p, "second_factor") || schema < 0 ||
		(schema == 0 && !bare_is_ours))
		return NULL;
	behind = skip_blanks(next);
	return *behind == '(' ? end_of_arguments(behind + 1) : NULL;
}

/* See fingerprint.h. */
char *
cr_fingerprint_mask_codes(const char *text, bool bare_is_ours)
{
	StringInfoData masked;
	const char *next;
	const char *end = NULL;		/* of the call that we have come to */
	int			last = 0;		/* a name: 1 our schema, -1 another */
	int			schema = 0;

	if (is_ambiguous(text))
		return pstrdup(text);
	initStringInfo(&masked);
	for (const char *p = text; *p != '\0'; p = next)
	{
		Piece		piece;

		next = skip_piece(p, &piece);
		if (end == NULL || p > end)
			end = end_of_call(piece, p, next, schema, bare_is_ours);
		if (end != NULL && piece == PIECE_CONSTANT && next - p <= CODE_MAX)
			appendStringInfoChar(&masked, '?');
		else
			appendBinaryStringInfo(&masked, p, next - p);
		if (piece == PIECE_BLANK)
			continue;
		/* a point behind a name makes that the schema of what comes next */
		schema = piece == PIECE_OTHER && *p == '.' ? last : 0;
		last = is_name(piece, p, next - p, "cleanroom") ? 1 : -1;
	}
	return masked.data;
}

char *
cr_fingerprint_mask(const char *text)
{
	StringInfoData masked;
	const char *next;

	initStringInfo(&masked);
	for (const char *p = text; *p != '\0'; p = next)
	{
		Piece		piece;

		next = skip_piece(p, &piece);
		if (piece == PIECE_CONSTANT)
			appendStringInfoChar(&masked, '?');
		else
			appendBinaryStringInfo(&masked, p, next - p);
	}
	return masked.data;
}

int64
cr_fingerprint_compute(const char *text)
{
	StringInfoData essence;
	const char *next;
	int64		result;

	initStringInfo(&essence);
	for (const char *p = text; *p != '\0'; p = next)
	{
		Piece		piece;

		next = skip_piece(p, &piece);
		if (piece == PIECE_CONSTANT)
			appendStringInfoChar(&essence, '?');
		else if (piece == PIECE_NAME)
		{
			/* a blank ends a name, however many there were */
			for (; p < next; p++)
				appendStringInfoChar(&essence, pg_ascii_tolower(*p));
			appendStringInfoChar(&essence, ' ');
		}
		else if (piece == PIECE_QUOTED_NAME)
		{
			/* the same as without quotes, if it is in lower case */
			appendBinaryStringInfo(&essence, p + 1, Max(next - p - 2, 0));
			appendStringInfoChar(&essence, ' ');
		}
		else if (piece != PIECE_BLANK && *p != ';')
			appendBinaryStringInfo(&essence, p, next - p);
	}
	result = (int64) hash_bytes_extended((unsigned char *) essence.data,
										 essence.len, 0);
	pfree(essence.data);
	return result;
}
