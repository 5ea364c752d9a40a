/*-------------------------------------------------------------------------
 *
 * src/guard/objectaccess.c
 *	  Hook at object access: sees what commands do to relations that they
 *	  need not name.
 *
 * For an analyst it refuses foreign keys to and triggers on a protected
 * table, which a grant alone allows (a key tells which values are there, a
 * trigger is handed the rows that others write), TRUNCATE however it gets
 * there, functions that look into tables around the executor, and the
 * built-ins that count rows where planner.c did not put ours in their place.
 * For everybody it keeps other than listed functions from running while the
 * extension evaluates somebody's text in another's session, notes partitions
 * and children that come and go, has changes of policies and owners recorded,
 * and types of new columns looked into.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/catalog_row.h"
#include "base/errcodes.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_database.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "guard/bound.h"
#include "guard/command.h"
#include "guard/guard.h"
#include "guard/maintenance.h"
#include "guard/placed.h"
#include "guard/raise.h"
#include "keys/parts.h"
#include "ledger/note.h"
#include "ledger/queue.h"
#include "miscadmin.h"
#include "policy/by_hand.h"
#include "policy/check.h"
#include "policy/load.h"
#include "policy/policy.h"
#include "session/asker.h"
#include "session/condition_list.h"
#include "session/fixed_names.h"
#include "session/template_code.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

static object_access_hook_type prev_object_access = NULL;

static void
refuse_if_bound(const char *command, Oid relid)
{
	if (OidIsValid(relid) && cr_guard_binds(relid))
		cr_raise_command(command, relid);
	if (OidIsValid(relid) && cr_guard_closes(relid) &&
		cr_guard_has_right(relid, ACL_NO_RIGHTS))
		cr_raise_own_command(command, relid);
}

static void
judge_new_constraint(Oid constraint)
{
	HeapTuple	tuple = cr_catalog_row(ConstraintRelationId,
									   ConstraintOidIndexId,
									   Anum_pg_constraint_oid, constraint,
									   SnapshotSelf);
	Form_pg_constraint form;

	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_constraint) GETSTRUCT(tuple);
	if (form->contype == CONSTRAINT_FOREIGN)
	{
		refuse_if_bound("FOREIGN KEY", form->confrelid);
		/*
		 * Made anew, and checked, where a column referred to gets a type.
		 * A new partition that is referred to checks nothing.
		 */
		if (!OidIsValid(form->conparentid))
		{
			Oid			bound = cr_guard_find_bound(form->conrelid);

			refuse_if_bound("FOREIGN KEY", OidIsValid(bound) ? bound :
							form->conrelid);
		}
	}
	heap_freetuple(tuple);
}

static void
judge_new_trigger(Oid trigger)
{
	HeapTuple	tuple = cr_catalog_row(TriggerRelationId,
									   TriggerOidIndexId,
									   Anum_pg_trigger_oid, trigger,
									   SnapshotSelf);
	Form_pg_trigger form;

	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_trigger) GETSTRUCT(tuple);
	/* one on a table above is handed rows of those below in its tables */
	if (!form->tgisinternal)
	{
		Oid			bound = cr_guard_find_bound(form->tgrelid);

		refuse_if_bound("CREATE TRIGGER",
						OidIsValid(bound) ? bound : form->tgrelid);
	}
	heap_freetuple(tuple);
}

/*
 * A call that planner.c did not see (in a function that was inlined, in a
 * CHECK constraint, among EXECUTE's arguments) or that was planned for a
 * superuser.  Its argument is not known here, so it is refused whatever it
 * is about.
 */
static void
refuse_counter_call(Oid funcid)
{
	CrVerdict  *verdict;

	verdict = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								psprintf("function \"%s\" cannot be called here",
										 get_func_name(funcid)),
								"Call it in a query of its own.");
	verdict->detail = "It may count what a query on a protected table has read.";
	cr_raise_refusal(verdict, NULL);
}

static void
refuse_inside_call(Oid funcid)
{
	CrVerdict  *verdict;

	verdict = cr_verdict_refuse(CR_ERRCODE_COMMAND, -1,
								psprintf("function \"%s\" cannot be called where tables are protected",
										 get_func_name(funcid)),
								"A superuser may call it, and may make a SECURITY DEFINER function of the part that others need.");
	verdict->detail = "It reads tables, or tells what queries have read, past every policy.";
	cr_raise_refusal(verdict, NULL);
}

/* In whichever database: there may be no extension in this one. */
static void
refuse_server_wide_call(Oid funcid)
{
	if (cr_policy_possible())
		refuse_inside_call(funcid);
	ereport(ERROR,
			(errcode(CR_ERRCODE_COMMAND),
			 errmsg("function \"%s\" cannot be called on a server with protected tables",
					get_func_name(funcid)),
			 errdetail("It tells what queries in other databases have read, past every policy."),
			 errhint("Members of pg_read_all_stats and roles with REPLICATION may call it; a superuser may make a SECURITY DEFINER function of the part that others need.")));
}

/*
 * While a text of somebody else's is read or evaluated by the extension, as
 * in access rules: what the planner evaluates of a table, the conditions of a
 * type, and what was replaced after the text had been judged.  It is no
 * refusal of whoever asks, and is not put on record as one.
 */
static void
refuse_borrowed_call(Oid funcid)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_FUNCTION),
			 errmsg("function \"%s\" cannot be called where an access rule is evaluated or a template is read",
					get_func_name(funcid)),
			 errdetail("It would run in the session of somebody else."),
			 errhint("Use tables and types whose indexes, partitions, statistics and conditions have the server's immutable functions only.")));
}

