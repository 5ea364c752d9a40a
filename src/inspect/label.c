/*-------------------------------------------------------------------------
 *
 * src/inspect/label.c
 *	  Facts about labels: columns of public relations joined by key.
 *
 *	FROM people LEFT JOIN (VALUES (777)) AS v (k) ON k = person
 *
 * names a person as IN (SELECT 777) does, and k > 0 is the question whether
 * it is that one.  So a label may choose people together with other
 * conditions, by AND; but not instead of them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "inspect/facts.h"
#include "nodes/nodeFuncs.h"

/* What an expression is made of. */
typedef struct Made
{
	CrLevel    *level;
	bool		label;
	bool		raw;
	bool		plain;			/* look at columns alone, not at joins */
	Bitmapset  *joined;			/* bases whose joins have been looked at */
} Made;

static bool made_walker(Node *node, Made *made);

/* Is it in the nullable side of an outer join, all of it? */
static bool
is_inside(Made *made, Node *expanded)
{
	Bitmapset  *bases = cr_inspect_bases(expanded);
	int			id = -1;

	while ((id = bms_next_member(bases, id)) >= 0)
	{
		CrBase	   *base = cr_inspect_base(made->level->statement, id);

		if (!base->nullable && !base->buried)
			return false;
	}
	return true;
}

/*
 * Where a relation may have no match, its columns tell of all that it is
 * joined by: of its ON, and of what is joined with it before.
 */
static void
note_join(Made *made, const CrBase *base)
{
	ListCell   *lc;

	if (made->plain || base->membership != NULL ||
		!(base->nullable || base->buried) ||
		bms_is_member(base->id, made->joined))
		return;
	made->joined = bms_add_member(made->joined, base->id);
	if (base->level != NULL && base->level->listed)
		made->label = true;
	foreach(lc, cr_inspect_all_clauses(made->level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);

		if (!bms_is_member(base->id, clause->limited) &&
			!(bms_is_member(base->id, cr_inspect_bases(clause->expanded)) &&
			  is_inside(made, clause->expanded)))
			continue;
		if (cr_list_names_keys(made->level, clause->expanded))
			made->label = true;
		made_walker(clause->expanded, made);
	}
}

/* Is a relation of people's on the nullable side of an outer join? */
static bool
has_nullable_rows(CrLevel *level, const Bitmapset *bases)
{
	int			id = -1;

	while ((id = bms_next_member(bases, id)) >= 0)
	{
		CrBase	   *base = cr_inspect_base(level->statement, id);

		if (cr_inspect_base_is_raw(base) && base->membership == NULL &&
			(base->nullable || base->buried))
			return true;
	}
	return false;
}

/*
 * Does a label, or a list, say which of their rows people have in the level?
 * Not where it says who is there at all.
 */
static bool
limits_rows(CrLevel *level)
{
	ListCell   *lc;

	foreach(lc, cr_inspect_all_clauses(level))
	{
		CrClause   *clause = (CrClause *) lfirst(lc);
		Made		made = {level, false, false, true, NULL};
		Bitmapset  *bases = bms_union(clause->limited,
									  cr_inspect_bases(clause->expanded));

		if (clause->membership)
			continue;
		made_walker(clause->expanded, &made);
		if ((made.label && made.raw) ||
			((made.label || cr_list_names_keys(level, clause->expanded)) &&
			 has_nullable_rows(level, bases)))
			return true;
	}
	return false;
}

static bool
made_walker(Node *node, Made *made)
{
	Var		   *var = (Var *) node;
	CrBase	   *base;
	const CrColumnFact *fact;

	if (node == NULL || IsA(node, Query))
		return false;
	/* how many rows somebody has, or what is in them */
	if (IsA(node, Aggref))
	{
		made->raw = true;
		made->label = made->label || limits_rows(made->level);
	}
	if (!IsA(node, Var))
		return expression_tree_walker(node, made_walker, (void *) made);
	if (var->varlevelsup != 0 || var->varno <= 0)
		return false;
	base = cr_inspect_base(made->level->statement, var->varno);
	fact = cr_inspect_column(made->level->statement, var);
	note_join(made, base);
	if (!cr_inspect_base_is_raw(base))
	{
		if (base->by_key && base->membership == NULL)
			made->label = true;
		else if (!base->single && base->membership == NULL)
			made->raw = true;	/* looked up by what is known of people */
	}
	else if (fact != NULL && fact->labelled)
		made->label = true;
	else if (fact != NULL &&
			 (fact->uses & (CR_USE_DIMENSION | CR_USE_FILTER |
							CR_USE_MEASURE)) != 0)
		made->raw = true;
	return false;
}

