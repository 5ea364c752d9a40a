/*-------------------------------------------------------------------------
 *
 * src/inspect/choice.h
 *	  What an expression can be, and for which rows it is that.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CHOICE_H
#define CR_CHOICE_H

#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"

/* The rows of an aggregate may be of so many classes. */
#define CR_MAX_CLASSES	8

/* The value for the rows that all of the conditions hold for. */
typedef struct CrChoice
{
	List	   *conditions;
	Node	   *value;			/* has no CASE in it */
} CrChoice;

extern bool cr_choice_stands_in(Node *expr);
extern List *cr_choice_read(Query *query, Node *expr, bool summed);

/* addend.c */
extern bool cr_choice_is_null(Node *expr);
extern bool cr_choice_is_zero(Node *expr);
extern bool cr_choice_widens(Node *node);
extern bool cr_choice_multiplies(Node *node);
extern Node *cr_choice_added(Node *value);
extern Node *cr_choice_counted(Node *value);

#endif							/* CR_CHOICE_H */
