/*-------------------------------------------------------------------------
 *
 * src/keys/layouts.h
 *	  How to tell in SQL, by built-in functions alone, which key made a value.
 *
 * Expressions over a column of this name; $1 is the number of a key and $2
 * that of a version, or 0 for all.  Layouts: prim/token_uuid.h for tokens,
 * token/cipher.c for ciphertexts.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LAYOUTS_H
#define CR_LAYOUTS_H

/* Arguments of the trigger fill_token(), as token/token_column.c has them. */
#define CR_FILL_TOKEN_SOURCE	0
#define CR_FILL_TOKEN_TARGET	1
#define CR_FILL_TOKEN_KEY		2
#define CR_FILL_TOKEN_FORM		3
#define CR_FILL_TOKEN_KEEP		4
#define CR_FILL_TOKEN_NARGS		5

#define CR_SQL_VALUE	"cr_value"

#define CR_SQL_TOKEN_BYTE(n)	"get_byte(uuid_send(cr_value), " #n ")"
#define CR_SQL_BYTE(n)			"get_byte(cr_value, " #n ")"

/*
 * Is it a token of the key, and of the version?  (Shifts and bits have one
 * precedence in SQL.)
 */
#define CR_SQL_TOKEN_IS \
	"(cr_value IS NOT NULL" \
	" AND (" CR_SQL_TOKEN_BYTE(6) " & 240) = 128" \
	" AND (((" CR_SQL_TOKEN_BYTE(8) " & 63) << 10)" \
	" | (" CR_SQL_TOKEN_BYTE(9) " << 2)" \
	" | (" CR_SQL_TOKEN_BYTE(10) " >> 6)) = ($1 & 65535)" \
	" AND $2 IN (0, (((" CR_SQL_TOKEN_BYTE(6) " & 15) << 8)" \
	" | " CR_SQL_TOKEN_BYTE(7) ")))"

/* Is it a ciphertext of the key, and of the version? */
#define CR_SQL_CIPHER_IS \
	"CASE WHEN length(cr_value) >= 36 THEN " \
	CR_SQL_BYTE(0) " = 193" \
	" AND ((" CR_SQL_BYTE(2) " << 24) | (" CR_SQL_BYTE(3) " << 16)" \
	" | (" CR_SQL_BYTE(4) " << 8) | " CR_SQL_BYTE(5) ") = $1" \
	" AND $2 IN (0, (" CR_SQL_BYTE(6) " << 8) | " CR_SQL_BYTE(7) ")" \
	" ELSE false END"

#endif							/* CR_LAYOUTS_H */
