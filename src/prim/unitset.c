/*-------------------------------------------------------------------------
 *
 * src/prim/unitset.c
 *	  A set of 64-bit hashes that counts up to a threshold and no further.
 *
 * A set begins as a list: hashes are appended as they come, and only one that
 * equals the one before it is left out at once.  Most groups are either
 * saturated by a list with hardly a repetition, or have few rows; both are
 * then as cheap as appending.  Only when a list is full with LIST_MAX hashes,
 * or as many as the threshold, its repetitions are counted, on the stack; a
 * set that is not saturated then goes on as a hash table with linear probing.
 *
 *-------------------------------------------------------------------------
 */
#include "prim/unitset.h"

#include <string.h>

/* A list longer than this becomes a table. */
#define LIST_MAX		128

/* Slots of the table that a list of up to LIST_MAX hashes fits into. */
#define SCRATCH_SLOTS	256

/*
 * Sizes of lists: these and their header fill a chunk of 128 and of 512 bytes
 * of an allocator that rounds up to powers of two.
 */
#define LIST_FIRST		12
#define LIST_SECOND		60

/* What ends a list: any value but 0. */
#define LIST_END		UINT64_MAX

/* Entries a table of n slots may have: three quarters. */
#define TABLE_ROOM(n)	((n) - (n) / 4)

typedef struct Scratch
{
	int32_t		nslots;
	int32_t		ndistinct;
	uint64_t	slots[SCRATCH_SLOTS];
} Scratch;

static int32_t
list_limit(int32_t threshold)
{
	return threshold < LIST_MAX ? threshold : LIST_MAX;
}

/* Is the hash put into the table?  False when it was there. */
static inline bool
table_insert(uint64_t *slots, int32_t nslots, uint64_t hash)
{
	uint32_t	mask = (uint32_t) nslots - 1;
	uint32_t	i = (uint32_t) hash & mask;

	while (slots[i] != 0)
	{
		if (slots[i] == hash)
			return false;
		i = (i + 1) & mask;
	}
	slots[i] = hash;
	return true;
}

static int32_t
table_slots_for(int32_t nentries)
{
	int32_t		nslots = 16;

	while (TABLE_ROOM(nslots) <= nentries && nslots < INT32_MAX / 2)
		nslots *= 2;
	return nslots;
}

/* Counts the distinct hashes of a list of at most LIST_MAX. */
static void
list_distinct(const CrUnitSet *set, Scratch *scratch)
{
	int32_t		i;

	scratch->nslots = table_slots_for(set->nheld);
	scratch->ndistinct = 0;
	memset(scratch->slots, 0, (size_t) scratch->nslots * sizeof(uint64_t));
	for (i = 0; i < set->nheld; i++)
		scratch->ndistinct += table_insert(scratch->slots, scratch->nslots,
										   set->slots[i]);
}

size_t
cr_unitset_initial_size(int32_t threshold)
{
	return cr_unitset_size(threshold < LIST_FIRST ? threshold : LIST_FIRST);
}

size_t
cr_unitset_size(int32_t n)
{
	return offsetof(CrUnitSet, slots) + ((size_t) n + 1) * sizeof(uint64_t);
}

CrUnitSet *
cr_unitset_init(void *memory, size_t size, int32_t threshold)
{
	CrUnitSet  *set = memory;

	set->threshold = threshold;
	set->nheld = 0;
	set->nslots = (int32_t) ((size - offsetof(CrUnitSet, slots)) /
							 sizeof(uint64_t)) - 1;
	set->kind = CR_UNITSET_LIST;
	set->start = 0;
	memset(set->slots, 0, (size_t) set->nslots * sizeof(uint64_t));
	set->slots[set->nslots] = LIST_END;
	return set;
}

