/*-------------------------------------------------------------------------
 *
 * src/agg/neither.h
 *	  The fewest privacy units, but not none, that have a row with neither of
 *	  two values, one of x and one of y, up to a threshold.
 *
 * Units and values are known by their hashes, which are never 0.  Units may
 * have classes (prim/unitset.h): the largest number in one of them counts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_NEITHER_H
#define CR_NEITHER_H

#include "utils/hsearch.h"

/* Where there is no second factor: a value that is never chosen. */
#define CR_NEITHER_NONE	UINT64CONST(0)

/* A row. */
typedef struct CrTriple
{
	uint64		unit;
	uint64		x;
	uint64		y;
} CrTriple;

typedef struct CrNeither
{
	int32		threshold;
	bool		classes;		/* of units */
	HTAB	   *triples;		/* CrTriple; NULL: there are enough, settled */
	HTAB	   *pairs;			/* how many units of them have each x and y */
	long		look_at;		/* so many triples */
} CrNeither;

/* An empty one, in a memory context; the threshold is at least 1. */
extern CrNeither *cr_neither_make(MemoryContext context, int32 threshold,
								  bool classes);
extern void cr_neither_settle(CrNeither *neither);
extern void cr_neither_add(CrNeither *neither, const CrTriple *triple);

/* The threshold if there are none. */
extern int32 cr_neither_fewest(const CrNeither *neither);

#endif							/* CR_NEITHER_H */
