/*-------------------------------------------------------------------------
 *
 * src/token/alphabet.c
 *	  Which characters format-preserving encryption replaces.
 *
 * What is neither in the alphabet nor a separator is refused, rather than
 * left where it is: the letters of a passport's number would otherwise stay
 * readable when somebody takes it for digits.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "prim/ff1.h"
#include "token/alphabet.h"

#define DIGITS	"0123456789"
#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Left where they stand, unless the alphabet has them. */
static const char separators[] = " -./()+:,_";

static const struct
{
	const char *name;
	const char *characters;
}			known[] =
{
	{"digits", DIGITS},
	{"hex", DIGITS "abcdef"},
	{"lower", LOWER},
	{"upper", UPPER},
	{"letters", UPPER LOWER},
	{"lower_digits", DIGITS LOWER},
	{"upper_digits", DIGITS UPPER},
	{"letters_digits", DIGITS UPPER LOWER}
};

static bool
has_name(CrBytes name, const char *known_name)
{
	return strlen(known_name) == name.len &&
		memcmp(known_name, name.data, name.len) == 0;
}

/* The characters that the name stands for. */
static CrBytes
find_characters(CrBytes name)
{
	int			i;

	if (name.len > 0 && name.data[0] == '=')
		return cr_bytes(name.data + 1, name.len - 1);
	for (i = 0; i < (int) lengthof(known); i++)
	{
		if (has_name(name, known[i].name))
			return cr_bytes(known[i].characters, strlen(known[i].characters));
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no such alphabet"),
			 errhint("Alphabets are digits, hex, lower, upper, letters, "
					 "lower_digits, upper_digits, letters_digits, or the "
					 "characters themselves after an equals sign.")));
}

static int
compare_codes(const void *a, const void *b)
{
	uint64		x = *(const uint64 *) a;
	uint64		y = *(const uint64 *) b;

	return x < y ? -1 : x > y ? 1 : 0;
}

static void
raise_characters(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("an alphabet has a character twice, or too few or too "
					"many"),
			 errhint("Give 2 to %d different characters.",
					 CR_FF1_RADIX_MAX)));
}

/* Fills the tables from the characters. */
static void
index_characters(CrAlphabet *alphabet)
{
	uint64	   *others = palloc(alphabet->radix * sizeof(uint64));
	int			i;

	for (i = 0; i < (int) lengthof(alphabet->ascii); i++)
		alphabet->ascii[i] = CR_NOT_IN_ALPHABET;
	for (i = 0; separators[i] != '\0'; i++)
		alphabet->ascii[(int) separators[i]] = CR_SEPARATOR;
	for (i = 0; i < alphabet->radix; i++)
	{
		pg_wchar	code = alphabet->characters[i];

		if (code >= 128)
			others[alphabet->nothers++] = (uint64) code << 32 | i;
		else if (alphabet->ascii[code] >= 0)
			raise_characters();
		else
			alphabet->ascii[code] = i;
	}
	qsort(others, alphabet->nothers, sizeof(uint64), compare_codes);
	alphabet->other_codes = palloc(alphabet->nothers * sizeof(pg_wchar) + 1);
	alphabet->other_digits = palloc(alphabet->nothers * sizeof(uint16) + 1);
	for (i = 0; i < alphabet->nothers; i++)
	{
		alphabet->other_codes[i] = (pg_wchar) (others[i] >> 32);
		alphabet->other_digits[i] = (uint16) others[i];
		if (i > 0 && alphabet->other_codes[i] == alphabet->other_codes[i - 1])
			raise_characters();
	}
	pfree(others);
}

CrAlphabet *
cr_alphabet_read(CrBytes name)
{
	CrBytes		characters = find_characters(name);
	CrAlphabet *alphabet = palloc0(sizeof(CrAlphabet));

	alphabet->name = palloc(name.len + 1);
	memcpy(alphabet->name, name.data, name.len);
	alphabet->name_len = name.len;
	alphabet->characters = palloc((characters.len + 1) * sizeof(pg_wchar));
	alphabet->radix = pg_mb2wchar_with_len((const char *) characters.data,
										   alphabet->characters,
										   (int) characters.len);
	if (alphabet->radix < 2 || alphabet->radix > CR_FF1_RADIX_MAX)
		raise_characters();
	index_characters(alphabet);
	return alphabet;
}
