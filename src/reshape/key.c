/*-------------------------------------------------------------------------
 *
 * src/reshape/key.c
 *	  Writes what stands for several equal values so that they look the same.
 *
 * What a group shows of its key is taken from some one row, and so are the
 * first and the last of values.  From which one depends on the order of the
 * rows, and so on rows that are not in the group.  See inspect/image.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/oids.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "reshape/reshape.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

static Oid
find_function(const char *name, Oid type)
{
	Oid			result = cr_oids_find_function(name, 1, &type);

	if (!OidIsValid(result))
		elog(ERROR, "function cleanroom.%s() is missing", name);
	return result;
}

/* The function that gives one look to equal values of the type. */
static Oid
canonical_function(Oid type)
{
	switch (type)
	{
		case NUMERICOID:
			return F_TRIM_SCALE;
		case BPCHAROID:
			return F_TEXT_BPCHAR;	/* takes off blanks at the end */
		case FLOAT4OID:
			return find_function("canonical_real", type);
		case FLOAT8OID:
			return find_function("canonical_double", type);
		case INTERVALOID:
			return find_function("canonical_interval", type);
		default:
			elog(ERROR, "type %u has no canonical form", type);
	}
}

/*
 * The key, written canonically where equal ones may look different.
 * "expanded" is the same over base columns.
 */
Expr *
cr_canonical_key(Expr *key, Node *expanded)
{
	Oid			type = exprType((Node *) key);
	Oid			funcid;
	Expr	   *call;

	if (cr_inspect_image(expanded) != CR_IMAGE_CANONICAL)
		return key;
	funcid = canonical_function(getBaseType(type));
	call = (Expr *) makeFuncExpr(funcid, get_func_rettype(funcid),
								 list_make1(key),
								 exprCollation((Node *) key),
								 exprCollation((Node *) key),
								 COERCE_EXPLICIT_CALL);
	if (get_func_rettype(funcid) == type)
		return call;
	return (Expr *) makeRelabelType(call, type, exprTypmod((Node *) key),
									exprCollation((Node *) key),
									COERCE_IMPLICIT_CAST);
}

/*
 * The first or last of values, likewise: of equal ones it is one that the
 * order of the rows has chosen.  "guarded" is the aggregate with its guard.
 */
Expr *
cr_canonical_aggregate(const Aggref *aggref, Expr *guarded)
{
	if (!cr_aggregate_is_extreme(aggref->aggfnoid) || aggref->args == NIL)
		return guarded;
	return cr_canonical_key(guarded,
							(Node *) linitial_node(TargetEntry,
												   aggref->args)->expr);
}

/* Is the key a unit, which is told apart by equality alone? */
static bool
is_unit(CrLevel *level, Node *expanded)
{
	ListCell   *lc;

	foreach(lc, level->units)
	{
		if (equal(cr_inspect_strip(expanded),
				  ((CrUnit *) lfirst(lc))->expanded))
			return true;
	}
	return false;
}

typedef struct PeopleContext
{
	CrLevel    *level;
	List	   *keys;			/* as they were written */
} PeopleContext;

static Node *
people_mutator(Node *node, PeopleContext *context)
{
	ListCell   *lc;
	ListCell   *expanded;

	if (node == NULL || IsA(node, Query))
		return node;
	if (IsA(node, Aggref))
		return (Node *) cr_canonical_aggregate((Aggref *) node,
											   (Expr *) node);
	forboth(lc, context->keys, expanded, context->level->group_keys)
	{
		if (equal(node, lfirst(lc)) &&
			!is_unit(context->level, lfirst(expanded)))
			return (Node *) cr_canonical_key((Expr *) node, lfirst(expanded));
	}
	return expression_tree_mutator(node, people_mutator, (void *) context);
}

/*
 * Both in a level of one row for each person, which what is above it looks
 * at as it likes.  Changes the query.
 */
void
cr_canonical_people(CrLevel *level)
{
	Query	   *query = level->query;
	PeopleContext context = {level, NIL};
	ListCell   *lc;

	foreach(lc, level->group_entries)
		context.keys = lappend(context.keys,
							   copyObject(lfirst_node(TargetEntry,
													  lc)->expr));
	foreach(lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		tle->expr = (Expr *) people_mutator((Node *) tle->expr, &context);
	}
	query->havingQual = people_mutator(query->havingQual, &context);
}
