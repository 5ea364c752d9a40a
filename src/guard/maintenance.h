/*-------------------------------------------------------------------------
 *
 * src/guard/maintenance.h
 *	  Commands that read rows with their owner's rights, for somebody else.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_MAINTENANCE_H
#define CR_MAINTENANCE_H

#include "nodes/nodes.h"
#include "utils/palloc.h"

/*
 * The name of a command that maintains relations, if rows of one of them are
 * hidden from the current user; NULL of others.  Static.
 */
extern const char *cr_maintenance_of_others(Node *command);

/*
 * In PG_CATCH() of such a command, with the memory context that it was
 * entered in: raises an error that tells nothing of a row in the place of the
 * one that was caught, which goes to the server's log.
 */
extern void cr_maintenance_fail(const char *name, MemoryContext context)
			__attribute__((noreturn));

/*
 * Such a command, "others" being true, or any other is about to run.  Returns
 * what cr_maintenance_leave() wants when it has ended, by an error too.
 */
extern bool cr_maintenance_enter(bool others);
extern void cr_maintenance_leave(bool outer);

/* May it not be called while one runs?  Reads the catalogs. */
extern bool cr_maintenance_refuses_call(Oid funcid);

#endif							/* CR_MAINTENANCE_H */
