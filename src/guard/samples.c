/*-------------------------------------------------------------------------
 *
 * src/guard/samples.c
 *	  Refuses analysts the column values that ANALYZE has sampled.
 *
 * pg_statistic holds values of protected tables as they are.  The views of
 * the server that show it hide tables with row security, but not from roles
 * that pass row security by, nor the indexes of such tables from members of
 * pg_read_all_data, who may read the catalog itself, too.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext_data.h"
#include "guard/guard.h"
#include "guard/raise.h"
#include "base/errcodes.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "policy/policy.h"
#include "utils/acl.h"

/* As whom the entry is read: the owner of the view that it is in, or us. */
static Oid
reader_of(Query *query, RangeTblEntry *rte)
{
	Oid			reader;

#if PG_VERSION_NUM >= 160000
	reader = rte->perminfoindex == 0 ? InvalidOid :
		getRTEPermissionInfo(query->rteperminfos, rte)->checkAsUser;
#else
	reader = rte->checkAsUser;
#endif
	return OidIsValid(reader) ? reader : GetUserId();
}

static bool
samples_walker(Node *node, bool *bypasses)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;
		ListCell   *lc;

		foreach(lc, query->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			if (rte->rtekind == RTE_RELATION &&
				(rte->relid == StatisticRelationId ||
				 rte->relid == StatisticExtDataRelationId) &&
				(*bypasses || !superuser_arg(reader_of(query, rte))))
				return true;
		}
		return query_tree_walker(query, samples_walker, bypasses, 0);
	}
	return expression_tree_walker(node, samples_walker, bypasses);
}

void
cr_guard_samples(Query *query)
{
	bool		bypasses;

	if (!cr_policy_possible() || superuser())
		return;
	bypasses = has_bypassrls_privilege(GetUserId()) ||
		has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_DATA);
	if (samples_walker((Node *) query, &bypasses))
		cr_raise_refusal(cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
										   "sampled column values cannot be read where tables are protected",
										   "Read pg_stats as a role without BYPASSRLS or pg_read_all_data; it shows the tables without row security."),
						 NULL);
}
