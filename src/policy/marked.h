/*-------------------------------------------------------------------------
 *
 * src/policy/marked.h
 *	  The mark of a database that must not be copied.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_MARKED_H
#define CR_MARKED_H

/*
 * Marks this database, unless it is: to be called by whatever puts the first
 * of what a copy would start anew into it.  Waits for a transaction that is
 * doing the same.
 */
extern void cr_marked_set(void);

/* The same for a copy that has just been made, by its name. */
extern void cr_marked_set_copy(const char *name);

/* Is the database marked?  May be asked from within any database. */
extern bool cr_marked_has(Oid database);

/* Is any database of the server marked? */
extern bool cr_marked_any(void);

/*
 * May a user write this label, or NULL, on a database?  Raises an error, or
 * returns.
 */
extern void cr_marked_check_label(const char *label);

#endif							/* CR_MARKED_H */
