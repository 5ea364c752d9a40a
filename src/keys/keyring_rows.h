/*-------------------------------------------------------------------------
 *
 * src/keys/keyring_rows.h
 *	  The rows of the keyring's tables, read past privileges.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_KEYRING_ROWS_H
#define CR_KEYRING_ROWS_H

#include "keys/keyring.h"
#include "keys/limit.h"
#include "nodes/pg_list.h"

/* A row of cleanroom.keyring. */
typedef struct CrKeyRow
{
	int32		key_id;
	NameData	name;
	CrKeyPurpose purpose;
	int32		current_version;
	bool		destroyed;
	char		residency[NAMEDATALEN]; /* empty: anywhere */
} CrKeyRow;

/* A row of cleanroom.keyring_grants. */
typedef struct CrGrantRow
{
	Oid			role;
	uint32		uses;			/* CR_KEY_… bits */
} CrGrantRow;

/* A row of cleanroom.keyring_versions. */
typedef struct CrVersionRow
{
	bytea	   *wrapped;		/* NULL: destroyed */
	bool		retired;
} CrVersionRow;

/*
 * Each reads what is committed now, or was written by this transaction, in
 * the current memory context; false or NIL where there is no row.  They take
 * and keep nothing.  cr_keyring_relid() raises an error when the extension is
 * not installed.
 */
extern Oid	cr_keyring_relid(void);
extern bool cr_key_row_by_name(const char *name, CrKeyRow *row);
extern bool cr_key_row_by_id(int32 key_id, CrKeyRow *row);
extern List *cr_grant_rows(int32 key_id);
extern bool cr_version_row(int32 key_id, int32 version, CrVersionRow *row);

/* The cr_token_class_make() of all keys and versions, as integers. */
extern List *cr_token_class_rows(void);

/* How often a version was used so, as far as that is on record. */
extern int64 cr_uses_row(int32 key_id, int32 version, uint32 use);

/* What a role had taken of its limit when the recorder last wrote it. */
extern bool cr_detokenized_row(Oid role, CrLimitTaken *taken);

#endif							/* CR_KEYRING_ROWS_H */
