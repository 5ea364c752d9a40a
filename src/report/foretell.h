/*-------------------------------------------------------------------------
 *
 * src/report/foretell.h
 *	  What cleanroom.explain() says of commands that are not plain queries.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FORETELL_H
#define CR_FORETELL_H

#include "base/verdict.h"
#include "nodes/parsenodes.h"

/*
 * The query to be judged: the statement itself, or the one that a cursor or
 * a prepared statement would run; NULL for other commands.
 */
extern Query *cr_statement_inner_query(Query *query);

/* The refusal of a command that may not touch protected tables, or NULL. */
extern CrVerdict *cr_statement_judge_command(Query *query);

#endif							/* CR_FORETELL_H */
