/*-------------------------------------------------------------------------
 *
 * src/session/others_code.c
 *	  What a table brings along that would run with the current user's rights.
 *
 * Functions in row policies run as whoever asks.  So do those in predicates
 * of indexes and the like, which the planner evaluates when they are said to
 * be immutable: a claim that nobody checks.  Parties that ask about each
 * other's tables would hand over what they may read themselves, so the code
 * of a party that is not trusted keeps its table from being asked about.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/transam.h"
#include "base/inval.h"
#include "base/oids.h"
#include "base/operators.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_partitioned_table.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "session/condition_list.h"
#include "session/fixed_names.h"
#include "session/made_function.h"
#include "session/others_code.h"
#include "session/plain_node.h"
#include "session/template_list.h"
#include "session/type_code.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

/* ---------- functions and types ---------- */

typedef struct Judging
{
	Node	   *node;			/* whose functions are being judged */
	const char *name;			/* of what is not trusted, or NULL */
} Judging;

/* A function of the server's, over values that nobody has made a cast for. */
static bool
is_listed(Oid funcid, Node *node)
{
	return cr_condition_list_has(funcid) &&
		!OidIsValid(cr_template_list_refused_type(funcid, node));
}

static bool
is_untrusted_function(Oid funcid, void *context)
{
	Judging    *judging = context;
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc function;
	bool		trusted;

	if (!HeapTupleIsValid(tuple))
		trusted = false;
	else
	{
		function = (Form_pg_proc) GETSTRUCT(tuple);
		trusted = function->provolatile != PROVOLATILE_VOLATILE &&
			funcid != F_STATEMENT_TIMESTAMP &&
			(is_listed(funcid, judging->node) ||
			/* ours serve many purposes; these are facts of the session */
			 (funcid >= FirstNormalObjectId &&
			  !cr_oids_is_own_function(funcid) &&
			  cr_made_function_answers(funcid) &&
			  superuser_arg(function->proowner) &&
			  cr_names_are_fixed(funcid, InvalidOid)));
		ReleaseSysCache(tuple);
	}
	if (!trusted)
		judging->name = psprintf("function %s", format_procedure(funcid));
	return !trusted;
}

/* The planner may put its negator or commutator in its place. */
static bool
is_untrusted_operator(Oid opno)
{
	Oid			others[] = {get_negator(opno), get_commutator(opno)};

	if (!superuser_arg(cr_operator_owner(opno)))
		return true;
	for (size_t i = 0; i < lengthof(others); i++)
	{
		if (OidIsValid(others[i]) &&
			!cr_names_are_fixed(get_opcode(others[i]), InvalidOid))
			return true;
	}
	return false;
}

/* Making a value of it may check conditions, or call its own functions. */
static bool
is_untrusted_type(Oid type)
{
	HeapTuple	tuple;
	Form_pg_type form;
	bool		trusted;

	if (type < FirstNormalObjectId)
		return false;
	if (OidIsValid(get_element_type(type)))
		return is_untrusted_type(get_element_type(type));
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		return true;
	form = (Form_pg_type) GETSTRUCT(tuple);
	trusted = form->typtype == TYPTYPE_ENUM ||
		(superuser_arg(form->typowner) &&
		 (form->typtype != TYPTYPE_DOMAIN || cr_domain_has_fixed_names(type)));
	ReleaseSysCache(tuple);
	return !trusted;
}

/*
 * Types of nodes that are judged below by the types and functions in them.
 * Others may run what nothing here looks at, such as JSON_VALUE(... RETURNING
 * domain), and are not trusted.
 */
static bool
is_known(const Node *node)
{
	switch (nodeTag(node))
	{
		case T_Const:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_ConvertRowtypeExpr:
		case T_CoerceToDomain:
		case T_FieldSelect:
		case T_XmlExpr:
		case T_WindowFunc:
		case T_WindowClause:
		case T_GroupingFunc:
		case T_GroupingSet:
		case T_RangeTblEntry:
		case T_Query:
			return true;
		default:
			return cr_plain_node(node);
	}
}

