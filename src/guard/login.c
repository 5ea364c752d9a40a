/*-------------------------------------------------------------------------
 *
 * src/guard/login.c
 *	  Hook at the client's authentication: notes by which method it was.
 *
 * Later on the server has forgotten it: the entries of pg_hba.conf go with
 * the memory that a backend inherits from the postmaster.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

/* before others that include it */
#include "session/port.h"

#include "guard/guard.h"
#include "libpq/auth.h"
#include "libpq/hba.h"
#include "session/session_facts.h"

static ClientAuthentication_hook_type prev_ClientAuthentication = NULL;

static void
cr_ClientAuthentication(Port *port, int status)
{
	if (prev_ClientAuthentication)
		prev_ClientAuthentication(port, status);
	if (port->hba != NULL)
		cr_session_note_authentication(hba_authname(port->hba->auth_method));
}

void
cr_guard_login_init(void)
{
	prev_ClientAuthentication = ClientAuthentication_hook;
	ClientAuthentication_hook = cr_ClientAuthentication;
}
