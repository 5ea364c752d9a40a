/*-------------------------------------------------------------------------
 *
 * src/token/fpe.c
 *	  Encrypts card, phone and national numbers into others of their kind.
 *
 * FF1 over the value's characters that are in the alphabet; separators keep
 * their places.  There is no room for a key's version or a tag, so decrypting
 * with another key, version, tweak or alphabet gives another value of the
 * same kind, and nobody can tell.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "prim/ff1.h"
#include "token/alphabet.h"
#include "token/call.h"

PG_FUNCTION_INFO_V1(cr_encrypt_fpe);
PG_FUNCTION_INFO_V1(cr_decrypt_fpe);

/* The alphabet of this name, kept at the call site. */
static CrAlphabet *
find_alphabet(FunctionCallInfo fcinfo, CrCall *call, CrBytes name)
{
	CrAlphabet *alphabet = call->own;

	if (alphabet == NULL || alphabet->name_len != name.len ||
		memcmp(alphabet->name, name.data, name.len) != 0)
	{
		MemoryContext context = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		/* the former one stays until the call site goes */
		alphabet = cr_alphabet_read(name);
		MemoryContextSwitchTo(context);
		call->own = alphabet;
	}
	return alphabet;
}

/* Raises what FF1 objects to; the value is not named. */
static void
raise_result(CrFf1Result result)
{
	switch (result)
	{
		case CR_FF1_SHORT:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a value is too short for format-preserving "
							"encryption"),
					 errdetail("There are fewer than a million values of "
							   "its length, so they could all be tried."),
					 errhint("Use encrypt(), or an alphabet with more "
							 "characters; digits need at least six.")));
			break;
		case CR_FF1_LONG:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a value is too long for format-preserving "
							"encryption"),
					 errhint("It may have %d characters; use encrypt().",
							 CR_FF1_LENGTH_MAX)));
			break;
		case CR_FF1_TWEAK:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a tweak is longer than %d bytes",
							CR_FF1_TWEAK_MAX),
					 errhint("Use a short one, such as the column's name.")));
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("OpenSSL could not encrypt a value")));
	}
}

/* The digits of the value's characters, separators left out. */
static uint16 *
read_digits(const CrAlphabet *alphabet, const pg_wchar *codes, int ncodes,
			int *ndigits)
{
	uint16	   *digits = palloc(ncodes * sizeof(uint16) + 1);
	int			i;

	*ndigits = 0;
	for (i = 0; i < ncodes; i++)
	{
		int			digit = cr_alphabet_digit(alphabet, codes[i]);

		if (digit >= 0)
			digits[(*ndigits)++] = (uint16) digit;
		else if (digit == CR_NOT_IN_ALPHABET)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a value has a character that is neither in the "
							"alphabet nor a separator"),
					 errhint("Choose an alphabet that has all of its "
							 "characters; separators are blanks and any of "
							 "- . / ( ) + : , _")));
	}
	return digits;
}

static text *
write_digits(const CrAlphabet *alphabet, pg_wchar *codes, int ncodes,
			 const uint16 *digits)
{
	text	   *result;
	int			len;
	int			i;

	for (i = 0; i < ncodes; i++)
	{
		if (cr_alphabet_digit(alphabet, codes[i]) >= 0)
			codes[i] = alphabet->characters[*digits++];
	}
	result = palloc(VARHDRSZ + (Size) ncodes * MAX_MULTIBYTE_CHAR_LEN + 1);
	len = pg_wchar2mb_with_len(codes, VARDATA(result), ncodes);
	SET_VARSIZE(result, VARHDRSZ + len);
	return result;
}

static text *
run_fpe(FunctionCallInfo fcinfo, const CrKeyWish *wish, bool decrypt)
{
	CrCall	   *call = cr_call_get(fcinfo);
	CrBytes		value = cr_call_bytes(PG_GETARG_TEXT_PP(0));
	CrAlphabet *alphabet;
	CrFf1Format format = {0};
	CrFf1Result result;
	CrKeyVersion *key;
	pg_wchar   *codes = palloc((value.len + 1) * sizeof(pg_wchar));
	int			ncodes;
	uint16	   *digits;
	int			ndigits;

	alphabet = find_alphabet(fcinfo, call,
							 cr_call_bytes(PG_GETARG_TEXT_PP(2)));
	format.radix = alphabet->radix;
	format.tweak = cr_call_bytes(PG_GETARG_TEXT_PP(3));
	key = cr_call_key(call, wish);
	ncodes = pg_mb2wchar_with_len((const char *) value.data, codes,
								  (int) value.len);
	digits = read_digits(alphabet, codes, ncodes, &ndigits);
	result = decrypt ?
		cr_ff1_decrypt(key->prepared, &format, digits, ndigits) :
		cr_ff1_encrypt(key->prepared, &format, digits, ndigits);
	if (result != CR_FF1_OK)
		raise_result(result);
	cr_keyring_note_use(key, wish->use, 1);
	return write_digits(alphabet, codes, ncodes, digits);
}

/*
 * cleanroom.encrypt_fpe(value text, key text, alphabet text, tweak text)
 *
 * Raises what the keyring raises, and 22023 for a value, alphabet or tweak
 * that cannot be.
 */
Datum
cr_encrypt_fpe(PG_FUNCTION_ARGS)
{
	CrKeyWish	wish = {0};

	wish.name = cr_call_bytes(PG_GETARG_TEXT_PP(1));
	wish.purpose = CR_KEY_FPE;
	wish.use = CR_KEY_MAY_ENCRYPT;
	PG_RETURN_TEXT_P(run_fpe(fcinfo, &wish, false));
}

/*
 * cleanroom.decrypt_fpe(value text, key text, alphabet text, tweak text,
 * version int)
 *
 * With version 0, by the key's current version.
 */
Datum
cr_decrypt_fpe(PG_FUNCTION_ARGS)
{
	CrKeyWish	wish = {0};

	wish.name = cr_call_bytes(PG_GETARG_TEXT_PP(1));
	wish.purpose = CR_KEY_FPE;
	wish.use = CR_KEY_MAY_DECRYPT;
	wish.version = PG_GETARG_INT32(4);
	if (wish.version < 0 || wish.version > CR_KEY_VERSION_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no version %d of a key", wish.version),
				 errhint("Versions count from 1; 0 is the current one.")));
	PG_RETURN_TEXT_P(run_fpe(fcinfo, &wish, true));
}
