/*-------------------------------------------------------------------------
 *
 * src/token/form.c
 *	  Brings values to the form that their tokens are made of.
 *
 * Tokens of the same person must be the same in every database that has the
 * key, so nothing here depends on a locale, and text goes to UTF-8 first.
 * NFKC is the server's; what its newer tables add are characters that did not
 * exist before.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/settings.h"
#include "catalog/namespace.h"
#include "common/unicode_norm.h"
#include "token/form.h"
#include "utils/memutils.h"

static const char *const form_names[] = {
	[CR_FORM_EXACT] = "exact",
	[CR_FORM_EMAIL] = "email",
	[CR_FORM_PHONE] = "phone",
	[CR_FORM_NAME] = "name"
};

CrForm
cr_form_by_name(CrBytes name)
{
	int			i;

	for (i = 0; i < (int) lengthof(form_names); i++)
	{
		if (strlen(form_names[i]) == name.len &&
			memcmp(form_names[i], name.data, name.len) == 0)
			return (CrForm) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no such form of values"),
			 errhint("Forms are exact, email, phone and name.")));
}

/*
 * To UTF-8.  False when the text has a character that UTF-8 lacks, or is
 * no valid text.  The conversion that raises errors shows what it failed on.
 */
static bool
to_utf8(CrBytes *value)
{
	int			encoding = GetDatabaseEncoding();
	Size		room;
	uint8	   *converted;
	Oid			procedure;
	int			used;

	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || value->len == 0)
		return true;
	procedure = FindDefaultConversionProc(encoding, PG_UTF8);
	if (!OidIsValid(procedure) ||
		value->len >= MaxAllocSize / MAX_CONVERSION_GROWTH)
		return false;
	room = value->len * MAX_CONVERSION_GROWTH + 1;
	converted = palloc(room);
	used = pg_do_encoding_conversion_buf(procedure, encoding, PG_UTF8,
										 (unsigned char *) value->data,
										 (int) value->len, converted,
										 (int) room, true);
	if (used != (int) value->len)
		return false;
	*value = cr_bytes(converted, strlen((char *) converted));
	return true;
}

/* Code points of UTF-8; false when it is none. */
static bool
decode(CrBytes value, CrCodes *codes)
{
	const uint8 *at = value.data;
	const uint8 *end = value.data + value.len;

	codes->n = 0;
	if (GetDatabaseEncoding() == PG_SQL_ASCII &&
		!pg_verify_mbstr(PG_UTF8, (const char *) value.data,
						 (int) value.len, true))
		return false;
	/* folding may put two codes in the place of one */
	codes->code = palloc((value.len * 2 + CR_FORM_ROOM + 1) *
						 sizeof(pg_wchar));
	while (at < end)
	{
		if (*at < 0x80)
			codes->code[codes->n++] = *at++;
		else
		{
			codes->code[codes->n++] = utf8_to_unicode(at);
			at += pg_utf_mblen(at);
		}
	}
	codes->code[codes->n] = 0;
	return true;
}

static bool
is_ascii(const CrCodes *codes)
{
	int			i;

	for (i = 0; i < codes->n; i++)
	{
		if (codes->code[i] >= 0x80)
			return false;
	}
	return true;
}

static void
normalize(CrCodes *codes)
{
	pg_wchar   *normal = unicode_normalize(UNICODE_NFKC, codes->code);
	int			n;

	for (n = 0; normal[n] != 0; n++)
		;
	pfree(codes->code);
	codes->n = n;
	codes->code = palloc((n * 2 + CR_FORM_ROOM + 1) * sizeof(pg_wchar));
	memcpy(codes->code, normal, (n + 1) * sizeof(pg_wchar));
	pfree(normal);
}

/*
 * Folds case.  Two characters become two: sharp s, "ss", and capital I with
 * dot, i and the dot.
 */
static void
fold(CrCodes *codes)
{
	pg_wchar   *folded = palloc((codes->n * 2 + CR_FORM_ROOM + 1) *
								sizeof(pg_wchar));
	int			n = 0;
	int			i;

	for (i = 0; i < codes->n; i++)
	{
		pg_wchar	code = codes->code[i];

		if (code == 0xdf || code == 0x1e9e)
		{
			folded[n++] = 's';
			folded[n++] = 's';
		}
		else if (code == 0x130)
		{
			folded[n++] = 'i';
			folded[n++] = 0x307;
		}
		else
			folded[n++] = cr_fold_code(code);
	}
	folded[n] = 0;
	pfree(codes->code);
	codes->code = folded;
	codes->n = n;
}

static CrBytes
encode(const CrCodes *codes)
{
	uint8	   *bytes = palloc((Size) codes->n * 4 + 1);
	size_t		len = 0;
	int			i;

	for (i = 0; i < codes->n; i++)
	{
		if (codes->code[i] < 0x80)
			bytes[len++] = (uint8) codes->code[i];
		else
		{
			unicode_to_utf8(codes->code[i], bytes + len);
			len += pg_utf_mblen(bytes + len);
		}
	}
	return cr_bytes(bytes, len);
}

bool
cr_form_apply(CrForm form, CrBytes *value)
{
	CrCodes		codes;
	bool		ok = false;

	if (!to_utf8(value))
		return false;
	if (form == CR_FORM_EXACT)
		return true;
	if (!decode(*value, &codes))
		return false;
	if (is_ascii(&codes))
		fold(&codes);
	else
	{
		/* folding can undo composition, so once more */
		normalize(&codes);
		fold(&codes);
		normalize(&codes);
	}
	switch (form)
	{
		case CR_FORM_EXACT:
			break;
		case CR_FORM_EMAIL:
			ok = cr_form_email(&codes);
			break;
		case CR_FORM_PHONE:
			ok = cr_form_phone(&codes, cr_phone_country);
			break;
		case CR_FORM_NAME:
			ok = cr_form_name(&codes);
			break;
	}
	if (ok)
		*value = encode(&codes);
	pfree(codes.code);
	return ok;
}
