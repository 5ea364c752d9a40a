/*-------------------------------------------------------------------------
 *
 * src/gate/gate.h
 *	  The rules: facts about a statement to a verdict.
 *
 * The gate never raises and never changes a tree.  A rule returns NULL when
 * it has nothing to object to, else a refusal with code, reason and hint.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_GATE_H
#define CR_GATE_H

#include "base/verdict.h"
#include "inspect/facts.h"

/* judge.c: the statement as a whole */
extern CrVerdict *cr_gate_judge_command(Query *query, const CrTouch *touch);
extern CrVerdict *cr_gate_judge(CrStatement *statement);

/* about.c: which table's policy it is that refuses a column */
extern CrVerdict *cr_rule_about_column(const CrLevel *level, const Var *var,
									   CrVerdict *refusal);

/* code.c: tables that would have their owner's code run */
extern CrVerdict *cr_gate_judge_code(Query *query);

/* construct.c: constructs that are refused over raw rows */
extern CrVerdict *cr_rule_constructs(CrLevel *level);
extern CrVerdict *cr_rule_source(CrLevel *level, CrSource *source);

/* join.c: conditions, and joins in particular */
extern CrVerdict *cr_rule_clauses(CrLevel *level);
extern CrVerdict *cr_rule_joins(CrLevel *level);
extern bool cr_gate_joins(CrLevel *level, const Var *left, const Var *right);

/* weigh.c: aggregates of what the statement asks for elsewhere */
extern CrVerdict *cr_note_asked(CrStatement *statement);

/* share.c: aggregates over aggregates of some rows */
extern CrVerdict *cr_rule_shares(CrLevel *level, CrAggregate *aggregate);

/*
 * Calls visit() for each aggregate that columns of unit levels are computed
 * of, until it returns true; the source is NULL where the unit level is not
 * in the level's own FROM.
 */
typedef bool (*CrAtomVisitor) (CrSource *source, const Var *column,
							   CrAggregate *atom, void *context);
extern bool cr_share_visit_atoms(CrLevel *level, Node *expanded,
								 CrAtomVisitor visit, void *context);

/*
 * A column added to the output of the unit level below: whether the person
 * has a row for which a condition holds, or an aggregate of the person's rows.
 */
extern Node *cr_share_column(CrSource *source, Node *share);

/* extent.c: what columns are, over each person's rows */
extern CrVerdict *cr_note_extents(CrLevel *level, CrAggregate *aggregate);

/* narrow.c: integers that may overflow below an aggregate */
extern CrVerdict *cr_rule_widths(CrLevel *level, CrAggregate *aggregate);

/* bridge.c, steep.c: rows that weigh more than others */
extern CrVerdict *cr_rule_bridges(CrLevel *level);
extern CrVerdict *cr_rule_steepness(CrLevel *level);

/* partner.c: row policies and the like beside rows of other owners */
extern CrVerdict *cr_rule_partners(CrLevel *level);

/* match_rules.c: sets that people are asked to be in */
extern CrVerdict *cr_rule_refuse_nulled(void);
extern CrVerdict *cr_rule_refuse_match(void);
extern CrVerdict *cr_rule_questions(CrLevel *level, List *conditions);
extern CrVerdict *cr_rule_refuse_stuck(void);
extern CrVerdict *cr_rule_memberships(CrLevel *level);
extern CrVerdict *cr_rule_membership_source(CrLevel *level,
											CrSource *source);

/* compared.c: conditions on columns of several tables */
extern bool cr_compares_tables(CrLevel *level, Node *condition);

/* column.c: where a column may stand */
extern CrVerdict *cr_rule_refuse_unit_key(CrLevel *level,
										  const Var *unit);
extern CrVerdict *cr_rule_refuse_label(Node *expanded);
extern CrVerdict *cr_rule_condition(CrLevel *level, Node *expanded);
extern CrVerdict *cr_rule_group_key(CrLevel *level, Node *expanded,
									SortGroupClause *clause);
extern CrVerdict *cr_rule_image(Node *expanded, const char *verb,
								const char *preposition);
extern CrVerdict *cr_rule_loose_columns(CrLevel *level);

/* aggregate.c: aggregates over raw rows */
extern CrVerdict *cr_rule_aggregate(CrLevel *level, CrAggregate *aggregate);

/* chosen.c: where FILTER and CASE may not choose rows */
extern CrVerdict *cr_rule_person_levels(CrLevel *level);
extern CrVerdict *cr_rule_chosen(CrLevel *level, CrAggregate *aggregate);

/* lifted.c: what subqueries compute */
extern CrVerdict *cr_rule_lifted(CrLevel *level, CrAggregate *aggregate);
extern CrVerdict *cr_rule_lifted_condition(CrLevel *level, Node *written);

/* class.c: groups that are parts of larger ones */
extern Node *cr_class_condition(CrLevel *level, CrAggregate *aggregate);
extern CrVerdict *cr_class_check(CrLevel *level, CrAggregate *aggregate);
extern Node *cr_class_rest_of_filter(Node *filter, Node *class);

/* cast.c: casts */
extern bool cr_gate_has_total_output(Oid type);
extern CrVerdict *cr_rule_cast(Node *node);

/* expression.c: functions, operators and types */
extern CrVerdict *cr_rule_total(Node *expr);
extern CrVerdict *cr_rule_total_beside(Node *expr);
extern CrVerdict *cr_rule_grouping_operator(SortGroupClause *clause);
extern CrVerdict *cr_rule_refuse_collation(Node *node);
extern CrVerdict *cr_rule_grouping_operators(List *clauses);

/* fixed.c: lists that are the same for all rows */
extern bool cr_gate_is_fixed(Oid funcid, List *args);

/* length.c: what would be too long to form */
extern CrVerdict *cr_rule_length(Node *node);

/* pattern.c: regular expressions */
extern CrVerdict *cr_rule_pattern(Oid funcid, List *args, Oid collation,
								  int location);

/* policy_reads.c: what row policies read that reshape puts in */
extern CrVerdict *cr_rule_policy_reads(Oid relid, List *conditions);

/* quiet.c: what is public and evaluated beside raw rows */
extern CrVerdict *cr_rule_quiet_query(CrStatement *statement, Query *query);
extern CrVerdict *cr_rule_quiet_source(CrStatement *statement,
									   RangeTblEntry *rte);
extern CrVerdict *cr_rule_quiet_conditions(CrStatement *statement,
										   List *conditions);
extern CrVerdict *cr_rule_quiet_ctes(CrStatement *statement);

/* window.c: window functions and ordered sets beside raw rows */
extern CrVerdict *cr_rule_windows(Query *query);
extern CrVerdict *cr_rule_window_function(WindowFunc *call);
extern CrVerdict *cr_rule_ordered_set(Aggref *aggref);

#endif							/* CR_GATE_H */
