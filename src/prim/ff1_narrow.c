/*-------------------------------------------------------------------------
 *
 * src/prim/ff1_narrow.c
 *	  FF1's rounds over numbers, where half a string fits 64 bits.
 *
 * A card number never becomes bytes and back between rounds.  NUM(B) has at
 * most eight bytes then, so that what changes of Q from round to round is
 * within its last block, and S is one block.  What a format makes of the rest
 * is kept with the key: a column's values are mostly of one length.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/ff1_rounds.h"

#include <string.h>

/* Written out, these are one instruction and a swap for the compiler. */
static inline uint64_t
get_word(const uint8_t *bytes)
{
	return (uint64_t) bytes[0] << 56 | (uint64_t) bytes[1] << 48 |
		(uint64_t) bytes[2] << 40 | (uint64_t) bytes[3] << 32 |
		(uint64_t) bytes[4] << 24 | (uint64_t) bytes[5] << 16 |
		(uint64_t) bytes[6] << 8 | (uint64_t) bytes[7];
}

static inline void
put_word(uint8_t *bytes, uint64_t word)
{
	bytes[0] = (uint8_t) (word >> 56);
	bytes[1] = (uint8_t) (word >> 48);
	bytes[2] = (uint8_t) (word >> 40);
	bytes[3] = (uint8_t) (word >> 32);
	bytes[4] = (uint8_t) (word >> 24);
	bytes[5] = (uint8_t) (word >> 16);
	bytes[6] = (uint8_t) (word >> 8);
	bytes[7] = (uint8_t) word;
}

static bool
is_kept(const CrFf1Narrow *kept, const CrFf1Format *format, size_t n)
{
	return kept->radix == format->radix && kept->n == n &&
		kept->tweak_len == format->tweak.len &&
		format->tweak.len <= CR_FF1_TWEAK_KEPT &&
		(format->tweak.len == 0 ||
		 memcmp(kept->tweak, format->tweak.data, format->tweak.len) == 0);
}

const CrFf1Narrow *
cr_ff1_find_narrow(CrFf1 *ff1, const CrFf1Format *format, size_t n)
{
	CrFf1Narrow *narrow = &ff1->narrow;
	CrFf1Rounds rounds;
	uint8_t	   *last;
	size_t		i;

	if (is_kept(narrow, format, n))
		return narrow;
	narrow->radix = 0;
	if (!cr_ff1_start_rounds(&rounds, ff1, format, n))
		return NULL;
	narrow->u = rounds.u;
	narrow->v = rounds.v;
	narrow->limit_v = rounds.limit_v;
	narrow->limit_u = rounds.u == rounds.v ? rounds.limit_v :
		rounds.limit_v / rounds.radix;
	if (rounds.limit_v != 0)
	{
		narrow->inverse_u = UINT64_MAX / narrow->limit_u;
		narrow->inverse_v = UINT64_MAX / narrow->limit_v;
	}
	narrow->b = rounds.b;
	narrow->d = rounds.d;
	if (rounds.limit_v != 0)
	{
		last = rounds.q + rounds.q_start;
		memset(last + CR_FF1_BLOCK - rounds.b - 1, 0, rounds.b + 1);
		for (i = 0; i < CR_FF1_BLOCK; i++)
			rounds.chain[i] ^= last[i];
		narrow->block[0] = get_word(rounds.chain);
		narrow->block[1] = get_word(rounds.chain + 8);
	}
	narrow->n = n;
	narrow->radix = format->radix;
	narrow->tweak_len = format->tweak.len;
	if (format->tweak.len > 0 && format->tweak.len <= CR_FF1_TWEAK_KEPT)
		memcpy(narrow->tweak, format->tweak.data, format->tweak.len);
	cr_bytes_wipe(rounds.q, rounds.q_size);
	cr_bytes_wipe(rounds.chain, CR_FF1_BLOCK);
	return narrow;
}

/* What a round's number is reduced by. */
typedef struct Modulus
{
	uint64_t	limit;
	uint64_t	inverse;
} Modulus;

/*
 * The number of d bytes, 8 or 12, modulo the limit.  Below 2^64 a product
 * with the inverse gives the quotient, or up to two less.
 */
