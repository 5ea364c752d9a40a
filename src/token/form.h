/*-------------------------------------------------------------------------
 *
 * src/token/form.h
 *	  Brings values to the form that their tokens are made of.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FORM_H
#define CR_FORM_H

#include "mb/pg_wchar.h"
#include "prim/bytes.h"

typedef enum CrForm
{
	CR_FORM_EXACT,
	CR_FORM_EMAIL,
	CR_FORM_PHONE,
	CR_FORM_NAME
} CrForm;

/* Code points; palloc'd. */
typedef struct CrCodes
{
	pg_wchar   *code;
	int			n;
} CrCodes;

/* The form of this name; raises 22023 for others. */
extern CrForm cr_form_by_name(CrBytes name);

/*
 * Replaces text in the server's encoding by its form, in UTF-8; palloc'd, or
 * what was given.  False when the value has no such form, as an address
 * without an @ has none.  Raises nothing about the value.
 */
extern bool cr_form_apply(CrForm form, CrBytes *value);

/*
 * The rules, for codes that are NFKC and case-folded already.  They work in
 * place, the codes having room for CR_FORM_ROOM more than there are; false as
 * above.
 */
#define CR_FORM_ROOM	8
extern bool cr_form_email(CrCodes *codes);
extern bool cr_form_phone(CrCodes *codes, const char *country);
extern bool cr_form_name(CrCodes *codes);

/*
 * Simple case folding, the same on every server whatever its locale; with
 * two exceptions that cr_form_apply() makes, one code for one.
 */
extern pg_wchar cr_fold_code(pg_wchar code);

#endif							/* CR_FORM_H */
