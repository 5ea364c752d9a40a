/*-------------------------------------------------------------------------
 *
 * src/base/library.h
 *	  How a background worker names this library.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LIBRARY_H
#define CR_LIBRARY_H

/* The name that shared_preload_libraries has for it. */
extern const char *cr_library_name(void);

#endif							/* CR_LIBRARY_H */
