/*-------------------------------------------------------------------------
 *
 * src/keys/rotated.h
 *	  Which rotation a process is at, and who has started it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ROTATED_H
#define CR_ROTATED_H

/*
 * From here on; the role is the one that whoever has started it had logged in
 * as.  0 and InvalidOid for none, InvalidOid for the vault's.
 */
extern void cr_rotated_set(int32 key_id, Oid login);

/* Its key; 0 for none. */
extern int32 cr_rotated_key(void);

/* That role; InvalidOid where no rotation of a table goes on. */
extern Oid	cr_rotated_login(void);

/*
 * The role as a further member of a JSON object, for the record, in the
 * current memory context; "" where there is none.
 */
extern char *cr_rotated_detail(void);

#endif							/* CR_ROTATED_H */
