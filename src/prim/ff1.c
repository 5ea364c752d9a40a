/*-------------------------------------------------------------------------
 *
 * src/prim/ff1.c
 *	  FF1, format-preserving encryption (NIST SP 800-38G, revision 1).
 *
 * Names follow the standard: n digits, halves A of u and B of v digits, ten
 * rounds that add to one half a number made from the other.  The round's
 * function is a CBC-MAC over P || Q; AES is OpenSSL's.
 *
 * Where radix^v fits 64 bits, halves are numbers all the way through: a card
 * number never becomes bytes and back between rounds.  All else is done digit
 * by digit.  The same test vectors pass both ways.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/ff1.h"

#include <openssl/evp.h>
#include <string.h>

#define BLOCK_SIZE	16
#define ROUNDS		10

/* Bytes that NUM(B) of a longest half may take, and d and Q of those. */
#define B_MAX		(CR_FF1_LENGTH_MAX / 2 * 2)
#define S_MAX		(B_MAX + 4 + BLOCK_SIZE)
#define Q_MAX		(CR_FF1_TWEAK_MAX + B_MAX + 2 * BLOCK_SIZE)

struct CrFf1
{
	EVP_CIPHER_CTX *aes;		/* ECB, no padding */
};

/* What stays the same through the rounds of one string. */
typedef struct Rounds
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
	uint8_t		chain[BLOCK_SIZE];	/* CBC-MAC over P and Q up to there */
	uint8_t		q[Q_MAX];
	uint8_t		s[S_MAX];
} Rounds;

CrFf1 *
cr_ff1_new(CrBytes key)
{
	const char *name = key.len == 16 ? "AES-128-ECB" :
		key.len == 24 ? "AES-192-ECB" :
		key.len == 32 ? "AES-256-ECB" : NULL;
	EVP_CIPHER *cipher = NULL;
	CrFf1	   *ff1 = NULL;
	bool		ok = false;

	if (name != NULL)
		cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	if (cipher != NULL)
		ff1 = OPENSSL_zalloc(sizeof(CrFf1));
	if (ff1 != NULL)
	{
		ff1->aes = EVP_CIPHER_CTX_new();
		ok = ff1->aes != NULL &&
			EVP_EncryptInit_ex2(ff1->aes, cipher, key.data, NULL, NULL) &&
			EVP_CIPHER_CTX_set_padding(ff1->aes, 0);
	}
	EVP_CIPHER_free(cipher);
	if (!ok)
	{
		cr_ff1_free(ff1);
		return NULL;
	}
	return ff1;
}

void
cr_ff1_free(CrFf1 *ff1)
{
	if (ff1 == NULL)
		return;
	EVP_CIPHER_CTX_free(ff1->aes);	/* wipes the key */
	OPENSSL_free(ff1);
}

static bool
encrypt_block(EVP_CIPHER_CTX *aes, uint8_t *block)
{
	int			written;

	return EVP_EncryptUpdate(aes, block, &written, block, BLOCK_SIZE) &&
		written == BLOCK_SIZE;
}

/* CBC-MAC: takes the blocks of "bytes" into the chain. */
static bool
chain_blocks(EVP_CIPHER_CTX *aes, uint8_t *chain, const uint8_t *bytes,
			 size_t size)
{
	size_t		at;
	int			i;

	for (at = 0; at < size; at += BLOCK_SIZE)
	{
		for (i = 0; i < BLOCK_SIZE; i++)
			chain[i] ^= bytes[at + i];
		if (!encrypt_block(aes, chain))
			return false;
	}
	return true;
}

/* Writes a number in "size" bytes, the most significant first. */
static void
put_number(uint8_t *bytes, size_t size, uint64_t number)
{
	while (size > 0)
	{
		bytes[--size] = (uint8_t) number;
		number >>= 8;
	}
}

/*
 * Writes the number that the digits make into "size" bytes.  False when it
 * does not fit.
 */
