/*-------------------------------------------------------------------------
 *
 * src/base/own_sql.h
 *	  Runs the extension's own SQL.
 *
 * Names in it mean the server's things and ours, whatever is set in the
 * session, by its user or by the owner of its database.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OWN_SQL_H
#define CR_OWN_SQL_H

#define CR_OWN_SQL_PATH "pg_catalog, pg_temp"

/* Connects to SPI; what is returned is for the end. */
extern int	cr_own_sql_begin(void);
extern void cr_own_sql_end(int nesting);

/* Settings of a background worker, which has the database's from its start. */
extern void cr_own_sql_in_worker(void);

#endif							/* CR_OWN_SQL_H */
