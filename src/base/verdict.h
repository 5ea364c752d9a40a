/*-------------------------------------------------------------------------
 *
 * src/base/verdict.h
 *	  What a judge says of a statement: admitted, or refused and why.
 *
 * Judges return verdicts and never raise; guard/ raises them, and
 * cleanroom.explain() prints them, so both always say the same.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_VERDICT_H
#define CR_VERDICT_H

typedef struct CrVerdict
{
	bool		admitted;
	bool		joins_owners;	/* rows of tables of different owners meet */
	int			sqlerrcode;		/* CR_ERRCODE_…, when refused */
	const char *reason;			/* primary message, lower case, no period */
	const char *detail;			/* a sentence, or NULL */
	const char *hint;			/* what would be admitted instead; never NULL
								 * when refused */
	int			location;		/* byte offset in the statement, or -1 */
	Oid			relid;			/* the one table whose policy or rule refuses,
								 * or InvalidOid */
	bool		no_attempt;		/* refused for nothing that the statement
								 * says: counts towards nobody's suspension */
	const char *written_out;	/* the statement, for the record, where its
								 * text does not say it; set by guard/ */
} CrVerdict;

/* Makes a refusal in the current memory context. */
extern CrVerdict *cr_verdict_refuse(int sqlerrcode, int location,
									const char *reason, const char *hint);

/* The same refusal, as that of the table alone. */
extern CrVerdict *cr_verdict_of_table(CrVerdict *refusal, Oid relid);

/* The same refusal, for nothing that the statement says. */
extern CrVerdict *cr_verdict_of_nobody(CrVerdict *refusal);

#endif							/* CR_VERDICT_H */
