/*-------------------------------------------------------------------------
 *
 * src/agg/neither.c
 *	  Counts the units that have a row with neither of two values.
 *
 * What a product of two columns sums to, and by that their covariance, is
 * known but for those rows in which neither is a constant of the asker's
 * choice: (x - a) * (y - b) is zero in all others.  Any a and b may be
 * chosen, also such as no row has.
 *
 * Of each pair of values as many units (of a class) are kept as the
 * threshold: then all choices that leave the pair out are known to leave
 * enough, and to the others it does not matter who else has it.  Whatever is
 * added later leaves none of the numbers smaller, so that nothing needs to be
 * kept once all of them have reached the threshold; this is looked at whenever
 * the rows have doubled.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "agg/neither.h"
#include "prim/unitset.h"
#include "utils/memutils.h"

typedef struct Pair
{
	uint64		class;			/* of units */
	uint64		x;
	uint64		y;
} Pair;

typedef struct PairCount
{
	Pair		pair;			/* the key */
	int32		units;
} PairCount;

/* How many units have a value of one of the two columns. */
typedef struct ValueCount
{
	uint64		value;
	int64		units;
} ValueCount;

typedef struct ValueCounts
{
	ValueCount *counts;
	int64		n;
	int64		most;			/* units of the commonest */
} ValueCounts;

#define FIRST_LOOK	64

/* More steps than these are not taken: whoever asks is told that few have. */
#define MOST_STEPS	INT64CONST(100000000)

