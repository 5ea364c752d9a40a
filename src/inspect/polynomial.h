/*-------------------------------------------------------------------------
 *
 * src/inspect/polynomial.h
 *	  Reads the arithmetic inside an aggregate's argument.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_POLYNOMIAL_H
#define CR_POLYNOMIAL_H

#include "inspect/facts.h"

/* What to write for an average of something that may be grouped by only. */
#define CR_HINT_FROM_GROUPS \
	"An average can be computed from what is released, too, by classes so coarse that few people are in none: SELECT sum(x * n) / sum(n) FROM (SELECT date_trunc('year', x) AS x, count(*) AS n ... GROUP BY 1) AS released, with round(x, -4) for a number; smaller classes are missing from that, and the figure is off. For the exact one the owner can store it in a generated column, as a number, and make that a measure."

/* The same of moments, whose differences are intervals. */
#define CR_HINT_OF_MOMENTS \
	"A timestamp is no measure. Its owner can store the days, (ended::date - started::date), or the seconds in a generated column and make that a measure. " \
	CR_HINT_FROM_GROUPS

/* The same of dates, and of what is made of them. */
#define CR_HINT_OF_DATES \
	"Of a date, the owner can make a measure with cleanroom.set_column(..., 'dimension, measure'): then differences of dates may be averaged, avg(DATE '2024-01-01' - born) / 365.25 for an age, and that of each person's last row after joining it, with max(date), to the table. " \
	CR_HINT_FROM_GROUPS

typedef struct CrPolynomial
{
	int			degree;			/* in measures */
	uint32		aggregates;		/* CR_AGG_… that all its measures allow */
	int			base;			/* the one base of its columns, or 0 */
	double		span;			/* product of the constants' magnitudes */
	int			terms;			/* that it adds up, but for constants */
	int			scale;			/* decimals of all its constants together */
	bool		scaled;			/* a term is multiplied by a constant */
	bool		floating;		/* computed in floating point */
	bool		computed;		/* more than a column: may overflow to null */
	const char *objection;		/* why it is not such a polynomial, or NULL */
	const char *instead;		/* what to write for that, or NULL */
	bool		column_refused; /* … because of a column */
	bool		zero;			/* the constant 0 */
	bool		constant;		/* a constant is added in it */
	bool		counted;		/* how many rows a person has is in it */
	bool		measured;		/* something else is */
} CrPolynomial;

/* Counts by themselves tell no more than counts; added to measures, products
 * and squares of the sum are weighted by them. */
#define CR_HINT_COUNTS \
	"Group by the count, SELECT n, sum(x) ... GROUP BY n; or use corr(), covar_pop() or regr_slope() of the two."

extern bool cr_polynomial_read(const CrStatement *statement, Node *expr,
							   CrPolynomial *polynomial);

/* bounded.c */
extern bool cr_inspect_digits(Node *expr, int *before, int *after);
extern bool cr_inspect_is_bounded(const CrStatement *statement,
								  Node *expanded);

/* days.c */
extern bool cr_days_read(Node *expr, CrPolynomial *result);
extern const char *cr_days_hint(const CrStatement *statement, const Var *date);
extern const char *cr_days_hint_of_dimensions(Node *expr);

/* family.c */
extern uint32 cr_aggregate_family(Oid aggfnoid);
extern uint32 cr_aggregate_pair(Oid aggfnoid);
extern bool cr_aggregate_squares(uint32 family);
extern bool cr_aggregate_is_of_population(Oid aggfnoid);
extern Const *cr_aggregate_of_nothing(const Aggref *aggref);

/* zeros.c */
extern Node *cr_inspect_zeros(const CrStatement *statement, Node *expr,
							  List **of);

#endif							/* CR_POLYNOMIAL_H */
