/*-------------------------------------------------------------------------
 *
 * src/session/template_list.h
 *	  The list of the server's functions that templates may call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TEMPLATE_LIST_H
#define CR_TEMPLATE_LIST_H

typedef enum CrTemplateUse
{
	CR_TEMPLATE_NEVER,
	CR_TEMPLATE_PLAIN_TYPES,	/* where cr_template_list_has_type() */
	CR_TEMPLATE_ANY_TYPES
} CrTemplateUse;

/* Over values of which types may a template call this built-in function? */
extern CrTemplateUse cr_template_list_use(Oid funcid);

/*
 * Is the type built in, or made of one that is: is there nobody's code by
 * which its values would be cast?  Not a row, which may have columns of any.
 */
extern bool cr_template_list_has_type(Oid type);

#endif							/* CR_TEMPLATE_LIST_H */
