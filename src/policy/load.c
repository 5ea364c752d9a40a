/*-------------------------------------------------------------------------
 *
 * src/policy/load.c
 *	  Reads policy from the catalogs: labels, inheritance and columns, to a
 *	  CrPolicy.
 *
 * A label that cannot be used never makes its table unprotected: the policy
 * is then not readable, and says why.  Catalogs are read under the catalog
 * snapshot, so a caller sees what is committed, and its own changes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_seclabel.h"
#include "catalog/pg_type.h"
#include "commands/seclabel.h"
#include "policy/load.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* A relation of the search for the label that holds. */
typedef struct Search
{
	CrVisit		visit;
	List	   *seen;			/* every relation met so far */
	Oid			belonging;		/* the last one that said it is inherited */
} Search;

char *
cr_load_label_text(Oid relid, int32 objsubid)
{
	ObjectAddress object;

	ObjectAddressSubSet(object, RelationRelationId, relid, objsubid);
	return GetSecurityLabel(&object, CR_LABEL_PROVIDER);
}

bool
cr_load_table_label(Oid relid, CrTableLabel *label)
{
	char	   *text = cr_load_label_text(relid, 0);

	if (text != NULL && cr_label_parse_table(text, label) == NULL)
		return true;
	memset(label, 0, sizeof(*label));
	return false;
}

List *
cr_load_parents(Oid relid)
{
	Relation	inherits;
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	List	   *parents = NIL;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	inherits = table_open(InheritsRelationId, AccessShareLock);
	scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true,
							  NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_inherits form = (Form_pg_inherits) GETSTRUCT(tuple);

		parents = lappend_oid(parents, form->inhparent);
	}
	systable_endscan(scan);
	table_close(inherits, AccessShareLock);
	return parents;
}

List *
cr_load_labelled_relations(void)
{
	Relation	labels;
	SysScanDesc scan;
	ScanKeyData keys[3];
	HeapTuple	tuple;
	List	   *relations = NIL;

	ScanKeyInit(&keys[0], Anum_pg_seclabel_classoid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&keys[1], Anum_pg_seclabel_objsubid, BTEqualStrategyNumber,
				F_INT4EQ, Int32GetDatum(0));
	ScanKeyInit(&keys[2], Anum_pg_seclabel_provider, BTEqualStrategyNumber,
				F_TEXTEQ, CStringGetTextDatum(CR_LABEL_PROVIDER));
	labels = table_open(SecLabelRelationId, AccessShareLock);
	/* no index begins with these columns, and the catalog is small */
	scan = systable_beginscan(labels, InvalidOid, false, NULL, 3, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		FormData_pg_seclabel *form =
		(FormData_pg_seclabel *) GETSTRUCT(tuple);

		relations = lappend_oid(relations, form->objoid);
	}
	systable_endscan(scan);
	table_close(labels, AccessShareLock);
	return relations;
}

/*
 * The relations of one level that have a label which holds; the others'
 * parents, not met before, are the next level.
 */
static List *
search_level(List *level, Search *search, List **next)
{
	List	   *found = NIL;
	ListCell   *lc;

	foreach(lc, level)
	{
		Oid			relid = lfirst_oid(lc);
		char	   *text = cr_load_label_text(relid, 0);
		CrTableLabel label;
		ListCell   *lc2;

		if (text != NULL &&
			(cr_label_parse_table(text, &label) != NULL || !label.inherited))
		{
			found = lappend_oid(found, relid);
			continue;
		}
		if (text != NULL)
			search->belonging = relid;

		foreach(lc2, cr_load_parents(relid))
		{
			Oid			parent = lfirst_oid(lc2);

			if (list_member_oid(search->seen, parent))
				continue;
			if (search->visit)
				search->visit(parent);
			search->seen = lappend_oid(search->seen, parent);
			*next = lappend_oid(*next, parent);
		}
	}
	return found;
}

Oid
cr_load_governor(Oid relid, CrVisit visit, const char **why)
{
	Search		search;
	List	   *level = list_make1_oid(relid);

	search.visit = visit;
	search.seen = list_make1_oid(relid);
	search.belonging = InvalidOid;
	*why = NULL;

	while (level != NIL)
	{
		List	   *next = NIL;
		List	   *found = search_level(level, &search, &next);

		if (list_length(found) == 1)
			return linitial_oid(found);
		if (found != NIL)
		{
			*why = "it inherits from more than one protected table";
			return relid;
		}
		level = next;
	}
	if (OidIsValid(search.belonging))
		*why = "it no longer belongs to the protected table it was part of";
	return search.belonging;
}

