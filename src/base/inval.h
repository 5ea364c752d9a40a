/*-------------------------------------------------------------------------
 *
 * src/base/inval.h
 *	  Tells the library's caches that a relation has changed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_INVAL_H
#define CR_INVAL_H

/*
 * Has mark(relid) called whenever the relation may have changed, in the
 * backend that changed it and in all others; InvalidOid stands for all
 * relations.  mark may run anywhere a lock is taken: it marks, and reads
 * nothing.  To be called from _PG_init only.
 */
extern void cr_inval_register(void (*mark) (Oid relid));

#endif							/* CR_INVAL_H */
