/*-------------------------------------------------------------------------
 *
 * src/base/oids.h
 *	  OIDs of this extension's own SQL objects, looked up once a session.
 *
 * Objects are found in the extension's schema "cleanroom" alone, never by
 * the search path, and only when they belong to the extension.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OIDS_H
#define CR_OIDS_H

typedef struct CrOids
{
	Oid			extension;		/* cleanroom itself */
	Oid			schema;			/* schema cleanroom */
	Oid			open_function;	/* cleanroom.open() */
	Oid			gate_function;	/* cleanroom.gate() */
	Oid			units_aggregate;	/* cleanroom.units("any", int): int */
	Oid			unlike_aggregate;	/* cleanroom.unlike("any", "any", "any",
									 * int) */
	Oid			enough_function;	/* cleanroom.enough(bool, int): bool */
	Oid			token_class_function;	/* cleanroom.token_class(uuid): int */
} CrOids;

/*
 * The OIDs, or NULL when the extension is not installed in this database.
 * Valid until the next catalog invalidation.
 */
extern const CrOids *cr_oids_get(void);

/*
 * Does a relation that rows, or a sequence, are stored in belong to the
 * extension?  Not cached here.
 */
extern bool cr_oids_is_own_table(Oid relid);

/* Is the function one of the extension's?  Reads the catalogs. */
extern bool cr_oids_is_own_function(Oid funcid);

/*
 * A number that moves whenever what this module says may have changed, for
 * caches that rest on it.  Read it after a call of cr_oids_get().
 */
extern uint64 cr_oids_generation(void);

/*
 * The OID of function cleanroom.name(argtypes), or InvalidOid.  Not cached
 * here.
 */
extern Oid	cr_oids_find_function(const char *name, int nargs,
								  const Oid *argtypes);

#endif							/* CR_OIDS_H */
