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
 * What ANALYZE samples of a table with children is kept with that table,
 * which may have no row security: of one with a protected part these rows are
 * left out, by a condition put where the catalogs are read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/errcodes.h"
#include "base/oids.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_statistic_ext_data.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "guard/bound.h"
#include "guard/guard.h"
#include "guard/raise.h"
#include "inspect/facts.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "policy/policy.h"
#include "utils/acl.h"
#include "utils/syscache.h"

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

PG_FUNCTION_INFO_V1(cr_sample_visible);

/*
 * SQL: cleanroom.sample_visible(catalog oid, object oid, inherited bool):
 * bool.
 */
Datum
cr_sample_visible(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(1);
	HeapTuple	tuple;

	if (!PG_GETARG_BOOL(2))
		PG_RETURN_BOOL(true);
	if (PG_GETARG_OID(0) == StatisticExtDataRelationId)
	{
		tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(relid));
		if (!HeapTupleIsValid(tuple))
			PG_RETURN_BOOL(false);
		relid = ((Form_pg_statistic_ext) GETSTRUCT(tuple))->stxrelid;
		ReleaseSysCache(tuple);
	}
	PG_RETURN_BOOL(!OidIsValid(cr_guard_find_bound(relid)));
}

/* sample_visible(catalog, object, inherited) of a row of the entry */
static Node *
make_condition(Oid funcid, const RangeTblEntry *rte, int rti)
{
	bool		extended = rte->relid == StatisticExtDataRelationId;
	Node	   *catalog = (Node *) makeConst(OIDOID, -1, InvalidOid,
											 sizeof(Oid),
											 ObjectIdGetDatum(rte->relid),
											 false, true);
	Node	   *object = (Node *)
		makeVar(rti, extended ? Anum_pg_statistic_ext_data_stxoid :
				Anum_pg_statistic_starelid, OIDOID, -1, InvalidOid, 0);
	Node	   *inherited = (Node *)
		makeVar(rti, extended ? Anum_pg_statistic_ext_data_stxdinherit :
				Anum_pg_statistic_stainherit, BOOLOID, -1, InvalidOid, 0);

	return (Node *) makeFuncExpr(funcid, BOOLOID,
								 list_make3(catalog, object, inherited),
								 InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

static bool
limit_walker(Node *node, Oid *funcid)
{
	int			rti = 0;
	ListCell   *lc;

	if (node == NULL)
		return false;
	if (!IsA(node, Query))
		return expression_tree_walker(node, limit_walker, funcid);
	foreach(lc, ((Query *) node)->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		rti++;
		if (cr_inspect_is_of_samples(rte))
			rte->securityQuals = lcons(make_condition(*funcid, rte, rti),
									   rte->securityQuals);
	}
	return query_tree_walker((Query *) node, limit_walker, funcid, 0);
}

/* Leaves out what was sampled of tables and their protected parts. */
static void
limit_samples(Query *query)
{
	static const Oid argtypes[] = {OIDOID, OIDOID, BOOLOID};
	Oid			funcid = cr_oids_find_function("sample_visible", 3,
											   argtypes);

	if (OidIsValid(funcid))
		limit_walker((Node *) query, &funcid);
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

			if (cr_inspect_is_of_samples(rte) &&
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
	limit_samples(query);
}
