/*-------------------------------------------------------------------------
 *
 * src/cleanroom.c
 *	  Starts the library.
 *
 * It refuses to be loaded later than with the server.  A backend that had
 * loaded it by itself would have no hooks in the sessions beside it, and
 * every promise rests on the hooks.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/settings.h"
#include "fmgr.h"
#include "guard/guard.h"
#include "guard/uncounted.h"
#include "ledger/budget.h"
#include "keys/keyring.h"
#include "keys/master.h"
#include "keys/rotation.h"
#include "ledger/key_count.h"
#include "ledger/recorder.h"
#include "miscadmin.h"
#include "policy/policy.h"
#include "session/others_code.h"
#include "session/own_table.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	if (!process_shared_preload_libraries_in_progress)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cleanroom must be loaded when the server starts"),
				 errhint("Set shared_preload_libraries = 'cleanroom' in "
						 "postgresql.conf, and restart the server.")));

	cr_settings_init();
	cr_policy_init();
	cr_own_table_init();
	cr_others_code_init();
	cr_keyring_init();
	cr_master_init();
	cr_rotation_init();
	cr_guard_planner_init();
	cr_guard_executor_init();
	cr_guard_utility_init();
	cr_guard_own_names_init();
	cr_guard_object_access_init();
	cr_guard_log_init();
	cr_guard_uncounted_init();
	cr_guard_login_init();
	cr_guard_memory_init();
	cr_guard_estimates_init();
	cr_guard_joins_init();
	cr_budget_init();
	cr_key_count_init();
	cr_recorder_register_launcher();
}
