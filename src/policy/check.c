/*-------------------------------------------------------------------------
 *
 * src/policy/check.c
 *	  What may be protected and labelled.
 *
 * The label provider's hook is here: SECURITY LABEL has locked the object
 * and checked that the current user owns it when it calls, and writes the
 * label when the hook returns.  pg_restore comes this way too, so a label
 * must be accepted in the order in which pg_dump writes them: the table's
 * first, its columns' next, row security and attached partitions later.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/transam.h"
#include "base/compat.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_type.h"
#include "commands/seclabel.h"
#include "miscadmin.h"
#include "policy/cache.h"
#include "policy/change.h"
#include "policy/check.h"
#include "policy/load.h"
#include "policy/marked.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#define HINT_COLUMN_LABEL \
	"Write uses separated by commas: unit, join, dimension, filter, " \
	"measure, or measure(sum, avg, stddev, variance, count) in [0, 1000]."
#define HINT_TABLE_LABEL \
	"Use cleanroom.protect(), or write a label such as {\"threshold\": " \
	"50, \"small_groups\": \"suppress\", \"join_required\": false}."

static const char *
describe_kind(char relkind)
{
	switch (relkind)
	{
		case RELKIND_VIEW:
			return "a view";
		case RELKIND_MATVIEW:
			return "a materialized view";
		case RELKIND_FOREIGN_TABLE:
			return "a foreign table";
		case RELKIND_SEQUENCE:
			return "a sequence";
		case RELKIND_INDEX:
		case RELKIND_PARTITIONED_INDEX:
			return "an index";
		case RELKIND_COMPOSITE_TYPE:
			return "a composite type";
		default:
			return "not a table";
	}
}

void
cr_check_relation(Relation rel)
{
	char		relkind = rel->rd_rel->relkind;
	const char *name = RelationGetRelationName(rel);

	if (RelationGetRelid(rel) < FirstNormalObjectId)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("system relation \"%s\" cannot be protected",
						name),
				 errhint("Only tables that were created by a user can be "
						 "protected.")));
	if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("relation \"%s\" cannot be protected", name),
				 errdetail("\"%s\" is %s.", name, describe_kind(relkind)),
				 errhint("Protect the tables that hold the data; only tables "
						 "and partitioned tables can be protected.")));
	if (rel->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("temporary table \"%s\" cannot be protected",
						name),
				 errhint("No other session can read it; put the data into a "
						 "permanent table to share it.")));
}

void
cr_check_not_forced(Relation rel)
{
	if (rel->rd_rel->relforcerowsecurity)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("row security of table \"%s\" is forced on its owner",
						RelationGetRelationName(rel)),
				 errdetail("Protecting the table would close it to the owner "
						   "too."),
				 errhint("Run ALTER TABLE ... NO FORCE ROW LEVEL SECURITY "
						 "first.")));
}

void
cr_check_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid),
				 errhint("Name an existing table.")));
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (!cr_owns_relation(relid, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table %s", NameStr(form->relname)),
				 errhint("Only role \"%s\", or a role with its privileges, "
						 "can change the policy of this table.",
						 GetUserNameFromId(form->relowner, false))));
	ReleaseSysCache(tuple);
}

AttrNumber
cr_check_column_name(Relation rel, const char *name)
{
	AttrNumber	attno = get_attnum(RelationGetRelid(rel), name);

	if (attno == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of relation \"%s\" does not exist",
						name, RelationGetRelationName(rel)),
				 errhint("Write the column's name as the catalog has it, "
						 "without quotes around it.")));
	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				 errmsg("system column \"%s\" cannot have a use", name),
				 errhint("Name a column that the table was created with.")));
	return attno;
}

void
cr_check_column_type(Relation rel, AttrNumber attno, uint32 uses)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attno - 1);
	const char *why = cr_load_check_type(att->atttypid, uses);

	if (uses != 0 && cr_attribute_is_virtual(RelationGetRelid(rel), attno))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of relation \"%s\" cannot have a use",
						NameStr(att->attname), RelationGetRelationName(rel)),
				 errdetail("It is computed whenever it is read, and fails "
						   "then, if it does: that tells of the row."),
				 errhint("Generate it with STORED, or give a use to the "
						 "columns it is computed from.")));
	if (why == NULL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of relation \"%s\" cannot have this use",
					NameStr(att->attname), RelationGetRelationName(rel)),
			 errdetail_internal("%s", why),
			 (uses & CR_USE_MEASURE) != 0 ?
			 errhint("Measures are columns of type smallint, integer, "
					 "bigint, numeric, real or double precision, and "
					 "of type date for differences of dates.") :
			 errhint("Choose a column of a scalar type such as integer, "
					 "text, date or an enum; a generated column can hold "
					 "what is to be used of another.")));
}

void
cr_check_column_text(Relation rel, AttrNumber attno, const char *text,
					 CrColumnPolicy *column)
{
	const char *why = cr_label_parse_column(text, column);

	if (why != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid uses for column \"%s\" of relation \"%s\": "
						"\"%s\"",
						get_attname(RelationGetRelid(rel), attno, false),
						RelationGetRelationName(rel), text),
				 errdetail_internal("%s", why),
				 errhint(HINT_COLUMN_LABEL)));
	if (column->lower != NULL &&
		get_atttype(RelationGetRelid(rel), attno) == DATEOID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("measure \"%s\" of relation \"%s\" is a date and "
						"cannot have bounds",
						get_attname(RelationGetRelid(rel), attno, false),
						RelationGetRelationName(rel)),
				 errhint("Leave out \"in [...]\"; what is aggregated are "
						 "differences of dates.")));
	cr_check_column_type(rel, attno, column->uses);
}

static bool
is_unit(Oid relid, AttrNumber attno)
{
	char	   *text = cr_load_label_text(relid, attno);
	CrColumnPolicy column;

	return text != NULL && cr_label_parse_column(text, &column) == NULL &&
		(column.uses & CR_USE_UNIT) != 0;
}

/* A table that has a privacy unit keeps one until it is unprotected. */
static void
check_unit_remains(Relation rel, AttrNumber attno)
{
	Oid			relid = RelationGetRelid(rel);
	AttrNumber	other;

	if (!is_unit(relid, attno))
		return;
	for (other = 1; other <= RelationGetNumberOfAttributes(rel); other++)
	{
		if (other != attno && is_unit(relid, other))
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("column \"%s\" is the only privacy unit of table \"%s\"",
					get_attname(relid, attno, false),
					RelationGetRelationName(rel)),
			 errhint("Give another column the use \"unit\" first, or call "
					 "cleanroom.unprotect().")));
}

