/*-------------------------------------------------------------------------
 *
 * src/session/plain_node.h
 *	  Node types of which only functions and parts are to be asked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PLAIN_NODE_H
#define CR_PLAIN_NODE_H

#include "nodes/nodes.h"

/*
 * Is all that the node runs in what check_functions_in_node() names and in its
 * parts?  False for types that are not known.
 */
extern bool cr_plain_node(const Node *node);

/*
 * The type of an expression, plain or one of those that read or convert
 * values; InvalidOid of what is none, or is not known.
 */
extern Oid	cr_plain_node_type(const Node *node);

#endif							/* CR_PLAIN_NODE_H */
