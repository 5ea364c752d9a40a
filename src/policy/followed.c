/*-------------------------------------------------------------------------
 *
 * src/policy/followed.c
 *	  What others have on a table and would hand its rows to them, checked when
 *	  it is protected: triggers, foreign keys, tables that it is part of.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/transam.h"
#include "base/compat.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "policy/check.h"
#include "policy/load.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* Whose the function is, that is given the rows. */
static void
check_called(Relation rel, const Trigger *trigger, Oid funcid)
{
	HeapTuple	tuple;
	Oid			owner;

	if (funcid < FirstNormalObjectId)
		return;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	/* anybody may call, and may have installed, those of extensions */
	if (cr_owns_relation(RelationGetRelid(rel), owner) &&
		(!OidIsValid(getExtensionOfObject(ProcedureRelationId, funcid)) ||
		 getExtensionOfObject(ProcedureRelationId, funcid) ==
		 get_extension_oid("cleanroom", true)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("trigger \"%s\" of table \"%s\" calls function \"%s\", of role \"%s\" or an extension",
					trigger->tgname, RelationGetRelationName(rel),
					get_func_name(funcid), GetUserNameFromId(owner, false)),
			 errdetail("The function would be given the rows that are written."),
			 errhint("Drop the trigger, and make it again when the table is protected; or give its function to the table's owner or to a superuser.")));
}

typedef struct Followed
{
	Relation	rel;
	const Trigger *trigger;
} Followed;

/*
 * Functions of the server's may carry values away, too: setval(), pg_notify().
 * Who has made a trigger is not known.
 */
static bool
called_checker(Oid funcid, void *context)
{
	Followed   *followed = (Followed *) context;

	check_called(followed->rel, followed->trigger, funcid);
	if (funcid < FirstNormalObjectId && funcid != F_PG_TRIGGER_DEPTH &&
		func_volatile(funcid) == PROVOLATILE_VOLATILE)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the condition of trigger \"%s\" of table \"%s\" calls volatile function \"%s\"",
						followed->trigger->tgname,
						RelationGetRelationName(followed->rel),
						get_func_name(funcid)),
				 errdetail("The function would be given the rows that are written."),
				 errhint("Drop the trigger, and make it again when the table is protected.")));
	return false;
}

static bool
called_walker(Node *node, Followed *followed)
{
	if (node == NULL)
		return false;
	(void) check_functions_in_node(node, called_checker, followed);
	return expression_tree_walker(node, called_walker, (void *) followed);
}

static void
check_trigger(Relation rel, const Trigger *trigger)
{
	Followed	followed = {rel, trigger};

	check_called(rel, trigger, trigger->tgfoid);
	if (trigger->tgqual != NULL)
		called_walker(stringToNode(trigger->tgqual), &followed);
}

/* Foreign keys that only compare are not checked for others, see guard/. */
static bool
hands_changes_on(Oid funcid)
{
	switch (funcid)
	{
		case F_RI_FKEY_CASCADE_DEL:
		case F_RI_FKEY_CASCADE_UPD:
		case F_RI_FKEY_SETNULL_DEL:
		case F_RI_FKEY_SETNULL_UPD:
		case F_RI_FKEY_SETDEFAULT_DEL:
		case F_RI_FKEY_SETDEFAULT_UPD:
			return true;
		default:
			return false;
	}
}

static void
check_foreign_key(Relation rel, const Trigger *trigger)
{
	Oid			relid = trigger->tgconstrrelid;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	if (!cr_owns_relation(RelationGetRelid(rel), owner))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a foreign key of role \"%s\" has changes of table \"%s\" made in table \"%s\", too",
						GetUserNameFromId(owner, false),
						RelationGetRelationName(rel),
						get_rel_name(relid)),
				 errdetail("They would tell which keys there are."),
				 errhint("Have it made without ON DELETE and ON UPDATE; or drop the constraint that it refers to, with CASCADE, and make that again.")));
}

void
cr_check_not_followed(Relation rel)
{
	int			i;

	for (i = 0; rel->trigdesc != NULL && i < rel->trigdesc->numtriggers; i++)
	{
		const Trigger *trigger = &rel->trigdesc->triggers[i];

		if (!trigger->tgisinternal)
			check_trigger(rel, trigger);
		else if (hands_changes_on(trigger->tgfoid))
			check_foreign_key(rel, trigger);
	}
}

/* Triggers above are handed rows of those below in transition tables. */
static void
check_above(Oid relid)
{
	Relation	rel = relation_open(relid, AccessShareLock);

	cr_check_not_followed(rel);
	relation_close(rel, NoLock);
}

/*
 * Whoever owns a table above has statistics, indexes and foreign keys made of
 * all below it: does the owner of the policy, at least in effect?
 */
static void
check_ancestors(Oid governor, Oid relid, Oid below)
{
	ListCell   *lc;

	foreach(lc, cr_load_parents(below))
	{
		Oid			parent = lfirst_oid(lc);
		HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(parent));
		Oid			owner;

		if (!HeapTupleIsValid(tuple))
			continue;
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
		if (!cr_owns_relation(governor, owner))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("table \"%s\" is part of table \"%s\" of role \"%s\"",
							get_rel_name(relid), get_rel_name(parent),
							GetUserNameFromId(owner, false)),
					 errdetail("Its owner could have statistics, indexes and foreign keys made of what is stored."),
					 errhint("Detach it; or have one role own both, and protect the table above.")));
		check_above(parent);
		check_ancestors(governor, relid, parent);
	}
}

void
cr_check_no_other_ancestor(Oid relid)
{
	check_ancestors(relid, relid, relid);
}

void
cr_policy_check_place(Oid relid)
{
	ListCell   *lc;

	if (!cr_policy_possible() || get_rel_name(relid) == NULL)
		return;
	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
	{
		const char *why;
		Oid			governor = cr_load_governor(lfirst_oid(lc), NULL, &why);

		if (OidIsValid(governor))
			check_ancestors(governor, lfirst_oid(lc), lfirst_oid(lc));
	}
}
