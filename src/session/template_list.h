/*-------------------------------------------------------------------------
 *
 * src/session/template_list.h
 *	  The list of the server's functions that templates may call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TEMPLATE_LIST_H
#define CR_TEMPLATE_LIST_H

#include "nodes/nodes.h"

/* May a template call this built-in function? */
extern bool cr_template_list_has(Oid funcid);

/*
 * The type of an argument that the node gives to a function on the list and
 * might have it call somebody's cast; InvalidOid if there is none.
 */
extern Oid	cr_template_list_refused_type(Oid funcid, Node *node);

/*
 * Is the type built in, or made of one that is: is there nobody's code by
 * which its values would be cast?  Not a row, which may have columns of any.
 */
extern bool cr_template_list_has_type(Oid type);

#endif							/* CR_TEMPLATE_LIST_H */
