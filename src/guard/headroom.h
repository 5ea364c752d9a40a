/*-------------------------------------------------------------------------
 *
 * src/guard/headroom.h
 *	  Has a query on protected tables run only where it cannot fail for want
 *	  of buffers or of stack.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_HEADROOM_H
#define CR_HEADROOM_H

#include "base/verdict.h"
#include "executor/execdesc.h"

/* Buffers that queries on protected tables may still come to need. */
typedef struct CrHeadroom
{
	int			shared;
	int			local;
} CrHeadroom;

/* What is set aside for the queries that are running. */
extern CrHeadroom cr_headroom_save(void);

/*
 * A query on protected tables is about to run: a refusal where there is too
 * little for it, or NULL, and it is set aside.
 */
extern CrVerdict *cr_headroom_judge(QueryDesc *queryDesc);

/*
 * A query has run, perhaps inside of another that reads protected tables:
 * restores what is set aside for that, with a refusal where it is not there
 * any more.
 */
extern CrVerdict *cr_headroom_judge_left(CrHeadroom before);

/* The same after an error, without a refusal. */
extern void cr_headroom_restore(CrHeadroom before);

#endif							/* CR_HEADROOM_H */
