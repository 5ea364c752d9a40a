/*-------------------------------------------------------------------------
 *
 * src/guard/telling.h
 *	  Says which plan nodes may tell of rows that they do not pass on.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TELLING_H
#define CR_TELLING_H

#include "nodes/plannodes.h"

/*
 * May what the node computes of its rows, leaving aside where it sends them,
 * be told by something else: a function with side effects, or one that fails?
 */
extern bool cr_telling_node(const Plan *plan);

#endif							/* CR_TELLING_H */
