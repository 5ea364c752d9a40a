/*-------------------------------------------------------------------------
 *
 * src/keys/uses.c
 *	  Counts the uses of keys, and puts the numbers on record.
 *
 * The first use of a transaction is on record before it returns, then each
 * time the number has grown tenfold, and the whole when the transaction
 * commits.  One that is rolled back leaves what was noted so far, which is at
 * least a tenth of what it used.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "keys/keyring.h"
#include "ledger/note.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* The uses of one kind in this transaction. */
typedef struct UseCount
{
	int32		key_id;
	int32		version;
	uint32		use;
	Oid			role;
	int64		count;
	int64		noted;			/* of them on record */
	int64		note_at;
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

static void
note(UseCount *entry)
{
	char		subject[16];
	char		detail[128];

	snprintf(subject, sizeof(subject), "%d", entry->key_id);
	snprintf(detail, sizeof(detail),
			 "{\"key_id\": %d, \"version\": %d, \"use\": \"%s\", \"count\": " INT64_FORMAT "}",
			 entry->key_id, entry->version, use_text(entry->use),
			 entry->count - entry->noted);
	cr_ledger_note("key_use", InvalidOid, subject, detail);
	entry->noted = entry->count;
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
		default:
			counts = NULL;
			break;
	}
}

static UseCount *
find_count(const CrKeyVersion *key, uint32 use)
{
	Oid			role = GetUserId();
	UseCount   *entry;

	for (entry = counts; entry != NULL; entry = entry->next)
	{
		if (entry->key_id == key->key_id && entry->version == key->version &&
			entry->use == use && entry->role == role)
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
	entry->note_at = 1;
	entry->next = counts;
	counts = entry;
	return entry;
}

void
cr_keyring_note_use(CrKeyVersion *key, uint32 use, int64 count)
{
	UseCount   *entry = find_count(key, use);

	entry->count += count;
	if (entry->count >= entry->note_at)
	{
		note(entry);
		while (entry->note_at <= entry->count)
			entry->note_at *= 10;
	}
}
