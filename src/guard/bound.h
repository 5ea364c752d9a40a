/*-------------------------------------------------------------------------
 *
 * src/guard/bound.h
 *	  Says which relations the current user meets as an analyst.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_BOUND_H
#define CR_BOUND_H

#include "nodes/parsenodes.h"

/* Is the relation protected, and the current user not exempt from it? */
extern bool cr_guard_binds(Oid relid);

/*
 * The first relation that binds the current user among relid, its partitions
 * and inheritance children and, when it is a view, the relations it reads;
 * InvalidOid when there is none.  Takes AccessShareLock on views.
 */
extern Oid	cr_guard_find_bound(Oid relid);

/* The same for all relations that a statement names, subqueries included. */
extern Oid	cr_guard_find_bound_in_query(Query *query);

/* The same for the whole database, by the security labels. */
extern Oid	cr_guard_find_bound_anywhere(void);

#endif							/* CR_BOUND_H */
