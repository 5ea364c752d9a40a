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

/*
 * Whether what is noted from here on shows the statement without its
 * constants, which may be codes.  Returns how it was before, to be put back,
 * after an error too.
 */
extern bool cr_ledger_hide_constants(bool hide);
extern bool cr_ledger_hides_constants(void);

/*
 * Prepares a note, in the transaction's memory, for that end of the
 * transaction at which nothing else can be done: the second function has it
 * stored with its detail, without waiting and without an error.  NULL where
 * the extension is not installed.
 */
typedef struct CrLateNote CrLateNote;
extern CrLateNote *cr_ledger_prepare_note(const char *kind,
										  const char *subject);
extern void cr_ledger_note_late(CrLateNote *note, const char *detail);

/*
 * Uses of a key, of the vault, of a code and of a template are recorded at
 * once, come what may; all else is a change, which is recorded when the
 * transaction commits, and not at all if it does not.  Either waits for the
 * recorder, and raises RC011 when it is not available.  Does nothing where
 * the extension is not installed.
 *
 * The next is for what a restored dump does too: nothing is recorded while
 * the ledger is empty, so that the dump's own records can come in.  Nothing
 * has been answered under the former policy then either.
 */
extern void cr_ledger_note_if_begun(const char *kind, Oid relid,
									const char *subject, const char *detail);

/*
 * Forgets what that function was told, in this subtransaction, of a relation
 * that is about to be dropped: nobody else has met it so.
 */
extern void cr_ledger_forget_notes(Oid relid);

#endif							/* CR_NOTE_H */
