/*-------------------------------------------------------------------------
 *
 * src/policy/rls.h
 *	  Row security of a table: its switch and its policies.
 *
 * Callers hold AccessExclusiveLock on the table where something is changed,
 * and have checked that the current user owns it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_RLS_H
#define CR_RLS_H

#include "nodes/pg_list.h"
#include "nodes/primnodes.h"
#include "utils/relcache.h"

typedef struct CrRowPolicy
{
	char	   *name;
	bool		permissive;
	char	   *qual;			/* USING, as a node string; NULL when it has
								 * none or is not for reading */
} CrRowPolicy;

/* All policies of the table, on or off; current memory context. */
extern List *cr_rls_list_policies(Oid relid);

/* Does the table have a policy of this name? */
extern bool cr_rls_has_policy(Oid relid, const char *name);

/* Switches row security on or off; nothing to do is fine. */
extern void cr_rls_switch(Oid relid, bool on);

/*
 * The parse tree of a condition, which must be one expression and nothing
 * else.  Raises the parser's errors.
 */
extern Node *cr_rls_parse_condition(const char *text);

/* Are policies of the table being changed by the functions below? */
extern bool cr_rls_is_changing(Oid relid);

/* Makes a policy for every role and command. */
extern void cr_rls_create_policy(Oid relid, const char *name,
								 bool permissive, Node *parsetree);

/* Makes the policy anew on another table, its columns matched by name. */
extern void cr_rls_copy_policy(Oid from_relid, const CrRowPolicy *policy,
							   Oid to_relid);

/* The policy's condition for another table; current memory context. */
extern Node *cr_rls_map_condition(Oid from_relid, const CrRowPolicy *policy,
								  Oid to_relid);

/* Drops a policy if there is one of that name; was there? */
extern bool cr_rls_drop_policy(Oid relid, const char *name);

#endif							/* CR_RLS_H */
