/*-------------------------------------------------------------------------
 *
 * src/session/port.h
 *	  The server's Port, without the headers of GSSAPI.
 *
 * Port has the same layout without them, and they may not be there where the
 * server's own headers are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CR_PORT_H
#define CR_PORT_H

#undef ENABLE_GSS
#include "libpq/libpq-be.h"

#endif							/* CR_PORT_H */
