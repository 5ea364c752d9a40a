/*-------------------------------------------------------------------------
 *
 * src/base/settings.h
 *	  The settings of the library.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SETTINGS_H
#define CR_SETTINGS_H

/* cleanroom.enabled: off refuses analysts, it does not let them through */
extern bool cr_enabled;

/* where the master key comes from; one of them, or both empty */
extern char *cr_master_key_command;
extern char *cr_master_key_file;

/* how many values a role may detokenize in an hour; -1: any number */
extern int	cr_detokenize_limit;

/*
 * cleanroom.debug_forget_guard, in test builds only: reshape leaves the
 * guards out, so that tests see the executor check refuse the plan.
 */
#ifdef CR_TEST_BUILD
extern bool cr_debug_forget_guard;
#else
#define cr_debug_forget_guard false
#endif

/* Defines the settings; called once from _PG_init. */
extern void cr_settings_init(void);

#endif							/* CR_SETTINGS_H */
