/*-------------------------------------------------------------------------
 *
 * src/gate/policy_reads.c
 *	  Rule: row policies read no protected tables.
 *
 * The owner is not let write one that does, but a table may come to be
 * protected, and a view to read one, later.  Where row security has applied
 * the policies, their subqueries are judged with the statement; where reshape
 * is going to put them in (BYPASSRLS, a view of the owner), nothing else in
 * the gate sees them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "catalog/pg_class.h"
#include "gate/gate.h"
#include "nodes/nodeFuncs.h"
#include "session/exempt.h"
#include "utils/lsyscache.h"

/* Is it protected from the current user? */
static bool
is_protected(Oid relid)
{
	CrPolicy   *policy = cr_policy_lookup(relid);

	if (policy == NULL)
		return cr_policy_has_protected_descendant(relid);
	return !cr_session_is_exempt(policy->owner);
}

static bool
reads_walker(Node *node, Oid *found)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		/* a view has been written out beside its own entry */
		if (rte->rtekind == RTE_RELATION && rte->relkind != RELKIND_VIEW &&
			is_protected(rte->relid))
			*found = rte->relid;
		return OidIsValid(*found);
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, reads_walker, (void *) found,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, reads_walker, (void *) found);
}

/* conditions are those of the row policies of relid, rewritten. */
CrVerdict *
cr_rule_policy_reads(Oid relid, List *conditions)
{
	Oid			found = InvalidOid;
	CrVerdict  *refusal;

	if (!reads_walker((Node *) conditions, &found))
		return NULL;
	refusal = cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
								psprintf("table \"%s\" may not be asked about, because a row policy on it reads protected table \"%s\"",
										 get_rel_name(relid),
										 get_rel_name(found)),
								"Its owner can keep what the policy needs in a column, or in a table that is not protected.");
	return cr_verdict_of_table(refusal, relid);
}
