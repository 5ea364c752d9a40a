/*-------------------------------------------------------------------------
 *
 * src/keys/token_classes.h
 *	  Which key and version made a token, if the keyring has them.
 *
 * One person has another token under each key, and under each version of it:
 * what counts people has to tell these classes apart.  A UUID of version 8
 * looks like a token whoever made it, and so does one in 64 hashes that are
 * cast to uuid; only a key and version of this database's keyring make it one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TOKEN_CLASSES_H
#define CR_TOKEN_CLASSES_H

#include "prim/token_uuid.h"

/* The keyring's keys and versions, read when they are first needed. */
typedef struct CrTokenClasses
{
	MemoryContext context;		/* where they are kept */
	int			nclasses;		/* -1: not read yet */
	uint32	   *classes;		/* ascending */
	uint32		last;			/* the last one found, or 0 */
} CrTokenClasses;

/*
 * Prepares for asking, for one query: what is committed after that is not
 * seen, nor are tokens of it.  The context must outlive the questions.
 */
extern void cr_token_classes_init(CrTokenClasses *classes,
								  MemoryContext context);

/* Does the keyring have it?  Errors: RC014 without a keyring. */
extern bool cr_token_classes_have(CrTokenClasses *classes, uint32 class);

/* The class of a UUID, as of cr_token_class_of(); 0: no token of ours. */
static inline uint32
cr_token_class_known(CrTokenClasses *classes,
					 const uint8 uuid[CR_TOKEN_SIZE])
{
	uint32		class = cr_token_class_of(uuid);

	if (class == 0 || class == classes->last ||
		cr_token_classes_have(classes, class))
		return class;
	return 0;
}

#endif							/* CR_TOKEN_CLASSES_H */
