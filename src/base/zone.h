/*-------------------------------------------------------------------------
 *
 * src/base/zone.h
 *	  What may be relied on of the session's time zone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ZONE_H
#define CR_ZONE_H

extern bool cr_zone_is_ordinary(void);

#endif							/* CR_ZONE_H */
