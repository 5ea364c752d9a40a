/*-------------------------------------------------------------------------
 *
 * src/base/library.c
 *	  How a background worker names this library.
 *
 * As the server was told to preload it: other names may not lead to it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/library.h"
#include "miscadmin.h"

const char *
cr_library_name(void)
{
	static char name[MAXPGPATH];
	char	   *libraries = pstrdup(shared_preload_libraries_string);
	char	   *part;
	char	   *rest = NULL;

	for (part = strtok_r(libraries, ", \"'", &rest); part != NULL;
		 part = strtok_r(NULL, ", \"'", &rest))
	{
		if (strstr(part, "cleanroom") != NULL)
			strlcpy(name, part, sizeof(name));
	}
	pfree(libraries);

	return name;
}