static bool
digits_to_bytes(const uint16_t *digits, size_t ndigits, uint32_t radix,
				uint8_t *bytes, size_t size)
{
	size_t		used = 0;		/* bytes at the end that are not zero yet */
	size_t		i;
	size_t		j;

	memset(bytes, 0, size);
	for (i = 0; i < ndigits; i++)
	{
		uint32_t	carry = digits[i];

		for (j = 0; j < used || carry != 0; j++)
		{
			if (j == size)
				return false;
			carry += bytes[size - 1 - j] * radix;
			bytes[size - 1 - j] = (uint8_t) carry;
			carry >>= 8;
			if (j == used)
				used++;
		}
	}
	return true;
}

/* Makes the last ndigits digits of the number; destroys the bytes. */
static void
bytes_to_digits(uint8_t *bytes, size_t size, uint32_t radix,
				uint16_t *digits, size_t ndigits)
{
	size_t		first = 0;
	size_t		i;

	while (ndigits > 0)
	{
		uint32_t	rest = 0;

		while (first < size && bytes[first] == 0)
			first++;
		for (i = first; i < size; i++)
		{
			rest = rest << 8 | bytes[i];
			bytes[i] = (uint8_t) (rest / radix);
			rest %= radix;
		}
		digits[--ndigits] = (uint16_t) rest;
	}
}

/* radix^n, or 0 when that is 2^64 or more. */
static uint64_t
power(uint32_t radix, size_t n)
{
	uint64_t	result = 1;
	uint64_t	most = UINT64_MAX / radix;

	while (n-- > 0)
	{
		if (result > most)
			return 0;
		result *= radix;
	}
	return result;
}

/* The standard's b: bytes of the largest number of v digits, limit - 1. */
static size_t
bytes_of_half(uint32_t radix, size_t v, uint64_t limit)
{
	uint16_t	largest[CR_FF1_LENGTH_MAX / 2 + 1];
	uint8_t		bytes[B_MAX + 2];
	size_t		b = 0;
	size_t		i;

	if (limit != 0)
	{
		for (limit--; limit != 0; limit >>= 8)
			b++;
		return b;
	}
	for (i = 0; i < v; i++)
		largest[i] = (uint16_t) (radix - 1);
	(void) digits_to_bytes(largest, v, radix, bytes, sizeof(bytes));
	for (i = 0; i < sizeof(bytes) && bytes[i] == 0; i++)
		;
	return sizeof(bytes) - i;
}

/* Steps 1 to 5 of the standard, and what of step 6 is the same each round. */
static bool
start_rounds(Rounds *rounds, CrFf1 *ff1, const CrFf1Format *format, size_t n)
{
	uint8_t		p[BLOCK_SIZE] = {1, 2, 1};
	size_t		t = format->tweak.len;
	size_t		padding;

	rounds->aes = ff1->aes;
	rounds->radix = format->radix;
	rounds->u = n / 2;
	rounds->v = n - rounds->u;
	rounds->limit_v = power(format->radix, rounds->v);
	rounds->b = bytes_of_half(format->radix, rounds->v, rounds->limit_v);
	rounds->d = 4 * ((rounds->b + 3) / 4) + 4;

	put_number(p + 3, 3, format->radix);
	p[6] = ROUNDS;
	p[7] = (uint8_t) rounds->u;
	put_number(p + 8, 4, n);
	put_number(p + 12, 4, t);

	padding = (BLOCK_SIZE - (t + rounds->b + 1) % BLOCK_SIZE) % BLOCK_SIZE;
	rounds->q_size = t + padding + 1 + rounds->b;
	rounds->q_start = (t + padding) / BLOCK_SIZE * BLOCK_SIZE;
	if (t > 0)
		memcpy(rounds->q, format->tweak.data, t);
	memset(rounds->q + t, 0, padding);

	memset(rounds->chain, 0, BLOCK_SIZE);
	return chain_blocks(rounds->aes, rounds->chain, p, BLOCK_SIZE) &&
		chain_blocks(rounds->aes, rounds->chain, rounds->q, rounds->q_start);
}

