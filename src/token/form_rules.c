/*-------------------------------------------------------------------------
 *
 * src/token/form_rules.c
 *	  What makes two spellings of an address, a number or a name the same.
 *
 * All of it is told in the manual under "Forms": whoever tokenizes elsewhere
 * has to do the very same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "token/form.h"

typedef struct CodeRange
{
	pg_wchar	first;
	pg_wchar	last;
} CodeRange;

/* Dashes that NFKC leaves, beside the hyphen of ASCII. */
static const CodeRange dashes[] = {
	{0x058a, 0x058a}, {0x05be, 0x05be}, {0x2010, 0x2015}, {0x2212, 0x2212},
	{0x2e3a, 0x2e3b}, {0x301c, 0x301c}
};

/* Neither letters nor digits: controls, marks without width, punctuation. */
static const CodeRange punctuation[] = {
	{0x0000, 0x002f}, {0x003a, 0x0040}, {0x005b, 0x0060}, {0x007b, 0x00a9},
	{0x00ab, 0x00b4}, {0x00b6, 0x00b9}, {0x00bb, 0x00bf}, {0x00d7, 0x00d7},
	{0x00f7, 0x00f7}, {0x02b9, 0x02bf}, {0x2000, 0x206f}, {0x2e00, 0x2e7f},
	{0x3001, 0x3003}, {0x3008, 0x3011}, {0x3014, 0x301f}, {0xfe00, 0xfe0f},
	{0xfeff, 0xfeff}
};

static bool
in_ranges(pg_wchar code, const CodeRange *ranges, int nranges)
{
	int			i;

	for (i = 0; i < nranges; i++)
	{
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	}
	return false;
}

/* White space that NFKC leaves. */
static bool
is_space(pg_wchar code)
{
	return code == ' ' || (code >= 0x09 && code <= 0x0d) || code == 0x85 ||
		code == 0x1680 || code == 0x2028 || code == 0x2029;
}

static bool
is_dash(pg_wchar code)
{
	return code == '-' || in_ranges(code, dashes, lengthof(dashes));
}

static bool
is_digit(pg_wchar code)
{
	return code >= '0' && code <= '9';
}

/* Leaves the codes from "first" on, to before "end". */
static void
cut(CrCodes *codes, int first, int end)
{
	memmove(codes->code, codes->code + first,
			(end - first) * sizeof(pg_wchar));
	codes->n = end - first;
}

static void
trim(CrCodes *codes)
{
	int			first = 0;
	int			end = codes->n;

	while (first < end && is_space(codes->code[first]))
		first++;
	while (end > first && is_space(codes->code[end - 1]))
		end--;
	cut(codes, first, end);
}

static bool
equals(const pg_wchar *codes, int n, const char *ascii)
{
	int			i;

	for (i = 0; i < n; i++)
	{
		if (ascii[i] == '\0' || codes[i] != (pg_wchar) ascii[i])
			return false;
	}
	return ascii[n] == '\0';
}

/* Gmail's: dots mean nothing, nor does what follows a plus. */
static int
gmail_mailbox(pg_wchar *code, int n)
{
	int			kept = 0;
	int			i;

	for (i = 0; i < n && code[i] != '+'; i++)
	{
		if (code[i] != '.')
			code[kept++] = code[i];
	}
	return kept;
}

bool
cr_form_email(CrCodes *codes)
{
	static const char gmail[] = "gmail.com";
	pg_wchar   *code;
	int			at = -1;
	int			i;

	trim(codes);
	code = codes->code;
	for (i = 0; i < codes->n; i++)
	{
		if (is_space(code[i]) || code[i] < 0x20 || code[i] == 0x7f)
			return false;
		if (code[i] == '@')
		{
			if (at >= 0)
				return false;
			at = i;
		}
	}
	if (at < 1 || at == codes->n - 1)
		return false;
	if (equals(code + at + 1, codes->n - at - 1, gmail) ||
		equals(code + at + 1, codes->n - at - 1, "googlemail.com"))
	{
		codes->n = gmail_mailbox(code, at);
		if (codes->n == 0)
			return false;
		code[codes->n++] = '@';
		for (i = 0; gmail[i] != '\0'; i++)
			code[codes->n++] = gmail[i];
	}
	return true;
}