/*
 * While a template runs: what its query does not show may have been chosen by
 * its author, or by somebody else who must not get at the rights of whoever
 * runs it; so it is no more than what a template might call.
 */
static void
refuse_unseen_call(Oid funcid)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_FUNCTION),
			 errmsg("function \"%s\" cannot be called where a template runs",
					get_func_name(funcid)),
			 errdetail("It would run with your rights and in your session, and the query of the template could not call it."),
			 errhint("Have the template proposed over tables, types and functions that call nothing but what a template may: listed functions of the server's, immutable ones of extensions, or those of a superuser's, that are " CR_FIXED_NAMES_HINT ".")));
}

/* The index, constraint or statistics object is newer than the verdict. */
static void
refuse_planning_call(Oid funcid)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_FUNCTION),
			 errmsg("function \"%s\" cannot be called where a query on protected tables is planned",
					get_func_name(funcid)),
			 errdetail("The query does not call it, and it would run with your rights and in your session."),
			 errhint("Ask the owner of the table to use functions there that are the server's or a superuser's, or an extension's if they are immutable and have no rows and domains; and that are " CR_FIXED_NAMES_HINT ".")));
}

/* What the owner's functions name may be found in another's schema. */
static void
refuse_maintenance_call(Oid funcid)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_COMMAND),
			 errmsg("function \"%s\" cannot be called while another role's table is maintained",
					get_func_name(funcid)),
			 errdetail("It would be given rows with the rights of the table's owner."),
			 errhint("Have the table's owner, or a superuser, run the command; or have functions that the table's indexes and statistics call set a search_path.")));
}

static void
judge_function_call(Oid funcid)
{
	if (cr_maintenance_refuses_call(funcid))
		refuse_maintenance_call(funcid);
	/* a fact of the session may be asked for while a query is planned */
	if (!cr_session_asks_catalog())
	{
		if (cr_template_refuses_call(funcid) && !cr_guard_puts_in(funcid))
			refuse_unseen_call(funcid);
		if (cr_guard_refuses_planning_call(funcid))
			refuse_planning_call(funcid);
	}
	if (cr_session_is_borrowed() && !cr_condition_list_has(funcid))
		refuse_borrowed_call(funcid);
	if (superuser())
		return;
	if (cr_guard_tells_of_server(funcid))
		refuse_server_wide_call(funcid);
	if (!cr_policy_possible())
		return;
	if (cr_guard_counts_rows(funcid))
		refuse_counter_call(funcid);
	if (cr_guard_looks_inside(funcid) && cr_load_labelled_relations() != NIL)
		refuse_inside_call(funcid);
}

/* What is done to a relation, or to a column of it. */
static void
judge_relation(ObjectAccessType access, Oid relid, int column)
{
	if (access == OAT_TRUNCATE)
		refuse_if_bound("TRUNCATE", relid);
	if (access == OAT_DROP && column > 0)
		cr_parts_note_column(relid, column);
	if (!cr_policy_possible())
		return;
	if (access == OAT_DROP && column > 0)
		cr_by_hand_check_column(relid, column);
	else if (access == OAT_DROP && column == 0 && cr_policy_exists(relid))
	{
		cr_ledger_forget_notes(relid);
		cr_ledger_note("policy_change", relid, NULL, "{\"dropped\": true}");
	}
	else if (access == OAT_POST_ALTER && column == 0)
	{
		if (cr_by_hand_note_owner(relid))
			cr_placed_note(relid);
	}
	else if ((access == OAT_POST_CREATE || access == OAT_POST_ALTER) &&
			 column > 0 && cr_policy_exists(relid))
		cr_check_changed_column_code(relid, column);	/* before rows are
														 * written anew */
}

static void
cr_object_access(ObjectAccessType access, Oid classid, Oid objectid,
				 int subid, void *arg)
{
	if (prev_object_access)
		prev_object_access(access, classid, objectid, subid, arg);

	if (access == OAT_FUNCTION_EXECUTE)
		judge_function_call(objectid);
	else if (classid == RelationRelationId)
		judge_relation(access, objectid, subid);
	else if (access == OAT_POST_CREATE && classid == ConstraintRelationId)
	{
		if (cr_policy_possible())
			judge_new_constraint(objectid);
	}
	else if (access == OAT_POST_CREATE && classid == TriggerRelationId)
	{
		if (cr_policy_possible())
			judge_new_trigger(objectid);
	}
	else if (access == OAT_DROP && classid == DatabaseRelationId)
		cr_queue_drop_database(objectid);
	else if (classid == PolicyRelationId &&
			 (access == OAT_POST_CREATE || access == OAT_POST_ALTER ||
			  access == OAT_DROP))
	{
		if (cr_policy_possible())
			cr_by_hand_note_policy(objectid, access == OAT_DROP);
	}
	else if (access == OAT_POST_ALTER && classid == InheritsRelationId &&
			 arg != NULL)
	{
		Oid			parent = ((ObjectAccessPostAlter *) arg)->auxiliary_id;

		if (OidIsValid(parent) && cr_policy_possible())
			cr_placed_note_child(objectid, parent);
		if (OidIsValid(parent))
			cr_parts_note(objectid, parent);
	}
}

void
cr_guard_object_access_init(void)
{
	prev_object_access = object_access_hook;
	object_access_hook = cr_object_access;
}
