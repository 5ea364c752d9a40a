/*-------------------------------------------------------------------------
 *
 * src/policy/by_hand.h
 *	  Puts on record what commands of the server's change of the closing of
 *	  protected tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_BY_HAND_H
#define CR_BY_HAND_H

#include "nodes/pg_list.h"

/*
 * For the object access hook: a policy has been made or altered, or is about
 * to be dropped.  Nothing is noted of what the extension's own functions do,
 * which say so themselves, nor of tables that are not protected, but for
 * policies that are named as ours are.
 */
extern void cr_by_hand_note_policy(Oid policy, bool dropped);

/*
 * For the same hook: a column is about to be dropped, by its owner only if it
 * has a use, and not while it is one of several units.  So are policies.
 * Errors: 42501, 55000.
 */
extern void cr_by_hand_check_column(Oid relid, AttrNumber attnum);

/* For the same hook: a relation has been altered; was it its owner? */
extern bool cr_by_hand_note_owner(Oid relid);

/*
 * The switches of row security of all protected tables, before a command
 * that may change some; and has what it has changed noted.
 */
extern List *cr_by_hand_read_switches(void);
extern void cr_by_hand_note_switches(List *before);

/*
 * How a table that is protected is closed, before protect() closes it anew;
 * and has noted what that has put right, which its labels do not tell.
 */
typedef struct CrClosing CrClosing;
extern CrClosing *cr_by_hand_read_closing(Oid relid);
extern void cr_by_hand_note_closing(const CrClosing *before);

#endif							/* CR_BY_HAND_H */
