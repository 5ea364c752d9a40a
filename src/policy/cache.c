/*-------------------------------------------------------------------------
 *
 * src/policy/cache.c
 *	  Keeps what this backend knows of the policies of relations.
 *
 * Entries stay for the life of the backend, "not protected" ones too; each
 * protected one has a memory context of its own.  An entry that was built
 * by reading other relations (ancestors, descendants) leans on them: they
 * have entries as well, marked in_tree, and an invalidation of one of those
 * moves tree_generation on, which outdates every leaning entry.  So the
 * relcache callback needs one probe, and so does a look-up.
 *
 * The callback only marks: it may run anywhere a lock is taken, in the
 * middle of loading an entry included, which is then loaded again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "base/inval.h"
#include "base/oids.h"
#include "catalog/pg_inherits.h"
#include "commands/extension.h"
#include "policy/cache.h"
#include "policy/load.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* When the cache has grown to this, it starts afresh. */
#define ENTRIES_MAX		16384

typedef struct PolicyEntry
{
	Oid			relid;			/* hash key */
	bool		valid;			/* are policy and leans right? */
	bool		dirty;			/* invalidated while it was being loaded */
	bool		in_tree;		/* does another entry lean on this relation? */
	bool		leans;			/* was another relation read for it? */
	uint64		generation;		/* of the tree, when it was loaded */
	bool		own_table;		/* is it one of the extension's tables? */
	CrPolicy   *policy;			/* NULL: not protected */
	MemoryContext context;		/* of policy; made when first needed */
	bool		descendants_valid;	/* is the next one right? */
	bool		has_protected_descendant;
	uint64		descendants_generation;
} PolicyEntry;

typedef enum Possible
{
	POSSIBLE_UNKNOWN,
	POSSIBLE_NO,
	POSSIBLE_YES
} Possible;

static HTAB *policy_hash = NULL;
static MemoryContext policy_context = NULL;
static uint64 tree_generation = 0;
static Possible possible = POSSIBLE_UNKNOWN;

static void
mark_entry(PolicyEntry *entry)
{
	entry->valid = false;
	entry->dirty = true;
	entry->descendants_valid = false;
	if (entry->in_tree)
		tree_generation++;
}

static void
mark_relation(Oid relid)
{
	PolicyEntry *entry;

	/*
	 * CREATE EXTENSION makes views, and a first label sends this for its
	 * table; a yes needs no second look before the session ends.
	 */
	if (possible == POSSIBLE_NO)
		possible = POSSIBLE_UNKNOWN;
	if (policy_hash == NULL)
		return;
	if (OidIsValid(relid))
	{
		entry = hash_search(policy_hash, &relid, HASH_FIND, NULL);
		if (entry != NULL)
			mark_entry(entry);
	}
	else
	{
		HASH_SEQ_STATUS scan;

		hash_seq_init(&scan, policy_hash);
		while ((entry = hash_seq_search(&scan)) != NULL)
			mark_entry(entry);
	}
}

void
cr_cache_init(void)
{
	cr_inval_register(mark_relation);
}

bool
cr_policy_possible(void)
{
	while (possible == POSSIBLE_UNKNOWN)
	{
		if (!IsTransactionState())
			return true;

		/*
		 * Labels outlive the extension when it is dropped: then the tables
		 * stay protected, and closed.
		 */
		possible = POSSIBLE_NO;
		if (OidIsValid(get_extension_oid("cleanroom", true)) ||
			cr_load_labelled_relations() != NIL)
			possible = POSSIBLE_YES;
	}
	return possible == POSSIBLE_YES;
}

