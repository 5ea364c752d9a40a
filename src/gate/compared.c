/*-------------------------------------------------------------------------
 *
 * src/gate/compared.c
 *	  Which columns may be compared that may be filtered on, but not grouped
 *	  by.
 *
 * Those of one table with what is known of each row: constants, released
 * values, and labels that a dimension of the row's own leads to,
 *
 *	t JOIN (SELECT shop, avg(x) AS x ... GROUP BY shop) a ON a.shop = t.shop
 *	WHERE t.x > a.x
 *
 * which is one condition for each shop, as (shop = 's' AND x > 3) OR ... is.
 * Not by equality: that would lead from the column to a label, by which rows
 * could be grouped then.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "gate/gate.h"

/*
 * The bases that a condition compares.  A relation of one row is the same
 * beside all of them, as a released value is.
 */
static Bitmapset *
compared_bases(CrLevel *level, Node *expr)
{
	Bitmapset  *bases = cr_inspect_bases(expr);
	int			id = -1;

	while ((id = bms_next_member(bases, id)) >= 0)
	{
		CrBase	   *base = cr_inspect_base(level->statement, id);

		if (base->single && !base->nullable && base->membership == NULL)
			bases = bms_del_member(bases, id);
	}
	return bases;
}

/*
 * Is it a table, or released rows?  Of constants, bands that the condition
 * itself compares would be one row each.
 */
static bool
is_stored(const CrBase *base)
{
	return base->rte->rtekind == RTE_RELATION ||
		(base->level != NULL && base->level->kind == CR_LEVEL_RELEASED);
}

/* Does a dimension of the table's rows lead to each of these? */
static bool
are_labels(CrLevel *level, Bitmapset *raw, Bitmapset *others)
{
	Bitmapset  *determined = cr_inspect_determined_by(level, raw);
	int			id = -1;

	while ((id = bms_next_member(others, id)) >= 0)
	{
		CrBase	   *base = cr_inspect_base(level->statement, id);

		if (base->kind != CR_BASE_PUBLIC || base->by_key || base->nullable ||
			base->membership != NULL || !is_stored(base) ||
			!bms_is_member(id, determined))
			return false;
	}
	return true;
}

/*
 * Does the condition compare columns of a protected table with those of
 * another that they are no labels of?
 */
bool
cr_compares_tables(CrLevel *level, Node *condition)
{
	Bitmapset  *raw = cr_inspect_raw_bases(level->statement, condition);
	Bitmapset  *all = compared_bases(level, condition);
	Node	   *left;
	Node	   *right;

	if (bms_num_members(raw) != 1)
		return bms_num_members(raw) > 1;
	if (bms_num_members(all) < 2)
		return false;
	return cr_inspect_equality(condition, &left, &right) ||
		!are_labels(level, raw, bms_difference(all, raw));
}
