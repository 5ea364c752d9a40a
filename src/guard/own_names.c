/*-------------------------------------------------------------------------
 *
 * src/guard/own_names.c
 *	  Keeps commands from waiting for the extension's own relations, and for
 *	  protected tables.
 *
 * Some commands lock a relation that they name before they ask whether their
 * user may.  While anybody reads it they wait for a lock that shuts out
 * everybody else, and with a relation of ours shut, nothing is recorded and
 * nobody is let in.  So whoever is no superuser may not name one there; nor
 * a protected table that binds the user.
 *
 * That is known of CREATE TABLE with a parent or a foreign key, ALTER TABLE
 * with the same, CREATE TRIGGER, CREATE RULE, CREATE STATISTICS, publications,
 * and ALTER ... DEPENDS ON EXTENSION; INSERT and such, and FOR UPDATE, take
 * weak locks when they are prepared.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/compat.h"
#include "base/oids.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "guard/bound.h"
#include "guard/guard.h"
#include "guard/own_names.h"
#include "guard/raise.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parsetree.h"
#include "policy/policy.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"

static post_parse_analyze_hook_type prev_post_parse_analyze = NULL;

static bool
is_own(Oid relid)
{
	const CrOids *oids = cr_oids_get();

	return oids != NULL && OidIsValid(oids->schema) &&
		get_rel_namespace(relid) == oids->schema;
}

/* Whoever lacks the privilege is told so, as anywhere. */
static void
refuse(const char *command, Oid relid)
{
	if (!cr_guard_has_right(relid, ACL_NO_RIGHTS))
		aclcheck_error(ACLCHECK_NO_PRIV,
					   get_relkind_objtype(get_rel_relkind(relid)),
					   get_rel_name(relid));
	cr_raise_own_command(command, relid);
}

/* The protected table that whoever locks the relation shuts, or InvalidOid. */
static Oid
bound_by(Oid relid)
{
	Oid			table = relid;

	if (get_rel_relkind(relid) == RELKIND_INDEX ||
		get_rel_relkind(relid) == RELKIND_PARTITIONED_INDEX)
		table = IndexGetRelation(relid, true);
	if (OidIsValid(table) && cr_guard_binds(table))
		return table;
	/* a view of one's own is for oneself to lock */
	if (get_rel_relkind(relid) == RELKIND_VIEW &&
		!cr_owns_relation(relid, GetUserId()))
		return cr_guard_find_bound(relid);
	return InvalidOid;
}

static void
refuse_to_lock(const char *command, Oid relid)
{
	Oid			bound;

	if (!OidIsValid(relid))
		return;
	if (is_own(relid))
		refuse(command, relid);
	bound = bound_by(relid);
	if (OidIsValid(bound))
		cr_raise_command(command, bound);
}

/*
 * A name without a schema may come to mean another relation while the command
 * waits: all that it could mean are asked about.
 */
static void
refuse_name(const char *command, const RangeVar *name)
{
	ListCell   *lc;

	if (name == NULL)
		return;
	refuse_to_lock(command, RangeVarGetRelid(name, NoLock, true));
	foreach(lc, name->schemaname == NULL ? fetch_search_path(true) : NIL)
		refuse_to_lock(command, get_relname_relid(name->relname,
												   lfirst_oid(lc)));
}

static void
refuse_names(const char *command, List *names)
{
	ListCell   *lc;

	foreach(lc, names)
	{
		if (IsA(lfirst(lc), RangeVar))
			refuse_name(command, lfirst_node(RangeVar, lc));
	}
}

/* Foreign keys among the definitions of columns and constraints. */
static void
refuse_keys(const char *command, List *definitions)
{
	ListCell   *lc;

	foreach(lc, definitions)
	{
		Node	   *definition = (Node *) lfirst(lc);

		if (IsA(definition, Constraint))
			refuse_name(command, ((Constraint *) definition)->pktable);
		else if (IsA(definition, ColumnDef))
			refuse_keys(command, ((ColumnDef *) definition)->constraints);
	}
}

