/*-------------------------------------------------------------------------
 *
 * src/session/template_reach.c
 *	  What may change under an approval, and where values may go.
 *
 * Owners approve of a text and of what its digest holds.  Not in it are the
 * row policies of whoever runs the template, whose subqueries read what a view
 * of that moment says; how a collation compares and what a text search
 * configuration makes of a word, which their owners change; and parts that a
 * table gets.  So the first read no table that others protect, the second are
 * the server's or a superuser's, and none of the last is a foreign table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "base/errcodes.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "policy/policy.h"
#include "session/template_reach.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* ---------- tables ---------- */

static Form_pg_class
class_of(HeapTuple tuple)
{
	return (Form_pg_class) GETSTRUCT(tuple);
}

/* A foreign table, whose owner chooses the server that values go to. */
static bool
is_foreign(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		foreign;

	if (!HeapTupleIsValid(tuple))
		return false;
	foreign = class_of(tuple)->relkind == RELKIND_FOREIGN_TABLE &&
		!superuser_arg(class_of(tuple)->relowner);
	ReleaseSysCache(tuple);
	return foreign;
}

static bool
has_foreign_parts(Oid relid)
{
	ListCell   *lc;

	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
	{
		if (is_foreign(lfirst_oid(lc)))
			return true;
	}
	return false;
}

static CrVerdict *
refuse_foreign(Oid relid)
{
	CrVerdict  *refusal;

	refusal = cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
								psprintf("a template may not read table \"%s\", which is a foreign table or has such parts",
										 get_rel_name(relid)),
								"Have its owner copy it into a table, or ask a superuser to own the foreign table.");
	refusal->detail = "What it is compared with would go to another server.";
	return refusal;
}

CrVerdict *
cr_template_judge_parts(const List *rtable)
{
	ListCell   *lc;

	foreach(lc, rtable)
	{
		const RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		if (rte->rtekind == RTE_RELATION && is_foreign(rte->relid))
			return refuse_foreign(rte->relid);
	}
	return NULL;
}

static Oid
owner_of(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	owner = class_of(tuple)->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

typedef struct PolicyReads
{
	Oid			owner;			/* of the table that has the policy */
	Oid			found;			/* a table that somebody else protects */
} PolicyReads;

static bool
reads_walker(Node *node, PolicyReads *reads)
{
	if (node == NULL)
		return false;
	check_stack_depth();
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, reads_walker, reads,
								 QTW_EXAMINE_RTES_BEFORE |
								 QTW_IGNORE_JOINALIASES);
	if (IsA(node, RangeTblEntry))
	{
		const RangeTblEntry *rte = (RangeTblEntry *) node;
		CrPolicy   *policy = rte->rtekind == RTE_RELATION ?
			cr_policy_lookup(rte->relid) : NULL;

		if (policy != NULL && policy->owner != reads->owner)
			reads->found = rte->relid;
		return OidIsValid(reads->found);
	}
	return expression_tree_walker(node, reads_walker, (void *) reads);
}

CrVerdict *
cr_template_judge_table(const RangeTblEntry *rte)
{
	PolicyReads reads = {InvalidOid, InvalidOid};

	if (rte->rtekind != RTE_RELATION || rte->relkind == RELKIND_VIEW)
		return NULL;
	if (has_foreign_parts(rte->relid))
		return refuse_foreign(rte->relid);
	if (rte->securityQuals == NIL)
		return NULL;
	reads.owner = owner_of(rte->relid);
	(void) reads_walker((Node *) rte->securityQuals, &reads);
	if (!OidIsValid(reads.found))
		return NULL;
	return cr_verdict_refuse(CR_ERRCODE_CONSTRUCT, -1,
							 psprintf("a template may not read table \"%s\", because a row policy on it reads protected table \"%s\", which is somebody else's",
									  get_rel_name(rte->relid),
									  get_rel_name(reads.found)),
							 "Nobody has approved of what row policies read: join the tables in the template.");
}

/* ---------- texts ---------- */

static CrVerdict *
refuse_text_rules(const char *what, const char *name)
{
	return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
							 psprintf("a template may not use %s %s, which did not come with the server",
									  what, name),
							 "Its owner could change what has been approved: use one of the server's, or ask a superuser to own it.");
}

/* Could somebody make another collation of that name? */
static bool
is_unsteady_collation(Oid collation)
{
	HeapTuple	tuple;
	bool		unsteady = true;

	if (collation < FirstNormalObjectId)
		return false;
	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	if (HeapTupleIsValid(tuple))
	{
		unsteady = !superuser_arg(((Form_pg_collation)
								   GETSTRUCT(tuple))->collowner);
		ReleaseSysCache(tuple);
	}
	return unsteady;
}

static bool
is_unsteady_search(Oid type, Oid number)
{
	HeapTuple	tuple;
	Oid			owner = InvalidOid;

	if (number < FirstNormalObjectId)
		return false;
	tuple = SearchSysCache1(type == REGCONFIGOID ? TSCONFIGOID : TSDICTOID,
							ObjectIdGetDatum(number));
	if (HeapTupleIsValid(tuple))
	{
		owner = type == REGCONFIGOID ?
			((Form_pg_ts_config) GETSTRUCT(tuple))->cfgowner :
			((Form_pg_ts_dict) GETSTRUCT(tuple))->dictowner;
		ReleaseSysCache(tuple);
	}
	return !OidIsValid(owner) || !superuser_arg(owner);
}

/* A configuration or dictionary; one that is computed may be any. */
static CrVerdict *
judge_search(Node *node)
{
	Oid			type = exprType(node);
	Const	   *constant = (Const *) node;
	const char *what = type == REGCONFIGOID ?
		"text search configuration" : "text search dictionary";
	Oid			writer = type == REGCONFIGOID ?
		F_REGCONFIGOUT : F_REGDICTIONARYOUT;

	if (type != REGCONFIGOID && type != REGDICTIONARYOID)
		return NULL;
	if (!IsA(node, Const))
		return cr_verdict_refuse(CR_ERRCODE_FUNCTION, -1,
								 psprintf("a template may not compute the name of a %s",
										  what),
								 "Write one of the server's, as in to_tsvector('english', x).");
	if (constant->constisnull ||
		!is_unsteady_search(type, DatumGetObjectId(constant->constvalue)))
		return NULL;
	return refuse_text_rules(what,
							 OidOutputFunctionCall(writer,
												   constant->constvalue));
}

CrVerdict *
cr_template_judge_texts(Node *node)
{
	Oid			collations[] = {exprCollation(node),
	exprInputCollation(node)};

	for (size_t i = 0; i < lengthof(collations); i++)
	{
		if (is_unsteady_collation(collations[i]))
			return refuse_text_rules("collation",
									 get_collation_name(collations[i]));
	}
	return judge_search(node);
}
