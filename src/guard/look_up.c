/*-------------------------------------------------------------------------
 *
 * src/guard/look_up.c
 *	  Reads into the session's caches what a use of something would read.
 *
 * That something is not there is kept, too; so what may be asked for without
 * being there is asked for as well.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "agg/total_call.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "guard/look_up.h"
#include "miscadmin.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/pg_locale.h"
#include "utils/rel.h"
#include "utils/sortsupport.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#define EVERYTHING_OF_TYPE \
	(TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR | TYPECACHE_GT_OPR | \
	 TYPECACHE_CMP_PROC | TYPECACHE_HASH_PROC | TYPECACHE_EQ_OPR_FINFO | \
	 TYPECACHE_CMP_PROC_FINFO | TYPECACHE_HASH_PROC_FINFO | \
	 TYPECACHE_TUPDESC | TYPECACHE_BTREE_OPFAMILY | TYPECACHE_HASH_OPFAMILY | \
	 TYPECACHE_RANGE_INFO | TYPECACHE_DOMAIN_BASE_INFO | \
	 TYPECACHE_DOMAIN_CONSTR_INFO | TYPECACHE_HASH_EXTENDED_PROC | \
	 TYPECACHE_HASH_EXTENDED_PROC_FINFO | TYPECACHE_MULTIRANGE_INFO)

static void
look_up_part(Oid funcid)
{
	if (!OidIsValid(funcid))
		return;
	cr_look_up_function(funcid);
	cr_total_look_up(funcid, NULL, get_func_nargs(funcid));
}

static void
look_up_aggregate(Oid aggfnoid)
{
	HeapTuple	tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggfnoid));
	FormData_pg_aggregate form;

	if (!HeapTupleIsValid(tuple))
		return;
	form = *(Form_pg_aggregate) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);
	look_up_part(form.aggtransfn);
	look_up_part(form.aggfinalfn);
	look_up_part(form.aggcombinefn);
	look_up_part(form.aggserialfn);
	look_up_part(form.aggdeserialfn);
}

void
cr_look_up_function(Oid funcid)
{
	FmgrInfo	finfo;
	char		kind;

	if (!SearchSysCacheExists1(PROCOID, ObjectIdGetDatum(funcid)))
		return;
	kind = get_func_prokind(funcid);
	if (kind == PROKIND_AGGREGATE)
		look_up_aggregate(funcid);
	else
		fmgr_info(funcid, &finfo);
}

void
cr_look_up_collation(Oid collation)
{
	if (SearchSysCacheExists1(COLLOID, ObjectIdGetDatum(collation)))
		(void) pg_newlocale_from_collation(collation);
}

/* ---------- types ---------- */

/*
 * By a label's OID when it is written out, and by its order, which may have
 * changed.
 */
static void
look_up_labels(TypeCacheEntry *entry)
{
	CatCList   *labels =
		SearchSysCacheList1(ENUMTYPOIDNAME, ObjectIdGetDatum(entry->type_id));
	Oid			first = InvalidOid;

	for (int i = 0; i < labels->n_members; i++)
	{
		HeapTuple	tuple = &labels->members[i]->tuple;
		Oid			label = ((Form_pg_enum) GETSTRUCT(tuple))->oid;

		(void) SearchSysCacheExists1(ENUMOID, ObjectIdGetDatum(label));
		if (i == 0)
			first = label;
		else
			(void) compare_values_of_enum(entry, first, label);
	}
	ReleaseCatCacheList(labels);
}

static void
look_up_columns(TupleDesc columns, List **done)
{
	if (columns == NULL)
		return;
	for (int i = 0; i < columns->natts; i++)
		cr_look_up_type(TupleDescAttr(columns, i)->atttypid, done);
}

void
cr_look_up_type(Oid type, List **done)
{
	HeapTuple	tuple;
	FormData_pg_type form;
	TypeCacheEntry *entry;

	check_stack_depth();
	if (!OidIsValid(type) || list_member_oid(*done, type))
		return;
	*done = lappend_oid(*done, type);
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		return;
	form = *(Form_pg_type) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);
	cr_look_up_function(form.typinput);
	cr_look_up_function(form.typoutput);
	if (!form.typisdefined || form.typtype == TYPTYPE_PSEUDO)
		return;
	entry = lookup_type_cache(type, EVERYTHING_OF_TYPE);
	if (form.typtype == TYPTYPE_ENUM)
		look_up_labels(entry);
	cr_look_up_collation(form.typcollation);
	cr_look_up_type(form.typelem, done);
	cr_look_up_type(form.typbasetype, done);
	look_up_columns(entry->tupDesc, done);
	if (entry->rngelemtype != NULL)
		cr_look_up_type(entry->rngelemtype->type_id, done);
	if (entry->rngtype != NULL)
		cr_look_up_type(entry->rngtype->type_id, done);
}

