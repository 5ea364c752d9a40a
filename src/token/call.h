/*-------------------------------------------------------------------------
 *
 * src/token/call.h
 *	  What a call site keeps between calls: the key it used last.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_CALL_H
#define CR_CALL_H

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "keys/keyring.h"
#include "prim/bytes.h"

/* How a call asks for a key. */
typedef struct CrKeyWish
{
	CrBytes		name;
	CrKeyPurpose purpose;
	uint32		use;			/* CR_KEY_MAY_… */
	int32		version;		/* 0 for the current one */
} CrKeyWish;

/* Kept in fn_extra.  A plan may live through a change of role. */
typedef struct CrCall
{
	Oid			role;			/* whom the key was given to */
	TimestampTz asked_at;		/* in which statement of the client's */
	uint64		generation;		/* of the keyring then */
	int32		version;		/* asked for */
	Size		name_len;
	char		name[NAMEDATALEN];
	CrKeyVersion *key;			/* NULL: none yet */
	Oid			argument_type;	/* the first one's; InvalidOid: not yet */
	void	   *own;			/* the function's, in fn_mcxt; NULL at first */
} CrCall;

/* The call site's; zeroed at first. */
extern CrCall *cr_call_get(FunctionCallInfo fcinfo);

/* The type that the function was declared with for its first argument. */
extern Oid	cr_call_argument_type(FunctionCallInfo fcinfo, CrCall *call);

/*
 * The key, with its CrHmac, CrGcm or CrFf1, by purpose, in "prepared".  Valid
 * until the next call.  Raises what the keyring raises.
 */
extern CrKeyVersion *cr_call_key(CrCall *call, const CrKeyWish *wish);

/* A text or bytea argument's bytes. */
static inline CrBytes
cr_call_bytes(const struct varlena *value)
{
	return cr_bytes(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

#endif							/* CR_CALL_H */
