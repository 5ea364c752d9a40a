/*-------------------------------------------------------------------------
 *
 * src/inspect/grouped.h
 *	  Queries that group people over an outer join.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GROUPED_H
#define CR_GROUPED_H

#include "inspect/absence.h"
#include "inspect/question.h"

/* inspect/grouped_once.c */
extern CrQuestion *cr_grouped_read_join(Query *query, JoinExpr *join,
										CrAbsent *absent);

#endif							/* CR_GROUPED_H */
