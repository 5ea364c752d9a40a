/*-------------------------------------------------------------------------
 *
 * src/policy/by_hand.c
 *	  Puts on record what commands of the server's change of the closing of
 *	  protected tables.
 *
 * A table's owner may make, alter and drop its policies, switch its row
 * security and give it away without any function of the extension's; and
 * protect() puts right what has become of it so, under labels that may stay
 * the same.
 *
 * Policies and owners are looked at from the object access hook, whichever
 * command it is, and whatever it drops in its wake: the row as it was is seen
 * by the catalogs' snapshot, the new one by SnapshotSelf.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "base/catalog_row.h"
#include "base/compat.h"
#include "catalog/pg_class.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_type.h"
#include "commands/policy.h"
#include "miscadmin.h"
#include "policy/by_hand.h"
#include "policy/change.h"
#include "policy/load.h"
#include "policy/policy.h"
#include "policy/rls.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#define OUR_PREFIX	"cleanroom_"

/* What pg_policy has of a policy; texts are NULL where there is none. */
typedef struct Definition
{
	Oid			relid;
	char	   *name;
	char	   *text;
} Definition;

typedef struct Switches
{
	Oid			relid;
	bool		on;
	bool		forced;			/* for the owner, too */
} Switches;

struct CrClosing
{
	Switches	switches;
	List	   *policies;		/* Definition */
};

static const char *
command_name(char letter)
{
	switch (letter)
	{
		case '*':
			return "ALL";
		case ACL_SELECT_CHR:
			return "SELECT";
		case ACL_INSERT_CHR:
			return "INSERT";
		case ACL_UPDATE_CHR:
			return "UPDATE";
		case ACL_DELETE_CHR:
			return "DELETE";
	}
	return "?";
}

static void
append_roles(StringInfo out, Datum array)
{
	const char *separator = "";
	Datum	   *roles;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(array), OIDOID, sizeof(Oid), true,
					  TYPALIGN_INT, &roles, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		Oid			role = DatumGetObjectId(roles[i]);
		char	   *name = OidIsValid(role) ? GetUserNameFromId(role, true) :
			NULL;

		appendStringInfoString(out, separator);
		if (!OidIsValid(role))
			appendStringInfoString(out, "PUBLIC");
		else if (name != NULL)
			appendStringInfoString(out, quote_identifier(name));
		else
			appendStringInfo(out, "%u", role);
		separator = ", ";
	}
}

static void
append_condition(StringInfo out, const char *before, Oid relid,
				 Datum nodes)
{
	List	   *context = deparse_context_for(get_rel_name(relid), relid);
	Node	   *condition = stringToNode(TextDatumGetCString(nodes));

	appendStringInfo(out, "%s(%s)", before,
					 deparse_expression(condition, context, false, false));
}

/* As CREATE POLICY has it, with names that mean the same to every reader. */
static char *
define(HeapTuple tuple, TupleDesc desc)
{
	Form_pg_policy form = (Form_pg_policy) GETSTRUCT(tuple);
	int			nest_level = NewGUCNestLevel();
	StringInfoData out;
	Datum		value;
	bool		isnull;

	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	initStringInfo(&out);
	appendStringInfo(&out, "%s FOR %s TO ",
					 form->polpermissive ? "PERMISSIVE" : "RESTRICTIVE",
					 command_name(form->polcmd));
	append_roles(&out, heap_getattr(tuple, Anum_pg_policy_polroles, desc,
									 &isnull));
	value = heap_getattr(tuple, Anum_pg_policy_polqual, desc, &isnull);
	if (!isnull)
		append_condition(&out, " USING ", form->polrelid, value);
	value = heap_getattr(tuple, Anum_pg_policy_polwithcheck, desc, &isnull);
	if (!isnull)
		append_condition(&out, " WITH CHECK ", form->polrelid, value);
	AtEOXact_GUC(true, nest_level);
	return out.data;
}

