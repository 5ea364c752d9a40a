/*-------------------------------------------------------------------------
 *
 * src/session/exempt.c
 *	  Says who is exempt from a table's policy.
 *
 * It asks of the current user, so inside a SECURITY DEFINER function of the
 * owner the owner is asked about: what such a function gives away is the
 * owner's doing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "session/exempt.h"
#include "utils/acl.h"

bool
cr_session_role_is_exempt(Oid role, Oid table_owner)
{
	return superuser_arg(role) ||
		(OidIsValid(table_owner) && has_privs_of_role(role, table_owner));
}

bool
cr_session_is_exempt(Oid table_owner)
{
	return cr_session_role_is_exempt(GetUserId(), table_owner);
}
