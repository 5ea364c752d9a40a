/*-------------------------------------------------------------------------
 *
 * src/session/fixed_names.h
 *	  Which functions do the same whatever the search_path is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FIXED_NAMES_H
#define CR_FIXED_NAMES_H

/* What a hint says of functions that do not, for the end of a sentence. */
#define CR_FIXED_NAMES_HINT \
	"written in C, with BEGIN ATOMIC, or with SET search_path to schemas " \
	"that others may not create in, and pg_temp last (ALTER FUNCTION ... SET search_path = pg_catalog, pg_temp)"

/*
 * Does the function find what its text names without the search_path of
 * whoever runs it, and where nobody can put something else?  Nobody but those
 * who have the reader's rights; superusers where the reader is InvalidOid.
 * The reader's own are taken for such.  Reads the catalogs.
 */
extern bool cr_names_are_fixed(Oid funcid, Oid reader);

/*
 * The same of all that the conditions of a domain call, and of the domains
 * that it is made of; with no reader.  Reads the catalogs.
 */
extern bool cr_domain_has_fixed_names(Oid type);

#endif							/* CR_FIXED_NAMES_H */
