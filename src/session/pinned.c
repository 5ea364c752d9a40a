/*-------------------------------------------------------------------------
 *
 * src/session/pinned.c
 *	  Settings as one party's text needs them, whoever's session it is in.
 *
 * What an owner has approved and what the author of a rule has written must
 * not mean something else to whom it is to bind.  The same settings are what
 * functions of an analyst's query and of row policies go by, and, with facts,
 * all that they go by.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "session/pinned.h"
#include "session/session_facts.h"
#include "utils/guc.h"

static const char *const settings[][2] = {
	{"standard_conforming_strings", "on"},
	{"escape_string_warning", "off"},
	{"backslash_quote", "safe_encoding"},
	{"transform_null_equals", "off"},
	{"array_nulls", "on"},
	{"quote_all_identifiers", "off"},
	{"DateStyle", "ISO, MDY"},
	{"IntervalStyle", "postgres"},
	{"TimeZone", "UTC"},
	{"timezone_abbreviations", "Default"},
	{"extra_float_digits", "1"},
	{"bytea_output", "hex"},
	{"xmlbinary", "base64"},
	{"xmloption", "content"},
	{"lc_monetary", "C"},
	{"lc_numeric", "C"},
	{"lc_time", "C"},
	{"default_text_search_config", "pg_catalog.simple"},
};

static void
pin(const char *setting, const char *value)
{
	(void) set_config_option(setting, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

void
cr_session_pin_path(const char *path)
{
	pin("search_path", path);
}

void
cr_session_pin_settings(void)
{
	for (size_t i = 0; i < lengthof(settings); i++)
		pin(settings[i][0], settings[i][1]);
}

/* See pinned.h. */
List *
cr_session_settings_read(void)
{
	List	   *names = cr_session_fact_settings();

	for (size_t i = 0; i < lengthof(settings); i++)
		names = lappend(names, unconstify(char *, settings[i][0]));
	return lappend(names, "search_path");
}
