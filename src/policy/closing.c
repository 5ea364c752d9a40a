/*-------------------------------------------------------------------------
 *
 * src/policy/closing.c
 *	  Closes protected tables by row security, so that nobody but the owner
 *	  sees a row of them where the library is not loaded.
 *
 * A partition or inheritance child that is protected through an ancestor is
 * closed as well, since it can be queried by itself.  It then carries the
 * label {"inherited": true}, which remembers how row security was before and
 * keeps it protected, and refused, when it is detached.
 *
 * Closing never widens what anyone sees: cleanroom_open, which lets rows
 * through to the gate, is not made where row security was on already or
 * where there are permissive policies.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/oids.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "commands/seclabel.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "policy/cache.h"
#include "policy/change.h"
#include "policy/check.h"
#include "policy/closing.h"
#include "policy/load.h"
#include "policy/marked.h"
#include "policy/rls.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#define OPEN_POLICY		"cleanroom_open"
#define GATE_POLICY		"cleanroom_gate"
#define SEAL_POLICY		"cleanroom_seal"

bool
cr_closing_is_row_policy(const char *name)
{
	return strncmp(name, CR_ROW_POLICY_PREFIX,
				   strlen(CR_ROW_POLICY_PREFIX)) == 0;
}

void
cr_closing_set_label(Oid relid, int32 objsubid, const char *text)
{
	ObjectAddress object;

	cr_note_label(relid, objsubid, text, true);
	if (text != NULL)
		cr_marked_set();
	ObjectAddressSubSet(object, RelationRelationId, relid, objsubid);
	SetSecurityLabel(&object, CR_LABEL_PROVIDER, text);
	/* the same command may change it once more */
	CommandCounterIncrement();
}

void
cr_closing_recall(Relation rel, CrTableLabel *label)
{
	Oid			relid = RelationGetRelid(rel);
	CrTableLabel former;

	label->before_known = true;
	if (cr_load_table_label(relid, &former) && former.before_known)
		label->row_security_before = former.row_security_before;
	else if (cr_rls_has_policy(relid, OPEN_POLICY))
		label->row_security_before = false; /* else it was not made */
	else
	{
		label->row_security_before = rel->rd_rel->relrowsecurity;
		label->before_known = !rel->rd_rel->relrowsecurity ||
			!cr_rls_has_policy(relid, GATE_POLICY);
	}
}

static bool
has_permissive_policy(Oid relid)
{
	ListCell   *lc;

	foreach(lc, cr_rls_list_policies(relid))
	{
		CrRowPolicy *policy = lfirst(lc);

		if (policy->permissive)
			return true;
	}
	return false;
}

void
cr_closing_close(Oid relid, const CrTableLabel *label)
{
	cr_rls_drop_policy(relid, OPEN_POLICY);
	cr_rls_drop_policy(relid, GATE_POLICY);
	cr_rls_drop_policy(relid, SEAL_POLICY);

	if (!has_permissive_policy(relid))
	{
		if (!label->row_security_before)
			cr_rls_create_policy(relid, OPEN_POLICY, true,
								 cr_rls_parse_condition("cleanroom.open()"));
		else
			ereport(NOTICE,
					(errmsg("row security of table \"%s\" lets no row "
							"through to analysts",
							get_rel_name(relid)),
					 errdetail("It was on before, without a permissive "
							   "policy, and protecting a table never widens "
							   "what anyone sees."),
					 errhint("Create a permissive policy for the rows that "
							 "analysts may aggregate over.")));
	}
	cr_rls_create_policy(relid, GATE_POLICY, false,
						 cr_rls_parse_condition("cleanroom.gate()"));
	cr_rls_switch(relid, true);
}

static void
drop_row_policies(Oid relid)
{
	ListCell   *lc;

	foreach(lc, cr_rls_list_policies(relid))
	{
		CrRowPolicy *policy = lfirst(lc);

		if (cr_closing_is_row_policy(policy->name))
			cr_rls_drop_policy(relid, policy->name);
	}
}

void
cr_closing_reopen(Oid relid, const CrTableLabel *label)
{
	drop_row_policies(relid);
	cr_rls_drop_policy(relid, OPEN_POLICY);
	cr_rls_drop_policy(relid, GATE_POLICY);
	cr_rls_drop_policy(relid, SEAL_POLICY);

	/* where that is not known it stays on, and so the table closed */
	if (label->before_known && !label->row_security_before)
		cr_rls_switch(relid, false);
}

void
cr_closing_copy_row_policies(Oid governor, Oid relid)
{
	ListCell   *lc;

	drop_row_policies(relid);
	foreach(lc, cr_rls_list_policies(governor))
	{
		CrRowPolicy *policy = lfirst(lc);

		if (cr_closing_is_row_policy(policy->name) && policy->qual != NULL)
			cr_rls_copy_policy(governor, policy, relid);
	}
}

