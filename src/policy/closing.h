/*-------------------------------------------------------------------------
 *
 * src/policy/closing.h
 *	  Closes tables by row security, and opens them again.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CLOSING_H
#define CR_CLOSING_H

#include "nodes/pg_list.h"
#include "policy/label.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

/* Names of the owner's row policies begin with this. */
#define CR_ROW_POLICY_PREFIX	"cleanroom_row_"

extern bool cr_closing_is_row_policy(const char *name);

/*
 * Fills in how row security of the table was before it was first closed:
 * from its label, or from what is there.  Not known where the label does not
 * say and cleanroom_open does not tell.
 */
extern void cr_closing_recall(Relation rel, CrTableLabel *label);

/*
 * Closes the table.  label says whether row security was on before it was
 * first closed.
 */
extern void cr_closing_close(Oid relid, const CrTableLabel *label);

/* Takes away what closing put there, and row policies too. */
extern void cr_closing_reopen(Oid relid, const CrTableLabel *label);

/*
 * Closes the descendants that governor's label holds for; all of them, or
 * those of one relation.
 */
extern void cr_closing_close_descendants(Oid governor, Oid relid);

/* The descendants, with relid, that governor's label holds for. */
extern List *cr_closing_find_governed(Oid governor, Oid relid,
									  LOCKMODE lockmode);

/* Drops relid's row policies and gives it those of governor. */
extern void cr_closing_copy_row_policies(Oid governor, Oid relid);

/* Sets a label of the table (objsubid 0) or a column; NULL removes it. */
extern void cr_closing_set_label(Oid relid, int32 objsubid,
								 const char *text);

#endif							/* CR_CLOSING_H */
