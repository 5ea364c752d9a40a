/*-------------------------------------------------------------------------
 *
 * src/token/check_tokens.c
 *	  Says whether two columns of tokens can be joined.
 *
 * It counts tokens by key and version with a query of the caller's own: what
 * the caller may not count by itself, it is not told here.  Counts over a
 * protected table could be those of one person, so they are its owner's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errcodes.h"
#include "base/own_sql.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "keys/store.h"
#include "policy/policy.h"
#include "session/exempt.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(cr_check_tokens);

#define NCOLUMNS	6

/* One of the two columns. */
typedef struct Side
{
	Oid			relid;
	const char *column;
	const char *relation;		/* quoted */
	const char *values;			/* quoted; of an array, its elements */
} Side;

static void
read_side(FunctionCallInfo fcinfo, int n, Side *side)
{
	CrPolicy   *policy;
	char	   *relation;
	const char *quoted;
	char	   *schema;
	AttrNumber	attnum;
	Oid			type;

	side->relid = PG_GETARG_OID(n);
	side->column = NameStr(*PG_GETARG_NAME(n + 1));
	relation = get_rel_name(side->relid);
	if (relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no such table"),
				 errhint("Name a table or view of this database.")));
	policy = cr_policy_lookup(side->relid);
	if (policy != NULL && !cr_session_is_exempt(policy->owner))
		ereport(ERROR,
				(errcode(CR_ERRCODE_COMMAND),
				 errmsg("tokens of protected table \"%s\" are its owner's to "
						"check", relation),
				 errhint("Ask its owner which key and version they are of; "
						 "check_tokens() of the column with itself says "
						 "it.")));
	attnum = get_attnum(side->relid, side->column);
	if (attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of \"%s\" does not exist",
						side->column, relation),
				 errhint("Name a column of tokens.")));
	type = getBaseType(get_atttype(side->relid, attnum));
	if (type != UUIDOID && type != UUIDARRAYOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of \"%s\" has type %s", side->column,
						relation, format_type_be(type)),
				 errhint("Tokens are of type uuid, or uuid[].")));
	quoted = quote_identifier(side->column);
	schema = get_namespace_name(get_rel_namespace(side->relid));
	side->relation = quote_qualified_identifier(schema, relation);
	side->values = type == UUIDOID ? quoted : psprintf("unnest(%s)", quoted);
}

/* Tokens by key and version, and whether the other side has such. */
static char *
make_query(const Side *a, const Side *b)
{
	return psprintf("WITH a AS (SELECT cleanroom.token_key(t) AS k, "
					"cleanroom.token_version(t) AS v, count(*) AS n "
					"FROM (SELECT %s AS t FROM %s) s WHERE t IS NOT NULL "
					"GROUP BY 1, 2), "
					"b AS (SELECT cleanroom.token_key(t) AS k, "
					"cleanroom.token_version(t) AS v, count(*) AS n "
					"FROM (SELECT %s AS t FROM %s) s WHERE t IS NOT NULL "
					"GROUP BY 1, 2) "
					"SELECT 0, a.k, a.v, a.n, EXISTS (SELECT FROM b "
					"WHERE b.k = a.k AND b.v = a.v) FROM a "
					"UNION ALL "
					"SELECT 1, b.k, b.v, b.n, EXISTS (SELECT FROM a "
					"WHERE a.k = b.k AND a.v = b.v) FROM b "
					"ORDER BY 1, 2, 3",
					a->values, a->relation, b->values, b->relation);
}

/* One row of the query, as a row of the result. */
static void
put_row(ReturnSetInfo *rsinfo, const Side *sides, HeapTuple row,
		TupleDesc desc)
{
	Datum		values[NCOLUMNS];
	bool		nulls[NCOLUMNS] = {false};
	bool		is_null;
	const Side *side = &sides[DatumGetInt32(SPI_getbinval(row, desc, 1,
														  &is_null))];
	bool		matched = DatumGetBool(SPI_getbinval(row, desc, 5, &is_null));
	NameData	column;

	namestrcpy(&column, side->column);
	values[0] = ObjectIdGetDatum(side->relid);
	values[1] = NameGetDatum(&column);
	values[2] = SPI_getbinval(row, desc, 2, &nulls[2]);
	values[3] = SPI_getbinval(row, desc, 3, &nulls[3]);
	values[4] = SPI_getbinval(row, desc, 4, &nulls[4]);
	values[5] = CStringGetTextDatum(nulls[2] ? "not_a_token" :
									matched ? "match" : "key_mismatch");
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * cleanroom.check_tokens(relation_a regclass, column_a name, relation_b
 * regclass, column_b name)
 *
 * The function's SET clause has put pg_catalog in the search path.
 */
Datum
cr_check_tokens(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Side		sides[2];
	uint64		i;
	int			nesting;

	cr_require_argument(fcinfo, 0, "relation_a");
	cr_require_argument(fcinfo, 1, "column_a");
	cr_require_argument(fcinfo, 2, "relation_b");
	cr_require_argument(fcinfo, 3, "column_b");
	InitMaterializedSRF(fcinfo, 0);
	read_side(fcinfo, 0, &sides[0]);
	read_side(fcinfo, 2, &sides[1]);
	nesting = cr_own_sql_begin();
	if (SPI_execute(make_query(&sides[0], &sides[1]), true,
					0) != SPI_OK_SELECT)
		elog(ERROR, "could not count tokens");
	for (i = 0; i < SPI_processed; i++)
		put_row(rsinfo, sides, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
	cr_own_sql_end(nesting);
	return (Datum) 0;
}
