/*-------------------------------------------------------------------------
 *
 * src/keys/keyring.h
 *	  Data keys, as those that encrypt and make tokens ask for them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_KEYRING_H
#define CR_KEYRING_H

typedef enum CrKeyPurpose
{
	CR_KEY_TOKEN,
	CR_KEY_ENCRYPT,
	CR_KEY_FPE
} CrKeyPurpose;

/* uses of a key, as grant_key() gives them */
#define CR_KEY_MAY_TOKENIZE		1
#define CR_KEY_MAY_DETOKENIZE	2
#define CR_KEY_MAY_ENCRYPT		4
#define CR_KEY_MAY_DECRYPT		8
#define CR_KEY_OWN				16	/* manage it, and all of the above */
#define CR_KEY_ALL_USES			31

/* Versions count from 1; tokens have room for no more than this. */
#define CR_KEY_VERSION_MAX		4095

typedef struct CrKeyVersion
{
	int32		key_id;
	int32		version;
	CrKeyPurpose purpose;
	const uint8 *material;		/* CR_SECRET_BYTES (32), in a page for keys */
	void	   *prepared;		/* what src/token derived from it; NULL at
								 * first */
	void		(*wipe) (void *prepared);	/* called before the keyring drops
											 * the version; or NULL */
} CrKeyVersion;

/*
 * The version that writes: the current one of the key of this name, which
 * must have this purpose, for the current user, who must have been granted
 * all uses in "use" (0: nobody is asked).  Raises an error when there is no
 * such key, it is destroyed, not granted or cannot be unwrapped.
 *
 * The result is valid until the first call of a function of this file at
 * which cr_keyring_generation() has moved.  A caller that keeps the pointer
 * keeps the generation beside it, and asks anew when it has moved.
 */
extern CrKeyVersion *cr_keyring_current(const char *name,
										CrKeyPurpose purpose, uint32 use);

/* A version by its number, to read what it wrote; else the same. */
extern CrKeyVersion *cr_keyring_version(const char *name, int32 version,
										CrKeyPurpose purpose, uint32 use);

/* A version by the key's id, which what it wrote may hold; else the same. */
extern CrKeyVersion *cr_keyring_by_id(int32 key_id, int32 version,
									  CrKeyPurpose purpose, uint32 use);

/*
 * Takes in what other sessions have changed, which may move the generation.
 * Done by the functions above; for callers that keep a pointer, before they
 * look at the generation.
 */
extern void cr_keyring_hear(void);

/*
 * A number that moves when a key, a version or a grant may have changed.
 * Read it after the call that gave a pointer.
 */
extern uint64 cr_keyring_generation(void);

/*
 * Counts "count" uses of a key by the current user, for the record.  The
 * first of a transaction is put on record at once, so that nothing is used
 * where the record cannot be written; the number follows.  Cheap enough to be
 * called for each value.  "use" is one CR_KEY_MAY_… bit.
 */
extern void cr_keyring_note_use(CrKeyVersion *key, uint32 use, int64 count);

/* Puts on record what has been counted so far and is not there yet. */
extern void cr_keyring_flush_uses(void);

/* "token", "encrypt" or "fpe" */
extern const char *cr_key_purpose_text(CrKeyPurpose purpose);

/* Registers the keyring's callback; called once from _PG_init. */
extern void cr_keyring_init(void);

#endif							/* CR_KEYRING_H */
