/*-------------------------------------------------------------------------
 *
 * src/session/guesses.h
 *	  Counts the guesses at a role's second factor.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GUESSES_H
#define CR_GUESSES_H

/* Under the hooks of shared memory. */
extern void cr_guesses_shmem_request(void);
extern void cr_guesses_shmem_init(void);

#endif							/* CR_GUESSES_H */
