/*-------------------------------------------------------------------------
 *
 * src/inspect/tells.h
 *	  Which outer joins a column tells of.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TELLS_H
#define CR_TELLS_H

#include "inspect/facts.h"

/* An outer join whose optional side has people's rows, or a membership. */
typedef struct CrOuter
{
	const CrLevel *level;
	int			join;
	bool		membership;		/* by its entry then, whose rules are others */
} CrOuter;

typedef struct CrFollowing
{
	List	   *outers;			/* CrOuter; numbers count from 0 */
	List	   *done;			/* Column, with what they tell */
	int			steps;
	int			missing;		/* the outer join without a match, or -1 */
	bool		unclear;		/* what something is without it */
} CrFollowing;

typedef struct CrPlace
{
	CrFollowing *following;
	CrLevel    *level;
	const Bitmapset *joined;	/* joins that do not null anything here */
	List	   *told;			/* Bitmapset, one for each kind of column */
} CrPlace;

/*
 * The kinds of columns in an expression of a level: for each the set of the
 * numbers of outer joins that it tells of, which may be empty.  "joined" are
 * joins that null nothing where the expression stands.
 */
extern List *cr_tells_by(CrFollowing *following, CrLevel *level,
						const Bitmapset *joined, Node *expr);
extern bool cr_tells_has(List *told, int number);

/* The entry of a column, or NULL; and the outer joins that null it. */
extern CrSource *cr_tells_source(const CrLevel *level, const Var *var);
extern Bitmapset *cr_tells_nulling(CrFollowing *following,
								  const CrLevel *level,
								  const Bitmapset *joined,
								  const CrSource *source);

/* Counts what has been looked at.  Errors: RC006 when it is too much. */
extern void cr_tells_step(CrFollowing *following);

#endif							/* CR_TELLS_H */
