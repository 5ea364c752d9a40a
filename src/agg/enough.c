/*-------------------------------------------------------------------------
 *
 * src/agg/enough.c
 *	  The function cleanroom.enough(reached, threshold), the guard of tables
 *	  with small_groups = 'refuse'.
 *
 * It is declared VOLATILE, so that the planner neither evaluates it early
 * nor moves or removes it: it must be called for each group and for nothing
 * else.  The text is the same whatever the group holds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(cr_enough);

/* enough(reached bool, threshold int): true, or RC008 */
Datum
cr_enough(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0) && PG_GETARG_BOOL(0))
		PG_RETURN_BOOL(true);

	ereport(ERROR,
			(errcode(CR_ERRCODE_SMALL_GROUP),
			 errmsg("a group rests on fewer than %d units",
					PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1)),
			 errdetail("The table's policy refuses the whole statement "
					   "when any group is too small."),
			 errhint("Group by fewer columns or coarser values, "
					 "or filter less.")));
}
