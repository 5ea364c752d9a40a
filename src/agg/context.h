/*-------------------------------------------------------------------------
 *
 * src/agg/context.h
 *	  Where the states of aggregates live.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CONTEXT_H
#define CR_CONTEXT_H

#include "fmgr.h"

/*
 * The memory context of the aggregate that calls.  Types internal keep others
 * from calling.
 */
static inline MemoryContext
cr_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

#endif							/* CR_CONTEXT_H */
