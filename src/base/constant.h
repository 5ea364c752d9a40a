/*-------------------------------------------------------------------------
 *
 * src/base/constant.h
 *	  Computes what is constant in an expression, calling nobody's code.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CONSTANT_H
#define CR_CONSTANT_H

#include "nodes/nodes.h"

/*
 * The expression with what is constant in it computed; itself where it calls
 * a function that neither the server nor this extension came with.  May
 * change the expression given.  Fails as what is computed does.
 */
extern Node *cr_fold(Node *expr);

#endif							/* CR_CONSTANT_H */
