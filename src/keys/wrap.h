/*-------------------------------------------------------------------------
 *
 * src/keys/wrap.h
 *	  Data keys as they are stored: wrapped under a master key.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_WRAP_H
#define CR_WRAP_H

#include "keys/keyring.h"

/* Which data key it is; bound to the wrapped form, and named in messages. */
typedef struct CrKeyLabel
{
	int32		key_id;
	int32		version;
	CrKeyPurpose purpose;
	const char *name;			/* for messages only */
} CrKeyLabel;

/*
 * The data key of CR_SECRET_BYTES, wrapped under the current master key, in
 * the current memory context.  Raises an error when there is no master key.
 */
extern bytea *cr_wrap_key(const CrKeyLabel *label, const uint8 *material);

/*
 * The reverse, into a slot that the caller frees with cr_secret_free().
 * Raises an error when the master key is not at hand, or the wrapped form is
 * damaged or another key's.
 */
extern uint8 *cr_unwrap_key(const CrKeyLabel *label, const bytea *wrapped);

/* The id of the master key that it is wrapped under; NULL when damaged. */
extern const uint8 *cr_wrap_master_id(const bytea *wrapped);

#endif							/* CR_WRAP_H */
