/*-------------------------------------------------------------------------
 *
 * src/policy/load.h
 *	  Reads policy from the catalogs; no cache in between.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LOAD_H
#define CR_LOAD_H

#include "nodes/pg_list.h"
#include "policy/label.h"

/* Called for each relation, other than the one asked about, that is read. */
typedef void (*CrVisit) (Oid relid);

/*
 * The relation's policy in the current memory context, or NULL when it is
 * not protected or does not exist.  visit may be NULL.
 */
extern CrPolicy *cr_load_policy(Oid relid, CrVisit visit);

/*
 * The relation whose label holds for this one: itself, an ancestor, or
 * InvalidOid.  *why is NULL, or the reason why none can be used: then the
 * relation itself is returned when several labels meet in it, and the top of
 * the tree that was cut off when that is what happened.
 */
extern Oid	cr_load_governor(Oid relid, CrVisit visit, const char **why);

/* Does a descendant of the relation carry a policy of its own? */
extern bool cr_load_has_protected_descendant(Oid relid, CrVisit visit);

/* The text of a label of the relation, or of its column, or NULL. */
extern char *cr_load_label_text(Oid relid, int32 objsubid);

/*
 * Is there a table label that can be read?  False, with label zeroed, when
 * there is none or its text is damaged.
 */
extern bool cr_load_table_label(Oid relid, CrTableLabel *label);

/* Direct parents, by partitioning or inheritance. */
extern List *cr_load_parents(Oid relid);

/* The relations that carry a table label of our provider. */
extern List *cr_load_labelled_relations(void);

/*
 * May a column of this type carry these uses?  NULL, or the reason why not.
 */
extern const char *cr_load_check_type(Oid typid, uint32 uses);

#endif							/* CR_LOAD_H */
