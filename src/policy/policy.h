/*-------------------------------------------------------------------------
 *
 * src/policy/policy.h
 *	  The policy of a protected table, as the rest of the library reads it.
 *
 * A relation is protected when it carries a table label of our provider, or
 * when a table it is a partition or an inheritance child of does (then the
 * nearest such ancestor's policy holds, its columns matched by name).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_POLICY_H
#define CR_POLICY_H

#include "access/attnum.h"

/* column uses */
#define CR_USE_UNIT			0x01
#define CR_USE_JOIN			0x02
#define CR_USE_DIMENSION	0x04
#define CR_USE_FILTER		0x08
#define CR_USE_MEASURE		0x10

/* aggregates that a measure allows; count is always allowed on a measure */
#define CR_AGG_SUM			0x01
#define CR_AGG_AVG			0x02
#define CR_AGG_STDDEV		0x04	/* stddev, stddev_samp, stddev_pop */
#define CR_AGG_VARIANCE		0x08	/* variance, var_samp, var_pop */
#define CR_AGG_COUNT		0x10
#define CR_AGG_ALL			0x1F

typedef struct CrColumnPolicy
{
	uint32		uses;			/* CR_USE_… bits, 0: none */
	uint32		aggregates;		/* CR_AGG_… bits, when a measure */
	char	   *lower;			/* bounds of "in [lower, upper]" as numeric */
	char	   *upper;			/* text, or NULL */
} CrColumnPolicy;

typedef struct CrPolicy
{
	Oid			relid;			/* the relation asked about */
	Oid			labelled_relid; /* the relation whose label holds */
	Oid			owner;			/* owner of labelled_relid */
	bool		readable;		/* false: the label cannot be used (no unit
								 * column left, damaged text): refuse all */
	const char *unreadable_why; /* when not readable: reason for a message */
	int			threshold;		/* at least 2 */
	bool		join_required;
	bool		refuse_small_groups;
	int			natts;			/* attributes of relid, dropped included */
	CrColumnPolicy *columns;	/* natts of them; attribute n at n - 1 */
	int			nunits;
	AttrNumber *units;			/* attribute numbers of the unit columns */
} CrPolicy;

/*
 * The policy of a relation, copied into the current memory context, or NULL
 * when it is not protected.  "Not protected" costs one hash probe.  Takes no
 * lock beyond those of catalog look-ups.
 */
extern CrPolicy *cr_policy_lookup(Oid relid);

/* Is the relation protected?  As cr_policy_lookup(), without the copy. */
extern bool cr_policy_exists(Oid relid);

/* Could any relation of this database be protected (extension installed)? */
extern bool cr_policy_possible(void);

/* Registers the label provider; called once from _PG_init. */
extern void cr_policy_init(void);

#endif							/* CR_POLICY_H */
