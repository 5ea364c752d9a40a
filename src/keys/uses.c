/*-------------------------------------------------------------------------
 *
 * src/keys/uses.c
 *	  Counts the uses of keys, and puts the numbers on record.
 *
 * The first use of a transaction is on record before it returns, then each
 * time the number has grown tenfold or by a million, and the whole when the
 * transaction ends, rolled back or not.  One whose process is killed leaves
 * what was noted so far.
 *
 * AES-GCM with random nonces is sound for 2^32 values a key (NIST SP 800-38D,
 * 8.3).  Encryptions count towards that; the numbers on record are read again
 * each time something is noted, so that sessions at the same time may go past
 * it by what they have not noted yet.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/errcodes.h"
#include "keys/keyring.h"
#include "keys/keyring_rows.h"
#include "keys/rotated.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define STEP_MAX		INT64CONST(1000000)
#define CIPHERS_MAX		(INT64CONST(1) << 32)
#define CIPHERS_WARN	(CIPHERS_MAX / 8 * 7)

/* The uses of one kind in this transaction. */
typedef struct UseCount
{
	int32		key_id;
	int32		version;
	uint32		use;
	Oid			role;
	Oid			login;			/* that started a rotation, or InvalidOid */
	char	   *login_detail;	/* read before the transaction's end */
	bool		hides;			/* the statement's constants */
	int64		count;
	int64		noted;			/* of them on record */
	int64		note_at;
	int64		most;			/* that may be counted */
	CrLateNote *late;			/* for what is not noted when it ends; NULL:
								 * nothing yet */
	struct UseCount *next;
} UseCount;

static UseCount *counts = NULL; /* in TopTransactionContext */
static bool registered = false;

static const char *
use_text(uint32 use)
{
	switch (use)
	{
		case CR_KEY_MAY_TOKENIZE:
			return "tokenize";
		case CR_KEY_MAY_DETOKENIZE:
			return "detokenize";
		case CR_KEY_MAY_ENCRYPT:
			return "encrypt";
		case CR_KEY_MAY_DECRYPT:
			return "decrypt";
		default:
			return "other";
	}
}

static const char *
detail_text(const UseCount *entry)
{
	return psprintf("{\"key_id\": %d, \"version\": %d, \"use\": \"%s\", \"count\": " INT64_FORMAT "%s}",
					entry->key_id, entry->version, use_text(entry->use),
					entry->count - entry->noted, entry->login_detail);
}

/*
 * The constants of such a statement are what is to be hidden, and as much as
 * those who read the record must not see.
 */
static bool
takes_plain_values(uint32 use)
{
	return use == CR_KEY_MAY_TOKENIZE || use == CR_KEY_MAY_ENCRYPT;
}

static void
note(UseCount *entry)
{
	char		subject[16];
	bool		hidden;

	snprintf(subject, sizeof(subject), "%d", entry->key_id);
	hidden = cr_ledger_hide_constants(entry->hides);
	PG_TRY();
	{
		cr_ledger_note("key_use", InvalidOid, subject, detail_text(entry));
	}
	PG_FINALLY();
	{
		(void) cr_ledger_hide_constants(hidden);
	}
	PG_END_TRY();
	entry->noted = entry->count;
}

/* Prepares for noting what the end of the transaction finds. */
static void
prepare_late_note(UseCount *entry)
{
	char		subject[16];
	bool		hidden;

	snprintf(subject, sizeof(subject), "%d", entry->key_id);
	hidden = cr_ledger_hide_constants(entry->hides);
	PG_TRY();
	{
		entry->late = cr_ledger_prepare_note("key_use", subject);
	}
	PG_FINALLY();
	{
		(void) cr_ledger_hide_constants(hidden);
	}
	PG_END_TRY();
}

void
cr_keyring_flush_uses(void)
{
	UseCount   *entry;

	for (entry = counts; entry != NULL; entry = entry->next)
	{
		if (entry->count > entry->noted)
			note(entry);
	}
}

