/*-------------------------------------------------------------------------
 *
 * src/keys/master.h
 *	  The master keys, which data keys are wrapped under.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_MASTER_H
#define CR_MASTER_H

#define CR_MASTER_ID_BYTES	8

/* What is kept of a master key: not the key itself. */
typedef struct CrMasterKey
{
	uint8		id[CR_MASTER_ID_BYTES]; /* made from the key; no secret */
	uint8	   *wrapping;		/* CR_SECRET_BYTES; wraps data keys */
} CrMasterKey;

/*
 * Reads the master keys; called once from _PG_init, in the postmaster, whose
 * children inherit them.  A setting that is there and cannot be followed ends
 * the server's start, as a bad ssl_passphrase_command does.
 */
extern void cr_master_init(void);

/*
 * The key that data keys are wrapped under from now on; raises an error when
 * there is none.  Valid until the next call of a function of this file.
 */
extern const CrMasterKey *cr_master_current(void);

/*
 * The key of this id, former ones included, or NULL.  Reads the file anew
 * when it is not among those known.
 */
extern const CrMasterKey *cr_master_find(const uint8 *id);

/* Reads the file anew, if the keys come from a file. */
extern void cr_master_reread(void);

/* An id for messages and views: 16 hexadecimal digits, palloc'd. */
extern char *cr_master_id_text(const uint8 *id);

#endif							/* CR_MASTER_H */