static void
create_cache(void)
{
	HASHCTL		control;

	if (policy_context != NULL)
	{
		policy_hash = NULL;
		MemoryContextReset(policy_context);
	}
	else
		policy_context = AllocSetContextCreate(TopMemoryContext,
											   "cleanroom policies",
											   ALLOCSET_DEFAULT_SIZES);
	tree_generation++;
	memset(&control, 0, sizeof(control));
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(PolicyEntry);
	control.hcxt = policy_context;
	policy_hash = hash_create("cleanroom policies", 128, &control,
							  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* A copy in the current memory context. */
static CrPolicy *
copy_policy(const CrPolicy *policy)
{
	CrPolicy   *copy = palloc(sizeof(CrPolicy));
	int			natts = Max(policy->natts, 1);
	int			i;

	*copy = *policy;
	copy->columns = palloc(natts * sizeof(CrColumnPolicy));
	memcpy(copy->columns, policy->columns, natts * sizeof(CrColumnPolicy));
	copy->units = palloc(natts * sizeof(AttrNumber));
	memcpy(copy->units, policy->units, natts * sizeof(AttrNumber));
	if (policy->unreadable_why != NULL)
		copy->unreadable_why = pstrdup(policy->unreadable_why);
	for (i = 0; i < policy->natts; i++)
	{
		CrColumnPolicy *column = &copy->columns[i];

		if (column->lower != NULL)
			column->lower = pstrdup(column->lower);
		if (column->upper != NULL)
			column->upper = pstrdup(column->upper);
	}
	return copy;
}

/* See policy.h. */
void
cr_policy_describe(const CrPolicy *policy, StringInfo words)
{
	appendStringInfo(words, "p%u %u %d %d %d%d%d:", policy->labelled_relid,
					 policy->owner, policy->threshold, policy->natts,
					 policy->readable, policy->join_required,
					 policy->refuse_small_groups);
	for (int i = 0; i < policy->nunits; i++)
		appendStringInfo(words, "u%d", policy->units[i]);
	for (int i = 0; i < policy->natts; i++)
	{
		const CrColumnPolicy *column = &policy->columns[i];

		appendStringInfo(words, "c%u %u [%s,%s]", column->uses,
						 column->aggregates,
						 column->lower == NULL ? "" : column->lower,
						 column->upper == NULL ? "" : column->upper);
	}
}

bool
cr_policy_equal(const CrPolicy *a, const CrPolicy *b)
{
	StringInfoData of_a;
	StringInfoData of_b;

	initStringInfo(&of_a);
	initStringInfo(&of_b);
	cr_policy_describe(a, &of_a);
	cr_policy_describe(b, &of_b);
	return strcmp(of_a.data, of_b.data) == 0;
}

static PolicyEntry *
enter_entry(Oid relid)
{
	bool		found;
	PolicyEntry *entry;

	entry = hash_search(policy_hash, &relid, HASH_ENTER, &found);
	if (!found)
	{
		memset(entry, 0, sizeof(*entry));
		entry->relid = relid;
	}
	return entry;
}

/* Has visit_relation() been called since this was last cleared? */
static bool visited_any;

/* Another entry is being built from this relation. */
static void
visit_relation(Oid relid)
{
	enter_entry(relid)->in_tree = true;
	visited_any = true;
}

/* Loads the entry's policy, until no invalidation comes in between. */
static void
load_entry(PolicyEntry *entry)
{
	do
	{
		MemoryContext caller = CurrentMemoryContext;
		MemoryContext scratch;
		CrPolicy   *policy;
		uint64		generation = tree_generation;

		entry->dirty = false;
		visited_any = false;
		scratch = AllocSetContextCreate(caller, "cleanroom policy load",
										ALLOCSET_SMALL_SIZES);
		MemoryContextSwitchTo(scratch);
		policy = cr_load_policy(entry->relid, visit_relation);

		entry->own_table = cr_oids_is_own_table(entry->relid);
		entry->policy = NULL;
		entry->leans = visited_any;
		entry->generation = generation;
		if (entry->context != NULL)
			MemoryContextReset(entry->context);
		if (policy != NULL)
		{
			if (entry->context == NULL)
				entry->context = AllocSetContextCreate(policy_context,
													   "cleanroom policy",
													   ALLOCSET_SMALL_SIZES);
			MemoryContextSwitchTo(entry->context);
			entry->policy = copy_policy(policy);
		}
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(scratch);
		entry->valid = !entry->dirty;
	} while (!entry->valid);
}

/* The entry of a relation, up to date. */
static PolicyEntry *
find_entry(Oid relid)
{
	PolicyEntry *entry = NULL;

	if (policy_hash != NULL)
		entry = hash_search(policy_hash, &relid, HASH_FIND, NULL);
	if (entry == NULL)
	{
		if (policy_hash == NULL ||
			hash_get_num_entries(policy_hash) >= ENTRIES_MAX)
			create_cache();
		entry = enter_entry(relid);
	}
	while (!entry->valid ||
		   (entry->leans && entry->generation != tree_generation))
		load_entry(entry);
	return entry;
}

/* The server's own catalogs cannot be protected. */
static bool
is_candidate(Oid relid)
{
	return relid >= FirstNormalObjectId && cr_policy_possible();
}

bool
cr_policy_exists(Oid relid)
{
	return is_candidate(relid) && find_entry(relid)->policy != NULL;
}

bool
cr_policy_is_own_table(Oid relid)
{
	return is_candidate(relid) && find_entry(relid)->own_table;
}

CrPolicy *
cr_policy_lookup(Oid relid)
{
	PolicyEntry *entry;

	if (!is_candidate(relid))
		return NULL;
	entry = find_entry(relid);
	return entry->policy == NULL ? NULL : copy_policy(entry->policy);
}

bool
cr_policy_has_protected_descendant(Oid relid)
{
	PolicyEntry *entry;

	if (!is_candidate(relid))
		return false;
	entry = find_entry(relid);
	while (!entry->descendants_valid ||
		   entry->descendants_generation != tree_generation)
	{
		uint64		generation = tree_generation;
		bool		result;

		/* a change of its own list of children must be noticed as well */
		entry->dirty = false;
		result = cr_load_has_protected_descendant(relid, visit_relation);
		entry->has_protected_descendant = result;
		entry->descendants_generation = generation;
		entry->descendants_valid = !entry->dirty;
	}
	return entry->has_protected_descendant;
}

static void
send_invalidation(Oid relid)
{
	if (SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
		CacheInvalidateRelcacheByRelid(relid);
}

void
cr_cache_invalidate(Oid relid)
{
	List	   *ancestors = list_make1_oid(relid);
	ListCell   *lc;

	foreach(lc, find_all_inheritors(relid, NoLock, NULL))
		send_invalidation(lfirst_oid(lc));

	/* the list grows while it is walked, which moves its cells */
	foreach(lc, ancestors)
	{
		Oid			ancestor = lfirst_oid(lc);

		if (ancestor != relid)
			send_invalidation(ancestor);
		ancestors = list_concat_unique_oid(ancestors,
										   cr_load_parents(ancestor));
	}
}
