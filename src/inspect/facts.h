/*-------------------------------------------------------------------------
 *
 * src/inspect/facts.h
 *	  What is known about a statement before anyone judges it.
 *
 * A statement is a tree of levels, one for each SELECT in it.  Every level
 * that protected rows flow through also has its expressions expanded: each
 * Var that names a column of a row level below is replaced by what that
 * column is made of, until only columns of bases are left.  An expanded Var
 * has the base's number as varno, so rules need not know about nesting.
 *
 * All of it lives in the memory context of the planning call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FACTS_H
#define CR_FACTS_H

#include "nodes/bitmapset.h"
#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"
#include "policy/policy.h"

/* Expanded expressions of one statement may not grow beyond this. */
#define CR_MAX_EXPANDED_NODES	100000

typedef enum CrLevelKind
{
	CR_LEVEL_PUBLIC,			/* no raw row flows in */
	CR_LEVEL_ROW,				/* each row comes from single protected rows */
	CR_LEVEL_UNIT,				/* grouped by the unit of all tables below */
	CR_LEVEL_RELEASED			/* aggregates, with guards */
} CrLevelKind;

typedef enum CrBaseKind
{
	CR_BASE_PROTECTED,			/* a protected table */
	CR_BASE_UNIT_LEVEL,			/* the rows of a unit level */
	CR_BASE_PUBLIC				/* anything without raw rows */
} CrBaseKind;

/* How values that a group takes for equal may look. */
typedef enum CrImage
{
	CR_IMAGE_ONE,				/* all alike */
	CR_IMAGE_CANONICAL,			/* differently, but in one known way */
	CR_IMAGE_MANY				/* in ways that nobody knows */
} CrImage;

/* What is known of the values of generate_series(). */
typedef enum CrSeries
{
	CR_SERIES_NONE,
	CR_SERIES_INTEGERS,
	CR_SERIES_TIMES,			/* less than a day apart */
	CR_SERIES_DAYS				/* a day or more apart */
} CrSeries;

/* What an analyst may do with one column of a raw base. */
typedef struct CrColumnFact
{
	uint32		uses;			/* CR_USE_… bits */
	uint32		aggregates;		/* CR_AGG_… bits, when a measure */
	int			degree;			/* of the polynomial that a measure is */
	double		span;			/* of its constants; 0 is as good as 1 */
	int			terms;			/* that it adds up; 0 is as good as 1 */
	int			scale;			/* decimals of its constants */
	bool		scaled;			/* a term is multiplied by a constant */
	bool		nullable;		/* may be null in a row of the base */
	bool		labelled;		/* made of a label, see label.c */
	bool		counted;		/* how many rows a person has is in it */
	bool		measured;		/* … beside something else */
	bool		constant;		/* a constant is added in it */
	bool		below;			/* of a unit level, which these three are of */
	const char *name;			/* for messages */
} CrColumnFact;

typedef struct CrBase
{
	int			id;				/* varno of expanded Vars */
	CrBaseKind	kind;
	RangeTblEntry *rte;
	const char *name;			/* table or alias, for messages */
	CrPolicy   *policy;			/* PROTECTED only */
	struct CrLevel *level;		/* of a subquery or CTE; else NULL */
	int			ncolumns;
	CrColumnFact *columns;		/* of raw bases; NULL for PUBLIC */
	bool		nullable;		/* an outer join may null its rows */
	bool		single;			/* PUBLIC, and of one row at most */
	struct CrMembership *membership;	/* what it was made for, or NULL */
	bool		tested;			/* a membership that anything depends on */
	bool		by_key;			/* a membership asked of, or a public relation
								 * joined with, a column that may not be
								 * filtered on */
	bool		buried;			/* an outer join further up may null them */
	Bitmapset  *asked;			/* PROTECTED: columns in conditions and group
								 * keys, noted by the gate */
	int			nest;			/* of a membership, set by reshape/: raw levels
								 * from the core to it */
} CrBase;

/*
 * A set of people, or of labels, that rows are asked to be in: a subquery
 * (SELECT DISTINCT key AS member ...) that membership.c has put into FROM.
 */
typedef struct CrMembership
{
	RangeTblEntry *rte;			/* the subquery's */
	Node	   *outer;			/* what is asked to be a member, in the words
								 * of its level */
	bool		exact;			/* by NOT IN or such: null on neither side */
	bool		by_row;			/* of one person some rows may match, and
								 * others not */
} CrMembership;

