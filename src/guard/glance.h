/*-------------------------------------------------------------------------
 *
 * src/guard/glance.h
 *	  Which guards a statement concerns.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GLANCE_H
#define CR_GLANCE_H

#include "nodes/parsenodes.h"

typedef struct CrGlance
{
	bool		protected;		/* reads or writes a protected table */
	bool		own_tables;		/* reads or writes the extension's tables */
	bool		set_function;	/* calls an SQL function that may be inlined */
	bool		samples;		/* reads the values sampled by ANALYZE */
	bool		counters;		/* calls a function that counts rows read */
} CrGlance;

/*
 * Looks at all of a rewritten statement once.  What it says is to be looked
 * into; what it does not say is not there.
 */
extern CrGlance cr_guard_glance(Query *query);

/* All relations that the statement names, subqueries included. */
extern List *cr_glance_relations(Query *query);

#endif							/* CR_GLANCE_H */
