/*-------------------------------------------------------------------------
 *
 * src/token/token_column.c
 *	  Keeps a column filled with the tokens of another.
 *
 * A trigger before the row is stored: the raw value need never reach the
 * table, nor the write-ahead log.  It runs as the role that writes, and so
 * asks for that role's grant on the key.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "token/tokenize.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(cr_fill_token);
PG_FUNCTION_INFO_V1(cr_tokenize_column);

#define KEEP	"keep"
#define CLEAR	"clear"

/* Arguments of the trigger. */
enum
{
	ARG_SOURCE,
	ARG_TARGET,
	ARG_KEY,
	ARG_FORM,
	ARG_KEEP,
	NARGS
};

static void
raise_misuse(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("fill_token() %s", what),
			 errhint("Use cleanroom.tokenize_column() to create the "
					 "trigger.")));
}

static bool
is_string_type(Oid type)
{
	Oid			base = getBaseType(type);

	return base == TEXTOID || base == VARCHAROID;
}

/* The column's number; raises when it is not there or of another type. */
static int
find_column(TupleDesc desc, const char *name, bool is_source)
{
	int			n = SPI_fnumber(desc, name);
	Oid			type;

	if (n <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("there is no column \"%s\"", name),
				 errhint("Name a column of the table.")));
	type = SPI_gettypeid(desc, n);
	if (is_source ? !is_string_type(type) : getBaseType(type) != UUIDOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" has type %s", name,
						format_type_be(type)),
				 errhint(is_source ? "The source is text or varchar." :
						 "The target is uuid.")));
	return n;
}

/* The row as it is stored: with its token, and without the raw value. */
static HeapTuple
fill(FunctionCallInfo fcinfo, TriggerData *trigger, HeapTuple row)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	char	  **args = trigger->tg_trigger->tgargs;
	int			columns[2];
	Datum		values[2];
	bool		nulls[2];
	bool		keep = strcmp(args[ARG_KEEP], KEEP) == 0;
	bool		is_null;
	Datum		source;
	pg_uuid_t	token;
	CrForm		form = cr_form_by_name(cr_bytes(args[ARG_FORM],
												strlen(args[ARG_FORM])));

	columns[0] = find_column(desc, args[ARG_TARGET], false);
	columns[1] = find_column(desc, args[ARG_SOURCE], true);
	source = SPI_getbinval(row, desc, columns[1], &is_null);
	if (is_null && !keep)
		return row;
	nulls[0] = nulls[1] = true;
	values[0] = values[1] = (Datum) 0;
	if (!is_null &&
		cr_tokenize_value(cr_call_get(fcinfo),
						  cr_bytes(args[ARG_KEY], strlen(args[ARG_KEY])), form,
						  cr_call_bytes(DatumGetTextPP(source)), &token))
	{
		values[0] = UUIDPGetDatum(&token);
		nulls[0] = false;
	}
	return heap_modify_tuple_by_cols(row, desc, keep ? 1 : 2, columns, values,
									 nulls);
}

/* The trigger; see tokenize_column(). */
Datum
cr_fill_token(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		raise_misuse("was not called as a trigger");
	if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		raise_misuse("was not called before an insert or update of a row");
	if (trigger->tg_trigger->tgnargs != NARGS)
		raise_misuse("was not given its five arguments");

	PG_RETURN_POINTER(fill(fcinfo, trigger,
						   TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
						   trigger->tg_newtuple : trigger->tg_trigtuple));
}

/*
 * cleanroom.tokenize_column(relation regclass, source name, target name, key
 * text, form text, keep_source boolean)
 *
 * CREATE TRIGGER asks for the privilege, and locks the table for it.
 */
Datum
cr_tokenize_column(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	char	   *source = NameStr(*PG_GETARG_NAME(1));
	char	   *target = NameStr(*PG_GETARG_NAME(2));
	text	   *key = PG_GETARG_TEXT_PP(3);
	text	   *form = PG_GETARG_TEXT_PP(4);
	char	   *name = psprintf("cleanroom_token_%s", target);
	char	   *relation = get_rel_name(relid);
	char	   *schema = get_namespace_name(get_rel_namespace(relid));
	StringInfoData command;
	Relation	rel;

	if (relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no such table"),
				 errhint("Name a table of this database.")));
	(void) cr_form_by_name(cr_call_bytes(form));
	rel = relation_open(relid, AccessShareLock);
	(void) find_column(RelationGetDescr(rel), source, true);
	(void) find_column(RelationGetDescr(rel), target, false);
	relation_close(rel, NoLock);

	name[pg_mbcliplen(name, strlen(name), NAMEDATALEN - 1)] = '\0';
	initStringInfo(&command);
	appendStringInfo(&command,
					 "CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s "
					 "FOR EACH ROW EXECUTE FUNCTION cleanroom.fill_token("
					 "%s, %s, %s, %s, %s)",
					 quote_identifier(name),
					 quote_qualified_identifier(schema, relation),
					 quote_literal_cstr(source), quote_literal_cstr(target),
					 quote_literal_cstr(text_to_cstring(key)),
					 quote_literal_cstr(text_to_cstring(form)),
					 PG_GETARG_BOOL(5) ? "'" KEEP "'" : "'" CLEAR "'");
	if (SPI_connect() != SPI_OK_CONNECT ||
		SPI_execute(command.data, false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not create a trigger");
	SPI_finish();
	PG_RETURN_VOID();
}
