/*-------------------------------------------------------------------------
 *
 * src/session/type_code.h
 *	  Which types bring code that nothing in a query shows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TYPE_CODE_H
#define CR_TYPE_CODE_H

/*
 * Is the type a range of somebody's whom the reader does not trust, or one
 * whose functions have no fixed names (fixed_names.h), or made of such?
 * Trusted are those who have the reader's rights; superusers alone where
 * the reader is InvalidOid.  Reads the catalogs.
 */
extern bool cr_type_brings_code(Oid type, Oid reader);

#endif							/* CR_TYPE_CODE_H */