/* ---------- operators ---------- */

void
cr_look_up_order(Oid operator, Oid collation)
{
	SortSupportData sort = {0};
	Oid			equality = get_equality_op_for_ordering_op(operator, NULL);

	cr_look_up_collation(collation);
	if (OidIsValid(equality))
		cr_look_up_function(get_opcode(equality));
	sort.ssup_cxt = CurrentMemoryContext;
	sort.ssup_collation = collation;
	sort.ssup_attno = 1;
	sort.abbreviate = true;
	PrepareSortSupportFromOrderingOp(operator, &sort);
}

void
cr_look_up_hashed(Oid operator)
{
	Oid			operators[3] = {operator, InvalidOid, InvalidOid};
	RegProcedure left;
	RegProcedure right;

	(void) get_compatible_hash_operators(operator, &operators[1],
										 &operators[2]);
	for (size_t i = 0; i < lengthof(operators); i++)
	{
		if (OidIsValid(operators[i]))
			cr_look_up_function(get_opcode(operators[i]));
	}
	if (get_op_hash_functions(operator, &left, &right))
	{
		cr_look_up_function(left);
		cr_look_up_function(right);
	}
}

void
cr_look_up_statistics(Oid relid, AttrNumber attnum, bool inherit)
{
	(void) SearchSysCacheExists3(STATRELATTINH, ObjectIdGetDatum(relid),
								 Int16GetDatum(attnum), BoolGetDatum(inherit));
}

/* ---------- indexes ---------- */

/* All that a family has; the types that it is for are put into a list. */
static List *
look_up_members(Oid family)
{
	CatCList   *operators =
		SearchSysCacheList1(AMOPSTRATEGY, ObjectIdGetDatum(family));
	CatCList   *functions =
		SearchSysCacheList1(AMPROCNUM, ObjectIdGetDatum(family));
	List	   *types = NIL;

	for (int i = 0; i < operators->n_members; i++)
	{
		HeapTuple	tuple = &operators->members[i]->tuple;
		Oid			operator = ((Form_pg_amop) GETSTRUCT(tuple))->amopopr;

		cr_look_up_function(get_opcode(operator));
	}
	for (int i = 0; i < functions->n_members; i++)
	{
		HeapTuple	tuple = &functions->members[i]->tuple;
		Form_pg_amproc form = (Form_pg_amproc) GETSTRUCT(tuple);

		types = list_append_unique_oid(types, form->amproclefttype);
		types = list_append_unique_oid(types, form->amprocrighttype);
	}
	ReleaseCatCacheList(functions);
	ReleaseCatCacheList(operators);
	return types;
}

static void
look_up_pair(const IndexAmRoutine *am, Oid family, Oid left, Oid right)
{
	for (int number = 1; number <= am->amsupport; number++)
		(void) get_opfamily_proc(family, left, right, number);
	for (int number = 1; number <= am->amstrategies; number++)
		(void) get_opfamily_member(family, left, right, number);
}

static void
look_up_family(const IndexAmRoutine *am, Oid family)
{
	List	   *types = look_up_members(family);
	ListCell   *left;
	ListCell   *right;

	(void) SearchSysCacheExists1(OPFAMILYOID, ObjectIdGetDatum(family));
	foreach(left, types)
		foreach(right, types)
			look_up_pair(am, family, lfirst_oid(left), lfirst_oid(right));
}

void
cr_look_up_index(Relation index)
{
	const IndexAmRoutine *am = index->rd_indam;
	int			nkeys = IndexRelationGetNumberOfKeyAttributes(index);
	List	   *families = NIL;
	List	   *types = NIL;
	ListCell   *lc;

	(void) SearchSysCacheExists1(AMOID,
								 ObjectIdGetDatum(index->rd_rel->relam));
	for (int i = 0; i < nkeys; i++)
	{
		for (int number = 1; number <= am->amsupport; number++)
		{
			if (OidIsValid(index_getprocid(index, i + 1, number)))
				(void) index_getprocinfo(index, i + 1, number);
		}
		families = list_append_unique_oid(families, index->rd_opfamily[i]);
		cr_look_up_type(index->rd_opcintype[i], &types);
		cr_look_up_collation(index->rd_indcollation[i]);
	}
	look_up_columns(RelationGetDescr(index), &types);
	foreach(lc, families)
		look_up_family(am, lfirst_oid(lc));
}