void
cr_check_column_change(Relation rel, AttrNumber attno, uint32 uses)
{
	Oid			relid = RelationGetRelid(rel);
	const char *name = RelationGetRelationName(rel);
	char	   *text = cr_load_label_text(relid, 0);
	CrTableLabel label;

	if (text == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not protected", name),
				 errhint("Call cleanroom.protect() first.")));
	if (cr_load_table_label(relid, &label) && label.inherited)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no policy of its own", name),
				 errdetail("It is closed as part of another protected "
						   "table, whose policy holds for it."),
				 errhint("Change the policy of that table, or call "
						 "cleanroom.protect() to give this one its own.")));
	if ((uses & CR_USE_UNIT) == 0)
		check_unit_remains(rel, attno);
}

static void
check_table_label(Relation rel, const char *text)
{
	CrTableLabel label;
	const char *why = cr_label_parse_table(text, &label);

	if (why != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid label for table \"%s\"",
						RelationGetRelationName(rel)),
				 errdetail_internal("%s", why),
				 errhint(HINT_TABLE_LABEL)));
}

/*
 * A table's label goes, and those of its columns with it: they would come
 * back to life with the next one.  Row security is left as it is.
 */
static void
remove_column_labels(Relation rel)
{
	ObjectAddress object;
	AttrNumber	attno;

	for (attno = 1; attno <= RelationGetNumberOfAttributes(rel); attno++)
	{
		ObjectAddressSubSet(object, RelationRelationId,
							RelationGetRelid(rel), attno);
		SetSecurityLabel(&object, CR_LABEL_PROVIDER, NULL);
	}
}

/* The label provider's hook: may this label, or NULL, be put there? */
static void
check_label(const ObjectAddress *object, const char *label)
{
	Relation	rel;
	CrColumnPolicy column;

	if (object->classId == DatabaseRelationId)
	{
		cr_marked_check_label(label);
		return;
	}
	if (object->classId != RelationRelationId)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("cleanroom labels are for tables and their columns"),
				 errhint("Use SECURITY LABEL FOR cleanroom ON TABLE or ON "
						 "COLUMN.")));

	rel = relation_open(object->objectId, NoLock);
	cr_note_label(object->objectId, object->objectSubId, label, false);
	if (label != NULL)
		cr_check_relation(rel);
	if (object->objectSubId < 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("system columns of table \"%s\" have no use",
						RelationGetRelationName(rel)),
				 errhint("Label columns that the table was made with.")));
	if (object->objectSubId == 0)
	{
		if (label != NULL)
		{
			check_table_label(rel, label);
			cr_marked_set();
		}
		else
			remove_column_labels(rel);
	}
	else
	{
		memset(&column, 0, sizeof(column));
		if (label != NULL)
			cr_check_column_text(rel, object->objectSubId, label, &column);
		if (label != NULL || is_unit(object->objectId, object->objectSubId))
			cr_check_column_change(rel, object->objectSubId, column.uses);
	}
	cr_cache_invalidate(object->objectId);
	relation_close(rel, NoLock);
}

void
cr_policy_init(void)
{
	register_label_provider(CR_LABEL_PROVIDER, check_label);
	cr_cache_init();
}
