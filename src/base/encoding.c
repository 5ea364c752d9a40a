/*-------------------------------------------------------------------------
 *
 * src/base/encoding.c
 *	  Tells texts from bytes that are none in the database's encoding.
 *
 * The server checks what clients send as statements and parameters, and not
 * the settings in the packet that starts a session: those reach SQL through
 * current_setting().  What is stored of them cannot be restored from a dump.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/encoding.h"
#include "mb/pg_wchar.h"

bool
cr_encoding_is_valid(const char *text, Size length)
{
	return pg_verify_mbstr(GetDatabaseEncoding(), text, (int) length, true);
}

const char *
cr_encoding_mend(const char *text)
{
	int			encoding = GetDatabaseEncoding();
	int			left = (int) strlen(text);
	char	   *copy;
	char	   *p;

	if (cr_encoding_is_valid(text, left))
		return text;
	copy = pnstrdup(text, left);
	for (p = copy; left > 0;)
	{
		int			length = pg_encoding_verifymbchar(encoding, p, left);

		if (length <= 0)
		{
			*p = '?';
			length = 1;
		}
		p += length;
		left -= length;
	}
	return copy;
}