/* Makes S of round i; the number's bytes are at the end of q already. */
static bool
make_s(Rounds *rounds, int i)
{
	uint8_t		r[BLOCK_SIZE];
	size_t		made;

	rounds->q[rounds->q_size - rounds->b - 1] = (uint8_t) i;
	memcpy(r, rounds->chain, BLOCK_SIZE);
	if (!chain_blocks(rounds->aes, r, rounds->q + rounds->q_start,
					  rounds->q_size - rounds->q_start))
		return false;
	memcpy(rounds->s, r, BLOCK_SIZE);
	for (made = BLOCK_SIZE; made < rounds->d; made += BLOCK_SIZE)
	{
		uint8_t		block[BLOCK_SIZE] = {0};
		int			j;

		put_number(block + 8, 8, made / BLOCK_SIZE);
		for (j = 0; j < BLOCK_SIZE; j++)
			block[j] ^= r[j];
		if (!encrypt_block(rounds->aes, block))
			return false;
		memcpy(rounds->s + made, block, BLOCK_SIZE);
	}
	return true;
}

/* y mod radix^m.  S has 8 or 12 bytes here. */
static uint64_t
reduce_s(const Rounds *rounds, uint64_t modulus)
{
#ifdef __SIZEOF_INT128__
	uint64_t	high = 0;
	uint64_t	low = 0;
	size_t		i;

	for (i = 0; i < rounds->d - 8; i++)
		high = high << 8 | rounds->s[i];
	for (; i < rounds->d; i++)
		low = low << 8 | rounds->s[i];
	return (uint64_t) (((unsigned __int128) high << 64 | low) % modulus);
#else
	uint64_t	y = 0;
	size_t		i;
	int			bit;

	for (i = 0; i < rounds->d; i++)
	{
		for (bit = 7; bit >= 0; bit--)
		{
			bool		carry = y >> 63;

			y = y << 1 | (rounds->s[i] >> bit & 1);
			if (carry || y >= modulus)
				y -= modulus;
		}
	}
	return y;
#endif
}

/* The rounds over numbers of at most 64 bits. */
static bool
run_narrow(Rounds *rounds, uint16_t *digits, bool decrypt)
{
	uint64_t	limit_u = rounds->u == rounds->v ? rounds->limit_v :
		rounds->limit_v / rounds->radix;
	uint64_t	limit_v = rounds->limit_v;
	uint64_t	a = 0;
	uint64_t	b = 0;
	size_t		j;
	int			i;

	for (j = 0; j < rounds->u; j++)
		a = a * rounds->radix + digits[j];
	for (; j < rounds->u + rounds->v; j++)
		b = b * rounds->radix + digits[j];
	for (i = 0; i < ROUNDS; i++)
	{
		int			round = decrypt ? ROUNDS - 1 - i : i;
		uint64_t	modulus = round % 2 == 0 ? limit_u : limit_v;
		uint64_t	y;
		uint64_t	c;

		put_number(rounds->q + rounds->q_size - rounds->b, rounds->b,
				   decrypt ? a : b);
		if (!make_s(rounds, round))
			return false;
		y = reduce_s(rounds, modulus);
		/* both are below the modulus, their sum may not fit */
		if (decrypt)
		{
			c = b >= y ? b - y : b + (modulus - y);
			b = a;
			a = c;
		}
		else
		{
			c = a >= modulus - y ? a - (modulus - y) : a + y;
			a = b;
			b = c;
		}
	}
	for (j = rounds->u + rounds->v; j > rounds->u; b /= rounds->radix)
		digits[--j] = (uint16_t) (b % rounds->radix);
	for (; j > 0; a /= rounds->radix)
		digits[--j] = (uint16_t) (a % rounds->radix);
	return true;
}

/* Adds y to c, or takes it from there, both of m digits, dropping a carry. */
static void
add_digits(uint16_t *c, const uint16_t *y, size_t m, uint32_t radix,
		   bool subtract)
{
	int32_t		carry = 0;

	while (m-- > 0)
	{
		int32_t		sum = subtract ? c[m] - y[m] + carry :
			c[m] + y[m] + carry;

		carry = sum < 0 ? -1 : sum >= (int32_t) radix ? 1 : 0;
		c[m] = (uint16_t) (sum - carry * (int32_t) radix);
	}
}

