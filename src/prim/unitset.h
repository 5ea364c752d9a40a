/*-------------------------------------------------------------------------
 *
 * src/prim/unitset.h
 *	  A set of 64-bit hashes that counts up to a threshold and no further.
 *
 * A set is one piece of memory without pointers, which the caller provides:
 * nothing is allocated here.  When a set has no room left, the caller makes
 * a larger piece and moves the set there.
 *
 * Two different units with the same hash count as one, so a collision only
 * ever undercounts.
 *
 * In a set with classes the first bits of a hash are its class, and one unit
 * may have a hash in each: then the largest class counts, and no other, since
 * nothing tells that its units are not those.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_UNITSET_H
#define CR_UNITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest threshold a set can have. */
#define CR_UNITSET_THRESHOLD_MAX	(INT32_C(1) << 26)

/* Bits of a hash that do not tell its class. */
#define CR_UNITSET_CLASS_SHIFT		36

typedef enum CrUnitSetKind
{
	CR_UNITSET_LIST,			/* hashes as they came, with repetitions; slots
								 * of 0 are free */
	CR_UNITSET_SETTLED,			/* a list of distinct hashes, never added to */
	CR_UNITSET_TABLE			/* a hash table; slots of 0 are free */
} CrUnitSetKind;

typedef struct CrUnitSet
{
	int32_t		threshold;		/* 1 to CR_UNITSET_THRESHOLD_MAX */
	int32_t		nheld;			/* hashes held; of a list, kept up by
								 * cr_unitset_of_tail() only */
	int32_t		nslots;			/* room in slots */
	int16_t		kind;			/* a CrUnitSetKind */
	int16_t		classes;		/* not 0: hashes have classes */
	uint64_t	start;			/* 0: no hash is before the first slot */
	uint64_t	slots[];		/* a list has one more, never 0, at its end */
} CrUnitSet;

typedef enum CrUnitSetResult
{
	CR_UNITSET_HELD,			/* the set holds the hash */
	CR_UNITSET_SATURATED,		/* threshold reached: the set may be let go */
	CR_UNITSET_FULL				/* no room: move the set and add again */
} CrUnitSetResult;

/* Bytes of a new, empty set, and of any set with room for n hashes. */
extern size_t cr_unitset_initial_size(int32_t threshold);
extern size_t cr_unitset_size(int32_t n);

/* Makes an empty set, without classes, in "size" bytes at "memory". */
extern CrUnitSet *cr_unitset_init(void *memory, size_t size,
								  int32_t threshold);

/*
 * Appends a hash, not 0, to a list, of which only the next free slot is known:
 * so a row touches one line of memory.  Returns the next free slot then, or
 * NULL when the list has no room.
 */
static inline uint64_t *
cr_unitset_append(uint64_t *tail, uint64_t hash)
{
	if (tail[-1] == hash)
		return tail;
	if (*tail != 0)
		return NULL;
	*tail = hash;
	return tail + 1;
}

/* The list whose next free slot this is; and the next free slot of a list. */
extern CrUnitSet *cr_unitset_of_tail(uint64_t *tail);

static inline uint64_t *
cr_unitset_tail(CrUnitSet *set)
{
	return &set->slots[set->nheld];
}

/* Adds a hash, not 0.  Only CR_UNITSET_FULL leaves it out. */
extern CrUnitSetResult cr_unitset_add(CrUnitSet *set, uint64_t hash);

/*
 * Bytes to move a full set to; and the move, which leaves "from" to be freed.
 * "memory" and "from" must not overlap.
 */
extern size_t cr_unitset_grown_size(const CrUnitSet *set);
extern CrUnitSet *cr_unitset_move(void *memory, size_t size,
								  const CrUnitSet *from);

/*
 * The number of distinct hashes, in the largest class if there are classes; up
 * to the threshold.
 */
extern int32_t cr_unitset_count(const CrUnitSet *set);

/*
 * Steps through the hashes, repetitions included: start with *position 0,
 * false at the end.
 */
extern bool cr_unitset_next(const CrUnitSet *set, int32_t *position,
							uint64_t *hash);

/* What is kept of a hash: 0 marks a free slot, so it becomes 1. */
static inline uint64_t
cr_unitset_kept(uint64_t hash)
{
	return hash != 0 ? hash : 1;
}

/* Spreads an integer over 64 bits; different integers stay different. */
static inline uint64_t
cr_unitset_mix(uint64_t value)
{
	value ^= value >> 32;
	value *= UINT64_C(0xd6e8feb86659fd93);
	value ^= value >> 32;
	value *= UINT64_C(0xd6e8feb86659fd93);
	value ^= value >> 32;
	return value;
}

#endif							/* CR_UNITSET_H */
