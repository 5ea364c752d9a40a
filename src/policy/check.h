/*-------------------------------------------------------------------------
 *
 * src/policy/check.h
 *	  What may be protected and labelled, for protect() and its kin and for
 *	  SECURITY LABEL by hand.
 *
 * Every function here raises an error with a hint, or returns.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CHECK_H
#define CR_CHECK_H

#include "policy/label.h"
#include "utils/relcache.h"

/* Can a relation of this kind be protected? */
extern void cr_check_relation(Relation rel);

/* Is the owner free of the table's row security? */
extern void cr_check_not_forced(Relation rel);

/*
 * Is the table without what hands its rows to others as they are written:
 * triggers that call their functions, and foreign keys that make changes?
 */
extern void cr_check_not_followed(Relation rel);

/*
 * Do the types of its columns run none of others' code with what is written?
 * The second is for the object access hook: of one column, as the running
 * command has just made it.  The caller holds a lock on the relation.
 */
extern void cr_check_column_code(Relation rel);
extern void cr_check_changed_column_code(Oid relid, AttrNumber attnum);

/* Is the table part of none that another role owns? */
extern void cr_check_no_other_ancestor(Oid relid);

/*
 * Does the relation exist, and is the current user its owner, or a role with
 * the owner's privileges?
 */
extern void cr_check_owner(Oid relid);

/* The number of a column that may carry a label. */
extern AttrNumber cr_check_column_name(Relation rel, const char *name);

/* Does the column's type bear these uses? */
extern void cr_check_column_type(Relation rel, AttrNumber attno,
								 uint32 uses);

/* The uses in a text; is it well-formed, and does the column bear them? */
extern void cr_check_column_text(Relation rel, AttrNumber attno,
								 const char *text, CrColumnPolicy *column);

/*
 * May this column's uses be replaced by these?  The relation must carry a
 * policy of its own, and keep a privacy unit if it has one.
 */
extern void cr_check_column_change(Relation rel, AttrNumber attno,
								   uint32 uses);

#endif							/* CR_CHECK_H */
