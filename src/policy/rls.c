/*-------------------------------------------------------------------------
 *
 * src/policy/rls.c
 *	  Switches row security of a table, and makes and drops its policies.
 *
 * The server's own functions are called with parse trees, never with SQL
 * text, so there is nothing to quote.  Each function that changes something
 * ends with CommandCounterIncrement().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/attmap.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_policy.h"
#include "commands/policy.h"
#include "commands/tablecmds.h"
#include "nodes/makefuncs.h"
#include "parser/parser.h"
#include "policy/rls.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* The letter that pg_policy has for ALL commands */
#define POLICY_FOR_ALL		'*'
#define POLICY_FOR_SELECT	'r'

/* the table whose policies are being changed, or InvalidOid */
static Oid	changing = InvalidOid;

bool
cr_rls_is_changing(Oid relid)
{
	return OidIsValid(relid) && relid == changing;
}

static SysScanDesc
begin_policy_scan(Relation catalog, Oid relid, ScanKey key)
{
	ScanKeyInit(key, Anum_pg_policy_polrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	return systable_beginscan(catalog, PolicyPolrelidPolnameIndexId, true,
							  NULL, 1, key);
}

List *
cr_rls_list_policies(Oid relid)
{
	Relation	catalog = table_open(PolicyRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan = begin_policy_scan(catalog, relid, &key);
	HeapTuple	tuple;
	List	   *policies = NIL;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_policy form = (Form_pg_policy) GETSTRUCT(tuple);
		CrRowPolicy *policy = palloc0(sizeof(CrRowPolicy));
		bool		isnull;
		Datum		qual = heap_getattr(tuple, Anum_pg_policy_polqual,
										RelationGetDescr(catalog), &isnull);

		policy->name = pstrdup(NameStr(form->polname));
		policy->permissive = form->polpermissive;
		if (!isnull && (form->polcmd == POLICY_FOR_ALL ||
						form->polcmd == POLICY_FOR_SELECT))
			policy->qual = TextDatumGetCString(qual);
		policies = lappend(policies, policy);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return policies;
}

bool
cr_rls_has_policy(Oid relid, const char *name)
{
	return OidIsValid(get_relation_policy_oid(relid, name, true));
}

void
cr_rls_switch(Oid relid, bool on)
{
	AlterTableCmd *command = makeNode(AlterTableCmd);

	command->subtype = on ? AT_EnableRowSecurity : AT_DisableRowSecurity;
	AlterTableInternal(relid, list_make1(command), false);
	CommandCounterIncrement();
}

/* The star of SELECT *, which stands for no expression. */
static bool
is_star(Node *node)
{
	return IsA(node, ColumnRef) &&
		IsA(linitial(((ColumnRef *) node)->fields), A_Star);
}

Node *
cr_rls_parse_condition(const char *text)
{
	List	   *parsed = raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);
	SelectStmt *select = castNode(SelectStmt,
								  linitial_node(RawStmt, parsed)->stmt);

	if (list_length(select->targetList) != 1 ||
		select->distinctClause != NIL || select->fromClause != NIL ||
		select->whereClause != NULL || select->groupClause != NIL ||
		select->havingClause != NULL || select->windowClause != NIL ||
		select->sortClause != NIL || select->limitOffset != NULL ||
		select->limitCount != NULL || select->lockingClause != NIL ||
		select->withClause != NULL || select->op != SETOP_NONE ||
		linitial_node(ResTarget, select->targetList)->name != NULL ||
		is_star(linitial_node(ResTarget, select->targetList)->val))
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("a condition must be a single expression")));
	return linitial_node(ResTarget, select->targetList)->val;
}

static RangeVar *
make_range_var(Oid relid)
{
	return makeRangeVar(get_namespace_name(get_rel_namespace(relid)),
						get_rel_name(relid), -1);
}

