/*-------------------------------------------------------------------------
 *
 * src/inspect/normalize.h
 *	  Equivalent rewritings that leave fewer forms to understand.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_NORMALIZE_H
#define CR_NORMALIZE_H

#include "inspect/facts.h"
#include "nodes/parsenodes.h"

extern void cr_normalize_names(Query *query);
extern void cr_normalize_inline_cte(Query *query, CommonTableExpr *cte);
extern void cr_normalize_join_columns(Query *query, JoinExpr *join);
extern void cr_normalize_renew_joins(Query *query, Node *node);
extern void cr_normalize_distinct(Query *query);
extern void cr_normalize_lift_ctes(Query *query, int levels);
extern void cr_normalize_limits(Query *query);

/* inspect/nullness.c */
extern bool cr_normalize_is_not_null(Query *query, Node *from, Node *expr);
extern void cr_normalize_nulls(Query *query);

/* inspect/outer.c */
extern bool cr_normalize_is_protected(const RangeTblEntry *rte);
extern void cr_normalize_outer_joins(Query *query);
extern bool cr_normalize_may_be_null(Node *from, int rti);

/* inspect/matched.c */
extern uint32 cr_normalize_unit_uses(Query *query, Node *node);
extern void cr_normalize_shown(Query *query);
extern bool cr_normalize_is_lateral(const Query *query);
extern bool cr_normalize_joins(Query *query, Node *node);
extern bool cr_normalize_groups_people(Query *query);
extern void cr_normalize_unmatched_values(Query *query);
extern void cr_normalize_match_counts(CrStatement *statement, Query *query);

/* inspect/unmatched.c */
extern bool cr_normalize_unmatched_groups(CrStatement *statement,
										  Query *query);

/* inspect/literal.c */
extern void cr_normalize_arguments(FuncExpr *call);
extern void cr_normalize_calls(Query *query);

/* inspect/single.c */
extern bool cr_normalize_gives_rows(const Query *query);
extern bool cr_normalize_is_plain(const Query *query);
extern bool cr_normalize_is_simple(Node *expr, Index columns_of, int nodes);
extern bool cr_normalize_replace_columns(Query *query, int rti, List *row);
extern List *cr_normalize_never_null(Query *query);

/* inspect/lateral.c */
extern void cr_normalize_lateral(Query *query);

/* inspect/pull_up.c */
extern void cr_normalize_pull_up(const CrStatement *statement, Query *query);

/* inspect/grouped_join.c */
extern void cr_normalize_grouped_join(CrStatement *statement, Query *query);

/* inspect/grouped_uses.c */
extern void cr_normalize_grouped_joins(CrStatement *statement, Query *query);

/* inspect/dependent.c */
extern void cr_normalize_dependent_columns(Query *query);

/* inspect/null_if.c */
extern void cr_normalize_skipped_values(Query *query);

/* inspect/hoist.c */
extern void cr_normalize_hoist(Query *query);

/* inspect/pivot.c */
extern void cr_normalize_pivots(Query *query);
extern void cr_normalize_constant_extremes(Query *query);

/* inspect/on_filter.c */
extern void cr_normalize_on_filters(Query *query);

/* inspect/given.c */
extern void cr_normalize_given(Query *query);

/* inspect/flag.c */
extern void cr_normalize_flags(Query *query);

/* inspect/any_label.c */
extern Node *cr_normalize_any_label(Query *query, const Aggref *aggref);

/* inspect/lift.c */
extern void cr_normalize_lift(Query *query);
extern bool cr_normalize_has_people(Query *query);

/* inspect/inline.c */
extern bool cr_normalize_may_inline(const RangeTblEntry *rte);
extern bool cr_normalize_inline_functions(Query *query, List **depends_on);

#endif							/* CR_NORMALIZE_H */
