/*-------------------------------------------------------------------------
 *
 * src/guard/same_settings.c
 *	  Has what stands below guards read the settings of one moment.
 *
 * How a date is written, and on which day a moment falls, is for settings to
 * say, and the analyst may change them while the statement runs: with
 * set_config() beside released groups, or between two FETCHes.  What is
 * computed twice, as a set and its guard are, would then differ, and a series
 * of days be another than the one that was asked about.  So whatever stands
 * below a guard reads settings as they were when the execution started.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "guard/same_settings.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"

/* What functions on the list of total ones read, and their twins. */
static const char *const names[] = {
	"TimeZone",
	"timezone_abbreviations",
	"search_path",
	"DateStyle",
	"IntervalStyle",
	"extra_float_digits",
	"bytea_output",
	"lc_monetary",
	"lc_numeric",
	"lc_time"
};

struct CrSettings
{
	char	   *texts[lengthof(names)]; /* of those that are texts */
	int			numbers[lengthof(names)];	/* of the others */
	Oid			user;
	int			security;		/* as of GetUserIdAndSecContext() */
};

/* By the number of the name; found once in a process. */
static struct config_generic *found[lengthof(names)];

static void
find_settings(void)
{
	struct config_generic **all;
	int			count;

	if (found[0] != NULL)
		return;
	all = cr_guc_variables(&count);
	for (int number = lengthof(names) - 1; number >= 0; number--)
	{
		struct config_generic *setting = NULL;

		for (int i = 0; i < count && setting == NULL; i++)
		{
			if (pg_strcasecmp(all[i]->name, names[number]) == 0)
				setting = all[i];
		}
		if (setting == NULL)
			elog(ERROR, "setting %s is missing", names[number]);
		found[number] = setting;
	}
}

static char *
text_of(const struct config_generic *setting)
{
	char	   *text;

	if (setting->vartype != PGC_STRING)
		return NULL;
	text = *((const struct config_string *) setting)->variable;
	return text == NULL ? "" : text;
}

static int
number_of(const struct config_generic *setting)
{
	if (setting->vartype == PGC_INT)
		return *((const struct config_int *) setting)->variable;
	if (setting->vartype == PGC_ENUM)
		return *((const struct config_enum *) setting)->variable;
	return 0;
}

CrSettings *
cr_settings_note(void)
{
	CrSettings *settings = palloc0(sizeof(CrSettings));

	find_settings();
	GetUserIdAndSecContext(&settings->user, &settings->security);
	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (found[i]->vartype == PGC_STRING)
			settings->texts[i] = pstrdup(text_of(found[i]));
		else
			settings->numbers[i] = number_of(found[i]);
	}
	return settings;
}

static bool
is_same(const CrSettings *settings, size_t i)
{
	if (found[i]->vartype == PGC_STRING)
		return strcmp(text_of(found[i]), settings->texts[i]) == 0;
	return number_of(found[i]) == settings->numbers[i];
}

static const char *
value_of(const CrSettings *settings, size_t i)
{
	if (found[i]->vartype == PGC_STRING)
		return settings->texts[i];
	if (found[i]->vartype == PGC_INT)
		return psprintf("%d", settings->numbers[i]);
	return config_enum_lookup_by_value((struct config_enum *) found[i],
									   settings->numbers[i]);
}

CrBefore
cr_settings_enter(const CrSettings *settings)
{
	CrBefore	before = {0};
	int			level = 0;

	GetUserIdAndSecContext(&before.user, &before.security);
	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (likely(is_same(settings, i)))
			continue;
		if (level == 0)
			level = NewGUCNestLevel();
		(void) set_config_option(names[i], value_of(settings, i),
								 PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	}
	if (unlikely(before.user != settings->user ||
				 before.security != settings->security))
		SetUserIdAndSecContext(settings->user, settings->security);
	before.level = level;
	return before;
}

/* After an error the transaction's end does it. */
void
cr_settings_leave(const CrSettings *settings, const CrBefore *before)
{
	if (before->level != 0)
		AtEOXact_GUC(true, before->level);
	if (unlikely(before->user != settings->user ||
				 before->security != settings->security))
		SetUserIdAndSecContext(before->user, before->security);
}
