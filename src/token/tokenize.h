/*-------------------------------------------------------------------------
 *
 * src/token/tokenize.h
 *	  Tokens of values, for others than SQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TOKENIZE_H
#define CR_TOKENIZE_H

#include "token/call.h"
#include "token/form.h"
#include "utils/uuid.h"

/*
 * Makes the token of one value, and counts the use.  False when the value has
 * no such form.  Raises what the keyring raises.
 */
extern bool cr_tokenize_value(CrCall *call, CrBytes key_name, CrForm form,
							  CrBytes value, pg_uuid_t *token);

#endif							/* CR_TOKENIZE_H */
