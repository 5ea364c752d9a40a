/*-------------------------------------------------------------------------
 *
 * src/gate/argument.h
 *	  What the rules about an aggregate's argument share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ARGUMENT_H
#define CR_ARGUMENT_H

#include "base/verdict.h"
#include "inspect/facts.h"

typedef struct CrArgument
{
	Node	   *expanded;
	Node	   *written;
	bool		conditional;	/* it stood in a conditional */
	bool		zeros;			/* zero stands for its columns that are null */
} CrArgument;

/* conditional.c */
extern CrVerdict *cr_unwrap_conditional(CrLevel *level,
										CrAggregate *aggregate,
										uint32 family, CrArgument *argument);
extern CrVerdict *cr_refuse_conditional(Node *node, uint32 family);
extern bool cr_has_conditional(Node *node);
extern CrVerdict *cr_note_condition(CrLevel *level, CrAggregate *aggregate,
									Node *expanded, Node *written);
extern Node *cr_among_chosen(const CrAggregate *aggregate, Node *condition);

/* zero.c */
extern void cr_unwrap_zeros(CrLevel *level, CrAggregate *aggregate,
							uint32 family, CrArgument *argument);

/* nulls.c */
extern CrVerdict *cr_note_nulls(CrLevel *level, CrAggregate *aggregate,
								uint32 family, CrArgument *argument);
extern CrVerdict *cr_note_pair_nulls(CrLevel *level, CrAggregate *aggregate);

/* weigh.c */
extern CrVerdict *cr_rule_pair(CrLevel *level, CrAggregate *aggregate);
extern CrVerdict *cr_refuse_weighed(CrAggregate *aggregate);
extern void cr_note_values(CrLevel *level, CrAggregate *aggregate,
						   Node *expanded);

#endif							/* CR_ARGUMENT_H */