/* The rounds digit by digit, for strings of any length. */
static bool
run_wide(Rounds *rounds, uint16_t *digits, bool decrypt)
{
	uint16_t	halves[2][CR_FF1_LENGTH_MAX / 2 + 1];
	uint16_t	y[CR_FF1_LENGTH_MAX / 2 + 1];
	int			i;
	bool		ok = true;

	/*
	 * Halves do not change places: even rounds change the one that was A,
	 * which has u digits, odd rounds the other.
	 */
	memcpy(halves[0], digits, rounds->u * sizeof(uint16_t));
	memcpy(halves[1], digits + rounds->u, rounds->v * sizeof(uint16_t));
	for (i = 0; i < ROUNDS && ok; i++)
	{
		int			round = decrypt ? ROUNDS - 1 - i : i;
		int			changed = round % 2;
		size_t		m = changed == 0 ? rounds->u : rounds->v;

		ok = digits_to_bytes(halves[1 - changed],
							 changed == 0 ? rounds->v : rounds->u,
							 rounds->radix,
							 rounds->q + rounds->q_size - rounds->b,
							 rounds->b) &&
			make_s(rounds, round);
		if (!ok)
			break;
		bytes_to_digits(rounds->s, rounds->d, rounds->radix, y, m);
		add_digits(halves[changed], y, m, rounds->radix, decrypt);
	}
	if (ok)
	{
		memcpy(digits, halves[0], rounds->u * sizeof(uint16_t));
		memcpy(digits + rounds->u, halves[1], rounds->v * sizeof(uint16_t));
	}
	cr_bytes_wipe(halves, sizeof(halves));
	cr_bytes_wipe(y, sizeof(y));
	return ok;
}

static CrFf1Result
check_string(const CrFf1Format *format, const uint16_t *digits, size_t n)
{
	uint64_t	domain = 1;
	size_t		i;

	if (format->radix < 2 || format->radix > CR_FF1_RADIX_MAX)
		return CR_FF1_RADIX;
	if (n > CR_FF1_LENGTH_MAX)
		return CR_FF1_LONG;
	if (format->tweak.len > CR_FF1_TWEAK_MAX)
		return CR_FF1_TWEAK;
	for (i = 0; i < n && domain < CR_FF1_DOMAIN_MIN; i++)
		domain *= format->radix;
	/* the standard wants two digits, too, which no domain here lacks */
	if (n < 2 || domain < CR_FF1_DOMAIN_MIN)
		return CR_FF1_SHORT;
	for (i = 0; i < n; i++)
	{
		if (digits[i] >= format->radix)
			return CR_FF1_DIGIT;
	}
	return CR_FF1_OK;
}

static CrFf1Result
run(CrFf1 *ff1, const CrFf1Format *format, uint16_t *digits, size_t n,
	bool decrypt)
{
	CrFf1Result result = check_string(format, digits, n);
	Rounds		rounds;
	bool		ok;

	if (result != CR_FF1_OK)
		return result;
	ok = start_rounds(&rounds, ff1, format, n);
	if (ok && !format->wide && rounds.limit_v != 0)
		ok = run_narrow(&rounds, digits, decrypt);
	else if (ok)
		ok = run_wide(&rounds, digits, decrypt);
	/* of s and q no more than this was written */
	cr_bytes_wipe(rounds.s, rounds.d + BLOCK_SIZE < S_MAX ?
				  rounds.d + BLOCK_SIZE : S_MAX);
	cr_bytes_wipe(rounds.q, rounds.q_size);
	cr_bytes_wipe(rounds.chain, BLOCK_SIZE);
	return ok ? CR_FF1_OK : CR_FF1_FAILED;
}

CrFf1Result
cr_ff1_encrypt(CrFf1 *ff1, const CrFf1Format *format, uint16_t *digits,
			   size_t ndigits)
{
	return run(ff1, format, digits, ndigits, false);
}

CrFf1Result
cr_ff1_decrypt(CrFf1 *ff1, const CrFf1Format *format, uint16_t *digits,
			   size_t ndigits)
{
	return run(ff1, format, digits, ndigits, true);
}
