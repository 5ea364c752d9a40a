/*-------------------------------------------------------------------------
 *
 * src/guard/same_settings.h
 *	  Has what stands below guards read the settings of one moment.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SAME_SETTINGS_H
#define CR_SAME_SETTINGS_H

typedef struct CrSettings CrSettings;

/*
 * The settings that functions over protected rows read, as they are now.  In
 * the current memory context.
 */
extern CrSettings *cr_settings_note(void);

/* What the next function has found, for the one after it. */
typedef struct CrBefore
{
	int			level;			/* of settings, to be ended; 0: none */
	Oid			user;
	int			security;
} CrBefore;

/* Has them be again as they were noted, and the current user with them. */
extern CrBefore cr_settings_enter(const CrSettings *settings);
extern void cr_settings_leave(const CrSettings *settings,
							  const CrBefore *before);

#endif							/* CR_SAME_SETTINGS_H */