/* A unit column of one protected table, as some level sees it. */
typedef struct CrUnit
{
	CrBase	   *base;			/* the protected table */
	AttrNumber	attnum;			/* the unit column in it */
	Expr	   *expanded;		/* over base columns */
	Var		   *local;			/* as the level's own expressions name it */
	int			position;		/* of a raw level: attribute of its output that
								 * holds the unit; beyond its columns when it
								 * has to be added */
	CrBase	   *membership;		/* the set of people through which alone it is
								 * there, so it may be missing; or NULL */
	bool		absent;			/* only rows without it are meant */
	int			threshold;		/* so many are enough; see one_person.c */
} CrUnit;

/* One entry of a level's FROM. */
typedef struct CrSource
{
	int			rti;
	RangeTblEntry *rte;
	CrBase	   *base;			/* or NULL: the columns of a row level */
	struct CrLevel *level;		/* subquery or CTE; else NULL */
	Bitmapset  *nulling;		/* joins (by index) that may null its rows */
} CrSource;

/* One conjunct of WHERE or ON. */
typedef struct CrClause
{
	Node	   *written;
	Node	   *expanded;
	bool		inner;			/* in WHERE, or ON of an inner join */
	Bitmapset  *limited;		/* ON of an outer join: ids of the bases on
								 * its nullable side, the only ones whose rows
								 * it limits */
	Bitmapset  *joins;			/* joins that null nothing in it yet: the one
								 * whose ON it is of, and those around */
	bool		membership;		/* joins a membership to its level */
	bool		deferred;		/* decided above, see CrDeferred */
} CrClause;

/*
 * A condition that selects people by what they match, or do not.  It is taken
 * from WHERE and decided in each aggregate, so that the people left out are
 * counted too.
 */
typedef struct CrDeferred
{
	Node	   *condition;		/* as the level would write it */
	List	   *tested;			/* CrBase of the memberships in it */
	bool		plain;			/* a single test for no match */
} CrDeferred;

/*
 * Rows of people whom only their answers to questions of membership keep from
 * what several conditions mean, or bring to it.
 */
typedef struct CrLeftOut
{
	Node	   *rows;			/* a condition in the level's own words */
	List	   *asked;			/* CrBase of the memberships */
	bool		enough;			/* whoever asks knows them: none will not do */
} CrLeftOut;

typedef struct CrCte
{
	CommonTableExpr *cte;
	struct CrLevel *level;
	bool		quiet;			/* set by the gate: read beside raw rows */
} CrCte;

typedef struct CrSubLink
{
	SubLink    *sublink;		/* as written */
	struct CrLevel *level;
	bool		in_core;		/* evaluated over raw rows */
	/* set by reshape/ */
	Query	   *written;		/* before it was reshaped */
	int			copies;			/* so often it stands in the level's query */
	CommonTableExpr *cte;		/* what all of them read, or NULL */
	int			nest;			/* raw levels up to the core */
	bool		bound;			/* reads a WITH query around it */
} CrSubLink;

/*
 * Rows that an aggregate skips because a label, or a list, says that somebody
 * is missing.  Its writer knows who, so that none will not do; but of the
 * people who are missing there are none in such rows.
 */
typedef struct CrMissing
{
	Node	   *condition;		/* in the level's own words */
	Bitmapset  *bases;			/* ids of what its argument is made of */
} CrMissing;

/* One aggregate call over raw rows. */
typedef struct CrAggregate
{
	Aggref	   *aggref;			/* as written */
	List	   *arguments;		/* expanded */
	Node	   *filter;			/* expanded FILTER, or NULL */
	/* obligations, set by the gate, in the level's own words */
	List	   *part;			/* all hold for the rows that it rests on; the
								 * units of those must reach the threshold */
	List	   *rests;			/* rows each condition holds for must be none,
								 * or reach the threshold too */
	List	   *skipped;		/* the same, of rows that it skips as null */
	List	   *listed;			/* the same, where none will not do */
	List	   *missing;		/* CrMissing */
	List	   *given;			/* conditions: rows that have some columns of
								 * its arguments; each rest is of those, too */
	List	   *failing;		/* the same, of what may be null even there */
	List	   *filled;			/* those of part that its arguments be given */
	bool		people;			/* it counts each person once */
	bool		zeros;			/* it is zero where there is nothing to add */
	bool		partial;		/* by choice, in it or below it */
	bool		weighs;			/* it is nearly constant for whom its writer
								 * chooses, or made of two such factors */
	List	   *values;			/* what it adds up of measures, expanded */
	struct CrLevel *level;		/* that it stands in, if it has values */
	List	   *extents;		/* columns: each person's least and greatest
								 * of what those values are made of below */
	List	   *chosen;			/* conditions of FILTER and CASE so far; rests
								 * noted later are of rows that they choose */
	List	   *tested;			/* CrBase of the memberships that it tests */
	bool		mixed;			/* … together with other conditions */
} CrAggregate;

