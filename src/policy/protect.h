/*-------------------------------------------------------------------------
 *
 * src/policy/protect.h
 *	  What the owner does to a table's policy.
 *
 * Every function here checks all of its input before it changes anything,
 * and raises errors with a hint.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PROTECT_H
#define CR_PROTECT_H

#include "nodes/pg_list.h"
#include "policy/label.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

typedef struct CrProtectRequest
{
	Oid			relid;
	CrTableLabel label;
	const char *unit;
	List	   *dimensions;		/* of C strings, as are the others */
	List	   *measures;
	List	   *filters;
	List	   *join_keys;
} CrProtectRequest;

/* Protects the table, or replaces its policy; AccessExclusiveLock. */
extern void cr_protect_table(CrProtectRequest *request);

/* Takes its policy away; AccessExclusiveLock. */
extern void cr_protect_stop(Oid relid);

/* Replaces one column's uses; ShareUpdateExclusiveLock. */
extern void cr_protect_set_column(Oid relid, const char *column,
								  const char *uses);

/* Opens a relation that the current user owns, locked. */
extern Relation cr_protect_open(Oid relid, LOCKMODE lockmode);

/* Raises an error unless the table carries a policy of its own. */
extern void cr_protect_require_policy(Relation rel);

/* Adds and drops the owner's row policies; AccessExclusiveLock. */
extern void cr_rows_add_policy(Oid relid, const char *name,
							   const char *condition);
extern void cr_rows_drop_policy(Oid relid, const char *name);

#endif							/* CR_PROTECT_H */