List *
cr_closing_find_governed(Oid governor, Oid relid, LOCKMODE lockmode)
{
	List	   *governed = NIL;
	ListCell   *lc;

	foreach(lc, find_all_inheritors(relid, lockmode, NULL))
	{
		Oid			child = lfirst_oid(lc);
		const char *why;
		Oid			holder = cr_load_governor(child, NULL, &why);

		/* why without a holder of its own: several tables' labels meet */
		if (why != NULL && holder == child && child != governor)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("table \"%s\" would have no usable policy",
							get_rel_name(child)),
					 errdetail("The reason is that %s.", why),
					 errhint("Call cleanroom.protect() for table \"%s\" "
							 "first, to give it a policy of its own.",
							 get_rel_name(child))));
		if (holder == governor)
			governed = lappend_oid(governed, child);
	}
	return governed;
}

static void
close_descendant(Oid governor, Oid child)
{
	Relation	rel = table_open(child, NoLock);
	CrTableLabel label;

	cr_check_owner(child);
	if (rel->rd_rel->relkind != RELKIND_RELATION &&
		rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("foreign table \"%s\" cannot belong to a protected "
						"table", RelationGetRelationName(rel)),
				 errdetail("It cannot be closed by row security, and it can "
						   "be queried by itself."),
				 errhint("Detach it, or do not protect table \"%s\".",
						 get_rel_name(governor))));
	CheckTableNotInUse(rel, "protect");
	cr_check_not_forced(rel);
	cr_check_not_followed(rel);
	cr_check_column_code(rel);

	memset(&label, 0, sizeof(label));
	label.inherited = true;
	cr_closing_recall(rel, &label);
	table_close(rel, NoLock);

	cr_closing_set_label(child, 0, cr_label_format_table(&label));
	cr_closing_close(child, &label);
	cr_closing_copy_row_policies(governor, child);
	cr_cache_invalidate(child);
}

void
cr_closing_close_descendants(Oid governor, Oid relid)
{
	ListCell   *lc;

	foreach(lc, cr_closing_find_governed(governor, relid,
										 AccessExclusiveLock))
	{
		if (lfirst_oid(lc) != governor)
			close_descendant(governor, lfirst_oid(lc));
	}
}

/* Has the descendant the governor's row policies, and no others? */
static bool
has_row_policies_of(Oid governor, Oid relid)
{
	List	   *own = NIL;
	ListCell   *lc;

	foreach(lc, cr_rls_list_policies(relid))
	{
		CrRowPolicy *policy = lfirst(lc);

		if (cr_closing_is_row_policy(policy->name) && policy->qual != NULL)
			own = lappend(own, stringToNode(policy->qual));
	}
	foreach(lc, cr_rls_list_policies(governor))
	{
		CrRowPolicy *policy = lfirst(lc);
		Node	   *condition;

		if (!cr_closing_is_row_policy(policy->name) || policy->qual == NULL)
			continue;
		condition = cr_rls_map_condition(governor, policy, relid);
		if (!list_member(own, condition))
			return false;
		own = list_delete(own, condition);
	}
	return own == NIL;
}

/* Is the descendant closed already? */
static bool
is_closed(Oid governor, Oid relid)
{
	CrTableLabel label;

	return cr_load_table_label(relid, &label) &&
		cr_rls_has_policy(relid, GATE_POLICY) &&
		has_row_policies_of(governor, relid);
}

void
cr_policy_close_descendants(Oid parent)
{
	const char *why;
	Oid			governor;
	ListCell   *lc;

	if (!cr_policy_possible() || cr_oids_get() == NULL)
		return;
	governor = cr_load_governor(parent, NULL, &why);
	if (!OidIsValid(governor) || why != NULL)
		return;
	/* those that were there before are closed, and are not to be locked */
	foreach(lc, cr_closing_find_governed(governor, parent, NoLock))
	{
		Oid			relid = lfirst_oid(lc);

		if (relid == governor || is_closed(governor, relid))
			continue;
		LockRelationOid(relid, AccessExclusiveLock);
		close_descendant(governor, relid);
	}
}

void
cr_policy_make_room(Oid relid, const char *name)
{
	if (strcmp(name, OPEN_POLICY) != 0 && strcmp(name, GATE_POLICY) != 0 &&
		!cr_closing_is_row_policy(name))
		return;
	if (!cr_policy_exists(relid) || !cr_owns_relation(relid, GetUserId()))
		return;
	LockRelationOid(relid, AccessExclusiveLock);
	if (cr_owns_relation(relid, GetUserId()))
		cr_rls_drop_policy(relid, name);
}

void
cr_policy_seal_tables(void)
{
	ListCell   *lc;

	foreach(lc, cr_load_labelled_relations())
	{
		Oid			relid = lfirst_oid(lc);

		LockRelationOid(relid, AccessExclusiveLock);
		if (get_rel_name(relid) == NULL)
			continue;			/* dropped meanwhile */
		if (has_permissive_policy(relid) &&
			!cr_rls_has_policy(relid, SEAL_POLICY))
			cr_rls_create_policy(relid, SEAL_POLICY, false,
								 cr_rls_parse_condition("false"));
		cr_rls_switch(relid, true);
	}
}
