/*-------------------------------------------------------------------------
 *
 * src/inspect/width.h
 *	  How large integers can get that a query computes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_WIDTH_H
#define CR_WIDTH_H

#include "nodes/primnodes.h"

typedef enum CrIntegerOperation
{
	CR_INT_OTHER,
	CR_INT_ADD,
	CR_INT_SUBTRACT,
	CR_INT_MULTIPLY,
	CR_INT_NEGATE,
	CR_INT_WIDEN				/* a cast to a larger integer */
} CrIntegerOperation;

extern int	cr_width_of_type(Oid type);
extern CrIntegerOperation cr_width_operation(Node *expr, List **args);
extern int	cr_width_of(Node *expr);
extern bool cr_width_fits(Node *expr);
extern Node *cr_width_cast_from(Node *expr);

#endif							/* CR_WIDTH_H */
