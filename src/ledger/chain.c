/*-------------------------------------------------------------------------
 *
 * src/ledger/chain.c
 *	  Computes the link that each record carries.
 *
 * A link is SHA-256 over the link before it and the record, encoded so that
 * no two records have the same bytes: one byte 1 for the encoding, and then
 * for each column in order
 *
 *	N						null
 *	I, 8 bytes				a number, most significant byte first; times are
 *							microseconds since 2000-01-01 00:00 UTC
 *	T, 4 bytes, bytes		a text: its length in bytes, and it, in UTF-8
 *	L, 4 bytes, members		a list: how many; for each its length, and it
 *
 * This is documented in the manual, and must never change for records that
 * are there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "catalog/pg_type.h"
#include "ledger/chain.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define ENCODING_VERSION	1

CrChain *
cr_chain_create(void)
{
	CrChain    *chain = palloc(sizeof(CrChain));

	initStringInfo(&chain->bytes);
	chain->hash = pg_cryptohash_create(PG_SHA256);
	if (chain->hash == NULL)
		elog(ERROR, "could not create a SHA-256 context");
	return chain;
}

void
cr_chain_free(CrChain *chain)
{
	pg_cryptohash_free(chain->hash);
	pfree(chain->bytes.data);
	pfree(chain);
}

static void
put_length(StringInfo bytes, uint32 length)
{
	length = pg_hton32(length);
	appendBinaryStringInfo(bytes, (const char *) &length, sizeof(length));
}

static void
put_text(StringInfo bytes, const char *text, int length)
{
	const char *utf8 = text;

	if (GetDatabaseEncoding() != PG_UTF8 &&
		GetDatabaseEncoding() != PG_SQL_ASCII)
		utf8 = pg_server_to_any(text, length, PG_UTF8);
	if (utf8 != text)
		length = (int) strlen(utf8);
	put_length(bytes, (uint32) length);
	appendBinaryStringInfo(bytes, utf8, length);
}

static void
put_list(StringInfo bytes, Datum value)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	Datum	   *members;
	bool	   *nulls;
	int			n;

	/* a null is not of our making; it must only not fail */
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &members,
					  &nulls, &n);
	put_length(bytes, (uint32) n);
	for (int i = 0; i < n; i++)
	{
		text	   *member = (text *) DatumGetPointer(members[i]);

		if (nulls[i])
			put_length(bytes, PG_UINT32_MAX);
		else
			put_text(bytes, VARDATA_ANY(member), VARSIZE_ANY_EXHDR(member));
	}
	pfree(members);
	pfree(nulls);
	if ((Pointer) array != DatumGetPointer(value))
		pfree(array);
}

static void
put_column(StringInfo bytes, CrColumn column, Datum value)
{
	uint64		number;
	text	   *string;

	switch (cr_record_column_type(column))
	{
		case CR_TYPE_INTEGER:
			number = pg_hton64((uint64) DatumGetInt64(value));
			appendStringInfoCharMacro(bytes, 'I');
			appendBinaryStringInfo(bytes, (const char *) &number,
								   sizeof(number));
			break;
		case CR_TYPE_LIST:
			appendStringInfoCharMacro(bytes, 'L');
			put_list(bytes, value);
			break;
		default:
			appendStringInfoCharMacro(bytes, 'T');
			string = DatumGetTextPP(value);
			put_text(bytes, VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));
			if ((Pointer) string != DatumGetPointer(value))
				pfree(string);
	}
}

void
cr_chain_link(CrChain *chain, const uint8 *previous, const Datum *values,
			  const bool *nulls, uint8 *link)
{
	StringInfo	bytes = &chain->bytes;

	resetStringInfo(bytes);
	appendBinaryStringInfo(bytes, (const char *) previous, CR_LINK_LENGTH);
	appendStringInfoCharMacro(bytes, ENCODING_VERSION);
	for (int i = 0; i < CR_COL_LINK; i++)
	{
		if (nulls[i])
			appendStringInfoCharMacro(bytes, 'N');
		else
			put_column(bytes, i, values[i]);
	}
	if (pg_cryptohash_init(chain->hash) < 0 ||
		pg_cryptohash_update(chain->hash, (const uint8 *) bytes->data,
							 bytes->len) < 0 ||
		pg_cryptohash_final(chain->hash, link, CR_LINK_LENGTH) < 0)
		elog(ERROR, "could not compute SHA-256");
}
