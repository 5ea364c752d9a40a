/*-------------------------------------------------------------------------
 *
 * src/session/grant_usage.c
 *	  Grants USAGE on a schema, and takes it back, in somebody's name.
 *
 * A superuser's GRANT is made in the name of the schema's owner.  Whoever
 * shares a table may have USAGE with a grant option only; then the grant has
 * to be that role's, so that it goes when the option does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/own_sql.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(cr_grant_usage);

/*
 * SQL: cleanroom.grant_usage(schema oid, grantee oid, grantor oid,
 * given boolean)
 */
Datum
cr_grant_usage(PG_FUNCTION_ARGS)
{
	char	   *schema = get_namespace_name(PG_GETARG_OID(0));
	char	   *grantee = GetUserNameFromId(PG_GETARG_OID(1), true);
	char	   *grantor = GetUserNameFromId(PG_GETARG_OID(2), true);
	bool		given = PG_GETARG_BOOL(3);
	int			nesting;
	Oid			user;
	int			context;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only the extension grants for others"),
				 errhint("Use cleanroom.share_table(), or GRANT.")));
	if (schema == NULL || grantee == NULL || grantor == NULL)
		PG_RETURN_VOID();		/* and so are the grants */
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(PG_GETARG_OID(2),
						   context | SECURITY_LOCAL_USERID_CHANGE);
	nesting = cr_own_sql_begin();
	/* it may have nothing left to take back, which is nobody's to read */
	(void) set_config_option("client_min_messages", "error", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	if (SPI_execute(psprintf(given ? "GRANT USAGE ON SCHEMA %s TO %s" :
							 "REVOKE USAGE ON SCHEMA %s FROM %s CASCADE",
							 quote_identifier(schema),
							 quote_identifier(grantee)),
					false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "a grant could not be made");
	cr_own_sql_end(nesting);
	SetUserIdAndSecContext(user, context);
	PG_RETURN_VOID();
}
