/*-------------------------------------------------------------------------
 *
 * src/inspect/absence.h
 *	  Outer joins that are only asked whether there was a match.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ABSENCE_H
#define CR_ABSENCE_H

#include "nodes/bitmapset.h"
#include "nodes/parsenodes.h"

struct CrQuestion;

/* One outer join, and the entry whose rows may be missing. */
typedef struct CrAbsent
{
	Query	   *query;
	JoinExpr   *join;
	int			rti;
	RangeTblEntry *rte;
	OpExpr	   *equality;		/* the conjunct of ON between the sides; NULL
								 * where rows are asked about */
	bool		key_is_left;
	Var		   *key;			/* of rti */
	List	   *conditions;		/* of ON, on rti alone; of rows all of them */
	struct CrQuestion *rows;	/* whether a row has a match of the same
								 * person, whose unit the key is; or NULL */
	Bitmapset  *flags;			/* columns that are constants, see flag.c */
} CrAbsent;

extern bool cr_absence_read(Query *query, JoinExpr *join, CrAbsent *absent);
extern bool cr_absence_read_rows(Query *query, JoinExpr *join,
								 CrAbsent *absent);
extern Query *cr_absence_rows(CrAbsent *absent, Node *quals);
extern Node *cr_absence_inside(CrAbsent *absent, Node *node);
extern SubLink *cr_absence_exists(CrAbsent *absent, Node *condition);

/* inspect/absence_uses.c */
extern Var *cr_absence_tested_column(Node *node, CrAbsent *absent);
extern bool cr_absence_is_unused(CrAbsent *absent);
extern bool cr_absence_joins_people(CrAbsent *absent);
extern bool cr_absence_names_others(Node *expr, int rti);
extern bool cr_absence_is_excluded(CrAbsent *absent);
extern bool cr_absence_is_only_tested(CrAbsent *absent);
extern bool cr_absence_has_once(const CrAbsent *absent,
								const Bitmapset *columns);
extern bool cr_absence_is_distinct(const CrAbsent *absent);
extern bool cr_absence_compares_groups(const CrAbsent *absent);
extern bool cr_absence_tells_match(CrAbsent *absent, Var *var);

/* inspect/aside.c */
extern Var *cr_absence_key(Query *query, const Var *column);
extern bool cr_absence_is_aside(Query *query, int rti);

#endif							/* CR_ABSENCE_H */