static void
judge_alter_table(AlterTableStmt *alter)
{
	ListCell   *lc;

	foreach(lc, alter->cmds)
	{
		Node	   *definition = lfirst_node(AlterTableCmd, lc)->def;

		if (definition == NULL)
			continue;
		if (IsA(definition, RangeVar))
			refuse_name("ALTER TABLE", (RangeVar *) definition);
		else if (IsA(definition, PartitionCmd))
			refuse_name("ALTER TABLE", ((PartitionCmd *) definition)->name);
		else
			refuse_keys("ALTER TABLE", list_make1(definition));
	}
}

static void
judge_publication(const char *command, List *objects)
{
	ListCell   *lc;

	foreach(lc, objects)
	{
		PublicationTable *table =
			lfirst_node(PublicationObjSpec, lc)->pubtable;

		if (table != NULL)
			refuse_name(command, table->relation);
	}
}

void
cr_own_names_judge(Node *command)
{
	if (!cr_policy_possible() || superuser())
		return;
	switch (nodeTag(command))
	{
		case T_CreateStmt:
			refuse_names("CREATE TABLE",
						 ((CreateStmt *) command)->inhRelations);
			refuse_keys("CREATE TABLE", ((CreateStmt *) command)->tableElts);
			refuse_keys("CREATE TABLE", ((CreateStmt *) command)->constraints);
			break;
		case T_CreateForeignTableStmt:
			refuse_names("CREATE FOREIGN TABLE",
						 ((CreateForeignTableStmt *)
						  command)->base.inhRelations);
			break;
		case T_AlterTableStmt:
			judge_alter_table((AlterTableStmt *) command);
			break;
		case T_CreateTrigStmt:
			refuse_name("CREATE TRIGGER",
						((CreateTrigStmt *) command)->relation);
			refuse_name("CREATE TRIGGER",
						((CreateTrigStmt *) command)->constrrel);
			break;
		case T_RuleStmt:
			refuse_name("CREATE RULE", ((RuleStmt *) command)->relation);
			break;
		case T_CreateStatsStmt:
			refuse_names("CREATE STATISTICS",
						 ((CreateStatsStmt *) command)->relations);
			break;
		case T_CreatePublicationStmt:
			judge_publication("CREATE PUBLICATION",
							  ((CreatePublicationStmt *) command)->pubobjects);
			break;
		case T_AlterPublicationStmt:
			judge_publication("ALTER PUBLICATION",
							  ((AlterPublicationStmt *) command)->pubobjects);
			break;
		case T_AlterObjectDependsStmt:
			refuse_name("ALTER ... DEPENDS ON EXTENSION",
						((AlterObjectDependsStmt *) command)->relation);
			break;
		default:
			break;
	}
}

/* What is written to, or locked, by name; through views it is the view. */
static void
judge_query(ParseState *pstate, Query *query, JumbleState *jumble)
{
	ListCell   *lc;

	if (prev_post_parse_analyze)
		prev_post_parse_analyze(pstate, query, jumble);
	if ((query->resultRelation == 0 && query->rowMarks == NIL) ||
		!IsTransactionState() || !cr_policy_possible() || superuser())
		return;
	if (query->resultRelation != 0 &&
		is_own(rt_fetch(query->resultRelation, query->rtable)->relid))
		refuse("INSERT, UPDATE, DELETE or MERGE",
			   rt_fetch(query->resultRelation, query->rtable)->relid);
	foreach(lc, query->rowMarks)
	{
		RowMarkClause *mark = lfirst_node(RowMarkClause, lc);
		RangeTblEntry *rte = rt_fetch(mark->rti, query->rtable);

		if (rte->rtekind == RTE_RELATION && is_own(rte->relid))
			refuse("FOR UPDATE or FOR SHARE", rte->relid);
	}
}

void
cr_guard_own_names_init(void)
{
	prev_post_parse_analyze = post_parse_analyze_hook;
	post_parse_analyze_hook = judge_query;
}
