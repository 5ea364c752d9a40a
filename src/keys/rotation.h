/*-------------------------------------------------------------------------
 *
 * src/keys/rotation.h
 *	  Bringing what is under a key to its current version, batch by batch.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ROTATION_H
#define CR_ROTATION_H

#include "keys/keyring_rows.h"
#include "storage/lock.h"

/* How many blocks of a table, or values of the vault, one transaction does. */
#define CR_ROTATION_BLOCKS	32
#define CR_ROTATION_VALUES	1000

/* How many workers a database has for its rotations. */
#define CR_ROTATION_WORKERS	2

/* A row of cleanroom.keyring_rotations that is running. */
typedef struct CrRotation
{
	int32		rotation_id;
	Oid			author;			/* who has written its expressions */
	Oid			login;			/* the role that the author logged in as */
	Oid			owner;			/* of the table, when they were written */
	Oid			relid;			/* InvalidOid: the vault */
	char	   *column;
	CrKeyRow	key;
	char	   *context;		/* of ciphertexts: an expression, or NULL */
	char	   *source;			/* of tokens: an expression, or NULL */
	char	   *form;			/* of tokens made from source */
	int64		next_block;
	int64		pass_left;		/* rows when the pass began; -1: not counted */
	int64		pass_done;		/* of them, in this pass */
	int32		stalls;			/* passes in a row that have made no headway */
} CrRotation;

/* How to go on after a transaction. */
typedef enum CrStepEnd
{
	STEP_GO_ON,
	STEP_WAIT,					/* for others to let go of rows or the table */
	STEP_END
} CrStepEnd;

/* What a batch has done. */
typedef struct CrBatch
{
	int64		done;			/* values brought to the current version */
	int64		next_block;		/* where to go on */
	bool		pass_ended;		/* count what is left */
} CrBatch;

/*
 * Does one batch in the current transaction, the statements on the user's
 * table as its owner.  Raises what they raise.
 */
extern void cr_rotation_run_batch(const CrRotation *rotation, CrBatch *batch);

/*
 * How many values are not of the current version, and can be made anew; or
 * those that cannot, since what they were made from is empty, or the context
 * that is given for them null.
 */
extern int64 cr_rotation_count_left(const CrRotation *rotation,
									bool without_source);

/*
 * Sets the author, who is the current user, the login and the owner.  Raises
 * an error when the column cannot be rotated, in words that say why and what
 * can be done.
 */
extern void cr_rotation_check(CrRotation *rotation);

/* The same two for the vault. */
extern void cr_vault_run_batch(const CrRotation *rotation, CrBatch *batch);
extern int64 cr_vault_count_left(const CrRotation *rotation);

/*
 * One transaction of a rotation, in the context, which is reset.  What it
 * raises is turned into retries, counted, or the rotation's end.
 */
extern CrStepEnd cr_rotation_step(int32 rotation_id, MemoryContext context,
								  int *retries);

/* How many blocks the rotation's table has now. */
extern int64 cr_rotation_blocks(const CrRotation *rotation);

/*
 * Held until the end of a transaction, shared by one that has begun a rotation
 * and is about to commit, exclusive by a worker before it looks for rotations.
 */
extern void cr_rotation_lock_starting(LOCKMODE lockmode);

/* The lock that one of the database's workers has while it is at work. */
extern void cr_rotation_slot(LOCKTAG *tag, Oid keyring, int slot);

/*
 * Starts a worker when the transaction commits, unless enough are at work.
 * Has the commit fail where no background worker is free for some seconds.
 */
extern void cr_rotation_launch(void);

/* Registers what takes up rotations when the server has been started. */
extern void cr_rotation_init(void);

extern PGDLLEXPORT void cr_rotation_main(Datum main_arg);
extern PGDLLEXPORT void cr_rotation_starter_main(Datum main_arg);
extern PGDLLEXPORT void cr_rotation_resumer_main(Datum main_arg);

#endif							/* CR_ROTATION_H */
