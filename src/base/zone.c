/*-------------------------------------------------------------------------
 *
 * src/base/zone.c
 *	  What may be relied on of the session's time zone.
 *
 * Anybody may set a zone of his own, such as XXX0YYY-167,M3.1.0,M6.1.0, which
 * is a week ahead in spring.  The server's conversions are made for the zones
 * that there are: beyond, days repeat, and a series by days never ends.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/zone.h"
#include "pgtime.h"
#include "utils/timestamp.h"

/* No place is farther from Greenwich, nor sets its clock by more in a year. */
#define MAX_OFFSET	(16 * SECS_PER_HOUR)
#define MAX_CHANGE	(3 * SECS_PER_HOUR)
#define MIN_DISTANCE	(20 * SECS_PER_DAY)

/* A zone of one's own has one rule, which two changes show. */
#define CHANGES_LOOKED_AT	4

static bool
is_ordinary_offset(long offset)
{
	return offset >= -MAX_OFFSET && offset <= MAX_OFFSET;
}

/* A zone of one's own says how far it is from Greenwich, in digits. */
static bool
is_by_name(void)
{
	return strpbrk(pg_get_timezone_name(session_timezone),
				   "0123456789,<>") == NULL;
}

/* Is the session's time zone one as there are, in its offsets and changes? */
bool
cr_zone_is_ordinary(void)
{
	/* from 2000 on */
	pg_time_t	time = timestamptz_to_time_t(0);
	int			i;

	if (is_by_name())
		return true;

	for (i = 0; i < CHANGES_LOOKED_AT; i++)
	{
		long		before = 0;
		long		after = 0;
		int			isdst;
		pg_time_t	boundary;
		int			found = pg_next_dst_boundary(&time, &before, &isdst,
												 &boundary, &after, &isdst,
												 session_timezone);

		if (found < 0 || !is_ordinary_offset(before))
			return false;
		if (found == 0)
			return true;
		if (!is_ordinary_offset(after) || after - before > MAX_CHANGE ||
			before - after > MAX_CHANGE ||
			(i > 0 && boundary - time < MIN_DISTANCE))
			return false;
		time = boundary;
	}
	return true;
}
