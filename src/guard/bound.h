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

/*
 * Is the relation a table or a sequence of the extension's own, and the
 * current user not exempt?  Who is are superusers, and whoever has the
 * privileges of its owner.
 */
extern bool cr_guard_closes(Oid relid);

/*
 * Has the current user privileges on the relation, other than these?  Whoever
 * has none is left to the server, which says so.
 */
extern bool cr_guard_has_right(Oid relid, AclMode besides);

/* As cr_guard_find_bound(), for tables of the extension's own. */
extern Oid	cr_guard_find_closed(Oid relid);

/* The same for the whole database, by the security labels. */
extern Oid	cr_guard_find_bound_anywhere(void);

/* The table that a TOAST table belongs to. */
extern Oid	cr_guard_table_of_toast(Oid toast);

#endif							/* CR_BOUND_H */