bool
cr_load_has_protected_descendant(Oid relid, CrVisit visit)
{
	bool		result = false;
	ListCell   *lc;

	if (!has_subclass(relid))
		return false;

	/*
	 * All of them are visited even when one is found, so that a change of
	 * any is noticed.
	 */
	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
	{
		Oid			child = lfirst_oid(lc);

		if (child == relid)
			continue;
		if (visit)
			visit(child);
		/* one that it has inherited from another parent counts as well */
		if (cr_load_label_text(child, 0) != NULL)
			result = true;
	}
	return result;
}

static bool
is_measurable(Oid typid)
{
	switch (typid)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
		case DATEOID:			/* in differences */
			return true;
		default:
			return false;
	}
}

bool
cr_policy_unit_may_be_token(Oid relid, AttrNumber attnum)
{
	return getBaseType(get_atttype(relid, attnum)) == UUIDOID;
}

/* A scalar, or an enum, or a domain over one, with the server's equality. */
static bool
is_comparable(Oid typid)
{
	Oid			base = getBaseType(typid);
	char		typtype = get_typtype(base);
	TypeCacheEntry *entry;

	if (typtype == TYPTYPE_ENUM)
		return true;
	if (base >= FirstUnpinnedObjectId ||
		typtype == TYPTYPE_COMPOSITE || typtype == TYPTYPE_PSEUDO ||
		OidIsValid(get_element_type(base)))
		return false;
	entry = lookup_type_cache(base, TYPECACHE_EQ_OPR);
	return OidIsValid(entry->eq_opr);
}

/*
 * Are there comparisons of the type that the gate admits?  Whatever can be
 * grouped by; a test holds the list against the gate's.
 */
static bool
is_judged(Oid typid)
{
	Oid			base = getBaseType(typid);

	if (get_typtype(base) == TYPTYPE_ENUM)
		return true;
	switch (base)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
		case CHAROID:
		case BYTEAOID:
		case UUIDOID:
		case DATEOID:
		case TIMEOID:
		case TIMETZOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case INTERVALOID:
		case INETOID:
		case CIDROID:
		case MACADDROID:
		case MACADDR8OID:
		case OIDOID:
		case REGPROCOID:
		case REGPROCEDUREOID:
		case REGOPEROID:
		case REGOPERATOROID:
		case REGCLASSOID:
		case REGCOLLATIONOID:
		case REGTYPEOID:
		case REGROLEOID:
		case REGNAMESPACEOID:
		case REGCONFIGOID:
		case REGDICTIONARYOID:
			return true;
		default:
			return false;
	}
}

/* Can people be told apart by it?  units() hashes them. */
static bool
is_countable(Oid typid)
{
	TypeCacheEntry *entry = lookup_type_cache(getBaseType(typid),
											  TYPECACHE_HASH_EXTENDED_PROC);

	return OidIsValid(entry->hash_extended_proc);
}

const char *
cr_load_check_type(Oid typid, uint32 uses)
{
	if ((uses & CR_USE_MEASURE) != 0 && !is_measurable(typid))
		return psprintf("A column of type %s cannot be a measure.",
						format_type_be(typid));
	if ((uses & ~CR_USE_MEASURE) != 0 && !is_comparable(typid))
		return psprintf("Values of type %s cannot be compared by an equality "
						"operator of the server itself.",
						format_type_be(typid));
	if ((uses & ~(CR_USE_MEASURE | CR_USE_UNIT)) != 0 && !is_judged(typid))
		return psprintf("Values of type %s may not be compared over protected "
						"rows.",
						format_type_be(typid));
	if ((uses & CR_USE_UNIT) != 0 && !is_countable(typid))
		return psprintf("People cannot be counted by values of type %s, "
						"which has no hash function.",
						format_type_be(typid));
	return NULL;
}

/*
 * Reads one column's label into *column.  NULL, or why the whole policy
 * cannot be used.  A use that the column's type does not bear is dropped,
 * except that of a privacy unit: without it people would go uncounted.
 */
