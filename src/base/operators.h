/*-------------------------------------------------------------------------
 *
 * src/base/operators.h
 *	  Operators that did not come with the server.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_OPERATORS_H
#define CR_OPERATORS_H

#include "nodes/nodes.h"

/*
 * The operator that the node itself applies, if it was made by somebody;
 * else InvalidOid.  What function it stands for does not matter: the planner
 * may put its negator or commutator in its place, which are what their maker
 * has said they are, and call those.
 */
extern Oid	cr_made_operator(Node *node);

/* Who has made it; InvalidOid if it is not there. */
extern Oid	cr_operator_owner(Oid opno);

/* As cr_made_operator(), but for those of superusers. */
extern Oid	cr_foreign_operator(Node *node);

#endif							/* CR_OPERATORS_H */
