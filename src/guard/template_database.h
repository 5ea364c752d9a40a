/*-------------------------------------------------------------------------
 *
 * src/guard/template_database.h
 *	  CREATE DATABASE with a database that holds what must not be copied as
 *	  its template.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_TEMPLATE_DATABASE_H
#define CR_TEMPLATE_DATABASE_H

#include "nodes/nodes.h"

/*
 * Refuses such a command to whoever is no superuser (42501).  Returns the name
 * of the copy that a superuser is to be given, for cr_marked_set_copy() when
 * the command has run; else NULL.  Locks the template, as the command would.
 */
extern char *cr_template_database_judge(Node *command);

#endif							/* CR_TEMPLATE_DATABASE_H */
