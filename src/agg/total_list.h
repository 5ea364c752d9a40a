/*-------------------------------------------------------------------------
 *
 * src/agg/total_list.h
 *	  The list of built-in functions and aggregates that are total as they are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TOTAL_LIST_H
#define CR_TOTAL_LIST_H

/* Is the function, or the aggregate, on the list? */
extern bool cr_total_list_has(Oid funcid);
extern bool cr_total_list_has_aggregate(Oid aggfnoid);

/* Is it on the list, and fails without a collation? */
extern bool cr_total_list_needs_collation(Oid funcid);

#endif							/* CR_TOTAL_LIST_H */
