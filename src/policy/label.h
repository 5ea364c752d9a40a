/*-------------------------------------------------------------------------
 *
 * src/policy/label.h
 *	  The text of a security label, to and from a struct.
 *
 * Parsers here never raise: they return NULL, or a sentence that says what
 * is wrong, so that a damaged label can be refused where it is read as well
 * as where it is written.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_LABEL_H
#define CR_LABEL_H

#include "policy/policy.h"
#include "prim/unitset.h"

#define CR_LABEL_PROVIDER	"cleanroom"

#define CR_THRESHOLD_MINIMUM	2

/* Nobody can be counted beyond it. */
#define CR_THRESHOLD_MAXIMUM	CR_UNITSET_THRESHOLD_MAX

typedef struct CrTableLabel
{
	bool		inherited;		/* closed on behalf of a protected ancestor,
								 * without a policy of its own */
	int			threshold;
	bool		join_required;
	bool		refuse_small_groups;
	bool		before_known;	/* is the next one recorded? */
	bool		row_security_before;	/* was row security on before? */
} CrTableLabel;

/* A table's label, a JSON object: NULL, or what is wrong with it. */
extern const char *cr_label_parse_table(const char *text,
										CrTableLabel *label);

/* The label's text, in the current memory context. */
extern char *cr_label_format_table(const CrTableLabel *label);

/*
 * A column's label, a list of uses: NULL, or what is wrong with it.  Bounds
 * are put in the current memory context.
 */
extern const char *cr_label_parse_column(const char *text,
										 CrColumnPolicy *column);

/* The same in canonical spelling, "" for none; current memory context. */
extern char *cr_label_format_column(const CrColumnPolicy *column);

/* The aggregates of CR_AGG_… bits, as "sum, avg"; current memory context. */
extern char *cr_label_format_aggregates(uint32 aggregates);

#endif							/* CR_LABEL_H */