/* Of a transaction that is rolled back; nothing may fail here. */
static void
flush_late(void)
{
	UseCount   *entry;

	for (entry = counts; entry != NULL; entry = entry->next)
	{
		if (entry->count > entry->noted && entry->late != NULL)
			cr_ledger_note_late(entry->late, detail_text(entry));
	}
}

/* Notes what is left to note; forgets everything at the end. */
static void
end_of_transaction(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			cr_keyring_flush_uses();
			break;
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
			flush_late();
			counts = NULL;
			break;
		default:
			counts = NULL;
			break;
	}
}

/* The name of the key, for a message. */
static char *
key_name(const UseCount *entry)
{
	CrKeyRow	row;

	if (!cr_key_row_by_id(entry->key_id, &row))
		elog(ERROR, "key %d is gone", entry->key_id);
	return pstrdup(NameStr(row.name));
}

static void
warn_worn(const UseCount *entry, int64 used)
{
	ereport(WARNING,
			(errcode(CR_ERRCODE_KEY),
			 errmsg("version %d of key \"%s\" has encrypted " INT64_FORMAT " of the " INT64_FORMAT " values that it may",
					entry->version, key_name(entry), used, CIPHERS_MAX),
			 errhint("Its owner adds a version with cleanroom.rotate_key().")));
}

static void
raise_worn_out(const UseCount *entry)
{
	ereport(ERROR,
			(errcode(CR_ERRCODE_KEY),
			 errmsg("version %d of key \"%s\" has encrypted as many values as it may",
					entry->version, key_name(entry)),
			 errdetail("With random nonces, AES-GCM is sound for " INT64_FORMAT " values a key.",
					   CIPHERS_MAX),
			 errhint("Its owner adds a version with cleanroom.rotate_key().")));
}

/* Reads how many more there may be, from what is on record. */
static void
set_most(UseCount *entry, const CrKeyVersion *key)
{
	int64		used;

	if (key->purpose != CR_KEY_ENCRYPT || entry->use != CR_KEY_MAY_ENCRYPT)
	{
		entry->most = PG_INT64_MAX;
		return;
	}
	used = cr_uses_row(entry->key_id, entry->version, entry->use);
	if (used >= CIPHERS_WARN && used < CIPHERS_MAX && entry->count == 0)
		warn_worn(entry, used);
	entry->most = entry->count + CIPHERS_MAX - used;
}

static UseCount *
find_count(const CrKeyVersion *key, uint32 use)
{
	Oid			role = GetUserId();
	Oid			login = cr_rotated_login();
	bool		hides = cr_ledger_hides_constants() ||
		takes_plain_values(use);
	UseCount   *entry;

	for (entry = counts; entry != NULL; entry = entry->next)
	{
		if (entry->key_id == key->key_id && entry->version == key->version &&
			entry->use == use && entry->role == role &&
			entry->login == login && entry->hides == hides)
			return entry;
	}
	if (!registered)
	{
		RegisterXactCallback(end_of_transaction, NULL);
		registered = true;
	}
	entry = MemoryContextAllocZero(TopTransactionContext, sizeof(UseCount));
	entry->key_id = key->key_id;
	entry->version = key->version;
	entry->use = use;
	entry->role = role;
	entry->login = login;
	entry->login_detail = MemoryContextStrdup(TopTransactionContext,
											  cr_rotated_detail());
	entry->hides = hides;
	entry->note_at = 1;
	set_most(entry, key);
	entry->next = counts;
	counts = entry;
	return entry;
}

void
cr_keyring_note_use(CrKeyVersion *key, uint32 use, int64 count)
{
	UseCount   *entry = find_count(key, use);

	if (entry->count + count > entry->most)
		raise_worn_out(entry);
	entry->count += count;
	if (entry->count >= entry->note_at)
	{
		note(entry);
		set_most(entry, key);
		while (entry->note_at <= entry->count)
			entry->note_at += Min(entry->note_at * 9, STEP_MAX);
	}
	else if (entry->late == NULL)
		prepare_late_note(entry);
}
