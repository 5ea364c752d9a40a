/*-------------------------------------------------------------------------
 *
 * src/ledger/submit.h
 *	  What a session knows of the records it has submitted.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_SUBMIT_H
#define CR_SUBMIT_H

#include "ledger/record.h"

/*
 * The answer to this session's newest record that was to be answered; false
 * when there is none, or it is not there yet.
 */
extern bool cr_submit_last_receipt(CrAnswer *answer);

#endif							/* CR_SUBMIT_H */
