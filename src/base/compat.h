/*-------------------------------------------------------------------------
 *
 * src/base/compat.h
 *	  Every difference between the server versions that we build for.
 *
 * Callers are written against the newest signature.  PG_VERSION_NUM appears
 * here and in src/guard/ only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_COMPAT_H
#define CR_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "cleanroom needs PostgreSQL 15 or newer"
#endif
#if PG_VERSION_NUM >= 190000
#error "cleanroom has not been tried on PostgreSQL newer than 18"
#endif

#include "catalog/pg_class.h"
#include "utils/acl.h"

/* PG 16 moved the macros for variable-length values out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* PG 16 replaced the per-catalog ownership checks with one function. */
static inline bool
cr_owns_relation(Oid relid, Oid roleid)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relid, roleid);
#else
	return pg_class_ownercheck(relid, roleid);
#endif
}

#endif							/* CR_COMPAT_H */
