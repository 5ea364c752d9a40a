/*-------------------------------------------------------------------------
 *
 * src/inspect/grouped_join.c
 *	  Reads people grouped over an outer join as a join with groups.
 *
 *	SELECT n, count(*)
 *	FROM (SELECT a.k, count(b.x) AS n
 *		  FROM a LEFT JOIN b ON b.k = a.k AND c GROUP BY a.k) q
 *	GROUP BY n
 *
 * where a has each k once, is the same with
 *
 *	SELECT a.k, coalesce(s.n, 0) AS n FROM a LEFT JOIN
 *	(SELECT b.k, count(b.x) AS n FROM b WHERE c GROUP BY b.k) s ON s.k = a.k
 *
 * as q, in which those without a match are people whom the second table knows
 * nothing of, and not people with none (unmatched.c, counted_test.c).  It is
 * the same with rows of people, which k and other columns tell apart.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/compat.h"
#include "base/make_expr.h"
#include "base/make_query.h"
#include "catalog/pg_type.h"
#include "inspect/absence.h"
#include "inspect/facts.h"
#include "inspect/grouped.h"
#include "inspect/normalize.h"
#include "inspect/polynomial.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/fmgroids.h"

typedef struct Grouped
{
	CrStatement *statement;
	Query	   *query;			/* that groups over the join */
	CrAbsent	absent;
	CrQuestion *joined;			/* the entry's rows, by what ON compares */
	List	   *aggregates;		/* Aggref */
	List	   *missing;		/* Const: what each is without a match */
	bool		lost;			/* something is neither of one side */
} Grouped;

/* ---------- what aggregates are without a match ---------- */

static Node *
missing_mutator(Node *node, const int *rti)
{
	Var		   *var = (Var *) node;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && var->varlevelsup == 0 && (int) var->varno == *rti)
		return (Node *) makeNullConst(var->vartype, var->vartypmod,
									  var->varcollid);
	return expression_tree_mutator(node, missing_mutator, (void *) rti);
}

/* The expression for a row of nulls; NULL if it is no constant then. */
static Const *
value_of_nulls(Grouped *grouped, Node *expr)
{
	Node	   *value = missing_mutator(copyObject(expr),
										&grouped->absent.rti);

	value = cr_inspect_settle(value);
	return IsA(value, Const) ? (Const *) value : NULL;
}

/* Is it a choice of constants, so that it is never null? */
static bool
is_chosen(Node *expr)
{
	CaseExpr   *choice = (CaseExpr *) expr;
	ListCell   *lc;

	if (IsA(expr, Const))
		return !((Const *) expr)->constisnull;
	if (!IsA(expr, CaseExpr))
		return false;
	foreach(lc, choice->args)
	{
		if (!is_chosen((Node *) lfirst_node(CaseWhen, lc)->result))
			return false;
	}
	return is_chosen((Node *) choice->defresult);
}

/* What the aggregate of one row with this value is, or NULL. */
static Const *
aggregate_of(const Aggref *aggref, const Const *value, Node *argument)
{
	if (value->constisnull)
		return cr_aggregate_of_nothing(aggref);
	if (cr_aggregate_family(aggref->aggfnoid) == CR_AGG_COUNT)
		return cr_make_int8(1);
	/* what is null with a match, too, could not be told from it */
	if (!is_chosen(argument))
		return NULL;
	if (aggref->aggfnoid == F_SUM_INT4)
		return cr_make_int8(DatumGetInt32(value->constvalue));
	if (cr_aggregate_is_extreme(aggref->aggfnoid) &&
		value->consttype == aggref->aggtype)
		return (Const *) copyObjectImpl(value);
	return NULL;
}

