/*-------------------------------------------------------------------------
 *
 * src/ledger/record.c
 *	  Packs a record for the queue, and forms a row of the table from it.
 *
 * Texts are made ones of the database's encoding on their way in, wherever
 * they come from: a record that is not cannot be restored from a dump.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/encoding.h"
#include "catalog/pg_type.h"
#include "ledger/record.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

CrColumnType
cr_record_column_type(CrColumn column)
{
	switch (column)
	{
		case CR_COL_NUMBER:
		case CR_COL_AT:
		case CR_COL_REFERS:
		case CR_COL_FINGERPRINT:
		case CR_COL_GROUPS_RELEASED:
		case CR_COL_GROUPS_WITHHELD:
		case CR_COL_ROWS_RETURNED:
		case CR_COL_DURATION:
			return CR_TYPE_INTEGER;
		case CR_COL_TABLES:
		case CR_COL_OWNERS:
		case CR_COL_COUNTED:
			return CR_TYPE_LIST;
		case CR_COL_LINK:
			return CR_TYPE_LINK;
		default:
			return CR_TYPE_TEXT;
	}
}

void
cr_record_set_text(CrRecord *record, CrColumn column, const char *text)
{
	CrField    *field = &record->fields[column];

	Assert(cr_record_column_type(column) == CR_TYPE_TEXT);
	if (text != NULL)
		text = cr_encoding_mend(text);
	field->set = text != NULL;
	field->text = text;
	field->length = text != NULL ? strlen(text) : 0;
}

void
cr_record_set_integer(CrRecord *record, CrColumn column, int64 value)
{
	Assert(cr_record_column_type(column) == CR_TYPE_INTEGER);
	record->fields[column].set = true;
	record->fields[column].integer = value;
}

void
cr_record_set_list(CrRecord *record, CrColumn column, List *strings)
{
	CrField    *field = &record->fields[column];
	StringInfoData bytes;
	ListCell   *lc;

	Assert(cr_record_column_type(column) == CR_TYPE_LIST);
	initStringInfo(&bytes);
	foreach(lc, strings)
	{
		const char *text = cr_encoding_mend(lfirst(lc));

		appendBinaryStringInfo(&bytes, text, (int) strlen(text) + 1);
	}
	field->set = strings != NIL;
	field->text = bytes.data;
	field->length = bytes.len;
}

/*
 * A byte for each field says whether it is set; numbers are eight bytes,
 * texts and lists a length, the bytes and a zero.
 */
char *
cr_record_pack(const CrRecord *record, Size *length)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	for (int i = 0; i < CR_NFIELDS; i++)
	{
		const CrField *field = &record->fields[i];
		uint32		field_length = (uint32) field->length;

		appendStringInfoCharMacro(&bytes, field->set ? 1 : 0);
		if (!field->set)
			continue;
		if (cr_record_column_type(i) == CR_TYPE_INTEGER)
		{
			appendBinaryStringInfo(&bytes, (const char *) &field->integer,
								   sizeof(int64));
			continue;
		}
		appendBinaryStringInfo(&bytes, (const char *) &field_length,
							   sizeof(uint32));
		appendBinaryStringInfo(&bytes, field->text, (int) field->length);
		appendStringInfoChar(&bytes, '\0');
	}
	*length = bytes.len;
	return bytes.data;
}

void
cr_record_unpack(const char *bytes, CrRecord *record)
{
	memset(record, 0, sizeof(*record));
	for (int i = 0; i < CR_NFIELDS; i++)
	{
		CrField    *field = &record->fields[i];
		uint32		field_length;

		field->set = *bytes++ != 0;
		if (!field->set)
			continue;
		if (cr_record_column_type(i) == CR_TYPE_INTEGER)
		{
			memcpy(&field->integer, bytes, sizeof(int64));
			bytes += sizeof(int64);
			continue;
		}
		memcpy(&field_length, bytes, sizeof(uint32));
		field->text = bytes + sizeof(uint32);
		field->length = field_length;
		bytes = field->text + field_length + 1;
	}
}

Datum
cr_record_form_list(const CrField *field)
{
	List	   *texts = NIL;
	ListCell   *lc;
	Datum	   *elements;
	int			n = 0;

	for (const char *p = field->text; p < field->text + field->length;
		 p += strlen(p) + 1)
		texts = lappend(texts, cstring_to_text(p));
	elements = palloc(Max(list_length(texts), 1) * sizeof(Datum));
	foreach(lc, texts)
		elements[n++] = PointerGetDatum(lfirst(lc));
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false,
										   TYPALIGN_INT));
}

void
cr_record_form(const CrRecord *record, Datum *values, bool *nulls)
{
	for (int i = 0; i < CR_NCOLUMNS; i++)
	{
		const CrField *field = &record->fields[i];
		text	   *string;

		nulls[i] = !field->set;
		values[i] = (Datum) 0;
		if (!field->set)
			continue;
		switch (cr_record_column_type(i))
		{
			case CR_TYPE_INTEGER:
				values[i] = Int64GetDatum(field->integer);
				break;
			case CR_TYPE_LIST:
				values[i] = cr_record_form_list(field);
				break;
			default:
				/* a link is a bytea, which is laid out as a text is */
				string = cstring_to_text_with_len(field->text,
												  (int) field->length);
				values[i] = PointerGetDatum(string);
		}
	}
}