typedef struct CrLevel
{
	CrLevelKind kind;
	Query	   *query;
	struct CrStatement *statement;
	struct CrLevel *parent;		/* the level around it, or NULL */
	List	   *sources;		/* CrSource in FROM */
	List	   *branches;		/* CrLevel: arms of a set operation */
	List	   *ctes;			/* CrCte: what is left of the WITH list */
	List	   *sublinks;		/* CrSubLink */
	List	   *clauses;		/* CrClause: conjuncts of WHERE and ON */
	List	   *units;			/* CrUnit: of all protected tables below */
	List	   *group_entries;	/* TargetEntry, as written */
	List	   *group_keys;		/* the same, expanded */
	List	   *columns;		/* expanded, one for each non-junk target */
	List	   *aggregates;		/* CrAggregate */
	List	   *deferred;		/* CrDeferred, of released levels */
	bool		listed;			/* a list of keys that is not protected has
								 * chosen people, here or below */
	List	   *shares;			/* of a unit level, set by the gate:
								 * conditions; behind the units it says for
								 * each whether the person has such a row;
								 * what is no condition is given as it is */
	int			persons;		/* unit levels one above the other, to here */
	bool		stuck;			/* a condition can be deferred no further */
	bool		full_join;		/* has a FULL join */
	bool		stray_protected;	/* a protected table outside FROM */
} CrLevel;

/* A query whose groups have been divided (divide.c). */
typedef struct CrDivided
{
	Query	   *query;
	List	   *classes;		/* conditions, which stand in FILTER there */
} CrDivided;

typedef struct CrStatement
{
	struct CrLevel *top;
	List	   *bases;			/* CrBase, in the order of their ids */
	List	   *ctes;			/* CrCte of all levels */
	List	   *memberships;	/* CrMembership of all levels */
	List	   *valued;			/* CrAggregate: what is released of measures */
	List	   *divided;		/* CrDivided */
	int			unmatched;		/* so often groups without a match were
								 * written apart, see unmatched.c */
	int			subqueries;		/* so many were made WITH queries */
	bool		left_copies;	/* … and one could not be */
	int			nodes;			/* size of the expanded expressions so far */
	bool		joins_owners;	/* rows of tables of different owners meet */
	bool		any_use;		/* every owner has approved of it whatever its
								 * columns are used for */
} CrStatement;

/* inspect/touch.c: does a statement read or write a protected table? */
typedef struct CrTouch
{
	bool		any;			/* a protected table is there */
	bool		foreign_owner;	/* one that the user is not exempt for */
	Oid			parent;			/* a table that is read with children whose
								 * policy is not its own, or invalid */
	Oid			child;			/* such a child */
} CrTouch;
extern CrTouch cr_inspect_touch(Query *query);
extern bool cr_inspect_touches(Query *query);
extern bool cr_inspect_writes_protected_parts(const Query *query);
extern bool cr_inspect_is_of_samples(const RangeTblEntry *rte);
extern bool cr_inspect_reads_samples(Query *query);

/* inspect/level.c */
extern CrStatement *cr_inspect_statement(Query *query, bool any_use);
extern bool cr_level_is_raw(const CrLevel *level);
extern CrLevel *cr_level_read(CrStatement *statement, Query *query,
							  CrLevel *parent);

/* inspect/with.c */
extern void cr_level_read_ctes(CrLevel *level);
extern CrCte *cr_level_find_cte(CrLevel *level, const char *name, Index up);

