/*-------------------------------------------------------------------------
 *
 * src/keys/keyring.c
 *	  Keeps the data keys that this backend has asked for, unwrapped.
 *
 * A change of any key drops all that is kept, at the next call that asks for
 * a key: changes are rare.  The callback only marks.  A missing key is not
 * kept, so every entry stands for a row, and a look-up while nothing changes
 * costs one hash probe and a walk over the key's grants.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/inval.h"
#include "keys/admin.h"
#include "keys/keyring.h"
#include "keys/keyring_rows.h"
#include "keys/room_key.h"
#include "keys/secret.h"
#include "keys/wrap.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/acl.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"

/* An unwrapped version; what callers see comes first. */
typedef struct HeldVersion
{
	CrKeyVersion public;
	uint8	   *material;
	struct HeldVersion *next;	/* of the same key */
} HeldVersion;

typedef struct HeldKey
{
	int32		key_id;			/* hash key of keys_by_id */
	CrKeyRow	row;
	List	   *grants;			/* of CrGrantRow */
	HeldVersion *versions;
} HeldKey;

typedef struct HeldName
{
	NameData	name;			/* hash key of ids_by_name */
	int32		key_id;
} HeldName;

static MemoryContext keyring_context = NULL;
static HTAB *keys_by_id = NULL;
static HTAB *ids_by_name = NULL;
static Oid	keyring_relid = InvalidOid;
static uint64 generation = 1;
static uint64 held_generation = 0;	/* of what is held */
static pid_t wiping_pid = 0;

static void
mark_relation(Oid relid)
{
	if (!OidIsValid(relid) || relid == keyring_relid)
		generation++;
}

void
cr_keyring_init(void)
{
	cr_inval_register(mark_relation);
}

void
cr_keyring_hear(void)
{
	/* a transaction that holds all its locks takes none, and hears nothing */
	AcceptInvalidationMessages();
}

uint64
cr_keyring_generation(void)
{
	return generation;
}

const char *
cr_key_purpose_text(CrKeyPurpose purpose)
{
	static const char *const texts[] = {"token", "encrypt", "fpe"};

	return texts[purpose];
}

/* Wipes what is held of the keys. */
static void
wipe_versions(void)
{
	HASH_SEQ_STATUS scan;
	HeldKey    *key;

	if (keys_by_id == NULL)
		return;
	hash_seq_init(&scan, keys_by_id);
	while ((key = hash_seq_search(&scan)) != NULL)
	{
		HeldVersion *version;

		for (version = key->versions; version != NULL;
			 version = version->next)
		{
			if (version->public.prepared != NULL &&
				version->public.wipe != NULL)
				version->public.wipe(version->public.prepared);
			version->public.prepared = NULL;
			cr_secret_free(version->material);
			version->material = NULL;
			version->public.material = NULL;
		}
		key->versions = NULL;
	}
}

static void
wipe_at_exit(int code, Datum arg)
{
	wipe_versions();
}

static void
create_tables(void)
{
	HASHCTL		control;

	control.keysize = sizeof(int32);
	control.entrysize = sizeof(HeldKey);
	control.hcxt = keyring_context;
	keys_by_id = hash_create("cleanroom keys", 32, &control,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	control.keysize = NAMEDATALEN;
	control.entrysize = sizeof(HeldName);
	ids_by_name = hash_create("cleanroom key names", 32, &control,
							  HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

/* Drops what is held when it may be out of date. */
static void
refresh(void)
{
	Oid			relid = cr_keyring_relid();

	if (wiping_pid != MyProcPid)
	{
		before_shmem_exit(wipe_at_exit, (Datum) 0);
		wiping_pid = MyProcPid;
	}
	if (keyring_context == NULL)
		keyring_context = AllocSetContextCreate(TopMemoryContext,
												"cleanroom keyring",
												ALLOCSET_DEFAULT_SIZES);
	if (relid == keyring_relid && held_generation == generation &&
		ids_by_name != NULL)
		return;
	wipe_versions();
	keys_by_id = NULL;
	ids_by_name = NULL;
	MemoryContextReset(keyring_context);
	create_tables();
	if (relid != keyring_relid)
		generation++;
	keyring_relid = relid;
	held_generation = generation;
}

/*
 * Holds a key whose row has been read.  When a change comes in while its
 * grants are read, the generation has moved, and the caller starts anew.
 */
static HeldKey *
hold_key(const CrKeyRow *row)
{
	MemoryContext old_context;
	List	   *grants;
	HeldKey    *key;
	HeldName   *name;
	bool		found;

	old_context = MemoryContextSwitchTo(keyring_context);
	grants = cr_grant_rows(row->key_id);
	MemoryContextSwitchTo(old_context);

	key = hash_search(keys_by_id, &row->key_id, HASH_ENTER, &found);
	if (!found)
		key->versions = NULL;
	key->row = *row;
	key->grants = grants;
	name = hash_search(ids_by_name, NameStr(row->name), HASH_ENTER, NULL);
	name->key_id = row->key_id;
	return key;
}

static HeldKey *
find_by_name(const char *name)
{
	HeldName   *held = NULL;
	HeldKey    *key;
	CrKeyRow	row;

	do
	{
		refresh();
		if (strlen(name) < NAMEDATALEN)
			held = hash_search(ids_by_name, name, HASH_FIND, NULL);
		if (held != NULL)
			key = hash_search(keys_by_id, &held->key_id, HASH_FIND, NULL);
		else if (cr_key_row_by_name(name, &row))
			key = hold_key(&row);
		else
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("key \"%s\" does not exist", name),
					 errhint("View cleanroom.keys lists the keys there are for you.")));
	} while (held_generation != generation);

	return key;
}

static HeldKey *
find_by_id(int32 key_id)
{
	HeldKey    *key;
	CrKeyRow	row;

	do
	{
		refresh();
		key = hash_search(keys_by_id, &key_id, HASH_FIND, NULL);
		if (key == NULL && cr_key_row_by_id(key_id, &row))
			key = hold_key(&row);
		if (key == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("key number %d does not exist", key_id),
					 errhint("The value was made in another database, or is none of cleanroom's.")));
	} while (held_generation != generation);

	return key;
}

