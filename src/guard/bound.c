/*-------------------------------------------------------------------------
 *
 * src/guard/bound.c
 *	  Says which relations the current user meets as an analyst.
 *
 * For commands, which name relations; queries are judged by the gate.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "base/compat.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_seclabel.h"
#include "guard/bound.h"
#include "miscadmin.h"
#include "policy/policy.h"
#include "session/bound_to.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

bool
cr_guard_binds(Oid relid)
{
	return cr_session_binds(GetUserId(), relid);
}

/*
 * pg_class has no index to find it by, but the TOAST table depends on it.
 */
Oid
cr_guard_table_of_toast(Oid toast)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			result = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(toast));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL,
							  2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->refclassid == RelationRelationId &&
			form->deptype == DEPENDENCY_INTERNAL)
			result = form->refobjid;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return result;
}

bool
cr_guard_closes(Oid relid)
{
	return cr_session_closes(GetUserId(), relid);
}

bool
cr_guard_has_right(Oid relid, AclMode besides)
{
	return pg_class_aclmask(relid, GetUserId(),
							ACL_ALL_RIGHTS_RELATION & ~besides,
							ACLMASK_ANY) != 0;
}

Oid
cr_guard_find_closed(Oid relid)
{
	return cr_session_find_closed(GetUserId(), relid);
}

Oid
cr_guard_find_bound(Oid relid)
{
	return cr_session_find_bound(GetUserId(), relid);
}

Oid
cr_guard_find_bound_in_query(Query *query)
{
	return cr_session_find_bound_in_query(GetUserId(), query);
}

Oid
cr_guard_find_bound_anywhere(void)
{
	Relation	labels;
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *labelled = NIL;
	ListCell   *lc;

	if (!cr_policy_possible())
		return InvalidOid;

	labels = table_open(SecLabelRelationId, AccessShareLock);
	scan = systable_beginscan(labels, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		FormData_pg_seclabel *label =
			(FormData_pg_seclabel *) GETSTRUCT(tuple);

		if (label->classoid == RelationRelationId && label->objsubid == 0)
			labelled = lappend_oid(labelled, label->objoid);
	}
	systable_endscan(scan);
	table_close(labels, AccessShareLock);

	/* another provider's labels are among them: the policy decides */
	foreach(lc, labelled)
		if (cr_guard_binds(lfirst_oid(lc)))
			return lfirst_oid(lc);
	return InvalidOid;
}