static inline uint64_t
reduce(const uint8_t *s, size_t d, Modulus modulus)
{
	uint64_t	high = d == 8 ? 0 :
		(uint64_t) s[0] << 24 | s[1] << 16 | s[2] << 8 | s[3];
	uint64_t	low = get_word(s + d - 8);
#ifdef __SIZEOF_INT128__
	uint64_t	quotient;

	if (high != 0)
		return (uint64_t) (((unsigned __int128) high << 64 | low) %
						   modulus.limit);
	quotient = (uint64_t) ((unsigned __int128) low * modulus.inverse >> 64);
	low -= quotient * modulus.limit;
	while (low >= modulus.limit)
		low -= modulus.limit;
	return low;
#else
	uint64_t	y = high % modulus.limit;
	int			bit;

	if (high == 0)
		return low % modulus.limit;
	for (bit = 63; bit >= 0; bit--)
	{
		bool		carry = y >> 63;

		y = y << 1 | (low >> bit & 1);
		if (carry || y >= modulus.limit)
			y -= modulus.limit;
	}
	return y;
#endif
}

static uint64_t
read_number(const uint16_t *digits, size_t ndigits, uint32_t radix)
{
	uint64_t	number = 0;
	size_t		i;

	for (i = 0; i < ndigits; i++)
		number = number * radix + digits[i];
	return number;
}

static inline void
write_digits(uint64_t number, uint16_t *digits, size_t ndigits,
			 uint32_t radix)
{
	/* dividing 32 bits takes half the time */
	while (ndigits > 0 && number > UINT32_MAX)
	{
		digits[--ndigits] = (uint16_t) (number % radix);
		number /= radix;
	}
	while (ndigits > 0)
	{
		uint32_t	rest = (uint32_t) number;

		digits[--ndigits] = (uint16_t) (rest % radix);
		number = rest / radix;
	}
}

static void
write_number(uint64_t number, uint16_t *digits, size_t ndigits,
			 uint32_t radix)
{
	/* a constant is divided by with a multiplication */
	if (radix == 10)
		write_digits(number, digits, ndigits, 10);
	else
		write_digits(number, digits, ndigits, radix);
}

/* Makes the number y of a round from the half that stays. */
static bool
make_y(CrFf1 *ff1, const CrFf1Narrow *narrow, int round, uint64_t half,
	   Modulus modulus, uint64_t *y)
{
	uint8_t		s[CR_FF1_BLOCK];
	uint64_t	number = (uint64_t) round;
	uint64_t	words[2];

	/* the round's number is the byte before NUM(B), which has b bytes */
	words[0] = narrow->block[0] ^ (narrow->b == 8 ? number : 0);
	words[1] = narrow->block[1] ^ half ^
		(narrow->b == 8 ? 0 : number << (8 * narrow->b));
	put_word(s, words[0]);
	put_word(s + 8, words[1]);
	if (!cr_ff1_encrypt_block(ff1->aes, s))
		return false;
	*y = reduce(s, narrow->d, modulus);
	return true;
}

bool
cr_ff1_run_narrow(CrFf1 *ff1, const CrFf1Narrow *narrow, uint16_t *digits,
				  bool decrypt)
{
	uint64_t	a = read_number(digits, narrow->u, narrow->radix);
	uint64_t	b = read_number(digits + narrow->u, narrow->v,
								narrow->radix);
	int			i;

	for (i = 0; i < CR_FF1_ROUNDS; i++)
	{
		int			round = decrypt ? CR_FF1_ROUNDS - 1 - i : i;
		bool		even = round % 2 == 0;
		Modulus		modulus;
		uint64_t	y;
		uint64_t	c;

		modulus.limit = even ? narrow->limit_u : narrow->limit_v;
		modulus.inverse = even ? narrow->inverse_u : narrow->inverse_v;
		if (!make_y(ff1, narrow, round, decrypt ? a : b, modulus, &y))
			return false;
		/* both are below the limit, their sum may not fit */
		if (decrypt)
		{
			c = b >= y ? b - y : b + (modulus.limit - y);
			b = a;
			a = c;
		}
		else
		{
			c = a >= modulus.limit - y ? a - (modulus.limit - y) : a + y;
			a = b;
			b = c;
		}
	}
	write_number(a, digits, narrow->u, narrow->radix);
	write_number(b, digits + narrow->u, narrow->v, narrow->radix);
	return true;
}
