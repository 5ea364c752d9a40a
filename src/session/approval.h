/*-------------------------------------------------------------------------
 *
 * src/session/approval.h
 *	  What the owners have approved of a statement that is running.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_APPROVAL_H
#define CR_APPROVAL_H

#include "base/verdict.h"
#include "nodes/execnodes.h"
#include "nodes/pg_list.h"

/* A template that runs, and how far its approval goes. */
typedef struct CrApproval
{
	const char *text;			/* its statement, compared by address */
	Oid			runner;			/* who runs it */
	int			room;
	int			template;		/* by its number */
	int			version;
	bytea	   *objects;		/* what its names stand for, template_text.h */
	bool		any_use;		/* columns may be used in any way that leaves
								 * the units countable */
	List	   *waived;			/* its protected tables, where the owners have
								 * waived the threshold of all of them; NIL */
	List	   *tables;			/* its protected tables, each as the one that
								 * bears the policy: all that is approved of */
	EState	   *reader;			/* the execution that is given its rows */
	const struct CrApproval *outer; /* of a template that calls this one */
} CrApproval;

/*
 * The approval of the statement whose source text this is, or NULL.  It is
 * that one statement's, and not that of what functions in it execute, whose
 * text stands elsewhere in memory.  What it covers is cr_approved()'s to say.
 */
extern const CrApproval *cr_approval_of(const char *text);

/* Does a template run with the rights of this role? */
extern bool cr_approval_runs_as(Oid role);

/*
 * Has it been taken back, or given otherwise, since?  Asked of the newest
 * state: a refusal, or NULL.
 */
extern CrVerdict *cr_approval_judge(const CrApproval *approval);

/*
 * The same before its statement runs, when the relations in that are locked:
 * nor has it lapsed, and it is of what the names in the statement stand for.
 */
extern CrVerdict *cr_approval_judge_statement(const CrApproval *approval);

/* The approvals in force; returns those of before, to be put back. */
extern const CrApproval *cr_approval_set(const CrApproval *approval);

#endif							/* CR_APPROVAL_H */
