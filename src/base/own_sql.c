/*-------------------------------------------------------------------------
 *
 * src/base/own_sql.c
 *	  Runs the extension's own SQL under a search path of its own.
 *
 * Not all operators can be given a schema: IS DISTINCT FROM, IN, NULLIF and
 * CASE find theirs by the search path.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/own_sql.h"
#include "executor/spi.h"
#include "utils/guc.h"

int
cr_own_sql_begin(void)
{
	int			nesting = NewGUCNestLevel();

	(void) set_config_option("search_path", CR_OWN_SQL_PATH, PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	return nesting;
}

void
cr_own_sql_end(int nesting)
{
	SPI_finish();
	AtEOXact_GUC(true, nesting);
}

void
cr_own_sql_in_worker(void)
{
	static const char *const settings[][2] = {
		{"search_path", CR_OWN_SQL_PATH},
		{"statement_timeout", "0"},
		{"idle_in_transaction_session_timeout", "0"},
		{"default_transaction_read_only", "off"},
		{"default_transaction_isolation", "read committed"},
		{"session_replication_role", "origin"},
		{"transform_null_equals", "off"},
	};

	for (size_t i = 0; i < lengthof(settings); i++)
		SetConfigOption(settings[i][0], settings[i][1], PGC_SUSET,
						PGC_S_OVERRIDE);
	if (GetConfigOption("transaction_timeout", true, false) != NULL)
		SetConfigOption("transaction_timeout", "0", PGC_SUSET,
						PGC_S_OVERRIDE);
}
