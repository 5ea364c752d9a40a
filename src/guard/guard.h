/*-------------------------------------------------------------------------
 *
 * src/guard/guard.h
 *	  Installs the hooks, and what the hooks ask of each other.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GUARD_H
#define CR_GUARD_H

#include "nodes/parsenodes.h"

/* Each installs its hooks; called once, from _PG_init. */
extern void cr_guard_planner_init(void);
extern void cr_guard_executor_init(void);
extern void cr_guard_utility_init(void);
extern void cr_guard_own_names_init(void);
extern void cr_guard_object_access_init(void);
extern void cr_guard_log_init(void);
extern void cr_guard_login_init(void);
extern void cr_guard_memory_init(void);
extern void cr_guard_estimates_init(void);
extern void cr_guard_joins_init(void);

/*
 * Raises RC007 when a statement would show a user who is not a superuser
 * sampled column values that row security does not hide.
 */
extern void cr_guard_samples(Query *query);

/*
 * Puts cleanroom.relation_statistic() where the query calls a built-in that
 * counts a relation's tuples or blocks.  Returns query itself when there is
 * no such call or the current user is a superuser, else a changed copy.
 */
extern Query *cr_guard_statistics(Query *query);

/* Is the function a built-in that counts a relation's tuples or blocks? */
extern bool cr_guard_counts_rows(Oid funcid);

/*
 * Does the function read tables around the executor, or tell what running
 * queries hold?
 */
extern bool cr_guard_looks_inside(Oid funcid);

/*
 * Does the function tell the current user what the whole server has done,
 * where that includes queries on protected tables?
 */
extern bool cr_guard_tells_of_server(Oid funcid);

/*
 * Is a statement on protected tables being planned, which does not call the
 * function itself, and has the function been made by somebody who has not the
 * current user's rights, or for an extension that may do anything by it?
 */
extern bool cr_guard_refuses_planning_call(Oid funcid);

/* Is a statement on others' protected tables being planned? */
extern bool cr_guard_plans_on_others(void);

/* Has the guard itself put the function into a statement of this session? */
extern bool cr_guard_puts_in(Oid funcid);

/*
 * From here to the end of the transaction, messages below NOTICE go to the
 * server's log only.
 */
extern void cr_guard_silence_log(void);

/*
 * Has no session set "max_parallel_workers" so high that parallel workers
 * could be all background workers.  For the postmaster, when all libraries
 * have registered theirs.
 */
extern void cr_guard_cap_parallel_workers(void);

#endif							/* CR_GUARD_H */
