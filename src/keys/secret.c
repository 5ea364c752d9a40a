/*-------------------------------------------------------------------------
 *
 * src/keys/secret.c
 *	  Memory for keys: kept out of core dumps, and zeroed when it is done with.
 *
 * Slots come from pages mapped for them alone, so that MADV_DONTDUMP covers
 * keys and nothing else.  A child of the postmaster inherits the pages, copied
 * as it writes, and zeroes its copy when it ends.  A process that is killed
 * zeroes nothing; its pages go back to the kernel, which zeroes them before
 * anyone else is given them.  They may be swapped out: mlock() would need a
 * limit that servers do not have by default.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <sys/mman.h>
#include <unistd.h>

#include "keys/secret.h"
#include "miscadmin.h"
#include "prim/hmac.h"
#include "storage/ipc.h"

/* One page; its slots follow it. */
typedef struct SecretPage
{
	struct SecretPage *next;
	size_t		size;
} SecretPage;

/* A free slot. */
typedef struct FreeSlot
{
	struct FreeSlot *next;
} FreeSlot;

static SecretPage *pages = NULL;
static FreeSlot *free_slots = NULL;
static pid_t wiping_pid = 0;	/* the process that will wipe them */

static void
wipe_pages(int code, Datum arg)
{
	SecretPage *page;

	for (page = pages; page != NULL; page = page->next)
		explicit_bzero((char *) page + CR_SECRET_BYTES,
					   page->size - CR_SECRET_BYTES);
	free_slots = NULL;
}

static bool
add_page(void)
{
	size_t		size = (size_t) sysconf(_SC_PAGESIZE);
	SecretPage *page;
	size_t		offset;

	StaticAssertStmt(sizeof(SecretPage) <= CR_SECRET_BYTES,
					 "the header of a page takes one slot");
	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return false;
	(void) madvise(page, size, MADV_DONTDUMP);
	page->next = pages;
	page->size = size;
	pages = page;
	for (offset = CR_SECRET_BYTES; offset + CR_SECRET_BYTES <= size;
		 offset += CR_SECRET_BYTES)
	{
		FreeSlot   *slot = (FreeSlot *) ((char *) page + offset);

		slot->next = free_slots;
		free_slots = slot;
	}
	return true;
}

uint8 *
cr_secret_alloc(void)
{
	FreeSlot   *slot;

	/* A child forgets its parent's callbacks when it is forked. */
	if (wiping_pid != MyProcPid)
	{
		on_proc_exit(wipe_pages, (Datum) 0);
		wiping_pid = MyProcPid;
	}
	if (free_slots == NULL && !add_page())
		return NULL;
	slot = free_slots;
	free_slots = slot->next;
	memset(slot, 0, CR_SECRET_BYTES);

	return (uint8 *) slot;
}

void
cr_secret_free(uint8 *secret)
{
	FreeSlot   *slot = (FreeSlot *) secret;

	if (secret == NULL)
		return;
	explicit_bzero(secret, CR_SECRET_BYTES);
	slot->next = free_slots;
	free_slots = slot;
}

bool
cr_secret_derive(const uint8 *key, const char *label, uint8 *derived)
{
	CrHmac	   *hmac = cr_hmac_new(cr_bytes(key, CR_SECRET_BYTES));
	bool		ok;

	StaticAssertStmt(CR_HMAC_SIZE == CR_SECRET_BYTES,
					 "a digest serves as a key");
	ok = hmac != NULL &&
		cr_hmac_compute(hmac, cr_bytes(label, strlen(label)), derived);
	cr_hmac_free(hmac);

	return ok;
}