/* Of one row, of nulls, that the aggregate is given.  NULL: not known. */
static Const *
missing_value(Grouped *grouped, const Aggref *aggref)
{
	Const	   *result = NULL;
	ListCell   *lc;

	if (aggref->aggfilter != NULL)
	{
		Const	   *holds = value_of_nulls(grouped,
										   (Node *) aggref->aggfilter);

		if (holds == NULL)
			return NULL;
		if (holds->constisnull || !DatumGetBool(holds->constvalue))
			return cr_aggregate_of_nothing(aggref);
	}
	if (aggref->aggstar)
		return cr_make_int8(1);
	foreach(lc, aggref->args)
	{
		Node	   *argument = (Node *) lfirst_node(TargetEntry, lc)->expr;
		Const	   *value = value_of_nulls(grouped, argument);

		if (value == NULL)
			return NULL;
		if (result == NULL || !result->constisnull)
			result = aggregate_of(aggref, value, argument);
		if (result == NULL)
			return NULL;
	}
	return result;
}

static void
note_aggregate(Grouped *grouped, Aggref *aggref)
{
	Const	   *missing;

	if (list_member(grouped->aggregates, aggref))
		return;
	missing = aggref->agglevelsup == 0 && aggref->aggorder == NIL &&
		(aggref->aggstar || contain_var_clause((Node *) aggref->args)) &&
		(cr_aggregate_family(aggref->aggfnoid) != 0 ||
		 cr_aggregate_is_extreme(aggref->aggfnoid)) &&
		!cr_absence_names_others((Node *) aggref->args,
								 grouped->absent.rti) &&
		!cr_absence_names_others((Node *) aggref->aggfilter,
								 grouped->absent.rti) ?
		missing_value(grouped, aggref) : NULL;
	if (missing == NULL)
		grouped->lost = true;
	grouped->aggregates = lappend(grouped->aggregates, aggref);
	grouped->missing = lappend(grouped->missing, missing);
}

/* Notes aggregates; loses what else is of the entry. */
static bool
aggregates_walker(Node *node, Grouped *grouped)
{
	if (node == NULL)
		return false;
	if (IsA(node, Aggref))
		note_aggregate(grouped, (Aggref *) node);
	else if (IsA(node, SubLink) || IsA(node, GroupingFunc) ||
			 (IsA(node, Var) &&
			  (int) ((Var *) node)->varno == grouped->absent.rti))
		grouped->lost = true;
	else
		return expression_tree_walker(node, aggregates_walker,
									  (void *) grouped);
	return grouped->lost;
}

/* ---------- who is grouped ---------- */

/* Does the query group people over an outer join that suits? */
static bool
read_grouped(Grouped *grouped)
{
	Query	   *query = grouped->query;
	JoinExpr   *join;

	if (!query->hasAggs || query->groupClause == NIL ||
		query->groupingSets != NIL || query->setOperations != NULL ||
		query->hasWindowFuncs || query->hasTargetSRFs ||
		query->distinctClause != NIL || query->limitCount != NULL ||
		query->limitOffset != NULL || query->rowMarks != NIL ||
		query->cteList != NIL || list_length(query->jointree->fromlist) != 1)
		return false;
	cr_normalize_names(query);
	join = linitial(query->jointree->fromlist);
	if (!IsA(join, JoinExpr) || join->alias != NULL ||
		(grouped->joined = cr_grouped_read_join(query, join,
												&grouped->absent)) == NULL ||
		rangeTableEntry_used(query->jointree->quals, grouped->absent.rti, 0))
		return false;
	cr_normalize_match_counts(grouped->statement, query);
	aggregates_walker((Node *) query->targetList, grouped);
	aggregates_walker(query->havingQual, grouped);
	return !grouped->lost;
}

/* ---------- writing it ---------- */

/*
 * Of what is compared there is no null in a group that has a match: to count
 * it is to count rows.
 */
static Expr *
aggregate_of_groups(const Query *groups, Aggref *aggref)
{
	Aggref	   *count;
	ListCell   *lc;

	if (aggref->aggfnoid != F_COUNT_ANY || aggref->aggdistinct != NIL)
		return (Expr *) aggref;
	foreach(lc, groups->targetList)
	{
		TargetEntry *key = lfirst_node(TargetEntry, lc);
		TargetEntry *counted = linitial_node(TargetEntry, aggref->args);

		if (key->ressortgroupref == 0 ||
			!equal(cr_inspect_strip((Node *) key->expr),
				   cr_inspect_strip((Node *) counted->expr)))
			continue;
		count = cr_make_aggregate(F_COUNT_, INT8OID, NIL);
		count->aggfilter = aggref->aggfilter;
		return (Expr *) count;
	}
	return (Expr *) aggref;
}

