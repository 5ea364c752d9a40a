/*-------------------------------------------------------------------------
 *
 * src/inspect/unmatched.h
 *	  Groups of people for whom an outer join has no match.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_UNMATCHED_H
#define CR_UNMATCHED_H

#include "inspect/absence.h"
#include "nodes/primnodes.h"

typedef struct CrUnmatched
{
	Query	   *query;			/* that groups */
	int			rti;			/* its subquery with the join; 0: itself */
	CrAbsent	absent;
	Var		   *column;			/* of the entry that may be missing, as used */
	Node	   *written;		/* the key, as it is grouped by */
	Node	   *shared;			/* the key, in the words of the query with the
								 * join, if those with a match may share the
								 * group; else NULL */
	Const	   *value;			/* what it is without a match */
	Oid			equality;		/* by which it is grouped */
} CrUnmatched;

/* unmatched_parts.c: those with a match (IS_NOT_NULL), or without; or NULL */
extern Query *cr_unmatched_part(CrUnmatched *unmatched, const Query *core,
								NullTestType type);

#endif							/* CR_UNMATCHED_H */
