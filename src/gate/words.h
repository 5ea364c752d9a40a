/*-------------------------------------------------------------------------
 *
 * src/gate/words.h
 *	  Names of columns and of what is allowed, for messages.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_WORDS_H
#define CR_WORDS_H

#include "inspect/facts.h"

/* "amount" of "purchases", quoted; for an expanded Var */
#define CR_HINT_MATCH \
	"To ask who has a match, write EXISTS (SELECT ... WHERE key = key) as a column or condition, or LEFT JOIN (SELECT DISTINCT key ...) and test that for null."

extern bool cr_word_may_lack_match(CrLevel *level, const Var *var);
extern const char *cr_word_column(const CrStatement *statement,
								  const Var *var);

/* the same for a Var as the level wrote it */
extern const char *cr_word_local_column(CrLevel *level, const Var *var);

/* "<verb> region, channel." or what to ask the owner */
extern const char *cr_word_allowed(const CrStatement *statement,
								   const Var *var, uint32 uses,
								   const char *verb);

/* the same inside an aggregate, which the measures listed allow */
extern const char *cr_word_aggregated(const CrStatement *statement,
									  const Var *var, uint32 uses,
									  uint32 aggregates, const char *verb);

#endif							/* CR_WORDS_H */
