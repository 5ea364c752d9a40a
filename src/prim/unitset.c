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
 * The hashes of a class are counted where a set without classes is saturated,
 * and whenever a table is full: so one may hold more than the threshold.
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

/* The hashes of further classes do not count. */
#define CLASSES_MAX		256

typedef struct Scratch
{
	int32_t		nslots;
	int32_t		ndistinct;
	uint64_t	slots[SCRATCH_SLOTS];
} Scratch;

/* How many hashes a class has; 0: a free slot. */
typedef struct ClassCount
{
	uint32_t	class;
	int32_t		nhashes;
} ClassCount;

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

/* The slot of a class, or a free one; NULL when all others are taken. */
static ClassCount *
class_slot(ClassCount *counts, uint32_t class)
{
	uint32_t	i;

	for (i = 0; i < CLASSES_MAX; i++)
	{
		ClassCount *count = &counts[(class + i) % CLASSES_MAX];

		if (count->nhashes == 0 || count->class == class)
			return count;
	}
	return NULL;
}

/* Of so many slots with distinct hashes, those of the largest class. */
static int32_t
largest_class(const uint64_t *slots, int32_t nslots)
{
	ClassCount	counts[CLASSES_MAX];
	int32_t		largest = 0;
	int32_t		i;

	memset(counts, 0, sizeof(counts));
	for (i = 0; i < nslots; i++)
	{
		uint32_t	class = (uint32_t) (slots[i] >> CR_UNITSET_CLASS_SHIFT);
		ClassCount *count;

		if (slots[i] == 0)
			continue;
		count = class_slot(counts, class);
		if (count == NULL)
			continue;
		count->class = class;
		count->nhashes++;
		if (count->nhashes > largest)
			largest = count->nhashes;
	}
	return largest;
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
	set->classes = 0;
	set->start = 0;
	memset(set->slots, 0, (size_t) set->nslots * sizeof(uint64_t));
	set->slots[set->nslots] = LIST_END;
	return set;
}

/* Has a class of a table with classes reached the threshold? */
static bool
table_reached(const CrUnitSet *set)
{
	return set->classes != 0 && set->nheld >= set->threshold &&
		largest_class(set->slots, set->nslots) >= set->threshold;
}

static CrUnitSetResult
table_add(CrUnitSet *set, uint64_t hash)
{
	/* The room is kept free even for a hash that turns out to be there. */
	if (set->nheld >= TABLE_ROOM(set->nslots))
		return table_reached(set) ? CR_UNITSET_SATURATED : CR_UNITSET_FULL;
	if (!table_insert(set->slots, set->nslots, hash))
		return CR_UNITSET_HELD;
	set->nheld++;
	return set->classes == 0 && set->nheld >= set->threshold ?
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
	if (scratch.ndistinct >= set->threshold &&
		(set->classes == 0 ||
		 largest_class(scratch.slots, scratch.nslots) >= set->threshold))
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
	nentries = set->nheld < set->threshold / 2 || set->classes != 0 ?
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
	set->classes = from->classes;
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

/* The number of distinct hashes, or the threshold if that is less. */
static int32_t
count_held(const CrUnitSet *set, const uint64_t *slots, int32_t nslots,
		   int32_t ndistinct)
{
	int32_t		n;

	n = set->classes != 0 ? largest_class(slots, nslots) : ndistinct;
	return n < set->threshold ? n : set->threshold;
}

int32_t
cr_unitset_count(const CrUnitSet *set)
{
	Scratch		scratch;

	if (set->kind == CR_UNITSET_TABLE)
		return count_held(set, set->slots, set->nslots, set->nheld);
	if (set->kind == CR_UNITSET_SETTLED)
		return count_held(set, set->slots, set->nheld, set->nheld);
	list_distinct(set, &scratch);
	return count_held(set, scratch.slots, scratch.nslots, scratch.ndistinct);
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
