/*-------------------------------------------------------------------------
 *
 * src/base/errcodes.h
 *	  The SQLSTATEs of class RC that this extension raises.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_ERRCODES_H
#define CR_ERRCODES_H

#include "utils/elog.h"

/* a column would leave unaggregated */
#define CR_ERRCODE_RAW_COLUMN			MAKE_SQLSTATE('R', 'C', '0', '0', '1')
/* this aggregate is not allowed on this column */
#define CR_ERRCODE_AGGREGATE			MAKE_SQLSTATE('R', 'C', '0', '0', '2')
/* this column may not be filtered on, or grouped by */
#define CR_ERRCODE_COLUMN_USE			MAKE_SQLSTATE('R', 'C', '0', '0', '3')
/* this join is not allowed */
#define CR_ERRCODE_JOIN					MAKE_SQLSTATE('R', 'C', '0', '0', '4')
/* this function, operator, cast or type is not total */
#define CR_ERRCODE_FUNCTION				MAKE_SQLSTATE('R', 'C', '0', '0', '5')
/* this construct is not allowed over protected rows */
#define CR_ERRCODE_CONSTRUCT			MAKE_SQLSTATE('R', 'C', '0', '0', '6')
/* this command is not allowed on a protected table */
#define CR_ERRCODE_COMMAND				MAKE_SQLSTATE('R', 'C', '0', '0', '7')
/* a group is below the threshold, and small_groups is 'refuse' */
#define CR_ERRCODE_SMALL_GROUP			MAKE_SQLSTATE('R', 'C', '0', '0', '8')
/* the executor check found a plan without its guard */
#define CR_ERRCODE_UNGUARDED_PLAN		MAKE_SQLSTATE('R', 'C', '0', '0', '9')
/* budget exhausted */
#define CR_ERRCODE_BUDGET				MAKE_SQLSTATE('R', 'C', '0', '1', '0')
/* the recorder is not available */
#define CR_ERRCODE_RECORDER				MAKE_SQLSTATE('R', 'C', '0', '1', '1')
/* an access rule is not satisfied */
#define CR_ERRCODE_ACCESS				MAKE_SQLSTATE('R', 'C', '0', '1', '2')
/* the analyst is suspended */
#define CR_ERRCODE_SUSPENDED			MAKE_SQLSTATE('R', 'C', '0', '1', '3')
/* a key is not available: no master key, damaged, retired or destroyed */
#define CR_ERRCODE_KEY					MAKE_SQLSTATE('R', 'C', '0', '1', '4')
/* a ciphertext was changed, cut off, or made with another key or context */
#define CR_ERRCODE_CIPHERTEXT			MAKE_SQLSTATE('R', 'C', '0', '1', '5')

#endif							/* CR_ERRCODES_H */
