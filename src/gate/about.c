/*-------------------------------------------------------------------------
 *
 * src/gate/about.c
 *	  Says which table's policy it is that refuses a column.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "gate/gate.h"
#include "nodes/primnodes.h"

/* The protected table that an expanded column is one of, or InvalidOid. */
static Oid
table_of(const CrStatement *statement, const Var *var)
{
	CrBase	   *base;
	Node	   *below;

	if (var->varno <= 0 || var->varlevelsup != 0)
		return InvalidOid;
	base = cr_inspect_base(statement, var->varno);
	if (base->kind == CR_BASE_PROTECTED)
		return base->policy->labelled_relid;
	if (base->level == NULL || var->varattno < 1 ||
		var->varattno > list_length(base->level->columns))
		return InvalidOid;
	below = cr_inspect_strip(list_nth(base->level->columns,
									  var->varattno - 1));
	return IsA(below, Var) ? table_of(statement, (Var *) below) : InvalidOid;
}

/*
 * The same refusal, for a use that the policy of the column's table does not
 * allow.  What is computed may be of several tables, and stays a matter of
 * the whole statement.
 */
CrVerdict *
cr_rule_about_column(const CrLevel *level, const Var *var, CrVerdict *refusal)
{
	return cr_verdict_of_table(refusal, table_of(level->statement, var));
}
