/*-------------------------------------------------------------------------
 *
 * src/keys/secret.h
 *	  Memory for keys: kept out of core dumps, and zeroed when it is done with.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SECRET_H
#define CR_SECRET_H

#define CR_SECRET_BYTES		32

/*
 * A zeroed slot of CR_SECRET_BYTES, or NULL when memory is short.  It lives
 * until it is freed, or zeroed at the end of the process.  Raises nothing, so
 * it can be used while the server starts.
 */
extern uint8 *cr_secret_alloc(void);

/* Zeroes a slot and takes it back; NULL is fine. */
extern void cr_secret_free(uint8 *secret);

/*
 * A key made from a key, both of CR_SECRET_BYTES: one for each thing it is
 * used for, which the label names.  False when OpenSSL fails.
 */
extern bool cr_secret_derive(const uint8 *key, const char *label,
							 uint8 *derived);

#endif							/* CR_SECRET_H */
