/*-------------------------------------------------------------------------
 *
 * src/gate/bridge.h
 *	  How the tables of a level are linked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_BRIDGE_H
#define CR_BRIDGE_H

#include "gate/gate.h"

/* One column equated with one of another base. */
typedef struct CrLink
{
	Var		   *from;
	Var		   *to;
	CrClause   *clause;
	bool		fair;			/* leads each row to one at most, if it is to
								 * a public base; else true */
} CrLink;

/* bridge.c */
extern List *cr_links_find(CrLevel *level);
extern bool cr_links_is_raw(CrLevel *level, const Var *var);
extern bool cr_links_has_use(CrLevel *level, const Var *var, uint32 use);
extern Var *cr_link_raw_side(CrLevel *level, const CrLink *link,
							 const CrBase *base);
extern List *cr_links_unite(List *sets, int a, int b);
extern Bitmapset *cr_links_set_of(List *sets, int id);

/* crowd.c */
extern bool cr_link_is_of_one_person(CrLevel *level, const CrLink *link);
extern bool cr_link_is_person(CrLevel *level, const Var *var);
extern bool cr_link_is_met(CrLevel *level, List *links, const Var *var);
extern bool cr_people_are_one(CrLevel *level);
extern CrVerdict *cr_rule_pairs(CrLevel *level, List *links);

/* listed.c */
extern CrVerdict *cr_rule_lists(CrLevel *level, List *links);

#endif							/* CR_BRIDGE_H */
