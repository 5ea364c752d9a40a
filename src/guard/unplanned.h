/*-------------------------------------------------------------------------
 *
 * src/guard/unplanned.h
 *	  Has statements recorded that were admitted, and could not be planned.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_UNPLANNED_H
#define CR_UNPLANNED_H

#include "nodes/params.h"
#include "nodes/parsenodes.h"

typedef struct CrUnplanned CrUnplanned;

/*
 * Before an admitted statement is planned.  The result lives in the current
 * memory context.
 */
extern CrUnplanned *cr_unplanned_prepare(const Query *query,
										 const char *query_string,
										 ParamListInfo params,
										 const char *written_out,
										 List *relids);

/* In a PG_CATCH block around its planning; raises nothing. */
extern void cr_unplanned_note(CrUnplanned *unplanned);

#endif							/* CR_UNPLANNED_H */
