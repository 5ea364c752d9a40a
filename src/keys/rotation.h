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
#include "storage/lockdefs.h"

/* How many blocks of a table, or values of the vault, one transaction does. */
#define CR_ROTATION_BLOCKS	32
#define CR_ROTATION_VALUES	1000

/* A row of cleanroom.keyring_rotations that is running. */
typedef struct CrRotation
{
	int32		rotation_id;
	Oid			author;			/* who has written its expressions */
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
 * those that cannot, since what they were made from is empty.
 */
extern int64 cr_rotation_count_left(const CrRotation *rotation,
									bool without_source);

/*
 * Sets the author, who is the current user, and the owner.  Raises an error
 * when the column cannot be rotated, in words that say why and what can be
 * done.
 */
extern void cr_rotation_check(CrRotation *rotation);

/* The same two for the vault. */
extern void cr_vault_run_batch(const CrRotation *rotation, CrBatch *batch);
extern int64 cr_vault_count_left(const CrRotation *rotation);

/*
 * Held until the end of a transaction, shared by the one that has written the
 * rotation's row, exclusive by a worker, which waits for the row that way.
 */
extern void cr_rotation_lock(int32 rotation_id, LOCKMODE lockmode);

/* Starts a worker for a rotation, once the transaction has committed. */
extern void cr_rotation_launch(int32 rotation_id);

/* Registers what takes up rotations when the server has been started. */
extern void cr_rotation_init(void);

extern PGDLLEXPORT void cr_rotation_main(Datum main_arg);
extern PGDLLEXPORT void cr_rotation_starter_main(Datum main_arg);
extern PGDLLEXPORT void cr_rotation_resumer_main(Datum main_arg);

#endif							/* CR_ROTATION_H */
