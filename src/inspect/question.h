/*-------------------------------------------------------------------------
 *
 * src/inspect/question.h
 *	  Questions whether a row has a match, taken apart.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_QUESTION_H
#define CR_QUESTION_H

#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"

/* One column of the set, and what is compared with it. */
typedef struct CrCompared
{
	OpExpr	   *equality;
	Node	   *outer;			/* in the words of the query around */
	bool		outer_is_left;
} CrCompared;

typedef struct CrQuestion
{
	Query	   *members;		/* not distinct yet; its columns are compared
								 * one by one */
	List	   *compared;		/* CrCompared */
	bool		exact;			/* see CrMembership */
	bool		of_rows;		/* not grouped, nor DISTINCT, by its writer */
	bool		by_row;			/* see CrMembership */
	Var		   *unit;			/* of the match, where rows are asked */
	bool		pairs;			/* … and its columns are what is compared */
	bool		may_part;		/* conditions may be told apart */
	List	   *conditions;		/* on the query around alone, which must hold
								 * besides */
} CrQuestion;

/* inspect/question.c */
extern bool cr_question_read(Query *query, SubLink *sublink, bool tested,
							 CrQuestion *question);
extern bool cr_question_is_unit(Query *query, Node *expr);
extern bool cr_question_is_plain(Query *members);
extern void cr_question_forget_order(Query *members);
extern Node *cr_question_column(Query *members, OpExpr *test);
extern Query *cr_question_wrap(Query *query);
extern bool cr_question_limits(Query *members);
extern void cr_question_compare(CrQuestion *question, OpExpr *equality,
								Node *outer, bool outer_is_left);
extern List *cr_question_columns(const CrQuestion *question);
extern Node *cr_question_asked(const CrQuestion *question);
extern Node *cr_question_condition(const CrQuestion *question, int rti);

/* inspect/row_question.c */
extern bool cr_question_read_rows(Query *query, SubLink *sublink,
								  CrQuestion *question);
extern OpExpr *cr_question_equality(Node *left, Node *right);

#endif							/* CR_QUESTION_H */