/* SELECT keys, aggregates FROM entry WHERE conditions GROUP BY keys */
static Query *
make_groups(Grouped *grouped)
{
	Query	   *groups = grouped->joined->members;
	ListCell   *lc;

	foreach(lc, groups->targetList)
		groups->groupClause =
			lappend(groups->groupClause,
					cr_make_grouping(lfirst(lc), groups->targetList));
	foreach(lc, grouped->aggregates)
	{
		Aggref	   *aggref = (Aggref *)
			cr_absence_inside(&grouped->absent, lfirst(lc));
		Expr	   *aggregate = aggregate_of_groups(groups, aggref);
		int			resno = list_length(groups->targetList) + 1;

		groups->targetList =
			lappend(groups->targetList,
					makeTargetEntry(aggregate, resno,
									psprintf("aggregate_%d", resno), false));
	}
	groups->hasAggs = true;
	return groups;
}

static Var *
column_of_groups(const Grouped *grouped, const Query *groups, int number)
{
	Var		   *var = makeVarFromTargetEntry(grouped->absent.rti,
											 list_nth(groups->targetList,
													  number));

	cr_set_nulling(var, bms_make_singleton(grouped->absent.join->rtindex));
	return var;
}

typedef struct Replacing
{
	Grouped    *grouped;
	Query	   *groups;
	int			nkeys;
} Replacing;

static Node *
replace_mutator(Node *node, Replacing *replacing)
{
	Grouped    *grouped = replacing->grouped;
	ListCell   *lc;

	if (node == NULL || IsA(node, Query))
		return node;
	if (!IsA(node, Aggref))
		return expression_tree_mutator(node, replace_mutator,
									   (void *) replacing);
	foreach(lc, grouped->aggregates)
	{
		int			number = foreach_current_index(lc);
		Const	   *missing = list_nth_node(Const, grouped->missing, number);
		Var		   *column;
		CoalesceExpr *coalesce;

		if (!equal(lfirst(lc), node))
			continue;
		column = column_of_groups(grouped, replacing->groups,
								  replacing->nkeys + number);
		if (missing->constisnull)
			return (Node *) column;
		coalesce = makeNode(CoalesceExpr);
		coalesce->coalescetype = column->vartype;
		coalesce->coalescecollid = column->varcollid;
		coalesce->args = list_make2(column, copyObject(missing));
		coalesce->location = -1;
		return (Node *) coalesce;
	}
	return node;
}

static void
write_grouped(Grouped *grouped)
{
	Query	   *query = grouped->query;
	CrAbsent   *absent = &grouped->absent;
	int			nkeys = list_length(grouped->joined->compared);
	Node	   *quals;
	Query	   *groups;
	Replacing	replacing = {.grouped = grouped,.nkeys = nkeys};
	ListCell   *lc;

	quals = cr_question_condition(grouped->joined, absent->rti);
	groups = replacing.groups = make_groups(grouped);

	query->targetList = (List *)
		replace_mutator((Node *) query->targetList, &replacing);
	query->jointree->quals =
		make_and_qual(query->jointree->quals,
					  replace_mutator(query->havingQual, &replacing));
	query->havingQual = NULL;
	query->groupClause = NIL;
	query->constraintDeps = NIL;
	query->hasAggs = false;
	foreach(lc, query->targetList)
	{
		if (query->sortClause == NIL)
			lfirst_node(TargetEntry, lc)->ressortgroupref = 0;
	}
	absent->join->quals = quals;
	lfirst(list_nth_cell(query->rtable, absent->rti - 1)) =
		cr_make_subquery_entry(groups, absent->rte->eref->aliasname,
							   cr_column_names(groups));
	cr_normalize_renew_joins(query, (Node *) query->jointree);
}

/*
 * Writes a query that groups people over an outer join so, in place, if it
 * is one that suits.
 */
void
cr_normalize_grouped_join(CrStatement *statement, Query *query)
{
	Grouped		grouped = {0};

	grouped.statement = statement;
	grouped.query = query;
	if (read_grouped(&grouped))
		write_grouped(&grouped);
}
