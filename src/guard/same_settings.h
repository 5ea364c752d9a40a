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

/*
 * Has them be again as they were noted.  Returns a level of settings for the
 * next function to end; 0: they are still the same, and nothing was done.
 */
extern int	cr_settings_enter(const CrSettings *settings);
extern void cr_settings_leave(int level);

#endif							/* CR_SAME_SETTINGS_H */