static const char *
load_column(Oid labelled_relid, AttrNumber labelled_attno, Oid typid,
			CrColumnPolicy *column)
{
	char	   *text = cr_load_label_text(labelled_relid, labelled_attno);
	const char *why;

	memset(column, 0, sizeof(*column));
	if (text == NULL)
		return NULL;
	if (cr_label_parse_column(text, column) != NULL)
	{
		memset(column, 0, sizeof(*column));
		why = "the label of one of its columns is damaged";
		return why;
	}
	if ((column->uses & CR_USE_MEASURE) != 0 && !is_measurable(typid))
	{
		column->uses &= ~CR_USE_MEASURE;
		column->aggregates = 0;
		column->lower = column->upper = NULL;
	}
	if (((column->uses & ~CR_USE_MEASURE) != 0 && !is_comparable(typid)) ||
		((column->uses & CR_USE_UNIT) != 0 && !is_countable(typid)))
	{
		why = (column->uses & CR_USE_UNIT) != 0 ?
			"the type of a privacy unit column no longer suits it" : NULL;
		column->uses &= CR_USE_MEASURE;
		return why;
	}
	if (!is_judged(typid))
		column->uses &= CR_USE_MEASURE | CR_USE_UNIT;
	if (typid == DATEOID)
		column->lower = column->upper = NULL;
	return NULL;
}

/* Fills in the columns of a policy whose label holds. */
static const char *
load_columns(CrPolicy *policy)
{
	AttrNumber	attno;
	const char *why = NULL;

	for (attno = 1; attno <= policy->natts; attno++)
	{
		HeapTuple	tuple = SearchSysCache2(ATTNUM,
											ObjectIdGetDatum(policy->relid),
											Int16GetDatum(attno));
		Form_pg_attribute att;
		AttrNumber	labelled_attno = attno;

		if (!HeapTupleIsValid(tuple))
			continue;
		att = (Form_pg_attribute) GETSTRUCT(tuple);
		if (!att->attisdropped)
		{
			CrColumnPolicy *column = &policy->columns[attno - 1];
			const char *problem;

			if (policy->labelled_relid != policy->relid)
				labelled_attno = get_attnum(policy->labelled_relid,
											NameStr(att->attname));
			problem = labelled_attno <= 0 ? NULL :
				load_column(policy->labelled_relid, labelled_attno,
							att->atttypid, column);
			if (problem != NULL)
				why = problem;
			if ((column->uses & CR_USE_UNIT) != 0)
				policy->units[policy->nunits++] = attno;
		}
		ReleaseSysCache(tuple);
	}
	return why;
}

CrPolicy *
cr_load_policy(Oid relid, CrVisit visit)
{
	CrPolicy   *policy;
	CrTableLabel label;
	const char *why;
	Oid			labelled = cr_load_governor(relid, visit, &why);
	HeapTuple	tuple;
	HeapTuple	labelled_tuple;

	if (!OidIsValid(labelled))
		return NULL;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return NULL;
	labelled_tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(labelled));
	if (!HeapTupleIsValid(labelled_tuple))
		elog(ERROR, "cache lookup failed for relation %u", labelled);

	policy = palloc0(sizeof(CrPolicy));
	policy->relid = relid;
	policy->labelled_relid = labelled;
	policy->owner = ((Form_pg_class) GETSTRUCT(labelled_tuple))->relowner;
	policy->natts = ((Form_pg_class) GETSTRUCT(tuple))->relnatts;
	policy->columns = palloc0(Max(policy->natts, 1) * sizeof(CrColumnPolicy));
	policy->units = palloc0(Max(policy->natts, 1) * sizeof(AttrNumber));
	ReleaseSysCache(labelled_tuple);
	ReleaseSysCache(tuple);

	if (!cr_load_table_label(labelled, &label) && why == NULL)
		why = "the label of the table is damaged";
	if (why == NULL)
		why = load_columns(policy);
	if (why == NULL && policy->nunits == 0)
		why = "no column of it is a privacy unit";

	policy->readable = (why == NULL);
	policy->unreadable_why = (why == NULL) ? NULL : pstrdup(why);
	policy->threshold = Max(label.threshold, CR_THRESHOLD_MINIMUM);
	policy->join_required = label.join_required;
	policy->refuse_small_groups = label.refuse_small_groups;
	return policy;
}