static HTAB *
make_table(const char *name, MemoryContext context, Size key, Size entry)
{
	HASHCTL		control;

	control.keysize = key;
	control.entrysize = entry;
	control.hcxt = context;
	return hash_create(name, FIRST_LOOK, &control,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

CrNeither *
cr_neither_make(MemoryContext context, int32 threshold, bool classes)
{
	CrNeither  *neither = MemoryContextAlloc(context, sizeof(CrNeither));

	neither->threshold = threshold;
	neither->classes = classes;
	neither->look_at = Max(FIRST_LOOK, threshold);
	neither->triples = make_table("cleanroom rows", context,
								  sizeof(CrTriple), sizeof(CrTriple));
	neither->pairs = make_table("cleanroom pairs", context,
								sizeof(Pair), sizeof(PairCount));
	return neither;
}

void
cr_neither_settle(CrNeither *neither)
{
	if (neither->triples == NULL)
		return;
	hash_destroy(neither->triples);
	hash_destroy(neither->pairs);
	neither->triples = neither->pairs = NULL;
}

static int
compare(uint64 a, uint64 b)
{
	return a < b ? -1 : a > b;
}

static int
compare_hashes(const void *a, const void *b)
{
	return compare(*(const uint64 *) a, *(const uint64 *) b);
}

static int
compare_units(const void *a, const void *b)
{
	return compare(((const CrTriple *) a)->unit, ((const CrTriple *) b)->unit);
}

static int
compare_x(const void *a, const void *b)
{
	int			order = compare(((const CrTriple *) a)->x,
								((const CrTriple *) b)->x);

	return order != 0 ? order : compare_units(a, b);
}

static void *
allocate(int64 n, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, (n + 1) * size);
}

/* How many units have each x, but for the one that is not chosen. */
static ValueCounts
count_x(CrTriple *triples, int64 n)
{
	ValueCounts result = {allocate(n, sizeof(ValueCount)), 0, 0};
	int64		i;

	qsort(triples, n, sizeof(CrTriple), compare_x);
	for (i = 0; i < n; i++)
	{
		ValueCount *count = &result.counts[Max(result.n, 1) - 1];

		if (triples[i].x == CR_NEITHER_NONE ||
			(i > 0 && compare_x(&triples[i - 1], &triples[i]) == 0))
			continue;			/* or the same unit, with another y */
		if (i == 0 || triples[i - 1].x != triples[i].x)
		{
			count = &result.counts[result.n++];
			count->value = triples[i].x;
			count->units = 0;
		}
		count->units++;
		result.most = Max(result.most, count->units);
	}
	return result;
}

static void
swap_columns(CrTriple *triples, int64 n)
{
	int64		i;

	for (i = 0; i < n; i++)
	{
		uint64		x = triples[i].x;

		triples[i].x = triples[i].y;
		triples[i].y = x;
	}
}

static int64
count_units(CrTriple *triples, int64 n)
{
	int64		units = 0;
	int64		i;

	qsort(triples, n, sizeof(CrTriple), compare_units);
	for (i = 0; i < n; i++)
		units += i == 0 || triples[i - 1].unit != triples[i].unit;
	return units;
}

/* Values to try; NULL is one that no row has. */
typedef struct Choices
{
	const uint64 **values;
	int64		n;
} Choices;

/*
 * The values of x that may leave fewer than the threshold: not those that
 * have too few units themselves, even beside the commonest y.
 */
static Choices
choices_of(ValueCounts xs, int64 enough)
{
	Choices		result = {allocate(xs.n, sizeof(uint64 *)), 0};
	int64		i;

	for (i = 0; i < xs.n; i++)
	{
		if (xs.counts[i].units > enough)
			result.values[result.n++] = &xs.counts[i].value;
	}
	if (enough < 0)
		result.values[result.n++] = NULL;
	return result;
}

/* The fewest found so far, and whether none count. */
typedef struct Fewest
{
	int64		units;
	bool		some;
} Fewest;

static void
note_units(Fewest *fewest, int64 units)
{
	if (units > 0 || !fewest->some)
		fewest->units = Min(fewest->units, units);
}

/* Notes what is left of so many units without those of each y in turn. */
static void
leave_out_each(Fewest *fewest, int64 units, uint64 *only, int64 n)
{
	int64		same = 0;
	int64		i;

	qsort(only, n, sizeof(uint64), compare_hashes);
	for (i = 0; i < n; i++)
	{
		same = i > 0 && only[i - 1] == only[i] ? same + 1 : 1;
		if (i + 1 == n || only[i + 1] != only[i])
			note_units(fewest, units - same);
	}
}

/*
 * Without one x, and each y in turn: of the units that have another x, those
 * are left out besides whose only y it is.  The triples are in the order of
 * their units.
 */
static void
leave_out(Fewest *fewest, const CrTriple *triples, int64 n, const uint64 *x,
		  uint64 *only)
{
	int64		units = 0;
	int64		nonly = 0;
	int64		i;

	for (i = 0; i < n;)
	{
		uint64		unit = triples[i].unit;
		const CrTriple *first = NULL;
		bool		one_y = true;

		for (; i < n && triples[i].unit == unit; i++)
		{
			if (x != NULL && triples[i].x == *x)
				continue;
			if (first == NULL)
				first = &triples[i];
			one_y = one_y && triples[i].y == first->y;
		}
		if (first == NULL)
			continue;
		units++;
		if (one_y && first->y != CR_NEITHER_NONE)
			only[nonly++] = first->y;
	}
	note_units(fewest, units);
	leave_out_each(fewest, units, only, nonly);
}

static CrTriple *
all_triples(HTAB *table)
{
	CrTriple   *triples = allocate(hash_get_num_entries(table),
								   sizeof(CrTriple));
	CrTriple   *triple;
	HASH_SEQ_STATUS scan;
	int64		n = 0;

	hash_seq_init(&scan, table);
	while ((triple = hash_seq_search(&scan)) != NULL)
		triples[n++] = *triple;
	return triples;
}

/* Up to the threshold; with no units at all, if not only some are meant. */
static int64
find_fewest(int32 threshold, CrTriple *triples, int64 n, bool some)
{
	Fewest		fewest = {threshold, some};
	ValueCounts xs = count_x(triples, n);
	ValueCounts ys;
	Choices		chosen;
	int64		spare;
	uint64	   *only = allocate(n, sizeof(uint64));
	int64		i;

	swap_columns(triples, n);
	ys = count_x(triples, n);
	spare = count_units(triples, n) - threshold;
	chosen = choices_of(ys, spare - xs.most);
	if (choices_of(xs, spare - ys.most).n < chosen.n)
	{
		swap_columns(triples, n);
		chosen = choices_of(xs, spare - ys.most);
	}
	if (chosen.n * n > MOST_STEPS)
		note_units(&fewest, 1);
	for (i = 0; chosen.n * n <= MOST_STEPS && i < chosen.n; i++)
		leave_out(&fewest, triples, n, chosen.values[i], only);
	return fewest.units;
}

static uint64
class_of(const CrNeither *neither, uint64 unit)
{
	return neither->classes ? unit >> CR_UNITSET_CLASS_SHIFT : 0;
}

/* Where the class of the triple at "first" ends, in the order of units. */
static int64
end_of_class(const CrNeither *neither, const CrTriple *triples, int64 n,
			 int64 first)
{
	int64		end = first + 1;

	while (end < n && class_of(neither, triples[end].unit) ==
		   class_of(neither, triples[first].unit))
		end++;
	return end;
}

/*
 * The same in the class that has most.  Where there are several, two values
 * that leave none in one of them may leave some in another: each choice counts
 * there, and the result is 1 at least, since 0 would say that there are none.
 */
static int64
fewest_in_class(const CrNeither *neither, bool some)
{
	int64		n = hash_get_num_entries(neither->triples);
	CrTriple   *triples = all_triples(neither->triples);
	bool		several;
	int64		most;
	int64		first;
	int64		end;

	qsort(triples, n, sizeof(CrTriple), compare_units);
	several = end_of_class(neither, triples, n, 0) < n;
	most = several ? 1 : 0;
	for (first = 0; first < n; first = end)
	{
		end = end_of_class(neither, triples, n, first);
		most = Max(most, find_fewest(neither->threshold, triples + first,
									 end - first,
									 some && !several));
	}
	return most;
}

/* The same, and lets go of what it took. */
static int64
fewest_of(const CrNeither *neither, bool some)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "cleanroom neither",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	int64		units = fewest_in_class(neither, some);

	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
	return units;
}

void
cr_neither_add(CrNeither *neither, const CrTriple *triple)
{
	Pair		pair = {class_of(neither, triple->unit), triple->x, triple->y};
	PairCount  *count;
	bool		found;

	if (neither->triples == NULL)
		return;
	count = hash_search(neither->pairs, &pair, HASH_ENTER, &found);
	if (!found)
		count->units = 0;
	if (count->units >= neither->threshold)
		return;
	hash_search(neither->triples, triple, HASH_ENTER, &found);
	if (found)
		return;
	count->units++;
	if (hash_get_num_entries(neither->triples) < neither->look_at)
		return;
	neither->look_at *= 2;
	if (fewest_of(neither, false) >= neither->threshold)
		cr_neither_settle(neither);
}

int32
cr_neither_fewest(const CrNeither *neither)
{
	return neither->triples == NULL ? neither->threshold :
		(int32) fewest_of(neither, true);
}
