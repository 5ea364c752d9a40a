/*-------------------------------------------------------------------------
 *
 * src/session/bound_to.h
 *	  Says which relations a role meets as an analyst.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_BOUND_TO_H
#define CR_BOUND_TO_H

#include "nodes/parsenodes.h"

/* Is the relation protected, and the role not exempt from it? */
extern bool cr_session_binds(Oid role, Oid relid);

/*
 * The first relation that binds the role among relid, its partitions and
 * inheritance children and, when it is a view, the relations it reads;
 * InvalidOid when there is none.  Takes AccessShareLock on views.
 */
extern Oid	cr_session_find_bound(Oid role, Oid relid);

/*
 * Is the relation a table or a sequence of the extension's own, and the role
 * not exempt?  Who is are superusers, and whoever has the privileges of its
 * owner.
 */
extern bool cr_session_closes(Oid role, Oid relid);

/* As cr_session_find_bound(), for tables of the extension's own. */
extern Oid	cr_session_find_closed(Oid role, Oid relid);

/* The same for all relations that a statement names, subqueries included. */
extern Oid	cr_session_find_bound_in_query(Oid role, Query *query);

#endif							/* CR_BOUND_TO_H */
