/*-------------------------------------------------------------------------
 *
 * src/prim/otp.h
 *	  One-time passwords: HOTP (RFC 4226), on which TOTP (RFC 6238) rests.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OTP_H
#define CR_OTP_H

#include "prim/bytes.h"

/*
 * The six-digit code of a counter, with HMAC-SHA-1 as authenticator programs
 * have it.  False when OpenSSL fails.
 */
extern bool cr_otp_code(CrBytes secret, uint64_t counter, uint32_t *code);

/*
 * RFC 4648 base 32 without padding; "text" has room for the characters,
 * 8 for each 5 bytes begun, and a terminating 0.
 */
extern void cr_base32_encode(CrBytes bytes, char *text);

#endif							/* CR_OTP_H */
