/*-------------------------------------------------------------------------
 *
 * src/inspect/divided.c
 *	  Which queries have been divided into classes, and which ones.
 *
 * divide.c puts the condition of a class first into FILTER, where the analyst
 * may have written conditions too.  So it is the query that tells, and not
 * the words.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "inspect/facts.h"

/* Notes what the query has been divided into, for cr_divided_classes(). */
void
cr_divided_note(CrStatement *statement, Query *query, List *classes)
{
	CrDivided  *divided = palloc(sizeof(CrDivided));

	divided->query = query;
	divided->classes = classes;
	statement->divided = lappend(statement->divided, divided);
}

/* The conditions of the classes that the query is divided into, or NIL. */
List *
cr_divided_classes(const CrStatement *statement, const Query *query)
{
	ListCell   *lc;

	foreach(lc, statement->divided)
	{
		const CrDivided *divided = (const CrDivided *) lfirst(lc);

		if (divided->query == query)
			return divided->classes;
	}
	return NIL;
}

/* Is it the condition of a class of whatever query? */
bool
cr_divided_names(const CrStatement *statement, Node *condition)
{
	ListCell   *lc;

	foreach(lc, statement->divided)
	{
		if (list_member(((const CrDivided *) lfirst(lc))->classes, condition))
			return true;
	}
	return false;
}
