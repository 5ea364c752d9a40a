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
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

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

/* Appends all that the policy of a relation says. */
extern void cr_policy_describe(const CrPolicy *policy, StringInfo words);

/* Do two policies, of one relation, say the same? */
extern bool cr_policy_equal(const CrPolicy *a, const CrPolicy *b);

/* Is the relation protected?  As cr_policy_lookup(), without the copy. */
extern bool cr_policy_exists(Oid relid);

/*
 * May a person have several values of this unit column, by its type?  One has
 * as many tokens as a key has versions.
 */
extern bool cr_policy_unit_may_be_token(Oid relid, AttrNumber attnum);

/*
 * Is the relation a table or a sequence of the extension's own?  One hash
 * probe.
 */
extern bool cr_policy_is_own_table(Oid relid);

/* Could any relation of this database be protected (extension installed)? */
extern bool cr_policy_possible(void);

/*
 * Does a descendant of the relation, by partitioning or inheritance, carry a
 * policy of its own?  A scan of the relation then returns rows that are
 * protected by another policy than the relation's, if it has any.
 */
extern bool cr_policy_has_protected_descendant(Oid relid);

/*
 * The conditions of the owner's row policies, as expressions whose Vars have
 * varno 1 and the attribute numbers of relid; in the current memory context,
 * their subqueries rewritten for the current user, and the relations of those
 * locked.  The conditions of the relation that the policy is inherited from
 * are among them.  They hold for whoever is not exempt, so where row security
 * did not add them (BYPASSRLS, a view of the owner) the caller must.
 */
extern List *cr_policy_row_conditions(Oid relid);

/*
 * To be called after a command that may have given parent new descendants:
 * closes those that are not, as protect() does, with the policies that the
 * planner hook lifts, and with the row policies of the protected table.
 * Does nothing where neither parent nor an ancestor of it is protected.
 * Takes AccessExclusiveLock on the descendants; raises what protect() would.
 */
extern void cr_policy_close_descendants(Oid parent);

/*
 * To be called after a command that has made the relation part of another, or
 * has given it to another role: is no protected one, of it and of what is part
 * of it, part of a table that another role owns?  Errors: 55000.
 */
extern void cr_policy_check_place(Oid relid);

/*
 * To be called before CREATE POLICY, with its table and name: drops a policy
 * of that name that closing has put there, so that a dump can be restored,
 * which brings them all.  Does nothing for a table that is not protected or
 * not the current user's.
 */
extern void cr_policy_make_room(Oid relid, const char *name);

/*
 * To be called when the extension has been dropped, in the same transaction:
 * the drop has taken the closing policies away.  Gives protected tables with
 * permissive policies a restrictive one that depends on nothing and lets no
 * row through, and switches row security on where it was not.
 */
extern void cr_policy_seal_tables(void);

/* Registers the label provider; called once from _PG_init. */
extern void cr_policy_init(void);

#endif							/* CR_POLICY_H */