static bool
code_walker(Node *node, const char **name)
{
	Judging		judging = {node, NULL};
	Oid			relid;
	Oid			opno;

	if (node == NULL)
		return false;
	if (!is_known(node))
	{
		*name = "an expression of a kind that is not known";
		return true;
	}
	opno = cr_made_operator(node);
	if (OidIsValid(opno) && is_untrusted_operator(opno))
	{
		*name = psprintf("operator %s", format_operator(opno));
		return true;
	}
	if (!IsA(node, CoerceViaIO) &&
		check_functions_in_node(node, is_untrusted_function, &judging))
	{
		*name = judging.name;
		return true;
	}
	if (cr_type_brings_code(cr_plain_node_type(node), InvalidOid))
	{
		*name = psprintf("type %s", format_type_be(cr_plain_node_type(node)));
		return true;
	}
	switch (nodeTag(node))
	{
		case T_FuncExpr:
		case T_OpExpr:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_ConvertRowtypeExpr:
		case T_CoerceToDomain:
		case T_RowExpr:
			if (is_untrusted_type(exprType(node)))
			{
				*name = psprintf("type %s", format_type_be(exprType(node)));
				return true;
			}
			break;
		case T_RangeTblEntry:
			relid = ((RangeTblEntry *) node)->relid;
			if (((RangeTblEntry *) node)->rtekind == RTE_RELATION)
				*name = cr_others_code_of_table(relid, InvalidOid);
			return *name != NULL;
		case T_Query:
			return query_tree_walker((Query *) node, code_walker,
									 (void *) name,
									 QTW_EXAMINE_RTES_BEFORE);
		default:
			break;
	}
	return expression_tree_walker(node, code_walker, (void *) name);
}

const char *
cr_others_code_in(Node *expr)
{
	const char *name = NULL;

	(void) code_walker(expr, &name);
	return name;
}

/* ---------- tables ---------- */

/* Tables that have nothing but trusted built-in code, until they change. */
typedef struct CleanTable
{
	Oid			relid;
	bool		clean;
} CleanTable;

static HTAB *clean_tables = NULL;
static uint64 changes = 0;

static void
mark_changed(Oid relid)
{
	HASH_SEQ_STATUS status;
	CleanTable *entry;

	changes++;
	if (clean_tables == NULL)
		return;
	if (OidIsValid(relid))
	{
		entry = hash_search(clean_tables, &relid, HASH_FIND, NULL);
		if (entry != NULL)
			entry->clean = false;
		return;
	}
	hash_seq_init(&status, clean_tables);
	while ((entry = hash_seq_search(&status)) != NULL)
		entry->clean = false;
}

static bool
is_known_clean(Oid relid)
{
	CleanTable *entry = clean_tables == NULL ? NULL :
		hash_search(clean_tables, &relid, HASH_FIND, NULL);

	return entry != NULL && entry->clean;
}

static void
note_clean(Oid relid)
{
	HASHCTL		control;
	CleanTable *entry;

	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(CleanTable);
	if (clean_tables == NULL)
		clean_tables = hash_create("cleanroom tables without code", 64,
								   &control, HASH_ELEM | HASH_BLOBS);
	entry = hash_search(clean_tables, &relid, HASH_ENTER, NULL);
	entry->clean = true;
}

/* The expressions in a column of a catalog's row, in a list. */
static List *
read_column(int cache, Oid id, AttrNumber column, List *expressions)
{
	HeapTuple	tuple = SearchSysCache1(cache, ObjectIdGetDatum(id));
	Datum		value;
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		return expressions;
	value = SysCacheGetAttr(cache, tuple, column, &isnull);
	if (!isnull)
		expressions = lappend(expressions,
							  stringToNode(TextDatumGetCString(value)));
	ReleaseSysCache(tuple);
	return expressions;
}

