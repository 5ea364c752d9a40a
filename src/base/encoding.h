/*-------------------------------------------------------------------------
 *
 * src/base/encoding.h
 *	  Whether a text is one in the database's encoding.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ENCODING_H
#define CR_ENCODING_H

extern bool cr_encoding_is_valid(const char *text, Size length);

/*
 * The text itself, or, where bytes of it are none of the encoding, a copy in
 * the current memory context that has a question mark for each of those.
 */
extern const char *cr_encoding_mend(const char *text);

#endif							/* CR_ENCODING_H */