/* inspect/single.c */
extern bool cr_inspect_is_single(CrLevel *level, RangeTblEntry *rte);
extern void cr_normalize_constants(CrLevel *level);

/* inspect/union.c */
extern bool cr_level_unites_rows(const CrLevel *level);

/* inspect/membership.c, inspect/absence.c, inspect/member_join.c */
extern void cr_normalize_membership(CrStatement *statement, Query *query);
extern void cr_normalize_absence(CrStatement *statement, Query *query);
extern Node *cr_membership_join(CrStatement *statement, Query *query,
								SubLink *sublink, bool among_conditions);
extern CrMembership *cr_membership_record(CrStatement *statement,
										  RangeTblEntry *rte,
								 Node *outer, bool exact);
extern bool cr_membership_lacks_values(Query *query, Node *key);
extern Query *cr_membership_query(Query *members, List *columns);

/* inspect/exists.c: questions of membership in other words */
extern SubLink *cr_exists_as_in(const SubLink *exists);
extern Node *cr_exists_of_count(Node *node);

/* inspect/match.c: tests of memberships */
extern CrMembership *cr_match_find(const CrStatement *statement,
								   const RangeTblEntry *rte);
extern CrBase *cr_match_test(const CrStatement *statement, Node *expanded);
extern CrBase *cr_match_alone(const CrStatement *statement, Node *expanded,
							 bool *matches);
extern List *cr_match_tested(const CrStatement *statement, Node *expanded);
extern Node *cr_match_answer(const CrStatement *statement, Node *expanded,
							 const CrBase *base, bool matched);
extern Node *cr_match_assume(const CrStatement *statement, Node *expanded);
extern bool cr_match_is_pure(const CrStatement *statement, Node *expanded);
extern bool cr_match_stands_alone(const CrStatement *statement,
								  Node *expanded);
extern void cr_match_read_clauses(CrLevel *level);
extern void cr_match_defer(CrLevel *level);
extern void cr_match_mark(CrLevel *level);

/* inspect/key_list.c: lists of keys that are not protected */
extern bool cr_list_tested(const List *tested);
extern bool cr_list_key_only(CrLevel *level, Node *expanded);
extern bool cr_list_names_keys(CrLevel *level, Node *expanded);
extern void cr_list_find(CrLevel *level);
extern bool cr_list_conflict(CrLevel *level);

/* inspect/settle.c */
extern bool cr_inspect_compares(Oid opno);
extern Node *cr_inspect_settle(Node *expr);
extern bool cr_inspect_never_holds(Node *condition);

/* inspect/mixed.c */
extern bool cr_inspect_mixes(CrLevel *level, Node *condition,
							 const Bitmapset *joined);
extern bool cr_inspect_key_mixes(CrLevel *level, Node *key);

/* inspect/decisive.c */
extern bool cr_inspect_is_decidable(CrLevel *level, Node *condition);
extern bool cr_inspect_is_intricate(CrLevel *level, List *conditions);
extern List *cr_inspect_left_out(CrLevel *level, List *conditions);

/* inspect/label.c: columns of public relations joined by key */
extern bool cr_label_in(CrLevel *level, Node *expanded);
extern bool cr_label_people_in(CrLevel *level, Node *expanded);
extern bool cr_label_mixes(CrLevel *level, Node *expanded);
extern void cr_label_mark(CrLevel *level);

/* inspect/split.c */
extern void cr_normalize_split(CrLevel *level);

/* inspect/divide.c */
extern bool cr_normalize_divided_groups(CrLevel *level);

/* inspect/divided.c */
extern void cr_divided_note(CrStatement *statement, Query *query,
							List *classes);
extern List *cr_divided_classes(const CrStatement *statement,
								const Query *query);
extern bool cr_divided_names(const CrStatement *statement, Node *condition);

/* inspect/nulling.c */
extern bool cr_inspect_is_nulled_in(CrLevel *level, const CrBase *base);
extern bool cr_inspect_nulled_alike(CrLevel *level, const Bitmapset *ids,
									const CrBase *base);

/* inspect/base.c */
extern CrPolicy *cr_base_find_policy(Oid relid);
extern CrBase *cr_base_make_protected(CrStatement *statement,
									  RangeTblEntry *rte, CrPolicy *policy);
extern CrBase *cr_base_make_public(CrStatement *statement,
								   RangeTblEntry *rte, CrLevel *level);
