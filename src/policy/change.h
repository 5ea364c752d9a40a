/*-------------------------------------------------------------------------
 *
 * src/policy/change.h
 *	  Puts changes of policies on record.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CHANGE_H
#define CR_CHANGE_H

/*
 * The label of a table (objsubid 0) or column is about to become text, NULL
 * for none.  Nothing is noted when it is that already.  ours: by protect()
 * and kin; else by SECURITY LABEL, which a restored dump uses.
 */
extern void cr_note_label(Oid relid, int32 objsubid, const char *text,
						  bool ours);

/* A row policy was added, or with condition NULL dropped. */
extern void cr_note_row_policy(Oid relid, const char *name,
							   const char *condition);

/*
 * A command of the server's has changed what is called "change", as "owner",
 * of a protected table, or its policy of this name.
 */
extern void cr_note_by_hand(Oid relid, const char *change, const char *policy,
							const char *before, const char *after);

#endif							/* CR_CHANGE_H */
