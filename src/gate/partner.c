/*-------------------------------------------------------------------------
 *
 * src/gate/partner.c
 *	  Rule: row policies must be quiet where rows of other owners stand
 *	  beside the table's.
 *
 * Alone, a table may have a row policy that fails: that tells of its owner's
 * own rows.  In a join the executor asks it only about those rows that have
 * been looked up for somebody of the other table: a function that writes down
 * its argument would write a list of the other owner's people, and one that
 * fails tells of them by that.  Whose functions it may call: see code.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"

static CrVerdict *
refuse(const CrBase *base, const char *why)
{
	CrVerdict  *refusal;

	refusal = cr_verdict_refuse(CR_ERRCODE_JOIN, -1,
								psprintf("table \"%s\" may not be joined with tables of other owners, because of a row policy on it: %s",
										 base->name, why),
								"Its owner can write the policy with stored columns, constants and built-in functions that cannot fail; until then ask about it alone.");
	return cr_verdict_of_table(refusal, base->rte->relid);
}

/* Is a column named that is computed when it is read? */
static bool
virtual_walker(Node *node, Oid *relid)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return ((Var *) node)->varlevelsup == 0 &&
			((Var *) node)->varattno > 0 &&
			cr_attribute_is_virtual(*relid, ((Var *) node)->varattno);
	return expression_tree_walker(node, virtual_walker, (void *) relid);
}

static CrVerdict *
check_policies(CrStatement *statement, const CrBase *base)
{
	Oid			relid = base->rte->relid;
	List	   *conditions;
	CrVerdict  *objection;

	/* those that row security has applied, and those that are put in */
	conditions = list_concat_copy(base->rte->securityQuals,
								  cr_policy_row_conditions(relid));
	if (virtual_walker((Node *) conditions, &relid))
		return refuse(base, "virtual columns may not be read there");
	objection = cr_rule_quiet_conditions(statement, conditions);
	return objection == NULL ? NULL : refuse(base, objection->reason);
}

/* The protected tables below the level, where they are of several owners. */
CrVerdict *
cr_rule_partners(CrLevel *level)
{
	ListCell   *lc;

	if (!cr_level_joins_owners(level))
		return NULL;
	foreach(lc, level->units)
	{
		CrVerdict  *refusal = check_policies(level->statement,
											 ((CrUnit *) lfirst(lc))->base);

		if (refusal != NULL)
			return refusal;
	}
	return NULL;
}
