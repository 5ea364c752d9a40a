/*-------------------------------------------------------------------------
 *
 * src/policy/protect.c
 *	  Protects a table, changes its columns' uses and stops protecting it.
 *
 * Row policies stay when a protected table is protected again: they only
 * narrow what is seen, and have functions of their own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "commands/tablecmds.h"
#include "policy/by_hand.h"
#include "policy/cache.h"
#include "policy/check.h"
#include "policy/closing.h"
#include "policy/load.h"
#include "policy/protect.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/*
 * Asks for ownership before the lock is taken, so that nobody locks what is
 * not theirs, and again after it.
 */
Relation
cr_protect_open(Oid relid, LOCKMODE lockmode)
{
	Relation	rel;

	cr_check_owner(relid);
	LockRelationOid(relid, lockmode);
	cr_check_owner(relid);
	rel = relation_open(relid, NoLock);
	cr_check_relation(rel);
	return rel;
}

void
cr_protect_require_policy(Relation rel)
{
	Oid			relid = RelationGetRelid(rel);
	const char *name = RelationGetRelationName(rel);
	const char *why;
	Oid			governor = cr_load_governor(relid, NULL, &why);

	if (!OidIsValid(governor))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not protected", name),
				 errhint("Call cleanroom.protect() first.")));
	if (governor != relid)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no policy of its own", name),
				 errdetail("The policy of table \"%s\" holds for it.",
						   get_rel_name(governor)),
				 errhint("Change the policy of that table, or call "
						 "cleanroom.protect() to give this one its own.")));
}

static void
add_uses(Relation rel, List *names, uint32 use, CrColumnPolicy *columns)
{
	ListCell   *lc;

	foreach(lc, names)
	{
		AttrNumber	attno = cr_check_column_name(rel, lfirst(lc));

		columns[attno - 1].uses |= use;
		if (use == CR_USE_MEASURE)
			columns[attno - 1].aggregates = CR_AGG_ALL;
	}
}

/* The text of each column's label, NULL for none, checked. */
static char **
make_column_labels(Relation rel, const CrProtectRequest *request)
{
	int			natts = RelationGetNumberOfAttributes(rel);
	CrColumnPolicy *columns = palloc0(Max(natts, 1) * sizeof(CrColumnPolicy));
	char	  **texts = palloc0(Max(natts, 1) * sizeof(char *));
	int			i;

	add_uses(rel, list_make1(unconstify(char *, request->unit)),
			 CR_USE_UNIT, columns);
	add_uses(rel, request->dimensions, CR_USE_DIMENSION, columns);
	add_uses(rel, request->measures, CR_USE_MEASURE, columns);
	add_uses(rel, request->filters, CR_USE_FILTER, columns);
	add_uses(rel, request->join_keys, CR_USE_JOIN, columns);

	for (i = 0; i < natts; i++)
	{
		CrColumnPolicy ignored;

		if (columns[i].uses == 0)
			continue;
		texts[i] = cr_label_format_column(&columns[i]);
		cr_check_column_text(rel, i + 1, texts[i], &ignored);
	}
	return texts;
}

static void
write_column_labels(Oid relid, int natts, char **texts)
{
	int			i;

	for (i = 0; i < natts; i++)
		cr_closing_set_label(relid, i + 1,
							 texts == NULL ? NULL : texts[i]);
}

