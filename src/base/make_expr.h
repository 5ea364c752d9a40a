/*-------------------------------------------------------------------------
 *
 * src/base/make_expr.h
 *	  Makes expressions that the server has no function for.
 *
 * What they are made of is not copied.  Where no location is given they were
 * written nowhere, and have none.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_MAKE_EXPR_H
#define CR_MAKE_EXPR_H

#include "nodes/primnodes.h"

extern Const *cr_make_int4(int32 value);
extern Const *cr_make_int8(int64 value);

/* left name right, by an operator of the server's own for their types */
extern Expr *cr_make_operation(const char *name, Expr *left, Expr *right);

/* arg IS [NOT] TRUE, FALSE or UNKNOWN */
extern Node *cr_make_boolean_test(Node *arg, BoolTestType type, int location);

/* arg IS [NOT] NULL, of a value that is no row */
extern Node *cr_make_null_test(Node *arg, NullTestType type);

/* CASE WHEN condition THEN result ELSE otherwise END; without it, ELSE NULL */
extern CaseExpr *cr_make_case(Node *condition, Node *result, Node *otherwise);

/* aggfnoid(args), or count(*) where there are none; of no input collation */
extern Aggref *cr_make_aggregate(Oid aggfnoid, Oid type, List *args);

/* Is it this constant, of type int? */
extern bool cr_is_int4(const Node *node, int32 value);

#endif							/* CR_MAKE_EXPR_H */
