/*-------------------------------------------------------------------------
 *
 * src/agg/total.h
 *	  Tells which built-in functions cannot fail on a stored value, and the
 *	  twin of each that can.
 *
 * "Total": for arguments of its types it returns a value or NULL whatever
 * they are, has no side effect and is not volatile.  The list is by OID, so
 * a look-alike in the search path is never on it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TOTAL_H
#define CR_TOTAL_H

/*
 * The function to call where funcid stands: funcid itself when it is total;
 * its twin in schema cleanroom (same argument and result types, NULL where
 * the original would fail) when it has one; InvalidOid when it is neither,
 * and so may not run over protected rows.
 */
extern Oid	cr_total_function(Oid funcid);

/* The same for aggregates that may run over protected rows' measures, and
 * for those that may run in public subqueries joined to protected rows. */
extern Oid	cr_total_aggregate(Oid aggfnoid);

/*
 * May a call of a function be evaluated with this input collation?  False
 * where it could fail, or warn, once a row reaches it: a collation of the
 * analyst's own, or none where the function needs one.  To be asked for every
 * function, operator and aggregate over protected rows, and, with InvalidOid
 * for a function, of every value's own collation: grouping and sorting use it.
 */
extern bool cr_total_collation(Oid funcid, Oid inputcollid);

/*
 * The function to call for a cast by way of text, from a type of text to the
 * other: NULL where the text cannot be read.  InvalidOid if there is none.
 */
extern Oid	cr_total_cast_of(Oid from, Oid to);

#endif							/* CR_TOTAL_H */
