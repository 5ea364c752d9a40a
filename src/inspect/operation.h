/*-------------------------------------------------------------------------
 *
 * src/inspect/operation.h
 *	  The arithmetic that polynomials are made of.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OPERATION_H
#define CR_OPERATION_H

#include "nodes/primnodes.h"

/* What a function does, as far as polynomials know it. */
typedef enum CrOperation
{
	CR_OP_UNKNOWN, /* 0: not in the list */
	CR_OP_ADD, /* also minus, and signs */
	CR_OP_MULTIPLY,
	CR_OP_DIVIDE,
	CR_OP_TRUNCATE, /* integer division */
	CR_OP_WIDEN,
	CR_OP_COARSE /* single precision */
} CrOperation;

extern CrOperation cr_operation_of(Oid funcid);
extern bool cr_operation_computes(Node *expr);

#endif							/* CR_OPERATION_H */
