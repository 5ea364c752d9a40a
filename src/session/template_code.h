/*-------------------------------------------------------------------------
 *
 * src/session/template_code.h
 *	  Judges which code a template would run.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TEMPLATE_CODE_H
#define CR_TEMPLATE_CODE_H

#include "base/verdict.h"
#include "nodes/pg_list.h"

/*
 * The refusal of queries, analyzed and rewritten, that make up a template; or
 * NULL.  With the role that runs it, also of functions and types that are not
 * the server's, a superuser's, or of a role that has its rights anyway; and of
 * tables that bring such.
 */
extern CrVerdict *cr_template_judge_code(List *queries, Oid runner);

extern void cr_template_raise_code(CrVerdict *refusal);

/*
 * Must a function that is about to be called not be, because a template runs
 * and its query could not have called it?
 */
extern bool cr_template_refuses_call(Oid funcid);

#endif							/* CR_TEMPLATE_CODE_H */
