/*-------------------------------------------------------------------------
 *
 * src/guard/extension_schema.h
 *	  Where other extensions may be created.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_EXTENSION_SCHEMA_H
#define CR_EXTENSION_SCHEMA_H

#include "nodes/nodes.h"

/* Refuses CREATE EXTENSION in a schema of others' names.  Errors: 42501. */
extern void cr_extension_schema_judge(Node *command);

#endif							/* CR_EXTENSION_SCHEMA_H */
