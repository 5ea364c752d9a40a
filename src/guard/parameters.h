/*-------------------------------------------------------------------------
 *
 * src/guard/parameters.h
 *	  Parameters are looked at before a statement starts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PARAMETERS_H
#define CR_PARAMETERS_H

#include "executor/execdesc.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"

/* The parameters of a statement to be planned, for its plan; or NULL. */
extern char *cr_parameters_find(Query *query);

/*
 * Reads those of a plan that is to start.  Raises what reading them raises,
 * and RC006 for one that is too long.
 */
extern void cr_parameters_read(QueryDesc *queryDesc);

#endif							/* CR_PARAMETERS_H */
