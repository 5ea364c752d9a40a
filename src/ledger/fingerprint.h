/*-------------------------------------------------------------------------
 *
 * src/ledger/fingerprint.h
 *	  What is left of a statement without its constants.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_FINGERPRINT_H
#define CR_FINGERPRINT_H

/*
 * The statement with each constant replaced by a question mark; the rest as
 * written.  In the current memory context.
 */
extern char *cr_fingerprint_mask(const char *text);

/* The same for codes only: short constants in calls of second_factor(). */
extern char *cr_fingerprint_mask_codes(const char *text);

/*
 * A number that is the same for statements that differ in constants, blanks,
 * comments and the case of names and key words only.
 */
extern int64 cr_fingerprint_compute(const char *text);

#endif							/* CR_FINGERPRINT_H */
