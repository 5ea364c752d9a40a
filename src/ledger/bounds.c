/*-------------------------------------------------------------------------
 *
 * src/ledger/bounds.c
 *	  Bounds the length of what goes on record.
 *
 * A statement that is too long for the queue must not keep its refusal from
 * being recorded, so its text is cut.  What of it is not in the record can
 * still be told from other text by its digest.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/settings.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "ledger/record.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

Size
cr_record_text_limit(void)
{
	/* there may be two texts, and the queue takes a quarter of its size */
	return (Size) cr_record_queue_size * 1024 / 16;
}

static char *
digest_of(const char *text, Size length)
{
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);
	uint8		bytes[PG_SHA256_DIGEST_LENGTH];
	char	   *hex = palloc0(2 * PG_SHA256_DIGEST_LENGTH + 1);

	if (hash == NULL || pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) text, length) < 0 ||
		pg_cryptohash_final(hash, bytes, sizeof(bytes)) < 0)
		elog(ERROR, "could not compute SHA-256");
	pg_cryptohash_free(hash);
	hex_encode((const char *) bytes, sizeof(bytes), hex);
	return hex;
}

const char *
cr_record_bound_text(const char *text, bool *cut)
{
	Size		length = strlen(text);
	int			limit = (int) cr_record_text_limit();

	if (length <= (Size) limit)
		return text;
	*cut = true;
	return psprintf("%.*s ... (%zu bytes, SHA-256 %s)",
					pg_mbcliplen(text, limit, limit), text, length,
					digest_of(text, length));
}