void
cr_rls_create_policy(Oid relid, const char *name, bool permissive,
					 Node *parsetree)
{
	CreatePolicyStmt *stmt = makeNode(CreatePolicyStmt);
	RoleSpec   *everybody = makeNode(RoleSpec);

	everybody->roletype = ROLESPEC_PUBLIC;
	everybody->location = -1;
	stmt->policy_name = pstrdup(name);
	stmt->table = make_range_var(relid);
	stmt->cmd_name = "all";
	stmt->permissive = permissive;
	stmt->roles = list_make1(everybody);
	stmt->qual = parsetree;
	changing = relid;
	PG_TRY();
	{
		CreatePolicy(stmt);
	}
	PG_FINALLY();
	{
		changing = InvalidOid;
	}
	PG_END_TRY();
	CommandCounterIncrement();
}

Node *
cr_rls_map_condition(Oid from_relid, const CrRowPolicy *policy, Oid to_relid)
{
	Node	   *condition = stringToNode(policy->qual);
	Relation	from;
	AttrMap    *map;
	bool		found_whole_row;
	AttrNumber	attno;

	if (from_relid == to_relid)
		return condition;

	from = table_open(from_relid, AccessShareLock);
	map = make_attrmap(RelationGetNumberOfAttributes(from));
	for (attno = 1; attno <= RelationGetNumberOfAttributes(from); attno++)
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(from),
											  attno - 1);

		if (!att->attisdropped)
			map->attnums[attno - 1] = get_attnum(to_relid,
												 NameStr(att->attname));
	}
	table_close(from, AccessShareLock);
	return map_variable_attnos(condition, 1, 0, map,
							   get_rel_type_id(to_relid), &found_whole_row);
}

/* Gives a policy that has none its condition. */
static void
set_condition(Oid relid, Oid policy_oid, Node *condition)
{
	Relation	catalog = table_open(PolicyRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	ObjectAddress address;
	Datum		values[Natts_pg_policy] = {0};
	bool		nulls[Natts_pg_policy] = {0};
	bool		replaces[Natts_pg_policy] = {0};

	ScanKeyInit(&key, Anum_pg_policy_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(policy_oid));
	scan = systable_beginscan(catalog, PolicyOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for policy %u", policy_oid);
	values[Anum_pg_policy_polqual - 1] =
		CStringGetTextDatum(nodeToString(condition));
	replaces[Anum_pg_policy_polqual - 1] = true;
	tuple = heap_modify_tuple(tuple, RelationGetDescr(catalog), values,
							  nulls, replaces);
	CatalogTupleUpdate(catalog, &tuple->t_self, tuple);
	systable_endscan(scan);

	ObjectAddressSet(address, PolicyRelationId, policy_oid);
	recordDependencyOnSingleRelExpr(&address, condition, relid,
									DEPENDENCY_NORMAL, DEPENDENCY_NORMAL,
									false);
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

void
cr_rls_copy_policy(Oid from_relid, const CrRowPolicy *policy, Oid to_relid)
{
	Node	   *condition = cr_rls_map_condition(from_relid, policy,
												 to_relid);

	/*
	 * CreatePolicy() takes a parse tree and this is an expression already:
	 * make the policy without one, and put it in.
	 */
	cr_rls_create_policy(to_relid, policy->name, policy->permissive, NULL);
	set_condition(to_relid,
				  get_relation_policy_oid(to_relid, policy->name, false),
				  condition);
}

bool
cr_rls_drop_policy(Oid relid, const char *name)
{
	ObjectAddress address;
	Oid			oid = get_relation_policy_oid(relid, name, true);

	if (!OidIsValid(oid))
		return false;
	ObjectAddressSet(address, PolicyRelationId, oid);
	changing = relid;
	PG_TRY();
	{
		performDeletion(&address, DROP_RESTRICT, 0);
	}
	PG_FINALLY();
	{
		changing = InvalidOid;
	}
	PG_END_TRY();
	CommandCounterIncrement();
	return true;
}
