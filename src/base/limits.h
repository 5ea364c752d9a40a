/*-------------------------------------------------------------------------
 *
 * src/base/limits.h
 *	  How long values may be that are put into rows and arrays over protected
 *	  rows.
 *
 * A row, or an array, of more than a gigabyte cannot be formed, and that is
 * told only where there is something to form it for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LIMITS_H
#define CR_LIMITS_H

/* 1,600 columns of so many bytes are no gigabyte. */
#define CR_LONG_VALUE	(512 * 1024)

#endif							/* CR_LIMITS_H */
