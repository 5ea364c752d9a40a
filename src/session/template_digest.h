/*-------------------------------------------------------------------------
 *
 * src/session/template_digest.h
 *	  A digest over a template and what it refers to.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TEMPLATE_DIGEST_H
#define CR_TEMPLATE_DIGEST_H

#include "nodes/pg_list.h"

/*
 * SHA-256 over a text, over whose rights and which options views have, and
 * over the definitions and owners of functions, all by OID, and over row types
 * and enums, which it keeps from changing until the transaction ends; in the
 * current memory context.
 */
extern bytea *cr_template_digest(const char *text, List *views,
								 List *functions, List *types);

/* SHA-256 over a text, in the current memory context. */
extern bytea *cr_template_digest_of(const char *text);

#endif							/* CR_TEMPLATE_DIGEST_H */
