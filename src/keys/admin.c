/*-------------------------------------------------------------------------
 *
 * src/keys/admin.c
 *	  What the functions that change keys have in common.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/errcodes.h"
#include "base/isolation.h"
#include "keys/admin.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"

bool
cr_admin_is_granted(Oid role, int32 key_id, uint32 use)
{
	uint32		granted = 0;
	ListCell   *cell;

	if (superuser_arg(role))
		return true;
	foreach(cell, cr_grant_rows(key_id))
	{
		CrGrantRow *grant = lfirst(cell);

		if (has_privs_of_role(role, grant->role))
			granted |= grant->uses;
	}
	return (granted & CR_KEY_OWN) != 0 || (granted & use) == use;
}

bool
cr_admin_has_use(Oid role, int32 key_id)
{
	for (uint32 use = 1; use <= CR_KEY_OWN; use <<= 1)
	{
		if (cr_admin_is_granted(role, key_id, use))
			return true;
	}
	return false;
}

void
cr_admin_begin(const char *name, CrKeyRow *row)
{
	cr_store_lock();
	cr_admin_own_key(name, row);
}

void
cr_admin_begin_without_writers(const char *name, CrKeyRow *row)
{
	cr_admin_own_key(name, row);
	cr_admin_lock_vault(row->key_id, true);
	cr_admin_begin(name, row);
}

void
cr_admin_begin_grants(const char *name, CrKeyRow *row)
{
	cr_require_read_committed("keys are changed");
	cr_admin_own_key(name, row);
	LockDatabaseObject(cr_keyring_relid(), row->key_id, CR_LOCK_GRANTS,
					   ExclusiveLock);
	cr_admin_own_key(name, row);
}

void
cr_admin_own_key(const char *name, CrKeyRow *row)
{
	if (!cr_key_row_by_name(name, row))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("key \"%s\" does not exist", name),
				 errhint("View cleanroom.keys lists the keys there are for you.")));
	if (!cr_admin_is_granted(GetUserId(), row->key_id, CR_KEY_OWN))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of key \"%s\"", name),
				 errhint("View cleanroom.key_grants says who owns it.")));
	if (row->destroyed)
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("key \"%s\" has been destroyed", name),
				 errhint("Create a key of another name.")));
}

void
cr_admin_usable_key(const char *name, CrKeyRow *row)
{
	if (!cr_key_row_by_name(name, row))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("key \"%s\" does not exist", name),
				 errhint("View cleanroom.keys lists the keys there are for you.")));
	if (!cr_admin_has_use(GetUserId(), row->key_id))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for key \"%s\"", name),
				 errhint("Its owner gives it with cleanroom.grant_key().")));
	if (row->destroyed)
		ereport(ERROR,
				(errcode(CR_ERRCODE_KEY),
				 errmsg("key \"%s\" has been destroyed", name),
				 errhint("What it encrypted is gone for good.")));
}

void
cr_admin_check_purpose(const CrKeyRow *row, CrKeyPurpose purpose)
{
	if (row->purpose != purpose)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("key \"%s\" is a key for purpose \"%s\"",
						NameStr(row->name),
						cr_key_purpose_text(row->purpose)),
				 errhint("Use a key that was created for purpose \"%s\".",
						 cr_key_purpose_text(purpose))));
}

void
cr_admin_end(const char *name, const char *detail)
{
	cr_store_changed();
	cr_ledger_note("key_change", InvalidOid, name, detail);
}

void
cr_admin_label(const CrKeyRow *row, int32 version, CrKeyLabel *label)
{
	label->key_id = row->key_id;
	label->version = version;
	label->purpose = row->purpose;
	label->name = NameStr(row->name);
}

void
cr_admin_lock_vault(int32 key_id, bool exclusive)
{
	LockDatabaseObject(cr_keyring_relid(), key_id, 0,
					   exclusive ? ExclusiveLock : RowExclusiveLock);
}
