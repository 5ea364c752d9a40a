/*-------------------------------------------------------------------------
 *
 * src/ledger/key_count.h
 *	  Counts what is done with keys, in the commit that records it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_KEY_COUNT_H
#define CR_KEY_COUNT_H

/* Installs the recorder's hook; called once from _PG_init. */
extern void cr_key_count_init(void);

#endif							/* CR_KEY_COUNT_H */
