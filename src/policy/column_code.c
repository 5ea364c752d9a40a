/*-------------------------------------------------------------------------
 *
 * src/policy/column_code.c
 *	  What the types of a table's columns run as rows are written.
 *
 * Making a value of a domain evaluates its conditions, and its default where
 * none is given; a range has its canonical function and a difference, a cast
 * its own.  All run with the rights of whoever writes, and are given what is
 * written.  So none may be a function of somebody's whom the table's owner
 * has no reason to trust, and what such a one has written down may do nothing
 * beyond computing a value: setval(), pg_notify() and dblink() carry values
 * away, too.
 *
 * Types are looked into all the way: arrays, rows, ranges and domains over
 * each other.  What becomes of a type afterwards is for guard/types.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/transam.h"
#include "base/compat.h"
#include "catalog/indexing.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_range.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "policy/check.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

typedef struct Looking
{
	Relation	rel;
	const char *column;
	Oid			author;			/* who owns the type that is looked into */
	Oid			type;			/* that type */
	List	   *seen;			/* types */
} Looking;

static void look_into(Looking *looking, Oid type);

static bool
is_trusted(const Looking *looking, Oid role)
{
	return cr_owns_relation(RelationGetRelid(looking->rel), role);
}

static void
refuse(const Looking *looking, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("type %s, of column \"%s\" of table \"%s\", runs %s",
					format_type_be(looking->type), looking->column,
					RelationGetRelationName(looking->rel), what),
			 errdetail("It would be given what is written to the table, with the rights of whoever writes."),
			 errhint("Give the column a type of the server's or of the table's owner; or have the type call non-volatile functions of the server's only, or those of the table's owner or of a superuser.")));
}

static void
check_made_function(const Looking *looking, Oid funcid, bool authored)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc form;
	Oid			owner;
	char		volatility;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	owner = form->proowner;
	volatility = form->provolatile;
	ReleaseSysCache(tuple);
	if (funcid >= FirstNormalObjectId && !is_trusted(looking, owner))
		refuse(looking, psprintf("function %s of role \"%s\"",
								 format_procedure(funcid),
								 GetUserNameFromId(owner, false)));
	if (!authored || is_trusted(looking, looking->author))
		return;
	/* an extension's may run a text that it is given */
	if (volatility == PROVOLATILE_VOLATILE ||
		(volatility != PROVOLATILE_IMMUTABLE &&
		 OidIsValid(getExtensionOfObject(ProcedureRelationId, funcid))))
		refuse(looking, psprintf("function %s, as role \"%s\" has written",
								 format_procedure(funcid),
								 GetUserNameFromId(looking->author, false)));
}

/* Functions that a type cannot be without do what types are for. */
static void
check_support(const Looking *looking, Oid funcid)
{
	if (funcid >= FirstNormalObjectId)
		check_made_function(looking, funcid, false);
}

static bool
check_called(Oid funcid, void *context)
{
	check_made_function(context, funcid, true);
	return false;
}

/*
 * Node types that run nothing but the functions in them and the conditions of
 * the type that they make.
 */
static bool
is_known(const Node *node)
{
	switch (nodeTag(node))
	{
		case T_List:
		case T_Const:
		case T_CoerceToDomainValue:
		case T_FuncExpr:
		case T_NamedArgExpr:
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
		case T_ScalarArrayOpExpr:
		case T_RowCompareExpr:
		case T_BoolExpr:
		case T_RelabelType:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_ConvertRowtypeExpr:
		case T_CoerceToDomain:
		case T_CollateExpr:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_CaseTestExpr:
		case T_ArrayExpr:
		case T_RowExpr:
		case T_CoalesceExpr:
		case T_MinMaxExpr:
		case T_SQLValueFunction:
		case T_NullTest:
		case T_BooleanTest:
		case T_SubscriptingRef:
		case T_FieldSelect:
			return true;
		default:
			return false;
	}
}

static bool
code_walker(Node *node, Looking *looking)
{
	if (node == NULL)
		return false;
	if (!is_known(node))
	{
		if (!is_trusted(looking, looking->author))
			refuse(looking, "an expression of a kind that is not known");
	}
	else
	{
		(void) check_functions_in_node(node, check_called, looking);
		if (!IsA(node, List) && !IsA(node, CaseWhen))
			look_into(looking, exprType(node));
	}
	return expression_tree_walker(node, code_walker, (void *) looking);
}

