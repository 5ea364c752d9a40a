/*-------------------------------------------------------------------------
 *
 * src/guard/command.h
 *	  Says whether what surrounds a query (the command it stands in, the
 *	  settings, the transaction) lets it read a protected table.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_COMMAND_H
#define CR_COMMAND_H

#include "base/verdict.h"

/*
 * The command that is running and must not read a protected table, such as
 * "COPY" or "EXPLAIN", or NULL.  Set by utility.c; queries in functions that
 * the command calls are under it too.
 */
extern const char *cr_command_forbidding_queries(void);

/*
 * A setting that is on and would have the server print, to the client, plans
 * or numbers about rows; NULL when there is none.
 */
extern const char *cr_setting_that_prints(void);

/* Is an EXPLAIN running, be it around another such command? */
extern bool cr_command_explains(void);

/*
 * The refusal, for queries on "what", of a setting that prints, or of a
 * serializable transaction; or NULL.
 */
extern CrVerdict *cr_command_judge_session(const char *what);

/* What to do instead of a command. */
extern const char *cr_command_hint(const char *command);

/*
 * The refusal of a command on a protected table, named in the message unless
 * relid is InvalidOid.
 */
extern CrVerdict *cr_command_refusal(const char *command, Oid relid);

/*
 * Why a query on a protected table, whatever it says, cannot be admitted now:
 * the extension is switched off, or one of the above, or the transaction is
 * serializable.  NULL when nothing stands against it.
 */
extern CrVerdict *cr_guard_judge_surroundings(void);

#endif							/* CR_COMMAND_H */