/* The policy as the snapshot sees it; all zeros where it does not. */
static Definition
read_definition(Oid policy, Snapshot snapshot)
{
	Definition	definition = {0};
	HeapTuple	tuple = cr_catalog_row(PolicyRelationId,
									   PolicyOidIndexId,
									   Anum_pg_policy_oid, policy, snapshot);
	Form_pg_policy form;
	Relation	catalog;

	if (!HeapTupleIsValid(tuple))
		return definition;
	form = (Form_pg_policy) GETSTRUCT(tuple);
	definition.relid = form->polrelid;
	definition.name = pstrdup(NameStr(form->polname));
	if (cr_rls_is_changing(form->polrelid) ||
		(!cr_policy_exists(form->polrelid) &&
		 strncmp(definition.name, OUR_PREFIX, strlen(OUR_PREFIX)) != 0))
		return definition;
	catalog = table_open(PolicyRelationId, AccessShareLock);
	definition.text = define(tuple, RelationGetDescr(catalog));
	table_close(catalog, AccessShareLock);
	return definition;
}

/*
 * Whatever the policy, or the column, depends on may be somebody else's, who
 * drops it with CASCADE: that decides nothing about the table.
 */
static void
check_dropped_by_owner(Oid relid, const char *what)
{
	if (!cr_owns_relation(relid, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("this would drop %s of protected table \"%s\"",
						what, get_rel_name(relid)),
				 errhint("Ask the owner of the table to drop it before.")));
}

void
cr_by_hand_check_column(Oid relid, AttrNumber attnum)
{
	CrPolicy   *policy = cr_policy_lookup(relid);
	uint32		uses;

	if (policy == NULL || attnum > policy->natts)
		return;
	uses = policy->columns[attnum - 1].uses;
	if (uses == 0)
		return;
	check_dropped_by_owner(relid, psprintf("column \"%s\"",
										   get_attname(relid, attnum, false)));
	/* without the only one nobody can ask */
	if ((uses & CR_USE_UNIT) != 0 && policy->nunits > 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("column \"%s\" is one of several privacy units of table \"%s\"",
						get_attname(relid, attnum, false),
						get_rel_name(relid)),
				 errdetail("Without it, people would be counted by the others alone."),
				 errhint("Take the unit away first, which is put on record: SELECT cleanroom.set_column(table, column, '').")));
}

void
cr_by_hand_note_policy(Oid policy, bool dropped)
{
	Definition	before = read_definition(policy, NULL);
	Definition	after = {0};
	bool		renamed;

	if (dropped && before.text != NULL && cr_policy_exists(before.relid))
		check_dropped_by_owner(before.relid,
							   psprintf("policy \"%s\"", before.name));
	if (!dropped)
		after = read_definition(policy, SnapshotSelf);
	if (before.text == NULL && after.text == NULL)
		return;
	renamed = before.name != NULL && after.name != NULL &&
		strcmp(before.name, after.name) != 0;
	if (before.text != NULL && (renamed || after.name == NULL))
		cr_note_by_hand(before.relid, "policy", before.name, before.text,
						NULL);
	if (after.text != NULL && (renamed || before.name == NULL))
		cr_note_by_hand(after.relid, "policy", after.name, NULL, after.text);
	else if (after.text != NULL && before.text != NULL &&
			 strcmp(before.text, after.text) != 0)
		cr_note_by_hand(after.relid, "policy", after.name, before.text,
						after.text);
}