static void
look_into_conditions(Looking *looking, Oid domain)
{
	Relation	catalog = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_constraint_contypid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(domain));
	scan = systable_beginscan(catalog, ConstraintTypidIndexId, true, NULL, 1,
							  &key);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		bool		isnull;
		Datum		code = heap_getattr(tuple, Anum_pg_constraint_conbin,
										RelationGetDescr(catalog), &isnull);

		if (!isnull)
			code_walker(stringToNode(TextDatumGetCString(code)), looking);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

/* Casts are used where a value of another type is written or compared. */
static void
look_into_casts(Looking *looking, Oid type)
{
	Relation	catalog = table_open(CastRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0,
										  NULL);
	HeapTuple	tuple;

	while ((tuple = systable_getnext(scan)) != NULL)
	{
		Form_pg_cast form = (Form_pg_cast) GETSTRUCT(tuple);

		if (form->castsource == type || form->casttarget == type)
			check_support(looking, form->castfunc);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

static void
look_into_range(Looking *looking, Oid range)
{
	HeapTuple	tuple = SearchSysCache1(RANGETYPE, ObjectIdGetDatum(range));
	Form_pg_range form;
	Oid			subtype;

	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_range) GETSTRUCT(tuple);
	check_support(looking, form->rngcanonical);
	check_support(looking, form->rngsubdiff);
	subtype = form->rngsubtype;
	ReleaseSysCache(tuple);
	look_into(looking, subtype);
}

static void
look_into_row(Looking *looking, Oid type)
{
	TupleDesc	row = lookup_rowtype_tupdesc_copy(type, -1);

	for (int i = 0; i < row->natts; i++)
	{
		if (!TupleDescAttr(row, i)->attisdropped)
			look_into(looking, TupleDescAttr(row, i)->atttypid);
	}
}

static void
look_into_type(Looking *looking, HeapTuple tuple)
{
	Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);
	Datum		code;
	bool		isnull;

	check_support(looking, form->typinput);
	check_support(looking, form->typoutput);
	check_support(looking, form->typreceive);
	check_support(looking, form->typsend);
	check_support(looking, form->typmodin);
	check_support(looking, form->typmodout);
	check_support(looking, form->typanalyze);
	check_support(looking, form->typsubscript);
	look_into_casts(looking, form->oid);
	code = SysCacheGetAttr(TYPEOID, tuple, Anum_pg_type_typdefaultbin,
						   &isnull);
	if (!isnull)
		code_walker(stringToNode(TextDatumGetCString(code)), looking);
	switch (form->typtype)
	{
		case TYPTYPE_DOMAIN:
			look_into_conditions(looking, form->oid);
			look_into(looking, form->typbasetype);
			break;
		case TYPTYPE_COMPOSITE:
			look_into_row(looking, form->oid);
			break;
		case TYPTYPE_RANGE:
			look_into_range(looking, form->oid);
			break;
		case TYPTYPE_MULTIRANGE:
			look_into(looking, get_multirange_range(form->oid));
			break;
		default:
			look_into(looking, form->typelem);
			break;
	}
}

static void
look_into(Looking *looking, Oid type)
{
	Oid			outer_author = looking->author;
	Oid			outer_type = looking->type;
	HeapTuple	tuple;

	check_stack_depth();
	if (type < FirstNormalObjectId ||
		list_member_oid(looking->seen, type))
		return;
	looking->seen = lappend_oid(looking->seen, type);
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	looking->type = type;
	looking->author = ((Form_pg_type) GETSTRUCT(tuple))->typowner;
	look_into_type(looking, tuple);
	looking->type = outer_type;
	looking->author = outer_author;
	ReleaseSysCache(tuple);
}

static void
check_column(Relation rel, Form_pg_attribute column)
{
	Looking		looking = {rel, NameStr(column->attname), InvalidOid,
		InvalidOid, NIL};

	if (!column->attisdropped)
		look_into(&looking, column->atttypid);
}

/* See check.h. */
void
cr_check_column_code(Relation rel)
{
	TupleDesc	columns = RelationGetDescr(rel);

	for (int i = 0; i < columns->natts; i++)
		check_column(rel, TupleDescAttr(columns, i));
}

/* See check.h. */
void
cr_check_changed_column_code(Oid relid, AttrNumber attnum)
{
	Relation	catalog = table_open(AttributeRelationId, AccessShareLock);
	Relation	rel = relation_open(relid, NoLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber,
				F_INT2EQ, Int16GetDatum(attnum));
	scan = systable_beginscan(catalog, AttributeRelidNumIndexId, true,
							  SnapshotSelf, 2, keys);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		check_column(rel, (Form_pg_attribute) GETSTRUCT(tuple));
	systable_endscan(scan);
	relation_close(rel, NoLock);
	table_close(catalog, AccessShareLock);
}
