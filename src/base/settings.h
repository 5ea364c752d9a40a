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

/* cleanroom.phone_country: a calling code, or empty */
extern char *cr_phone_country;

/* where the server is; empty: nowhere in particular */
extern char *cr_region;

/* the room and the purpose that the session names; empty: none */
extern char *cr_room;
extern char *cr_purpose;

/* whether joins across owners need a room even where none was ever made */
extern bool cr_require_rooms;

/* seconds for which a second factor counts */
extern int	cr_second_factor_lifetime;

/* refusals within so many seconds that suspend; 0: none do */
extern int	cr_max_refusals;
extern int	cr_refusal_window;

/* pause between two batches of a rotation, in milliseconds */
extern int	cr_rotation_delay;

/*
 * cleanroom.debug_forget_guard, in test builds only: reshape leaves the
 * guards out, so that tests see the executor check refuse the plan.
 */
#ifdef CR_TEST_BUILD
extern bool cr_debug_forget_guard;

/* cleanroom.debug_record_fault, in test builds only: the recorder fails */
extern bool cr_debug_record_fault;
#else
#define cr_debug_forget_guard false
#define cr_debug_record_fault false
#endif

/* cleanroom.record: whether answers wait for their record's commit */
typedef enum CrRecordMode
{
	CR_RECORD_SYNC,
	CR_RECORD_ASYNC
} CrRecordMode;

extern int	cr_record_mode;

/* cleanroom.record_timeout: how long to wait for the recorder; ms */
extern int	cr_record_timeout;

/* cleanroom.record_constants: whether statements keep their constants */
extern bool cr_record_constants;

/* cleanroom.record_queue_size: memory for records that wait; kB */
extern int	cr_record_queue_size;

/* cleanroom.record_databases: how many may have a recorder at a time */
extern int	cr_record_databases;
extern int	cr_reserved_workers;

/* Defines the settings; called once from _PG_init. */
extern void cr_settings_init(void);

#endif							/* CR_SETTINGS_H */
