/*-------------------------------------------------------------------------
 *
 * src/prim/ff1_rounds.h
 *	  What the two ways of doing FF1's rounds share; for ff1*.c alone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FF1_ROUNDS_H
#define CR_FF1_ROUNDS_H

#include "prim/ff1.h"

#include <openssl/evp.h>

#define CR_FF1_BLOCK	16
#define CR_FF1_ROUNDS	10

/* Bytes that NUM(B) of a longest half may take, and d and Q of those. */
#define CR_FF1_B_MAX	(CR_FF1_LENGTH_MAX / 2 * 2)
#define CR_FF1_S_MAX	(CR_FF1_B_MAX + 4 + CR_FF1_BLOCK)
#define CR_FF1_Q_MAX	(CR_FF1_TWEAK_MAX + CR_FF1_B_MAX + 2 * CR_FF1_BLOCK)

/* Tweaks up to this length are remembered with what was made of them. */
#define CR_FF1_TWEAK_KEPT	32

/* What stays the same for all strings of one format, where numbers do. */
typedef struct CrFf1Narrow
{
	uint32_t	radix;			/* 0: nothing is kept */
	size_t		n;
	size_t		tweak_len;
	uint8_t		tweak[CR_FF1_TWEAK_KEPT];
	size_t		u;
	size_t		v;
	uint64_t	limit_u;		/* radix^u */
	uint64_t	limit_v;		/* radix^v; 0 for 2^64 or more: none of this */
	uint64_t	inverse_u;		/* (2^64 - 1) / limit_u, rounded down */
	uint64_t	inverse_v;
	size_t		b;				/* bytes of NUM(B), at most 8 */
	size_t		d;				/* bytes of S that make y: 8 or 12 */
	uint64_t	block[2];		/* what goes into a round's block, but for the
								 * round's number and NUM(B) */
} CrFf1Narrow;

struct CrFf1
{
	EVP_CIPHER_CTX *aes;		/* ECB, no padding */
	CrFf1Narrow narrow;			/* of the format that was used last */
};

/* What stays the same through the rounds of one string. */
typedef struct CrFf1Rounds
{
	EVP_CIPHER_CTX *aes;
	uint32_t	radix;
	size_t		u;
	size_t		v;
	uint64_t	limit_v;		/* radix^v, 0 for 2^64 or more */
	size_t		b;				/* bytes of NUM(B) */
	size_t		d;				/* bytes of S that make the number y */
	size_t		q_start;		/* Q's first block that changes by round */
	size_t		q_size;
	uint8_t		chain[CR_FF1_BLOCK];	/* CBC-MAC over P and Q up to there */
	uint8_t		q[CR_FF1_Q_MAX];
	uint8_t		s[CR_FF1_S_MAX];
} CrFf1Rounds;

/* Steps 1 to 5 of the standard, and what of step 6 is the same each round. */
extern bool cr_ff1_start_rounds(CrFf1Rounds *rounds, CrFf1 *ff1,
								const CrFf1Format *format, size_t n);

/* Valid until the next call for this key; NULL when OpenSSL fails. */
extern const CrFf1Narrow *cr_ff1_find_narrow(CrFf1 *ff1,
											 const CrFf1Format *format,
											 size_t n);

/* False when OpenSSL fails; then the digits are as they were. */
extern bool cr_ff1_run_narrow(CrFf1 *ff1, const CrFf1Narrow *narrow,
							  uint16_t *digits, bool decrypt);

static inline bool
cr_ff1_encrypt_block(EVP_CIPHER_CTX *aes, uint8_t *block)
{
	int			written;

	return EVP_EncryptUpdate(aes, block, &written, block, CR_FF1_BLOCK) &&
		written == CR_FF1_BLOCK;
}

#endif							/* CR_FF1_ROUNDS_H */
