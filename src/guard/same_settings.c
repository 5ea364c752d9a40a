/*-------------------------------------------------------------------------
 *
 * src/guard/same_settings.c
 *	  Has what stands below guards read the settings of one moment.
 *
 * How a date is written, and on which day a moment falls, is for settings to
 * say, and the analyst may change them while the statement runs: with
 * set_config() beside released groups, or between two FETCHes.  What is
 * computed twice, as a set and its guard are, would then differ, and a series
 * of days be another than the one that was asked about.  And the purpose that
 * a row policy reads would be another than the one that was judged and is on
 * record.  So whatever stands below a guard reads settings as they were when
 * the execution started.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "guard/same_settings.h"
#include "miscadmin.h"
#include "session/pinned.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"
#include "utils/memutils.h"

/* One of the settings, as it was. */
typedef struct Value
{
	char	   *text;			/* of those that are texts */
	int			number;			/* of the others */
} Value;

struct CrSettings
{
	Oid			user;
	int			security;		/* as of GetUserIdAndSecContext() */
	Value		values[FLEXIBLE_ARRAY_MEMBER];
};

/* Those that are noted; found once in a process. */
static struct config_generic **found = NULL;
static int	nfound = 0;

static struct config_generic *
find_setting(const char *name)
{
	int			count;
	struct config_generic **all = cr_guc_variables(&count);

	for (int i = 0; i < count; i++)
	{
		if (pg_strcasecmp(all[i]->name, name) == 0)
			return all[i];
	}
	elog(ERROR, "setting %s is missing", name);
	return NULL;
}

static void
find_settings(void)
{
	List	   *names;
	struct config_generic **all;
	int			count = 0;
	ListCell   *lc;

	if (found != NULL)
		return;
	names = cr_session_settings_read();
	all = MemoryContextAlloc(TopMemoryContext,
							 list_length(names) * sizeof(*all));
	foreach(lc, names)
		all[count++] = find_setting(lfirst(lc));
	found = all;
	nfound = count;
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
	if (setting->vartype == PGC_BOOL)
		return *((const struct config_bool *) setting)->variable;
	if (setting->vartype == PGC_INT)
		return *((const struct config_int *) setting)->variable;
	if (setting->vartype == PGC_ENUM)
		return *((const struct config_enum *) setting)->variable;
	return 0;
}

CrSettings *
cr_settings_note(void)
{
	CrSettings *settings;

	find_settings();
	settings = palloc0(offsetof(CrSettings, values) + nfound * sizeof(Value));
	GetUserIdAndSecContext(&settings->user, &settings->security);
	for (int i = 0; i < nfound; i++)
	{
		if (found[i]->vartype == PGC_STRING)
			settings->values[i].text = pstrdup(text_of(found[i]));
		else
			settings->values[i].number = number_of(found[i]);
	}
	return settings;
}

static bool
is_same(const CrSettings *settings, int i)
{
	if (found[i]->vartype == PGC_STRING)
		return strcmp(text_of(found[i]), settings->values[i].text) == 0;
	return number_of(found[i]) == settings->values[i].number;
}

static const char *
value_of(const CrSettings *settings, int i)
{
	const Value *value = &settings->values[i];

	switch (found[i]->vartype)
	{
		case PGC_STRING:
			return value->text;
		case PGC_BOOL:
			return value->number != 0 ? "on" : "off";
		case PGC_INT:
			return psprintf("%d", value->number);
		default:
			return config_enum_lookup_by_value((struct config_enum *) found[i],
											   value->number);
	}
}

CrBefore
cr_settings_enter(const CrSettings *settings)
{
	CrBefore	before = {0};
	int			level = 0;

	GetUserIdAndSecContext(&before.user, &before.security);
	for (int i = 0; i < nfound; i++)
	{
		if (likely(is_same(settings, i)))
			continue;
		if (level == 0)
			level = NewGUCNestLevel();
		(void) set_config_option(found[i]->name, value_of(settings, i),
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
