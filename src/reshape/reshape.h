/*-------------------------------------------------------------------------
 *
 * src/reshape/reshape.h
 *	  Fulfils the obligations of an admitted statement.
 *
 * Reshaping never judges: it changes the statement's tree in place, so that
 * what the gate has admitted is also safe to execute.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_RESHAPE_H
#define CR_RESHAPE_H

#include "inspect/facts.h"

/* statement.c */
extern bool cr_reshape_statement(CrStatement *statement);

/* sound.c: each column that is named is there */
extern bool cr_reshape_is_sound(Query *query);

/* empty.c: statements that have no row whatever there is */
extern bool cr_reshape_empty(Query *query);

/* marker.c: rows of protected tables are let through, nobody's are not */
extern void cr_reshape_open_sources(CrLevel *level);

/*
 * waive.c: the protected tables of a query, and of all below it, are opened
 * and nothing is counted
 */
extern bool cr_reshape_waive(Query *query, List *waived);

/* marker.c: the same for one entry of a range table */
extern void cr_reshape_open_entry(Query *query, int rti, Oid owner);
extern void cr_reshape_open_exempt(Query *query);

/* copies.c: a subquery runs once, wherever its condition is copied to */
extern void cr_reshape_remember(CrSubLink *entry);
/* fence.c */
extern Query *cr_reshape_fence(Query *core);

extern Query *cr_reshape_copies(CrLevel *level, Query *query, List **ctes);
extern void cr_reshape_sets(CrLevel *level, List **ctes);
extern bool cr_reshape_left_closed(Query *query);

/* carry.c: raw levels carry the units of the tables below them */
extern void cr_reshape_carry_units(CrLevel *level, RangeTblEntry *rte);

/* unread.c: questions that nobody reads the answer of */
extern void cr_reshape_unread(CrLevel *level);

/* defer.c: conditions that aggregates decide, not WHERE */
extern void cr_reshape_defer_conditions(CrLevel *level);
extern List *cr_defer_conditions(const CrLevel *level);
extern Node *cr_defer_among(const CrLevel *level, List *conditions);
extern Node *cr_defer_among_others(const CrLevel *level,
								   const CrDeferred *without,
								   List *conditions);
extern Node *cr_defer_left_out(const CrDeferred *deferred);
extern Aggref *cr_defer_aggregate(const CrLevel *level, const Aggref *aggref);
extern Node *cr_defer_set(const CrBase *membership);

/* guard.c: the tests that a group must pass */
extern Node *cr_guard_of_group(const CrLevel *level);
extern Node *cr_guard_of_set(const CrLevel *level);
extern Expr *cr_guard_reach(const CrUnit *unit, Node *filter);
extern Expr *cr_guard_rest(const CrUnit *unit, Node *condition);
extern bool cr_guard_concerns(const CrUnit *unit, const List *tested);
extern List *cr_guard_answers(const CrLevel *level, const List *units,
							  List *conditions);
extern Expr *cr_guard_refuse(Expr *reached, int threshold);
extern Expr *cr_guard_any_row(Node *condition);
extern Expr *cr_guard_any_passed(Var *count);
extern int	cr_guard_threshold(const CrLevel *level);
extern bool cr_guard_refuses(const CrLevel *level);

/* part.c: the tests that an aggregate must pass */
extern List *cr_guard_factors(const CrLevel *level,
							  const CrAggregate *aggregate,
							  const CrUnit *unit);
extern Expr *cr_guard_aggregate(const CrLevel *level,
								const CrAggregate *aggregate);

/* key.c: what stands for several equal values, so that it looks the same */
extern Expr *cr_canonical_key(Expr *key, Node *expanded);
extern Expr *cr_canonical_aggregate(const Aggref *aggref, Expr *guarded);
extern void cr_canonical_people(CrLevel *level);

/* release.c: splits a released level into a guarded core and a free shell */
extern void cr_reshape_release(CrLevel *level);

/* even.c: quotients are summed as if they had not been rounded */
extern Node *cr_even_quotients(Node *expr);
extern Expr *cr_even_aggregate(const CrLevel *level,
							   const CrAggregate *aggregate, Expr *guarded);
extern Expr *cr_even_key(const CrLevel *level, Expr *key, Node *expanded);
extern void cr_even_columns(CrLevel *level);

/* widen.c: integers that are summed are computed in types that hold them */
extern Node *cr_widen_expression(Node *expr);
extern void cr_widen_aggregate(Aggref *aggref);
extern void cr_widen_window(WindowFunc *call);
extern Oid	cr_numeric_aggregate(Oid aggfnoid);

/* twins.c: functions that could fail become twins that return NULL */
extern Query *cr_reshape_twins(Query *query);

#endif							/* CR_RESHAPE_H */
