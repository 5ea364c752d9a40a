/*-------------------------------------------------------------------------
 *
 * src/ledger/chain.h
 *	  The link that each record carries.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CHAIN_H
#define CR_CHAIN_H

#include "common/cryptohash.h"
#include "ledger/record.h"
#include "lib/stringinfo.h"

typedef struct CrChain
{
	pg_cryptohash_ctx *hash;
	StringInfoData bytes;		/* the record that is being hashed */
} CrChain;

/*
 * Makes what is needed to compute links; in the current memory context and
 * resource owner.
 */
extern CrChain *cr_chain_create(void);
extern void cr_chain_free(CrChain *chain);

/*
 * The link of a row of cleanroom.ledger_records that follows a record with
 * link "previous" (zeros before the first).  values and nulls are those of
 * all columns; that of the link itself is not looked at.
 */
extern void cr_chain_link(CrChain *chain, const uint8 *previous,
						  const Datum *values, const bool *nulls,
						  uint8 *link);

#endif							/* CR_CHAIN_H */
