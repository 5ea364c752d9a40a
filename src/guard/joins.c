/*-------------------------------------------------------------------------
 *
 * src/guard/joins.c
 *	  Hook at the planner's joins: keeps statements of analysts from comparing
 *	  two sets of rows one by one, where an equality can be hashed or merged.
 *
 * Without the samples that are hidden from the planner (estimates.c), it takes
 * every second equality that rows must meet for independent of the first, and
 * soon expects one row.  What is joined next then looks cheapest in a plain
 * nested loop, which takes minutes where there are as many rows as usual.
 * Which joins there are does not depend on what the tables hold.
 *
 * A loop that looks rows up, by an index or in a lateral subquery, is left as
 * it is, and so is one where there is no other way to join.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "guard/guard.h"
#include "optimizer/cost.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"

static set_join_pathlist_hook_type prev_join_pathlist = NULL;

/* Paths of this join are being made a second time, without loops. */
static bool making_again = false;

static bool
compares_all_pairs(const Path *path)
{
	const JoinPath *loop = (const JoinPath *) path;
	const RelOptInfo *outer;
	Relids		looked_up_by;

	if (!IsA(path, NestPath))
		return false;
	outer = loop->outerjoinpath->parent;
	looked_up_by = PATH_REQ_OUTER(loop->innerjoinpath);
	return !bms_overlap(looked_up_by, outer->relids) &&
		!bms_overlap(looked_up_by, outer->top_parent_relids);
}

/* Takes the loops that compare all pairs out of a list; returns them. */
static List *
take_loops(List **paths)
{
	List	   *loops = NIL;
	List	   *others = NIL;
	ListCell   *lc;

	foreach(lc, *paths)
	{
		if (compares_all_pairs(lfirst(lc)))
			loops = lappend(loops, lfirst(lc));
		else
			others = lappend(others, lfirst(lc));
	}
	*paths = others;
	return loops;
}

/* Is there one that asks for no more of what is outside the join? */
static bool
has_path_instead(const List *paths, const Path *loop)
{
	ListCell   *lc;

	foreach(lc, paths)
	{
		if (bms_is_subset(PATH_REQ_OUTER((Path *) lfirst(lc)),
						  PATH_REQ_OUTER(loop)))
			return true;
	}
	return false;
}

static bool
may_hash_or_merge(const List *restrictlist)
{
	ListCell   *lc;

	foreach(lc, restrictlist)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);

		if (rinfo->can_join && (OidIsValid(rinfo->hashjoinoperator) ||
								rinfo->mergeopfamilies != NIL))
			return true;
	}
	return false;
}

/*
 * The planner has thrown away what seemed to cost more than a loop, so that
 * it has to be made again.
 */
static void
make_again(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel,
		   RelOptInfo *innerrel, JoinType jointype, JoinPathExtraData *extra)
{
	bool		enabled = enable_nestloop;

	making_again = true;
	enable_nestloop = false;
	PG_TRY();
	{
		add_paths_to_joinrel(root, joinrel, outerrel, innerrel, jointype,
							 extra->sjinfo, extra->restrictlist);
	}
	PG_FINALLY();
	{
		enable_nestloop = enabled;
		making_again = false;
	}
	PG_END_TRY();
	(void) take_loops(&joinrel->pathlist);
	(void) take_loops(&joinrel->partial_pathlist);
}

static void
join_pathlist(PlannerInfo *root, RelOptInfo *joinrel, RelOptInfo *outerrel,
			  RelOptInfo *innerrel, JoinType jointype,
			  JoinPathExtraData *extra)
{
	List	   *loops;
	List	   *partial_loops;
	bool		needed = false;
	ListCell   *lc;

	if (prev_join_pathlist)
		prev_join_pathlist(root, joinrel, outerrel, innerrel, jointype, extra);
	if (making_again || !cr_guard_plans_on_others() ||
		!may_hash_or_merge(extra->restrictlist))
		return;
	loops = take_loops(&joinrel->pathlist);
	partial_loops = take_loops(&joinrel->partial_pathlist);
	if (loops == NIL && partial_loops == NIL)
		return;
	make_again(root, joinrel, outerrel, innerrel, jointype, extra);
	foreach(lc, loops)
	{
		if (has_path_instead(joinrel->pathlist, lfirst(lc)))
			continue;
		add_path(joinrel, lfirst(lc));
		needed = true;
	}
	foreach(lc, partial_loops)
	{
		if (needed)
			add_partial_path(joinrel, lfirst(lc));
	}
}

void
cr_guard_joins_init(void)
{
	prev_join_pathlist = set_join_pathlist_hook;
	set_join_pathlist_hook = join_pathlist;
}
