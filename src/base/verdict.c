/*-------------------------------------------------------------------------
 *
 * src/base/verdict.c
 *	  Makes verdicts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/verdict.h"

/*
 * A refusal without detail, in the current memory context.  The texts are
 * not copied: they must live as long as the verdict does.
 */
CrVerdict *
cr_verdict_refuse(int sqlerrcode, int location, const char *reason,
				  const char *hint)
{
	CrVerdict  *verdict = palloc0(sizeof(CrVerdict));

	Assert(reason != NULL && hint != NULL);

	verdict->admitted = false;
	verdict->sqlerrcode = sqlerrcode;
	verdict->reason = reason;
	verdict->hint = hint;
	verdict->location = location;

	return verdict;
}

CrVerdict *
cr_verdict_of_table(CrVerdict *refusal, Oid relid)
{
	refusal->relid = relid;
	return refusal;
}

CrVerdict *
cr_verdict_of_nobody(CrVerdict *refusal)
{
	refusal->no_attempt = true;
	return refusal;
}
