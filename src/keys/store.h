/*-------------------------------------------------------------------------
 *
 * src/keys/store.h
 *	  Runs statements on the keyring's own tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_STORE_H
#define CR_STORE_H

#include "fmgr.h"

/* What has to be put back afterwards; an error puts it back by itself. */
typedef struct CrStore
{
	Oid			caller;			/* who asked */
	int			security_context;
	int			guc_level;
} CrStore;

/* One argument of a statement. */
typedef struct CrArgument
{
	Oid			type;
	Datum		value;
	bool		isnull;
} CrArgument;

static inline CrArgument
cr_argument(Oid type, Datum value)
{
	CrArgument	argument;

	argument.type = type;
	argument.value = value;
	argument.isnull = false;
	return argument;
}

/*
 * Between the two, statements run as the owner of the keyring, with a search
 * path that nobody else can put objects into, inside SPI.
 */
extern void cr_store_open(CrStore *store);
extern void cr_store_close(CrStore *store);

/*
 * Runs one statement, its arguments $1 and on, and returns the number of rows
 * it processed; SPI_tuptable holds those it returned.
 */
extern uint64 cr_store_run(const char *statement, int nargs,
						   const CrArgument *arguments);

/* A value of the last statement's rows, copied out of SPI's memory. */
extern Datum cr_store_value(uint64 row, int column, bool *isnull);

/*
 * Takes the lock that all changes of keys take, but those of who may use one,
 * until the end of the transaction: so they come one after the other.
 */
extern void cr_store_lock(void);

/* Has every backend drop what it holds of keys, once this is committed. */
extern void cr_store_changed(void);

/* The argument as a C string, or an error that it is null. */
extern char *cr_text_argument(FunctionCallInfo fcinfo, int n,
							  const char *name);
extern void cr_require_argument(FunctionCallInfo fcinfo, int n,
								const char *name);

#endif							/* CR_STORE_H */
