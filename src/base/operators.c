/*-------------------------------------------------------------------------
 *
 * src/base/operators.c
 *	  Operators that did not come with the server.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "base/operators.h"
#include "catalog/pg_operator.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"
#include "utils/syscache.h"

static Oid
if_made(Oid opno)
{
	return opno >= FirstNormalObjectId ? opno : InvalidOid;
}

Oid
cr_made_operator(Node *node)
{
	ListCell   *lc;

	switch (nodeTag(node))
	{
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			return if_made(((OpExpr *) node)->opno);
		case T_ScalarArrayOpExpr:
			return if_made(((ScalarArrayOpExpr *) node)->opno);
		case T_RowCompareExpr:
			foreach(lc, ((RowCompareExpr *) node)->opnos)
			{
				if (OidIsValid(if_made(lfirst_oid(lc))))
					return lfirst_oid(lc);
			}
			return InvalidOid;
		case T_SortGroupClause:
			if (OidIsValid(if_made(((SortGroupClause *) node)->eqop)))
				return ((SortGroupClause *) node)->eqop;
			return if_made(((SortGroupClause *) node)->sortop);
		default:
			return InvalidOid;
	}
}

Oid
cr_operator_owner(Oid opno)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(opno));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_operator) GETSTRUCT(tuple))->oprowner;
	ReleaseSysCache(tuple);
	return owner;
}

Oid
cr_foreign_operator(Node *node)
{
	Oid			opno = cr_made_operator(node);

	if (OidIsValid(opno) && superuser_arg(cr_operator_owner(opno)))
		return InvalidOid;
	return opno;
}