static List *
expressions_of_table(Relation relation)
{
	TupleConstr *constraints = RelationGetDescr(relation)->constr;
	List	   *expressions = NIL;
	ListCell   *lc;

	foreach(lc, RelationGetIndexList(relation))
	{
		expressions = read_column(INDEXRELID, lfirst_oid(lc),
								  Anum_pg_index_indexprs, expressions);
		expressions = read_column(INDEXRELID, lfirst_oid(lc),
								  Anum_pg_index_indpred, expressions);
	}
	foreach(lc, RelationGetStatExtList(relation))
		expressions = read_column(STATEXTOID, lfirst_oid(lc),
								  Anum_pg_statistic_ext_stxexprs, expressions);
	if (relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		expressions = read_column(PARTRELID, RelationGetRelid(relation),
								  Anum_pg_partitioned_table_partexprs,
								  expressions);
	for (int i = 0; constraints != NULL && i < constraints->num_check; i++)
		expressions = lappend(expressions,
							  stringToNode(constraints->check[i].ccbin));
	return expressions;
}

/* A type of a column by which queries run code, or InvalidOid. */
static Oid
column_with_code(Relation relation)
{
	TupleDesc	columns = RelationGetDescr(relation);

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (!column->attisdropped &&
			cr_type_brings_code(column->atttypid, InvalidOid))
			return column->atttypid;
	}
	return InvalidOid;
}

/* Has it a column of a type that may come to bring code? */
static bool
has_made_types(Relation relation)
{
	TupleDesc	columns = RelationGetDescr(relation);

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (!column->attisdropped &&
			column->atttypid >= FirstNormalObjectId &&
			get_typtype(column->atttypid) != TYPTYPE_ENUM)
			return true;
	}
	return false;
}

/* Does anything in the expressions depend on who owns it? */
static bool
is_beyond_built_in(Oid funcid, void *context)
{
	return funcid >= FirstNormalObjectId;
}

static bool
beyond_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoerceToDomain) || OidIsValid(cr_made_operator(node)) ||
		check_functions_in_node(node, is_beyond_built_in, NULL))
		return true;
	return expression_tree_walker(node, beyond_walker, context);
}

static const char *
code_of_one(Oid relid)
{
	uint64		changes_before;
	Relation	relation;
	List	   *expressions;
	const char *name;
	bool		made_types;
	Oid			type;

	if (is_known_clean(relid))
		return NULL;
	relation = try_relation_open(relid, AccessShareLock);
	if (relation == NULL)
		return NULL;
	changes_before = changes;
	type = column_with_code(relation);
	made_types = has_made_types(relation);
	expressions = expressions_of_table(relation);
	relation_close(relation, AccessShareLock);
	if (OidIsValid(type))
		return psprintf("type %s", format_type_be(type));
	name = cr_others_code_in((Node *) expressions);
	if (name == NULL && !made_types && changes == changes_before &&
		!beyond_walker((Node *) expressions, NULL))
		note_clean(relid);
	return name;
}

/* Does it belong to somebody who has the reader's rights anyway? */
static bool
is_readers(Oid relid, Oid reader)
{
	HeapTuple	tuple;
	bool		readers;

	if (!OidIsValid(reader))
		return false;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	readers = HeapTupleIsValid(tuple) &&
		has_privs_of_role(((Form_pg_class) GETSTRUCT(tuple))->relowner,
						  reader);
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return readers;
}

const char *
cr_others_code_of_table(Oid relid, Oid reader)
{
	List	   *family = list_make1_oid(relid);
	const char *name = NULL;
	ListCell   *lc;

	if (has_subclass(relid))
		family = find_all_inheritors(relid, AccessShareLock, NULL);
	if (get_rel_relispartition(relid))
		family = list_concat(family, get_partition_ancestors(relid));
	foreach(lc, family)
	{
		if (!is_readers(lfirst_oid(lc), reader))
			name = code_of_one(lfirst_oid(lc));
		if (name != NULL)
			break;
	}
	return name;
}

void
cr_others_code_init(void)
{
	cr_inval_register(mark_changed);
}
