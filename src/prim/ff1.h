/*-------------------------------------------------------------------------
 *
 * src/prim/ff1.h
 *	  FF1, format-preserving encryption (NIST SP 800-38G, revision 1).
 *
 * A string of n digits to a radix becomes another string of n digits.  It is
 * a permutation without room for a tag: a string that was encrypted with
 * another key decrypts to nonsense that looks like any other string.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FF1_H
#define CR_FF1_H

#include "prim/bytes.h"

#define CR_FF1_RADIX_MAX	65536
#define CR_FF1_LENGTH_MAX	1024	/* ours; the standard allows more */
#define CR_FF1_TWEAK_MAX	256 /* ours, in bytes */
#define CR_FF1_DOMAIN_MIN	1000000 /* the standard's: radix to the n */

typedef enum CrFf1Result
{
	CR_FF1_OK,
	CR_FF1_RADIX,				/* not 2 to CR_FF1_RADIX_MAX */
	CR_FF1_SHORT,				/* fewer than CR_FF1_DOMAIN_MIN strings */
	CR_FF1_LONG,				/* more than CR_FF1_LENGTH_MAX digits */
	CR_FF1_TWEAK,				/* more than CR_FF1_TWEAK_MAX bytes */
	CR_FF1_DIGIT,				/* a digit is not below the radix */
	CR_FF1_FAILED				/* OpenSSL failed */
} CrFf1Result;

typedef struct CrFf1Format
{
	uint32_t	radix;
	CrBytes		tweak;
	bool		wide;			/* for tests: digit by digit even where 64-bit
								 * numbers would do */
} CrFf1Format;

typedef struct CrFf1 CrFf1;

/*
 * Prepares an AES key of 16, 24 or 32 bytes.  NULL for another size, or when
 * OpenSSL has no memory.  As with cr_hmac_new(), what it allocates is
 * OpenSSL's; cr_ff1_free() wipes it and takes NULL too.
 */
extern CrFf1 *cr_ff1_new(CrBytes key);
extern void cr_ff1_free(CrFf1 *ff1);

/* Both work in place, and leave the digits alone unless CR_FF1_OK. */
extern CrFf1Result cr_ff1_encrypt(CrFf1 *ff1, const CrFf1Format *format,
								  uint16_t *digits, size_t ndigits);
extern CrFf1Result cr_ff1_decrypt(CrFf1 *ff1, const CrFf1Format *format,
								  uint16_t *digits, size_t ndigits);

#endif							/* CR_FF1_H */