void
cr_protect_table(CrProtectRequest *request)
{
	Oid			relid = request->relid;
	Relation	rel = cr_protect_open(relid, AccessExclusiveLock);
	int			natts = RelationGetNumberOfAttributes(rel);
	CrTableLabel former;
	CrClosing  *closing = NULL;
	char	  **texts;

	CheckTableNotInUse(rel, "protect");
	cr_check_not_forced(rel);
	cr_check_not_followed(rel);
	cr_check_column_code(rel);
	cr_check_no_other_ancestor(relid);
	texts = make_column_labels(rel, request);
	cr_closing_recall(rel, &request->label);
	if (cr_load_label_text(relid, 0) != NULL &&
		!(cr_load_table_label(relid, &former) && former.inherited))
		ereport(NOTICE,
				(errmsg("table \"%s\" is already protected, replacing its "
						"policy", RelationGetRelationName(rel))));
	if (cr_load_label_text(relid, 0) != NULL)
		closing = cr_by_hand_read_closing(relid);
	relation_close(rel, NoLock);

	cr_closing_set_label(relid, 0, cr_label_format_table(&request->label));
	write_column_labels(relid, natts, texts);
	CommandCounterIncrement();
	cr_closing_close(relid, &request->label);
	if (closing != NULL)
		cr_by_hand_note_closing(closing);
	cr_closing_close_descendants(relid, relid);
	cr_cache_invalidate(relid);
}

/* The one ancestor whose label holds once relid has none, or InvalidOid. */
static Oid
find_next_governor(Oid relid)
{
	Oid			result = InvalidOid;
	ListCell   *lc;

	foreach(lc, cr_load_parents(relid))
	{
		const char *why;
		Oid			governor = cr_load_governor(lfirst_oid(lc), NULL, &why);

		if (OidIsValid(governor))
			result = governor;
	}
	return result;
}

/*
 * The descendants of relid fall under an ancestor's policy, as relid itself
 * does: they stay closed, with that one's row policies.
 */
static void
hand_over(Oid relid, CrTableLabel *label)
{
	const char *why;
	Oid			governor;

	label->inherited = true;
	cr_closing_set_label(relid, 0, cr_label_format_table(label));
	CommandCounterIncrement();
	governor = cr_load_governor(relid, NULL, &why);
	if (why != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" would have no usable policy",
						get_rel_name(relid)),
				 errdetail("The reason is that %s.", why),
				 errhint("Unprotect the tables above it first, or detach "
						 "it.")));
	cr_closing_close_descendants(governor, relid);
}

static void
reopen(Oid relid)
{
	Relation	rel;
	CrTableLabel label;

	cr_check_owner(relid);
	rel = relation_open(relid, NoLock);
	memset(&label, 0, sizeof(label));
	cr_closing_recall(rel, &label);
	relation_close(rel, NoLock);
	cr_closing_set_label(relid, 0, NULL);
	CommandCounterIncrement();
	cr_closing_reopen(relid, &label);
}

void
cr_protect_stop(Oid relid)
{
	Relation	rel = cr_protect_open(relid, AccessExclusiveLock);
	int			natts = RelationGetNumberOfAttributes(rel);
	CrTableLabel label;
	List	   *governed;
	ListCell   *lc;

	cr_protect_require_policy(rel);
	CheckTableNotInUse(rel, "unprotect");
	memset(&label, 0, sizeof(label));
	cr_closing_recall(rel, &label);
	relation_close(rel, NoLock);

	governed = cr_closing_find_governed(relid, relid,
										 AccessExclusiveLock);
	cr_cache_invalidate(relid);
	write_column_labels(relid, natts, NULL);
	if (OidIsValid(find_next_governor(relid)))
		hand_over(relid, &label);
	else
	{
		foreach(lc, governed)
			reopen(lfirst_oid(lc));
	}
}

void
cr_protect_set_column(Oid relid, const char *column, const char *uses)
{
	Relation	rel = cr_protect_open(relid, ShareUpdateExclusiveLock);
	AttrNumber	attno;
	CrColumnPolicy policy;

	cr_protect_require_policy(rel);
	attno = cr_check_column_name(rel, column);
	cr_check_column_text(rel, attno, uses, &policy);
	cr_check_column_change(rel, attno, policy.uses);
	if (policy.uses != 0)
		cr_check_column_code(rel);
	relation_close(rel, NoLock);

	cr_closing_set_label(relid, attno,
						 policy.uses == 0 ? NULL :
						 cr_label_format_column(&policy));
	cr_cache_invalidate(relid);
}