/*
 * A national number without the prefix that is dialled before it in the
 * country itself.  Italy and a few others have none: a leading zero is part
 * of the number.
 */
static int
trunk_prefix(const char *country, const pg_wchar *digit, int n)
{
	static const char *const keep_zero[] = {"39", "225", "241", "242", "378"};
	int			i;

	for (i = 0; i < (int) lengthof(keep_zero); i++)
	{
		if (strcmp(country, keep_zero[i]) == 0)
			return 0;
	}
	if (strcmp(country, "1") == 0)
		return n == 11 && digit[0] == '1' ? 1 : 0;
	if (strcmp(country, "7") == 0)
		return n == 11 && digit[0] == '8' ? 1 : 0;
	if (strcmp(country, "36") == 0)
		return n > 2 && digit[0] == '0' && digit[1] == '6' ? 2 : 0;
	return n > 0 && digit[0] == '0' ? 1 : 0;
}

/*
 * Keeps the digits.  *international says whether a plus stood before them;
 * false when there is anything but digits and what people put between them.
 */
static bool
keep_digits(CrCodes *codes, bool *international)
{
	pg_wchar   *code = codes->code;
	int			kept = 0;
	int			i;

	*international = false;
	for (i = 0; i < codes->n; i++)
	{
		if (is_digit(code[i]))
			code[kept++] = code[i];
		else if (code[i] == '+' && kept == 0 && !*international)
			*international = true;
		else if (*international && i + 2 < codes->n && code[i] == '(' &&
				 code[i + 1] == '0' && code[i + 2] == ')')
			i += 2;				/* +49 (0)30: not dialled from abroad */
		else if (!is_space(code[i]) && !is_dash(code[i]) && code[i] != '.' &&
				 code[i] != '(' && code[i] != ')' && code[i] != '/')
			return false;
	}
	codes->n = kept;
	return true;
}

bool
cr_form_phone(CrCodes *codes, const char *country)
{
	bool		international;
	int			prefix = (int) strlen(country);
	pg_wchar   *code = codes->code;
	int			i;

	if (!keep_digits(codes, &international))
		return false;
	if (!international && strcmp(country, "1") == 0 &&
		codes->n > 3 && equals(code, 3, "011"))
	{
		cut(codes, 3, codes->n);
		international = true;
	}
	else if (!international && strcmp(country, "1") != 0 &&
			 codes->n > 2 && equals(code, 2, "00"))
	{
		cut(codes, 2, codes->n);
		international = true;
	}
	if (international)
		prefix = 0;
	else
	{
		if (prefix == 0)
			return false;
		cut(codes, trunk_prefix(country, code, codes->n), codes->n);
	}
	/* E.164 has 15 digits at most; no country has fewer than 7 in all */
	if (codes->n + prefix < 7 || codes->n + prefix > 15 ||
		(prefix == 0 && code[0] == '0'))
		return false;
	memmove(code + prefix + 1, code, codes->n * sizeof(pg_wchar));
	code[0] = '+';
	for (i = 0; i < prefix; i++)
		code[i + 1] = (pg_wchar) country[i];
	codes->n += prefix + 1;
	return true;
}

bool
cr_form_name(CrCodes *codes)
{
	pg_wchar   *code = codes->code;
	bool		gap = false;
	int			kept = 0;
	int			i;

	for (i = 0; i < codes->n; i++)
	{
		if (is_space(code[i]) || is_dash(code[i]))
			gap = kept > 0;
		else if (!in_ranges(code[i], punctuation, lengthof(punctuation)))
		{
			/* the gap stood where this is put, so there is room */
			pg_wchar	letter = code[i];

			if (gap)
				code[kept++] = ' ';
			code[kept++] = letter;
			gap = false;
		}
	}
	codes->n = kept;
	return kept > 0;
}
