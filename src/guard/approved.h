/*-------------------------------------------------------------------------
 *
 * src/guard/approved.h
 *	  Which statements an approval covers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_APPROVED_H
#define CR_APPROVED_H

#include "executor/execdesc.h"
#include "session/approval.h"

/*
 * The approval of the template whose statement this is, by its source text,
 * or NULL.  relids are the relations that it reads once everything is written
 * out; functions_read says that functions in it were, which read protected
 * tables.
 */
extern const CrApproval *cr_approved(const char *text, List *relids,
									 bool functions_read);

/* The same for a statement that is executed. */
extern const CrApproval *cr_approved_execution(QueryDesc *queryDesc);

#endif							/* CR_APPROVED_H */
