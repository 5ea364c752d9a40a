/*-------------------------------------------------------------------------
 *
 * src/session/condition_list.h
 *	  The functions that one party's text may call in another's session.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CONDITION_LIST_H
#define CR_CONDITION_LIST_H

/*
 * Is the function on the list?  Operators and casts are by the functions that
 * they stand for, but for casts by input and output functions, which are by
 * their types.  Reads the catalogs.
 */
extern bool cr_condition_list_has(Oid funcid);

/* May its text write a value of the type?  Reading it runs nobody's code. */
extern bool cr_condition_list_has_type(Oid type);

#endif							/* CR_CONDITION_LIST_H */
