/*-------------------------------------------------------------------------
 *
 * src/keys/vault.h
 *	  Seals values for the vault, and finds them again without opening all.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_VAULT_H
#define CR_VAULT_H

#include "keys/keyring.h"
#include "prim/hmac.h"
#include "utils/uuid.h"

/*
 * The keyed digest by which a value is found: the same for the same value
 * under the same version.
 */
extern void cr_vault_blind(const CrKeyVersion *key, const text *value,
						   uint8 blind[CR_HMAC_SIZE]);

/* The value as the vault keeps it: sealed, and bound to its token. */
extern bytea *cr_vault_seal(const CrKeyVersion *key, const pg_uuid_t *token,
							const text *value);

/* The reverse; raises an error when it is not what was sealed. */
extern text *cr_vault_open(const CrKeyVersion *key, const pg_uuid_t *token,
						   const bytea *sealed);

#endif							/* CR_VAULT_H */
