/*-------------------------------------------------------------------------
 *
 * src/prim/otp.c
 *	  One-time passwords: HOTP (RFC 4226), on which TOTP (RFC 6238) rests.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/otp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define SHA1_SIZE	20

bool
cr_otp_code(CrBytes secret, uint64_t counter, uint32_t *code)
{
	uint8_t		message[8];
	uint8_t		digest[SHA1_SIZE];
	unsigned	length = 0;
	unsigned	offset;

	for (int i = 7; i >= 0; i--)
	{
		message[i] = (uint8_t) counter;
		counter >>= 8;
	}
	if (HMAC(EVP_sha1(), secret.data, (int) secret.len, message,
			 sizeof(message), digest, &length) == NULL ||
		length != SHA1_SIZE)
		return false;
	offset = digest[SHA1_SIZE - 1] & 0xf;
	*code = ((uint32_t) (digest[offset] & 0x7f) << 24 |
			 (uint32_t) digest[offset + 1] << 16 |
			 (uint32_t) digest[offset + 2] << 8 |
			 (uint32_t) digest[offset + 3]) % 1000000;
	return true;
}

void
cr_base32_encode(CrBytes bytes, char *text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t	held = 0;
	int			bits = 0;

	for (size_t i = 0; i < bytes.len; i++)
	{
		held = held << 8 | bytes.data[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*text++ = alphabet[held >> (bits - 5) & 31];
	}
	if (bits > 0)
		*text++ = alphabet[held << (5 - bits) & 31];
	*text = '\0';
}
