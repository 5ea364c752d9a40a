/*-------------------------------------------------------------------------
 *
 * src/inspect/pin.h
 *	  Which columns of a public relation does the rest of its level fix?
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PIN_H
#define CR_PIN_H

#include "inspect/facts.h"

/* A public base, of which at most one row may meet a protected one. */
typedef struct CrProbe
{
	CrLevel    *level;
	CrBase	   *base;
	Bitmapset  *determined;
	Bitmapset  *raw;			/* all raw bases of the level */
	AttrNumber *outer_attnums;	/* of a selection from the relation looked
								 * at: its columns as the base names them; or
								 * NULL when it is the base itself */
	int			natts;
	bool		matched;		/* rows without a match do not matter … */
	const Bitmapset *absent;	/* … but in an outer join that nulls one of
								 * these bases */
	bool		grouped;		/* within one group of the level */
} CrProbe;

extern bool cr_clause_attaches(const CrClause *clause, int id);
extern bool cr_clause_limits(const CrProbe *probe, const CrClause *clause);
extern AttrNumber cr_pin_attnum(const CrProbe *probe, AttrNumber attnum);
extern bool cr_inspect_is_one_to_one(Oid opfuncid);
extern bool cr_inspect_tells_apart(const OpExpr *equality, Oid collation);
extern bool cr_inspect_compares_members(Node *operand);
extern bool cr_inspect_names_one(const OpExpr *equality);
extern bool cr_clause_names_one(const CrClause *clause, Node **left,
								Node **right);
extern Oid	cr_btree_family(Oid type);
extern bool cr_is_column(Node *node, const CrBase *base, AttrNumber attnum);
extern bool cr_is_pinned(const CrProbe *probe, AttrNumber attnum,
						 Oid opfamily, CrSeries series,
						 bool nullable);

/* inspect/unique.c */
extern bool cr_inspect_columns_are_unique(Oid relid,
										  const Bitmapset *columns);
extern Bitmapset *cr_pin_determined(CrLevel *level, const Bitmapset *given,
									const Bitmapset *absent);
extern Bitmapset *cr_pin_determined_by_raw(CrLevel *level,
										   const Bitmapset *given);

/* inspect/factor.c */
extern List *cr_inspect_ways(CrLevel *level, bool *too_many);

/* inspect/band.c */
extern bool cr_bands_are_disjoint(const CrProbe *probe, List *rows);

#endif							/* CR_PIN_H */
