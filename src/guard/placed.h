/*-------------------------------------------------------------------------
 *
 * src/guard/placed.h
 *	  Tables that the running command makes part of others, or gives away.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PLACED_H
#define CR_PLACED_H

/* For the object access hook: a table is part of another; has a new owner. */
extern void cr_placed_note_child(Oid child, Oid parent);
extern void cr_placed_note(Oid relid);

/*
 * When the command has ended, in its transaction: closes what has become part
 * of a protected table, and raises what protect() would where a protected
 * table is part of one of another owner's.
 */
extern void cr_placed_settle(void);

#endif							/* CR_PLACED_H */
