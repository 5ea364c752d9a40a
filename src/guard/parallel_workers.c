/*-------------------------------------------------------------------------
 *
 * src/guard/parallel_workers.c
 *	  Keeps parallel workers from taking the server's last background workers.
 *
 * Without a recorder nothing is answered, and a recorder needs a background
 * worker when it starts.  One parallel query could have them all, for as long
 * as its author likes: how many there may be is any user's to set, and the
 * server's own default for it is as many as there are.  So whatever is set is
 * lowered to what leaves those that the server and the library need.
 *
 * The server counts all sessions' parallel workers together, and asks the
 * setting of whoever wants one more.  It is in the setting itself that it is
 * lowered, as a query can set it while it runs, before a part of it starts
 * workers of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/settings.h"
#include "guard/guard.h"
#include "miscadmin.h"
#include "postmaster/bgworker_internals.h"
#include "utils/guc.h"

static int	most = -1;			/* parallel workers; -1: not known yet */
static GucIntCheckHook prev_check = NULL;

/* Background workers that libraries and the server have at every start. */
static int
count_registered(void)
{
	int			count = 0;
#if PG_VERSION_NUM >= 180000
	dlist_iter	iter;

	dlist_foreach(iter, &BackgroundWorkerList)
		count++;
#else
	slist_iter	iter;

	slist_foreach(iter, &BackgroundWorkerList)
		count++;
#endif
	return count;
}

/* Lowers without an error: what was set before the library came stays. */
static bool
check_parallel_workers(int *newval, void **extra, GucSource source)
{
	if (prev_check != NULL && !prev_check(newval, extra, source))
		return false;
	*newval = Min(*newval, most);
	return true;
}

static struct config_int *
find_setting(void)
{
	int			count;
	struct config_generic **settings = cr_guc_variables(&count);

	for (int i = 0; i < count; i++)
	{
		if (strcmp(settings[i]->name, "max_parallel_workers") == 0 &&
			settings[i]->vartype == PGC_INT)
			return (struct config_int *) settings[i];
	}
	elog(FATAL, "setting \"max_parallel_workers\" is missing");
	return NULL;
}

/*
 * See guard.h.  Once: after a crash the list has workers of rotations, too,
 * which were started later, and lacks those that have ended for good.
 */
void
cr_guard_cap_parallel_workers(void)
{
	struct config_int *setting;

	if (IsUnderPostmaster || most >= 0)
		return;
	most = Max(0, max_worker_processes - count_registered() -
			   cr_reserved_workers);
	setting = find_setting();
	prev_check = setting->check_hook;
	setting->check_hook = check_parallel_workers;
	/* these have been checked before; sessions inherit them */
	setting->boot_val = Min(setting->boot_val, most);
	setting->reset_val = Min(setting->reset_val, most);
	if (*setting->variable <= most)
		return;
	*setting->variable = most;
	ereport(LOG,
			(errmsg("\"max_parallel_workers\" is limited to %d, so that background workers are left for recorders and rotations",
					most),
			 errhint("Increase \"max_worker_processes\" for more.")));
}
