/*-------------------------------------------------------------------------
 *
 * src/token/alphabet.h
 *	  Which characters format-preserving encryption replaces.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ALPHABET_H
#define CR_ALPHABET_H

#include "mb/pg_wchar.h"
#include "prim/bytes.h"

#define CR_NOT_IN_ALPHABET	(-1)
#define CR_SEPARATOR		(-2)

typedef struct CrAlphabet
{
	Size		name_len;		/* what it was made from */
	char	   *name;
	int			radix;
	pg_wchar   *characters;		/* by digit */
	int			ascii[128];		/* a digit, CR_NOT_IN_ALPHABET, CR_SEPARATOR */
	int			nothers;		/* characters beyond ASCII, sorted by code */
	pg_wchar   *other_codes;
	uint16	   *other_digits;
} CrAlphabet;

/*
 * Reads an alphabet, into the current memory context.  Raises 22023 when the
 * name is unknown, or a character stands twice.
 */
extern CrAlphabet *cr_alphabet_read(CrBytes name);

/* The character's digit, or one of the above. */
static inline int
cr_alphabet_digit(const CrAlphabet *alphabet, pg_wchar code)
{
	int			low = 0;
	int			high = alphabet->nothers - 1;

	if (code < 128)
		return alphabet->ascii[code];
	while (low <= high)
	{
		int			middle = (low + high) / 2;

		if (alphabet->other_codes[middle] == code)
			return alphabet->other_digits[middle];
		if (alphabet->other_codes[middle] < code)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return CR_NOT_IN_ALPHABET;
}

#endif							/* CR_ALPHABET_H */
