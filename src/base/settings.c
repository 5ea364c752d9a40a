/*-------------------------------------------------------------------------
 *
 * src/base/settings.c
 *	  Defines the settings of the library.
 *
 * All of them, since the prefix is reserved right afterwards: a setting that
 * another file defined later would not take a value from postgresql.conf.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>

#include "base/encoding.h"
#include "base/settings.h"
#include "utils/guc.h"

bool		cr_enabled = true;
char	   *cr_master_key_command = NULL;
char	   *cr_master_key_file = NULL;
int			cr_detokenize_limit = 1000;
int			cr_record_mode = CR_RECORD_SYNC;
int			cr_record_timeout = 5000;
bool		cr_record_constants = true;
int			cr_record_queue_size = 32768;
int			cr_record_databases = 32;
int			cr_reserved_workers = 2;
char	   *cr_phone_country = NULL;
char	   *cr_region = NULL;
char	   *cr_room = NULL;
char	   *cr_purpose = NULL;
bool		cr_require_rooms = false;
int			cr_second_factor_lifetime = 900;
int			cr_max_refusals = 0;
int			cr_refusal_window = 3600;
int			cr_rotation_delay = 20;

#ifdef CR_TEST_BUILD
bool		cr_debug_forget_guard = false;
bool		cr_debug_record_fault = false;
#endif

static const struct config_enum_entry record_modes[] = {
	{"sync", CR_RECORD_SYNC, false},
	{"async", CR_RECORD_ASYNC, false},
	{NULL, 0, false}
};

static void
define_record_settings(void)
{
	DefineCustomEnumVariable("cleanroom.record",
							 "Says whether an answer waits for its record.",
							 "sync: its record is committed before the first "
							 "row is sent. async: it is in the queue; a crash "
							 "may lose records of answers that were given.",
							 &cr_record_mode, CR_RECORD_SYNC, record_modes,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("cleanroom.record_timeout",
							"Sets how long a statement waits for its record.",
							"After that it is refused.",
							&cr_record_timeout, 5000, 1, INT_MAX,
							PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomBoolVariable("cleanroom.record_constants",
							 "Keeps constants in recorded statements.",
							 "When off, each is replaced by a question mark.",
							 &cr_record_constants, true,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("cleanroom.record_queue_size",
							"Sets the memory for records not stored yet.",
							"It is shared by all databases.",
							&cr_record_queue_size, 32768, 64, 4194304,
							PGC_POSTMASTER, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("cleanroom.record_databases",
							"Sets in how many databases statements can be "
							"recorded at a time.",
							"Each has a background worker while it is in "
							"use; see max_worker_processes.",
							&cr_record_databases, 32, 1, 1000,
							PGC_POSTMASTER, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("cleanroom.reserved_workers",
							"Sets how many background workers parallel "
							"queries leave to recorders and rotations.",
							"max_parallel_workers is limited to "
							"max_worker_processes less these and those that "
							"are started with the server.",
							&cr_reserved_workers, 2, 1, 2000,
							PGC_POSTMASTER, 0, NULL, NULL, NULL);
}

#ifdef CR_TEST_BUILD
static void
define_debug_settings(void)
{
	DefineCustomBoolVariable("cleanroom.debug_forget_guard",
							 "Leaves the guards out of admitted queries.",
							 "Exists in test builds only: the executor check "
							 "must then refuse the plan.",
							 &cr_debug_forget_guard,
							 false,
							 PGC_SUSET,
							 GUC_NOT_IN_SAMPLE,
							 NULL,
							 NULL,
							 NULL);
	DefineCustomBoolVariable("cleanroom.debug_record_fault",
							 "Has the recorder fail as on a full disk.",
							 "Exists in test builds only.",
							 &cr_debug_record_fault,
							 false,
							 PGC_SIGHUP,
							 GUC_NOT_IN_SAMPLE,
							 NULL,
							 NULL,
							 NULL);
}
#endif

/* Where the master key comes from is for who writes the configuration file. */
static bool
check_in_file(char **newval, void **extra, GucSource source)
{
	if (source == PGC_S_DEFAULT || source == PGC_S_FILE ||
		source == PGC_S_DYNAMIC_DEFAULT)
		return true;
	GUC_check_errdetail("It can be set in the configuration file only.");
	return false;
}