static CrUnitSetResult
table_add(CrUnitSet *set, uint64_t hash)
{
	/* The room is kept free even for a hash that turns out to be there. */
	if (set->nheld >= TABLE_ROOM(set->nslots))
		return CR_UNITSET_FULL;
	if (!table_insert(set->slots, set->nslots, hash))
		return CR_UNITSET_HELD;
	set->nheld++;
	return set->nheld >= set->threshold ?
		CR_UNITSET_SATURATED : CR_UNITSET_HELD;
}

/*
 * A list at its limit has no room: is the threshold reached?  If not, it is
 * shortened to its distinct hashes, and has to become a table.
 */
static CrUnitSetResult
list_settle(CrUnitSet *set)
{
	Scratch		scratch;
	int32_t		i;

	list_distinct(set, &scratch);
	if (scratch.ndistinct >= set->threshold)
		return CR_UNITSET_SATURATED;

	set->nheld = 0;
	for (i = 0; i < scratch.nslots; i++)
	{
		if (scratch.slots[i] != 0)
			set->slots[set->nheld++] = scratch.slots[i];
	}
	set->kind = CR_UNITSET_SETTLED;
	return CR_UNITSET_FULL;
}

CrUnitSet *
cr_unitset_of_tail(uint64_t *tail)
{
	uint64_t   *slot = tail;
	CrUnitSet  *set;

	while (slot[-1] != 0)
		slot--;
	set = (CrUnitSet *) ((char *) slot - offsetof(CrUnitSet, slots));
	set->nheld = (int32_t) (tail - slot);
	return set;
}

CrUnitSetResult
cr_unitset_add(CrUnitSet *set, uint64_t hash)
{
	uint64_t   *tail;

	if (set->kind == CR_UNITSET_TABLE)
		return table_add(set, hash);
	if (set->kind == CR_UNITSET_SETTLED)
		return CR_UNITSET_FULL;

	tail = cr_unitset_append(cr_unitset_tail(set), hash);
	if (tail != NULL)
	{
		set->nheld = (int32_t) (tail - set->slots);
		return CR_UNITSET_HELD;
	}
	if (set->nslots < list_limit(set->threshold))
		return CR_UNITSET_FULL;
	return list_settle(set);
}

/* Slots that a full set is to have next: a longer list, or a table. */
static int32_t
grown_slots(const CrUnitSet *set)
{
	int32_t		limit = list_limit(set->threshold);
	int32_t		nentries;

	if (set->kind == CR_UNITSET_LIST)
	{
		if (set->nslots < LIST_SECOND && limit > LIST_SECOND)
			return LIST_SECOND;
		return limit;
	}
	nentries = set->nheld < set->threshold / 2 ?
		set->nheld * 2 : set->threshold;
	return table_slots_for(nentries);
}

size_t
cr_unitset_grown_size(const CrUnitSet *set)
{
	return cr_unitset_size(grown_slots(set));
}

CrUnitSet *
cr_unitset_move(void *memory, size_t size, const CrUnitSet *from)
{
	CrUnitSet  *set = cr_unitset_init(memory, size, from->threshold);
	int32_t		position = 0;
	uint64_t	hash;

	set->nheld = from->nheld;
	if (from->kind == CR_UNITSET_LIST)
	{
		memcpy(set->slots, from->slots,
			   (size_t) from->nheld * sizeof(uint64_t));
		return set;
	}
	set->kind = CR_UNITSET_TABLE;
	while (cr_unitset_next(from, &position, &hash))
		table_insert(set->slots, set->nslots, hash);
	return set;
}

int32_t
cr_unitset_count(const CrUnitSet *set)
{
	Scratch		scratch;

	if (set->kind != CR_UNITSET_LIST)
		return set->nheld;
	list_distinct(set, &scratch);
	return scratch.ndistinct;
}

bool
cr_unitset_next(const CrUnitSet *set, int32_t *position, uint64_t *hash)
{
	int32_t		end;

	end = set->kind == CR_UNITSET_TABLE ? set->nslots : set->nheld;
	while (*position < end)
	{
		*hash = set->slots[(*position)++];
		if (*hash != 0)
			return true;
	}
	return false;
}