extern CrBase *cr_base_make_unit_level(CrStatement *statement,
									   RangeTblEntry *rte, CrLevel *level);
extern void cr_base_mark_nullable(CrSource *source);

/* inspect/one_person.c */
extern bool cr_unit_is_of(CrLevel *level, const CrUnit *unit,
						  const CrUnit *of);
extern void cr_level_raise_thresholds(CrLevel *level);

/* inspect/by_unit.c */
extern bool cr_level_groups_by_units(CrLevel *level);
extern const CrUnit *cr_level_missing_unit(CrLevel *level);

/* inspect/unit.c */
extern void cr_level_read_units(CrLevel *level);
extern bool cr_level_joins_owners(const CrLevel *level);
extern void cr_level_place_units(CrLevel *level);
extern bool cr_aggregate_is_extreme(Oid aggfnoid);
extern CrColumnFact cr_unit_column_fact(CrLevel *level, Node *expanded);

/* inspect/expand.c */
extern void cr_inspect_refuse_size(void);
extern Node *cr_inspect_expand(CrLevel *level, Node *expr);
extern CrBase *cr_inspect_base(const CrStatement *statement, int id);
extern bool cr_inspect_base_is_raw(const CrBase *base);
extern Node *cr_inspect_computed_below(const CrStatement *statement,
									   Node *expanded);
extern Node *cr_inspect_strip(Node *expr);
extern Bitmapset *cr_inspect_bases(Node *expr);
extern Bitmapset *cr_inspect_raw_bases(const CrStatement *statement,
									   Node *expr);
extern const CrColumnFact *cr_inspect_column(const CrStatement *statement,
											 const Var *var);
extern bool cr_inspect_equality(Node *expr, Node **left, Node **right);
extern DistinctExpr *cr_inspect_null_safe(Node *expr, Node **left,
										  Node **right);
extern bool cr_inspect_refers_outside(Query *query);
extern bool cr_inspect_nullable(const CrStatement *statement, Node *expr);

/* inspect/pivot.c: the condition of one of a CASE's WHENs */
extern Node *cr_inspect_when(const CaseExpr *expr, const CaseWhen *when);
extern Node *cr_inspect_chosen_value(Node *argument);

/* inspect/list.c */
extern bool cr_inspect_limit(Node *limit, int64 *rows);
extern Node *cr_inspect_strip_array(Node *array);
extern List *cr_inspect_list_rows(const RangeTblEntry *rte);
extern List *cr_inspect_constant_rows(Query *query);
extern Const **cr_inspect_constant_column(List *rows, int column);
extern bool cr_inspect_has_null(List *rows, int column);
extern bool cr_inspect_rows_differ(List *rows, List *columns);

/* inspect/series.c */
extern CrSeries cr_series_of_call(Node *expr);
extern CrSeries cr_series_of(const RangeTblEntry *rte);
extern CrSeries cr_series_of_query(const Query *query, FuncExpr **call);
extern Node *cr_series_strip(Node *expr, CrSeries series);

/* inspect/image.c */
extern CrImage cr_inspect_image(Node *expr);

/* inspect/unique.c, inspect/pin.c */
extern List *cr_inspect_all_clauses(CrLevel *level);
extern List *cr_inspect_all_bases(CrLevel *level);
extern Bitmapset *cr_inspect_determined(CrLevel *level);
extern Bitmapset *cr_inspect_determined_by(CrLevel *level,
										   const Bitmapset *given);
extern bool cr_inspect_column_is_unique(Oid relid, AttrNumber attnum);
extern bool cr_inspect_unit_is_unique(const CrLevel *level,
									  const CrUnit *unit);

/* inspect/stored.c */
extern bool cr_inspect_makes_nulls(const CrStatement *statement,
								   Node *column, bool missing);

/* inspect/asked.c */
extern void cr_inspect_note_asked(const CrStatement *statement,
								  Node *expanded);
extern bool cr_inspect_may_be_asked(const CrStatement *statement,
									Node *expanded);
extern bool cr_inspect_is_asked(const CrStatement *statement, Node *expanded);

/* inspect/factor.c */
extern List *cr_inspect_factors(CrLevel *level, Node *expanded);
extern int	cr_inspect_repetitions(CrLevel *level, Node *expanded);

#endif							/* CR_FACTS_H */
