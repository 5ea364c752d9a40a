/*-------------------------------------------------------------------------
 *
 * src/admit/admit.c
 *	  From a rewritten statement to one that may be planned, or a refusal.
 *
 * The planner hook and cleanroom.explain() both come through here, so that
 * what is explained is what would happen.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "admit/admit.h"
#include "gate/gate.h"
#include "reshape/reshape.h"

CrVerdict *
cr_admit_query(Query *query, const CrTouch *touch)
{
	CrVerdict  *verdict;
	CrStatement *statement;

	if (!touch->foreign_owner)
		return NULL;
	verdict = cr_gate_judge_command(query, touch);
	if (verdict != NULL)
		return verdict;
	statement = cr_inspect_statement(query);
	verdict = cr_gate_judge(statement);
	if (verdict->admitted)
		cr_reshape_statement(statement);
	return verdict;
}
