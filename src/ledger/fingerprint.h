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

/*
 * The same for codes only: short constants in calls of
 * cleanroom.second_factor() whose arguments are made of constants, calls and
 * casts alone.  "bare_is_ours": without the schema it is that function, too.
 * Nothing is replaced in a text that may have been read in two ways, since
 * that could hide what has been asked.
 */
extern char *cr_fingerprint_mask_codes(const char *text, bool bare_is_ours);

/*
 * A number that is the same for statements that differ in constants, blanks,
 * comments and the case of names and key words only.
 */
extern int64 cr_fingerprint_compute(const char *text);

#endif							/* CR_FINGERPRINT_H */
