/*-------------------------------------------------------------------------
 *
 * src/keys/admin.h
 *	  What the functions that change keys have in common.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ADMIN_H
#define CR_ADMIN_H

#include "keys/keyring_rows.h"
#include "keys/store.h"
#include "keys/wrap.h"

/*
 * Sub-numbers of locks on the keyring as an object, beside 0, which is
 * cr_admin_lock_vault()'s; the number is a table's, a rotation's or a key's.
 */
#define CR_LOCK_ROTATED		1
#define CR_LOCK_STARTING	2
#define CR_LOCK_GRANTS		3

/*
 * Takes the lock of all changes of keys, and reads the key of this name.
 * Raises an error when there is none, the current user does not own it, or it
 * is destroyed.
 */
extern void cr_admin_begin(const char *name, CrKeyRow *row);

/*
 * The same after cr_admin_lock_vault(), exclusive, which waits for whoever
 * makes vault tokens of the key: a user of one key must not keep all keys from
 * being revoked, so nobody waits for users with the lock of all changes.
 */
extern void cr_admin_begin_without_writers(const char *name, CrKeyRow *row);

/*
 * The same with a lock of this key's grants alone: an owner of another key, in
 * a transaction that stays open, must not keep this one from being revoked.
 */
extern void cr_admin_begin_grants(const char *name, CrKeyRow *row);

/* The same without any lock, for what changes nothing. */
extern void cr_admin_own_key(const char *name, CrKeyRow *row);

/*
 * Reads the key of this name.  Raises an error when there is none, the
 * current user may use it in no way, or it is destroyed.
 */
extern void cr_admin_usable_key(const char *name, CrKeyRow *row);

/* Raises an error when the key is one for another purpose. */
extern void cr_admin_check_purpose(const CrKeyRow *row, CrKeyPurpose purpose);

/* The end of a change: drops what backends hold, and puts it on record. */
extern void cr_admin_end(const char *name, const char *detail);

/* May the role do this with the key?  Superusers may do all. */
extern bool cr_admin_is_granted(Oid role, int32 key_id, uint32 use);

/* May the role do anything with the key? */
extern bool cr_admin_has_use(Oid role, int32 key_id);

/* For messages and wrapping; version 0 where none is meant. */
extern void cr_admin_label(const CrKeyRow *row, int32 version,
						   CrKeyLabel *label);

/*
 * Taken by those that make vault tokens of a key, and, exclusive, by those
 * that change its versions, until the end of the transaction: so that a value
 * is not given two tokens under two versions.
 */
extern void cr_admin_lock_vault(int32 key_id, bool exclusive);

/*
 * How many values of a key are known to be there, of one version or (0) of
 * all; "words" says where, such as "3 values in the vault, 12 values in s.t.c,
 * values in o.t.c" for a user who owns s.t and not o.t.  Takes AccessShareLock
 * on the columns' tables, and reads them.
 */
extern uint64 cr_dependents_count(const CrKeyRow *row, int32 version,
								  char **words);

/*
 * Waits for the transactions that are writing to the tables known to hold
 * values of a key.  After a version was added, whoever begins later writes
 * under that.
 */
extern void cr_dependents_wait(const CrKeyRow *row);

/* A relation's qualified name, as a statement or a message takes it. */
extern const char *cr_relation_words(Oid relid);

/*
 * Notes that a column holds values of a key; beside those of other keys, if
 * values of its type say whose they are.  Inside cr_store_open().
 */
extern void cr_dependents_track(Oid relid, const char *column, int32 key_id);

#endif							/* CR_ADMIN_H */
