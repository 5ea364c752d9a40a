/*-------------------------------------------------------------------------
 *
 * src/inspect/bounded.c
 *	  Which arithmetic gives a number wherever its columns do.
 *
 * What overflows is null, as is what is computed of an infinite date: a null
 * that no column tells of.  Integers, and numerics that are declared to have
 * so many digits, can get no larger by a polynomial than numerics and floating
 * point hold; integers are computed in a type that holds them
 * (reshape/widen.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "inspect/polynomial.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"

/* Products of two such, by what polynomials may have as constants, fit. */
#define MAX_DIGITS	100

/* So many digits before the point, and after it, has a value of the type. */
bool
cr_inspect_digits(Node *expr, int *before, int *after)
{
	int32		typmod = exprTypmod(expr);

	*after = 0;
	switch (exprType(expr))
	{
		case INT2OID:
			*before = 5;
			return true;
		case INT4OID:
			*before = 10;
			return true;
		case INT8OID:
			*before = 19;
			return true;
		case NUMERICOID:
			/* numeric(p, s), as numeric.c reads it */
			if (typmod < (int32) VARHDRSZ)
				return false;
			typmod -= (int32) VARHDRSZ;
			*after = ((typmod & 0x7ff) ^ 1024) - 1024;
			*before = ((typmod >> 16) & 0xffff) - *after;
			return *after >= 0;
		default:
			return false;
	}
}

/*
 * Is the expanded expression such a polynomial, of columns as they are stored
 * or a subquery by person gives them?
 */
bool
cr_inspect_is_bounded(const CrStatement *statement, Node *expanded)
{
	CrPolynomial polynomial;
	ListCell   *lc;

	if (!cr_polynomial_read(statement, expanded, &polynomial))
		return false;
	foreach(lc, pull_var_clause(expanded, PVC_INCLUDE_AGGREGATES))
	{
		int			before;
		int			after;

		if (!IsA(lfirst(lc), Var) ||
			!cr_inspect_digits(lfirst(lc), &before, &after) ||
			before > MAX_DIGITS || after > MAX_DIGITS)
			return false;
	}
	return true;
}