/* Has the current user been granted all of these uses? */
static bool
is_granted(const HeldKey *key, uint32 use)
{
	Oid			user = GetUserId();
	uint32		granted = 0;
	ListCell   *cell;

	if (use == 0 || superuser_arg(user))
		return true;
	foreach(cell, key->grants)
	{
		CrGrantRow *grant = lfirst(cell);

		if ((grant->uses & ~granted) != 0 &&
			has_privs_of_role(user, grant->role))
			granted |= grant->uses;
	}
	return (granted & CR_KEY_OWN) != 0 || (granted & use) == use;
}

/* Raises what stands against the use of a key. */
static void
check_use(const HeldKey *key, CrKeyPurpose purpose, uint32 use)
{
	if (!is_granted(key, use))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for key \"%s\"",
						NameStr(key->row.name)),
				 errhint("Its owner gives it with cleanroom.grant_key().")));
	if (key->row.destroyed)
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("key \"%s\" has been destroyed",
						NameStr(key->row.name)),
				 errhint("What it encrypted is gone for good; create a key of another name.")));
	cr_admin_check_purpose(&key->row, purpose);
	cr_room_key_check(&key->row, use);
}

/* Unwraps a version that is not held yet. */
static HeldVersion *
hold_version(HeldKey *key, int32 number)
{
	CrVersionRow row;
	CrKeyLabel	label;
	HeldVersion *version;

	if (!cr_version_row(key->key_id, number, &row) || row.wrapped == NULL)
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("there is no version %d of key \"%s\"",
						number, NameStr(key->row.name)),
				 errhint("View cleanroom.key_versions lists those there are.")));
	if (row.retired)
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("version %d of key \"%s\" is retired",
						number, NameStr(key->row.name)),
				 errhint("cleanroom.reinstate_key_version() takes it back into use.")));

	label.key_id = key->key_id;
	label.version = number;
	label.purpose = key->row.purpose;
	label.name = NameStr(key->row.name);
	version = MemoryContextAllocZero(keyring_context, sizeof(HeldVersion));
	version->material = cr_unwrap_key(&label, row.wrapped);
	version->public.key_id = key->key_id;
	version->public.version = number;
	version->public.purpose = key->row.purpose;
	version->public.material = version->material;
	version->next = key->versions;
	key->versions = version;
	pfree(row.wrapped);
	return version;
}

static CrKeyVersion *
get_version(HeldKey *key, int32 number)
{
	HeldVersion *version;

	for (version = key->versions; version != NULL; version = version->next)
	{
		if (version->public.version == number)
			return &version->public;
	}
	return &hold_version(key, number)->public;
}

/*
 * The version of this number, or (0) the current one.  What is read on the
 * way may bring word of changes; then it is done again, so that nothing that
 * was dropped or taken back is handed out.  Without a name, by key id.
 */
static CrKeyVersion *
obtain(const char *name, int32 key_id, int32 number, CrKeyPurpose purpose,
	   uint32 use)
{
	CrKeyVersion *version;

	cr_keyring_hear();
	do
	{
		HeldKey    *key = name != NULL ? find_by_name(name) :
			find_by_id(key_id);

		check_use(key, purpose, use);
		version = get_version(key, number > 0 ? number :
							  key->row.current_version);
	} while (held_generation != generation);

	return version;
}

CrKeyVersion *
cr_keyring_current(const char *name, CrKeyPurpose purpose, uint32 use)
{
	return obtain(name, 0, 0, purpose, use);
}

CrKeyVersion *
cr_keyring_version(const char *name, int32 version, CrKeyPurpose purpose,
				   uint32 use)
{
	return obtain(name, 0, Max(version, 1), purpose, use);
}

CrKeyVersion *
cr_keyring_by_id(int32 key_id, int32 version, CrKeyPurpose purpose,
				 uint32 use)
{
	return obtain(NULL, key_id, Max(version, 1), purpose, use);
}