bool
cr_by_hand_note_owner(Oid relid)
{
	HeapTuple	before;
	HeapTuple	after;
	Oid			old_owner;
	Oid			new_owner;

	before = cr_catalog_row(RelationRelationId, ClassOidIndexId,
							Anum_pg_class_oid, relid, NULL);
	after = cr_catalog_row(RelationRelationId, ClassOidIndexId,
						   Anum_pg_class_oid, relid, SnapshotSelf);
	if (!HeapTupleIsValid(before) || !HeapTupleIsValid(after))
		return false;
	old_owner = ((Form_pg_class) GETSTRUCT(before))->relowner;
	new_owner = ((Form_pg_class) GETSTRUCT(after))->relowner;
	if (old_owner != new_owner && cr_policy_exists(relid))
		cr_note_by_hand(relid, "owner", NULL,
						GetUserNameFromId(old_owner, true),
						GetUserNameFromId(new_owner, true));
	return old_owner != new_owner;
}

/*
 * False where the relation is not there, or, if that is asked for, where not
 * this transaction has written it last: what others have committed meanwhile
 * is theirs to note.
 */
static bool
read_switches(Oid relid, bool own, Switches *switches)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	TransactionId xmin;
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_class) GETSTRUCT(tuple);
	xmin = HeapTupleHeaderGetXmin(tuple->t_data);
	switches->relid = relid;
	switches->on = form->relrowsecurity;
	switches->forced = form->relforcerowsecurity;
	ReleaseSysCache(tuple);
	return !own || TransactionIdIsCurrentTransactionId(xmin);
}

/* All of them: by the time the command runs its name may mean another. */
List *
cr_by_hand_read_switches(void)
{
	List	   *list = NIL;
	ListCell   *lc;

	foreach(lc, cr_load_labelled_relations())
	{
		Switches   *switches = palloc(sizeof(Switches));

		if (read_switches(lfirst_oid(lc), false, switches))
			list = lappend(list, switches);
	}
	return list;
}

static void
note_switch(Oid relid, const char *what, bool before, bool after)
{
	if (before != after)
		cr_note_by_hand(relid, what, NULL, before ? "on" : "off",
						after ? "on" : "off");
}

static void
note_switches(const Switches *before)
{
	Switches	after;

	if (!read_switches(before->relid, true, &after))
		return;
	note_switch(before->relid, "row security", before->on, after.on);
	note_switch(before->relid, "row security for the owner", before->forced,
				after.forced);
}

void
cr_by_hand_note_switches(List *before)
{
	ListCell   *lc;

	foreach(lc, before)
		note_switches(lfirst(lc));
}

static List *
read_policies(Oid relid)
{
	List	   *policies = NIL;
	ListCell   *lc;

	foreach(lc, cr_rls_list_policies(relid))
	{
		CrRowPolicy *policy = lfirst(lc);
		Definition *definition = palloc(sizeof(Definition));

		*definition = read_definition(get_relation_policy_oid(relid,
															  policy->name,
															  false), NULL);
		policies = lappend(policies, definition);
	}
	return policies;
}

CrClosing *
cr_by_hand_read_closing(Oid relid)
{
	CrClosing  *closing = palloc0(sizeof(CrClosing));

	(void) read_switches(relid, false, &closing->switches);
	closing->policies = read_policies(relid);
	return closing;
}

static const char *
find_text(List *policies, const char *name)
{
	ListCell   *lc;

	foreach(lc, policies)
	{
		Definition *definition = lfirst(lc);

		if (strcmp(definition->name, name) == 0)
			return definition->text;
	}
	return NULL;
}

void
cr_by_hand_note_closing(const CrClosing *before)
{
	Oid			relid = before->switches.relid;
	List	   *after = read_policies(relid);
	ListCell   *lc;

	note_switches(&before->switches);
	foreach(lc, before->policies)
	{
		Definition *was = lfirst(lc);
		const char *is = find_text(after, was->name);

		if (was->text != NULL && (is == NULL || strcmp(is, was->text) != 0))
			cr_note_by_hand(relid, "policy", was->name, was->text, is);
	}
	foreach(lc, after)
	{
		Definition *is = lfirst(lc);

		if (is->text != NULL && find_text(before->policies, is->name) == NULL)
			cr_note_by_hand(relid, "policy", is->name, NULL, is->text);
	}
}
