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
#include "base/own_sql.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "keys/admin.h"
#include "miscadmin.h"
#include "token/tokenize.h"
#include "utils/builtins.h"
#include "utils/datum.h"
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

/* Where the columns are, and whether the source is kept. */
typedef struct Places
{
	int			source;
	int			target;
	bool		keep;
} Places;

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

/*
 * A value of a domain does not say, by its type, that it is a token, and no
 * rotation would do the column.
 */
static void
check_target(TupleDesc desc, const char *name)
{
	Oid			type = SPI_gettypeid(desc, find_column(desc, name, false));

	if (type != UUIDOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" has type %s", name,
						format_type_be(type)),
				 errhint("The target is uuid itself, not a domain over it: rotate_table() could not bring its tokens to another version of the key.")));
}

/* Does an update leave the column as it was? */
static bool
is_same(TriggerData *trigger, int column)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	Form_pg_attribute attribute = TupleDescAttr(desc, column - 1);
	bool		old_is_null;
	bool		new_is_null;
	Datum		old_value = SPI_getbinval(trigger->tg_trigtuple, desc, column,
										  &old_is_null);
	Datum		new_value = SPI_getbinval(trigger->tg_newtuple, desc, column,
										  &new_is_null);

	if (old_is_null || new_is_null)
		return old_is_null == new_is_null;
	return datum_image_eq(old_value, new_value, attribute->attbyval,
						  attribute->attlen);
}

/*
 * Is there nothing to do?  A source that is empty gives no token, and the one
 * that is there stays, unless the source was kept and is emptied now.  An
 * update that touches neither column leaves both, and needs no key.
 */
static bool
stays(TriggerData *trigger, const Places *places, bool source_is_null)
{
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	bool		same_source;
	bool		same_target;

	if (!places->keep || !update)
		return source_is_null;
	same_source = is_same(trigger, places->source);
	same_target = is_same(trigger, places->target);
	return same_target ? same_source : source_is_null;
}

/* The row as it is stored: with its token, and without the raw value. */
static HeapTuple
fill(FunctionCallInfo fcinfo, TriggerData *trigger, HeapTuple row)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	char	  **args = trigger->tg_trigger->tgargs;
	Places		places;
	int			columns[2];
	Datum		values[2] = {0};
	bool		nulls[2] = {true, true};
	bool		is_null;
	Datum		source;
	pg_uuid_t	token;
	CrForm		form = cr_form_by_name(cr_bytes(args[ARG_FORM],
												strlen(args[ARG_FORM])));

	places.keep = strcmp(args[ARG_KEEP], KEEP) == 0;
	columns[0] = places.target = find_column(desc, args[ARG_TARGET], false);
	columns[1] = places.source = find_column(desc, args[ARG_SOURCE], true);
	source = SPI_getbinval(row, desc, places.source, &is_null);
	if (stays(trigger, &places, is_null))
		return row;
	if (!is_null &&
		cr_tokenize_value(cr_call_get(fcinfo),
						  cr_bytes(args[ARG_KEY], strlen(args[ARG_KEY])), form,
						  cr_call_bytes(DatumGetTextPP(source)), &token))
	{
		values[0] = UUIDPGetDatum(&token);
		nulls[0] = false;
	}
	return heap_modify_tuple_by_cols(row, desc, places.keep ? 1 : 2, columns,
									 values, nulls);
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

/* The statement that makes the trigger. */
static char *
trigger_command(FunctionCallInfo fcinfo, Oid relid)
{
	char	   *target = NameStr(*PG_GETARG_NAME(2));
	char	   *name = psprintf("cleanroom_token_%s", target);

	name[pg_mbcliplen(name, strlen(name), NAMEDATALEN - 1)] = '\0';
	return psprintf("CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s "
					"FOR EACH ROW EXECUTE FUNCTION cleanroom.fill_token("
					"%s, %s, %s, %s, %s)",
					quote_identifier(name), cr_relation_words(relid),
					quote_literal_cstr(NameStr(*PG_GETARG_NAME(1))),
					quote_literal_cstr(target),
					quote_literal_cstr(text_to_cstring(PG_GETARG_TEXT_PP(3))),
					quote_literal_cstr(text_to_cstring(PG_GETARG_TEXT_PP(4))),
					PG_GETARG_BOOL(5) ? "'" KEEP "'" : "'" CLEAR "'");
}

/*
 * cleanroom.tokenize_column(relation regclass, source name, target name, key
 * text, form text, keep_source boolean)
 *
 * CREATE TRIGGER asks for the privilege, and locks the table for it.  The
 * keyring knows of the column from then on, also when the trigger is dropped.
 */
Datum
cr_tokenize_column(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {
		"relation", "source", "target", "key", "form", "keep_source"
	};
	Oid			relid;
	char	   *target;
	CrKeyRow	key;
	CrStore		store;
	Relation	rel;
	int			nesting;

	for (size_t i = 0; i < lengthof(names); i++)
		cr_require_argument(fcinfo, i, names[i]);
	relid = PG_GETARG_OID(0);
	target = NameStr(*PG_GETARG_NAME(2));
	if (get_rel_name(relid) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no such table"),
				 errhint("Name a table of this database.")));
	(void) cr_form_by_name(cr_call_bytes(PG_GETARG_TEXT_PP(4)));
	rel = relation_open(relid, AccessShareLock);
	(void) find_column(RelationGetDescr(rel), NameStr(*PG_GETARG_NAME(1)),
					   true);
	check_target(RelationGetDescr(rel), target);
	relation_close(rel, NoLock);
	cr_admin_usable_key(text_to_cstring(PG_GETARG_TEXT_PP(3)), &key);
	cr_admin_check_purpose(&key, CR_KEY_TOKEN);

	nesting = cr_own_sql_begin();
	if (SPI_execute(trigger_command(fcinfo, relid), false,
					0) != SPI_OK_UTILITY)
		elog(ERROR, "could not create a trigger");
	cr_own_sql_end(nesting);
	cr_store_open(&store);
	cr_dependents_track(relid, target, key.key_id);
	cr_store_close(&store);
	PG_RETURN_VOID();
}
