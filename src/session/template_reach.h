/*-------------------------------------------------------------------------
 *
 * src/session/template_reach.h
 *	  What may change under an approval, and where values may go.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TEMPLATE_REACH_H
#define CR_TEMPLATE_REACH_H

#include "base/verdict.h"
#include "nodes/parsenodes.h"

/* Why a template may not have the table in its FROM; NULL if it may. */
extern CrVerdict *cr_template_judge_table(const RangeTblEntry *rte);

/*
 * The same of the range table of the plan that is about to run, which has the
 * parts that tables have got since.
 */
extern CrVerdict *cr_template_judge_parts(const List *rtable);

/*
 * Why texts may not be compared or searched as the node does it; NULL if they
 * may.  Of an expression only.
 */
extern CrVerdict *cr_template_judge_texts(Node *node);

#endif							/* CR_TEMPLATE_REACH_H */
