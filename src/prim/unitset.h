/*-------------------------------------------------------------------------
 *
 * src/prim/unitset.h
 *	  A set of 64-bit hashes that counts up to a threshold and no further.
 *
 * A set is one piece of memory without pointers, which the caller provides:
 * nothing is allocated here.  When a set has no room left, the caller makes
 * a larger piece and moves the set there.
 *
 * A set never holds more than "threshold" hashes.  Two different units with
 * the same hash count as one, so a collision only ever undercounts.
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

typedef enum CrUnitSetKind
{
	CR_UNITSET_LIST,			/* hashes as they came, with repetitions */
	CR_UNITSET_SETTLED,			/* a list of distinct hashes, never added to */
	CR_UNITSET_TABLE			/* a hash table; slots of 0 are free */
} CrUnitSetKind;

typedef struct CrUnitSet
{
	int32_t		threshold;		/* 1 to CR_UNITSET_THRESHOLD_MAX */
	int32_t		nheld;			/* hashes held */
	int32_t		nslots;			/* room in slots */
	int32_t		kind;			/* a CrUnitSetKind */
	uint64_t	slots[];
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

/* Makes an empty set in "size" bytes at "memory". */
extern CrUnitSet *cr_unitset_init(void *memory, size_t size,
								  int32_t threshold);

/* Adds a hash.  Only CR_UNITSET_FULL leaves it out. */
extern CrUnitSetResult cr_unitset_add(CrUnitSet *set, uint64_t hash);

/*
 * Bytes to move a full set to; and the move, which leaves "from" to be freed.
 * "memory" and "from" must not overlap.
 */
extern size_t cr_unitset_grown_size(const CrUnitSet *set);
extern CrUnitSet *cr_unitset_move(void *memory, size_t size,
								  const CrUnitSet *from);

/* The number of distinct hashes; below the threshold unless saturated. */
extern int32_t cr_unitset_count(const CrUnitSet *set);

/*
 * Steps through the hashes, repetitions included: start with *position 0,
 * false at the end.
 */
extern bool cr_unitset_next(const CrUnitSet *set, int32_t *position,
							uint64_t *hash);

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
