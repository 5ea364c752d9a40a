/*-------------------------------------------------------------------------
 *
 * src/prim/derive.h
 *	  Keys made from a key: one for each thing it is used for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_DERIVE_H
#define CR_DERIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CR_DERIVED_BYTES	32

/* A stretch of bytes. */
typedef struct CrBytes
{
	const uint8_t *data;
	size_t		len;
} CrBytes;

/*
 * HMAC-SHA-256 of data under a key of 32 bytes, with the label and a zero
 * byte before the data, so that no two uses of a key meet.  The label is a
 * constant of the program.  False when OpenSSL fails.
 */
extern bool cr_derive(const uint8_t *key, const char *label, CrBytes data,
					  uint8_t *derived);

#endif							/* CR_DERIVE_H */
