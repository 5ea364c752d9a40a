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

#include "base/settings.h"
#include "utils/guc.h"

bool		cr_enabled = true;

#ifdef CR_TEST_BUILD
bool		cr_debug_forget_guard = false;
#endif

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

#ifdef CR_TEST_BUILD
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
#endif

	MarkGUCPrefixReserved("cleanroom");
}