static void
define_key_settings(void)
{
	DefineCustomStringVariable("cleanroom.master_key_command",
							   "Gives the master key, when the server starts.",
							   "A shell command that prints it as 64 "
							   "hexadecimal digits, and former master keys on "
							   "lines of their own below it.",
							   &cr_master_key_command,
							   "",
							   PGC_POSTMASTER,
							   GUC_SUPERUSER_ONLY | GUC_DISALLOW_IN_AUTO_FILE,
							   check_in_file,
							   NULL,
							   NULL);

	DefineCustomStringVariable("cleanroom.master_key_file",
							   "Names the file that holds the master key.",
							   "As the command would print it. Owned by the "
							   "server's user, mode 0600, outside the data "
							   "directory.",
							   &cr_master_key_file,
							   "",
							   PGC_SIGHUP,
							   GUC_SUPERUSER_ONLY | GUC_DISALLOW_IN_AUTO_FILE,
							   check_in_file,
							   NULL,
							   NULL);

	DefineCustomIntVariable("cleanroom.detokenize_limit",
							"Sets how many values a role may detokenize in an "
							"hour.",
							"0 for none, -1 for any number. It goes by the "
							"role that logged in.",
							&cr_detokenize_limit,
							1000, -1, INT_MAX,
							PGC_SIGHUP,
							0,
							NULL,
							NULL,
							NULL);

	DefineCustomIntVariable("cleanroom.rotation_delay",
							"Sets the pause between two batches of a rotation.",
							"A batch is 32 blocks of a table, or 1000 values "
							"of the vault.",
							&cr_rotation_delay,
							20, 0, 60000,
							PGC_SIGHUP,
							GUC_UNIT_MS,
							NULL,
							NULL,
							NULL);
}

/* Country calling codes have one to three digits. */
static bool
check_phone_country(char **newval, void **extra, GucSource source)
{
	size_t		n = strlen(*newval);

	if (n <= 3 && strspn(*newval, "0123456789") == n && **newval != '0')
		return true;
	GUC_check_errdetail("It is a country's calling code, such as 49.");
	return false;
}

static void
define_token_settings(void)
{
	DefineCustomStringVariable("cleanroom.phone_country",
							   "Sets the calling code of phone numbers that "
							   "have none.",
							   "Such as 49. Where it is not set, they have no "
							   "token of the form phone.",
							   &cr_phone_country,
							   "",
							   PGC_USERSET,
							   0,
							   check_phone_country,
							   NULL,
							   NULL);
}

/*
 * What a client sets when it connects has not been checked by the server, and
 * these are put on record.
 */
static bool
check_text(char **newval, void **extra, GucSource source)
{
	if (cr_encoding_is_valid(*newval, strlen(*newval)))
		return true;
	GUC_check_errdetail("It is not a text in the encoding of the database.");
	GUC_check_errhint("Write it in that encoding, or in ASCII.");
	return false;
}

static void
define_room_settings(void)
{
	DefineCustomStringVariable("cleanroom.region",
							   "Says which region the server is in.",
							   "Tables and rooms with a residency can be "
							   "queried in their own region only.",
							   &cr_region, "", PGC_SIGHUP, 0,
							   NULL, NULL, NULL);

	DefineCustomStringVariable("cleanroom.room",
							   "Chooses the room that queries take place in.",
							   "Needed only where several rooms would do.",
							   &cr_room, "", PGC_USERSET, 0,
							   check_text, NULL, NULL);

	DefineCustomStringVariable("cleanroom.purpose",
							   "Declares what the session's queries are for.",
							   "One of the purposes of the room; it is put on "
							   "record.",
							   &cr_purpose, "", PGC_USERSET, 0,
							   check_text, NULL, NULL);

	DefineCustomBoolVariable("cleanroom.require_rooms",
							 "Lets tables of different owners be joined in "
							 "rooms only, from the start.",
							 "When off, that holds in a database from its "
							 "first room on.",
							 &cr_require_rooms, false, PGC_SIGHUP, 0,
							 NULL, NULL, NULL);

	DefineCustomIntVariable("cleanroom.second_factor_lifetime",
							"Sets how long a second factor raises a session's "
							"assurance.",
							"What cleanroom.has_second_factor() goes by.",
							&cr_second_factor_lifetime, 900, 1, 86400,
							PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
}

static void
define_quota_settings(void)
{
	DefineCustomIntVariable("cleanroom.max_refusals",
							"Sets how many refusals suspend a role from a "
							"table.",
							"Counted by the role that logged in, within "
							"cleanroom.refusal_window. 0 suspends nobody.",
							&cr_max_refusals, 0, 0, INT_MAX,
							PGC_SIGHUP, 0, NULL, NULL, NULL);

	DefineCustomIntVariable("cleanroom.refusal_window",
							"Sets the time within which refusals are "
							"counted.",
							NULL,
							&cr_refusal_window, 3600, 1, INT_MAX / 2,
							PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
}

void
cr_settings_init(void)
{
	DefineCustomBoolVariable("cleanroom.enabled",
							 "Admits analysts' queries on protected tables.",
							 "When off, every such query is refused; none is "
							 "let through.",
							 &cr_enabled,
							 true,
							 PGC_SUSET,
							 0,
							 NULL,
							 NULL,
							 NULL);

	define_key_settings();
	define_record_settings();
	define_token_settings();
	define_room_settings();
	define_quota_settings();

#ifdef CR_TEST_BUILD
	define_debug_settings();
#endif

	MarkGUCPrefixReserved("cleanroom");
}