static Made
made_of(CrLevel *level, Node *expanded)
{
	Made		made = {level, false, false, false, NULL};

	made_walker(expanded, &made);
	return made;
}

/* Is there a label in it? */
bool
cr_label_in(CrLevel *level, Node *expanded)
{
	return made_of(level, expanded).label;
}

/* Is something that is known of people in it? */
bool
cr_label_people_in(CrLevel *level, Node *expanded)
{
	Made		made = {level, false, false, true, NULL};

	made_walker(expanded, &made);
	return made.raw;
}

static bool
choice_walker(Node *node, void *context)
{
	if (node == NULL || IsA(node, Query))
		return false;
	if (IsA(node, CaseExpr) || IsA(node, CoalesceExpr) ||
		IsA(node, NullIfExpr) || IsA(node, MinMaxExpr) ||
		(!IsA(node, List) && exprType(node) == BOOLOID))
		return true;
	return expression_tree_walker(node, choice_walker, context);
}

/* A label compared with columns of people: day >= label + 7 */
static bool
is_comparison(CrLevel *level, Node *node)
{
	Node	   *sides[2];
	int			i;

	if (!IsA(node, OpExpr) || list_length(((OpExpr *) node)->args) != 2 ||
		exprType(node) != BOOLOID)
		return false;
	sides[0] = linitial(((OpExpr *) node)->args);
	sides[1] = lsecond(((OpExpr *) node)->args);
	for (i = 0; i < 2; i++)
	{
		Made		made = made_of(level, sides[i]);

		/* the label's side may choose: it could be any label as it is */
		if ((made.label && made.raw) || exprType(sides[i]) == BOOLOID ||
			(!made.label && choice_walker(sides[i], NULL)))
			return false;
	}
	return true;
}

typedef struct Parts
{
	CrLevel    *level;
	bool		label;			/* of labels, compared or not */
	bool		raw;			/* of columns of people alone */
	bool		mixed;
} Parts;

static bool
parts_walker(Node *node, Parts *parts)
{
	Made		made;

	if (node == NULL)
		return false;
	/* whether people match is something about them, too */
	if (cr_match_test(parts->level->statement, node) != NULL)
	{
		parts->raw = true;
		return false;
	}
	switch (nodeTag(node))
	{
		case T_BoolExpr:
		case T_BooleanTest:
		case T_NullTest:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_CoalesceExpr:
		case T_NullIfExpr:
		case T_MinMaxExpr:
		case T_List:
			return expression_tree_walker(node, parts_walker, (void *) parts);
		default:
			break;
	}
	made = made_of(parts->level, node);
	if (made.label && made.raw && !is_comparison(parts->level, node))
		parts->mixed = true;
	parts->label = parts->label || made.label;
	parts->raw = parts->raw || (made.raw && !made.label);
	return false;
}

/*
 * Can a condition, or a key of groups, hold for a label or else for something
 * else?  Then it could add one person, who is named, to others.
 */
bool
cr_label_mixes(CrLevel *level, Node *expanded)
{
	Parts		parts = {level, false, false, false};

	if (!cr_label_in(level, expanded))
		return false;
	parts_walker(expanded, &parts);
	return parts.mixed || (parts.label && parts.raw);
}

/* Is it a comparison, be it one that takes nulls for equal? */
static bool
is_compared(Node *expanded)
{
	Node	   *left;
	Node	   *right;

	return IsA(expanded, OpExpr) ||
		cr_inspect_null_safe(expanded, &left, &right) != NULL;
}

/*
 * Marks the public relations that are joined by a key of people's, or by a
 * label.
 */
void
cr_label_mark(CrLevel *level)
{
	bool		grown = true;
	ListCell   *lc;

	while (grown)
	{
		grown = false;
		foreach(lc, level->clauses)
		{
			CrClause   *clause = (CrClause *) lfirst(lc);
			Bitmapset  *bases = cr_inspect_bases(clause->expanded);
			Bitmapset  *raw = cr_inspect_raw_bases(level->statement,
												   clause->expanded);
			int			id = -1;

			if (clause->membership || bms_num_members(bases) < 2 ||
				!(cr_list_names_keys(level, clause->expanded) ||
				  (bms_is_empty(raw) && is_compared(clause->expanded) &&
				   cr_label_in(level, clause->expanded))))
				continue;
			while ((id = bms_next_member(bases, id)) >= 0)
			{
				CrBase	   *base = cr_inspect_base(level->statement, id);

				if (base->kind != CR_BASE_PUBLIC || base->by_key ||
					base->membership != NULL)
					continue;
				base->by_key = true;
				grown = true;
			}
		}
	}
}
