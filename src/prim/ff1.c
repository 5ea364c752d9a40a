/*-------------------------------------------------------------------------
 *
 * src/prim/ff1.c
 *	  FF1, format-preserving encryption (NIST SP 800-38G, revision 1).
 *
 * Names follow the standard: n digits, halves A of u and B of v digits, ten
 * rounds that add to one half a number made from the other.  The round's
 * function is a CBC-MAC over P || Q; AES is OpenSSL's.
 *
 * Where radix^v fits 64 bits, ff1_narrow.c does the rounds.  All else is done
 * digit by digit here.  The same test vectors pass both ways.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/ff1.h"
#include "prim/ff1_rounds.h"

#include <string.h>

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
	OPENSSL_clear_free(ff1, sizeof(CrFf1));
}

/* CBC-MAC: takes the blocks of "bytes" into the chain. */
static bool
chain_blocks(EVP_CIPHER_CTX *aes, uint8_t *chain, const uint8_t *bytes,
			 size_t size)
{
	size_t		at;
	int			i;

	for (at = 0; at < size; at += CR_FF1_BLOCK)
	{
		for (i = 0; i < CR_FF1_BLOCK; i++)
			chain[i] ^= bytes[at + i];
		if (!cr_ff1_encrypt_block(aes, chain))
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
	uint8_t		bytes[CR_FF1_B_MAX + 2];
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

bool
cr_ff1_start_rounds(CrFf1Rounds *rounds, CrFf1 *ff1,
					const CrFf1Format *format, size_t n)
{
	uint8_t		p[CR_FF1_BLOCK] = {1, 2, 1};
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
	p[6] = CR_FF1_ROUNDS;
	p[7] = (uint8_t) rounds->u;
	put_number(p + 8, 4, n);
	put_number(p + 12, 4, t);

	padding = (CR_FF1_BLOCK - (t + rounds->b + 1) % CR_FF1_BLOCK) %
		CR_FF1_BLOCK;
	rounds->q_size = t + padding + 1 + rounds->b;
	rounds->q_start = (t + padding) / CR_FF1_BLOCK * CR_FF1_BLOCK;
	if (t > 0)
		memcpy(rounds->q, format->tweak.data, t);
	memset(rounds->q + t, 0, padding);

	memset(rounds->chain, 0, CR_FF1_BLOCK);
	return chain_blocks(rounds->aes, rounds->chain, p, CR_FF1_BLOCK) &&
		chain_blocks(rounds->aes, rounds->chain, rounds->q, rounds->q_start);
}

/* Makes S of round i; the number's bytes are at the end of q already. */
static bool
make_s(CrFf1Rounds *rounds, int i)
{
	uint8_t		r[CR_FF1_BLOCK];
	size_t		made;

	rounds->q[rounds->q_size - rounds->b - 1] = (uint8_t) i;
	memcpy(r, rounds->chain, CR_FF1_BLOCK);
	if (!chain_blocks(rounds->aes, r, rounds->q + rounds->q_start,
					  rounds->q_size - rounds->q_start))
		return false;
	memcpy(rounds->s, r, CR_FF1_BLOCK);
	for (made = CR_FF1_BLOCK; made < rounds->d; made += CR_FF1_BLOCK)
	{
		uint8_t		block[CR_FF1_BLOCK] = {0};
		int			j;

		put_number(block + 8, 8, made / CR_FF1_BLOCK);
		for (j = 0; j < CR_FF1_BLOCK; j++)
			block[j] ^= r[j];
		if (!cr_ff1_encrypt_block(rounds->aes, block))
			return false;
		memcpy(rounds->s + made, block, CR_FF1_BLOCK);
	}
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
run_wide(CrFf1Rounds *rounds, uint16_t *digits, bool decrypt)
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
	for (i = 0; i < CR_FF1_ROUNDS && ok; i++)
	{
		int			round = decrypt ? CR_FF1_ROUNDS - 1 - i : i;
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
	const CrFf1Narrow *narrow;
	CrFf1Rounds rounds;
	bool		ok;

	if (result != CR_FF1_OK)
		return result;
	if (!format->wide)
	{
		narrow = cr_ff1_find_narrow(ff1, format, n);
		if (narrow == NULL)
			return CR_FF1_FAILED;
		if (narrow->limit_v != 0)
			return cr_ff1_run_narrow(ff1, narrow, digits, decrypt) ?
				CR_FF1_OK : CR_FF1_FAILED;
	}
	ok = cr_ff1_start_rounds(&rounds, ff1, format, n) &&
		run_wide(&rounds, digits, decrypt);
	/* of s and q no more than this was written */
	cr_bytes_wipe(rounds.s, rounds.d + CR_FF1_BLOCK < CR_FF1_S_MAX ?
				  rounds.d + CR_FF1_BLOCK : CR_FF1_S_MAX);
	cr_bytes_wipe(rounds.q, rounds.q_size);
	cr_bytes_wipe(rounds.chain, CR_FF1_BLOCK);
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
