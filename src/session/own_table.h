/*-------------------------------------------------------------------------
 *
 * src/session/own_table.h
 *	  Tables of the extension, and whether anything is in them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OWN_TABLE_H
#define CR_OWN_TABLE_H

/* The table of this name; InvalidOid without the extension. */
extern Oid	cr_own_table_oid(const char *name);

/*
 * Has this table of the extension a row, as of now, whatever the isolation
 * level?  False without the extension.  For tables that are mostly empty and
 * have the trigger tell_sessions: what is found is remembered until that, or
 * a change of the table, tells otherwise.
 */
extern bool cr_own_table_has_rows(const char *name);

/* To be called from _PG_init. */
extern void cr_own_table_init(void);

#endif							/* CR_OWN_TABLE_H */
