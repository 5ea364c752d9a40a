/*-------------------------------------------------------------------------
 *
 * src/session/exempt.h
 *	  Says who is exempt from a table's policy.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_EXEMPT_H
#define CR_EXEMPT_H

/*
 * Is the current user exempt for a table with this owner: a superuser, or a
 * role with the owner's privileges?  Neither BYPASSRLS nor
 * pg_read_all_data counts.
 */
extern bool cr_session_is_exempt(Oid table_owner);

/* The same of another role than the current one. */
extern bool cr_session_role_is_exempt(Oid role, Oid table_owner);

#endif							/* CR_EXEMPT_H */
