/*-------------------------------------------------------------------------
 *
 * src/ledger/note.h
 *	  Puts an event other than a query on record.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_NOTE_H
#define CR_NOTE_H

/*
 * Records that "kind" (such as policy_change, key_use, detokenize, room_change,
 * access_rule, second_factor) happened to relation relid (or InvalidOid) and
 * to the object called "subject" (or NULL).  "detail" is the text of a JSON
 * object (or NULL) that holds names and numbers, never a stored value.
 */
extern void cr_ledger_note(const char *kind, Oid relid, const char *subject,
						   const char *detail);

#endif							/* CR_NOTE_H */
