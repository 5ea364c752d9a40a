/*-------------------------------------------------------------------------
 *
 * src/gate/code.c
 *	  Rule: no table is asked about that would have its owner's code run.
 *
 * Asked about by whoever is not its owner, that is: such code has the rights
 * of who asks, who may be the owner of another table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "session/exempt.h"
#include "session/fixed_names.h"
#include "session/others_code.h"
#include "utils/lsyscache.h"

static CrVerdict *
refuse(Oid relid, const char *where, const char *code)
{
	CrVerdict  *refusal;

	refusal = cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
								psprintf("table \"%s\" may not be asked about, because %s uses %s, whose code would run with your rights",
										 get_rel_name(relid), where, code),
								"Its owner can use there what conditions of access rules may call, such as built-in functions that are immutable, now() and cleanroom.attribute(), or functions that a superuser owns and that are " CR_FIXED_NAMES_HINT ".");
	return cr_verdict_of_table(refusal, relid);
}

static CrVerdict *
check_table(const RangeTblEntry *rte)
{
	CrPolicy   *policy;
	CrVerdict  *refusal;
	List	   *conditions;
	const char *code;

	if (rte->rtekind != RTE_RELATION || !cr_policy_exists(rte->relid))
		return NULL;
	policy = cr_policy_lookup(rte->relid);
	if (policy == NULL || cr_session_is_exempt(policy->owner))
		return NULL;
	code = cr_others_code_of_table(rte->relid, InvalidOid);
	if (code != NULL)
		return refuse(rte->relid,
					  "an index, constraint, statistics object, partition key or column of it",
					  code);
	conditions = cr_policy_row_conditions(rte->relid);
	refusal = cr_rule_policy_reads(rte->relid, conditions);
	if (refusal != NULL)
		return refusal;
	/* those that row security has applied, and those that are put in */
	conditions = list_concat_copy(rte->securityQuals, conditions);
	code = cr_others_code_in((Node *) conditions);
	if (code != NULL)
		return refuse(rte->relid, "a row policy on it", code);
	return NULL;
}

static bool
tables_walker(Node *node, CrVerdict **refusal)
{
	ListCell   *lc;

	if (node == NULL)
		return false;
	if (!IsA(node, Query))
		return expression_tree_walker(node, tables_walker, (void *) refusal);
	foreach(lc, ((Query *) node)->rtable)
	{
		*refusal = check_table(lfirst_node(RangeTblEntry, lc));
		if (*refusal != NULL)
			return true;
	}
	return query_tree_walker((Query *) node, tables_walker,
							 (void *) refusal, 0);
}

/* The protected tables of a statement, whether or not it is approved. */
CrVerdict *
cr_gate_judge_code(Query *query)
{
	CrVerdict  *refusal = NULL;

	(void) tables_walker((Node *) query, &refusal);
	return refusal;
}
