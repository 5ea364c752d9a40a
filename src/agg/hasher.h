/*-------------------------------------------------------------------------
 *
 * src/agg/hasher.h
 *	  How aggregates tell privacy units, and values, apart: by a 64-bit hash,
 *	  never 0.
 *
 * Equals have equal hashes, by the hash operator class of their type and the
 * collation of the call.  Hashes carry no seed: parallel workers must agree
 * on them, and a collision withholds a group rather than release it.
 *
 * One person has another token under each version of a key, and under each
 * key: of uuids the first bits of the hash tell these classes apart
 * (keys/token_classes.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_HASHER_H
#define CR_HASHER_H

#include "fmgr.h"
#include "keys/token_classes.h"
#include "prim/unitset.h"

typedef enum CrHasherKind
{
	CR_HASHER_INT2,
	CR_HASHER_INT4,
	CR_HASHER_INT8,
	CR_HASHER_UUID,				/* with classes; prim/unitset.h has them */
	CR_HASHER_OTHER				/* the type's extended hash function */
} CrHasherKind;

typedef struct CrHasher
{
	CrHasherKind kind;
	Oid			collation;
	FmgrInfo   *hash_finfo;		/* of the type cache, for CR_HASHER_OTHER */
	CrTokenClasses classes;		/* for CR_HASHER_UUID */
} CrHasher;

/*
 * Finds out, once a query, how an argument of the call is hashed; by its
 * number from 0.  Errors: 42883 for a type without a hash function.
 */
extern void cr_hasher_init(CrHasher *hasher, FunctionCallInfo fcinfo,
						   int argument);

/* Do the first bits of hashes tell classes apart? */
static inline bool
cr_hasher_classes(const CrHasher *hasher)
{
	return hasher->kind == CR_HASHER_UUID;
}

static inline uint64
cr_hasher_uuid(CrHasher *hasher, const uint8 *uuid)
{
	uint64		words[2];
	uint64		class = cr_token_class_known(&hasher->classes, uuid);
	uint64		hash;

	memcpy(words, uuid, sizeof(words));
	hash = cr_unitset_mix(words[0] ^ cr_unitset_mix(words[1]));
	return class << CR_UNITSET_CLASS_SHIFT |
		(hash & ((UINT64CONST(1) << CR_UNITSET_CLASS_SHIFT) - 1));
}

static inline uint64
cr_hasher_hash(CrHasher *hasher, Datum value)
{
	switch (hasher->kind)
	{
		case CR_HASHER_INT2:
			return cr_unitset_kept(cr_unitset_mix(DatumGetInt16(value)));
		case CR_HASHER_INT4:
			return cr_unitset_kept(cr_unitset_mix(DatumGetInt32(value)));
		case CR_HASHER_INT8:
			return cr_unitset_kept(cr_unitset_mix(DatumGetInt64(value)));
		case CR_HASHER_UUID:
			return cr_unitset_kept(
				cr_hasher_uuid(hasher, (uint8 *) DatumGetPointer(value)));
		case CR_HASHER_OTHER:
			break;
	}
	value = FunctionCall2Coll(hasher->hash_finfo, hasher->collation, value,
							  Int64GetDatum(0));
	return cr_unitset_kept(DatumGetUInt64(value));
}

#endif							/* CR_HASHER_H */
