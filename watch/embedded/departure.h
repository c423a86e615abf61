/* Answers to DELETEs that leave the object for a moment: they wait until it is gone, or until nobody in this process has
 * anything left to do about it (a Pod that takes its time, a finalizer of somebody outside). kubectl asks for the object
 * right after the answer; if it went between that GET and the watch behind it, and came back under its name as Pods of
 * StatefulSets do, kubectl would take the new one for the old and wait for ever.
 * Regime: owned heap object a waiting answer; freed when it is sent, or at close. Called by: server_write.c, embedded.c. */
#pragma once

#include "base/buf.h"
#include "watch/embedded/server_internal.h"

/* Answers with code and body (taken) when o has gone. At once without memory. */
void departure_await(
	struct exchange_ctx *x, const struct object *o, unsigned code, struct buf *body);
/* Drops all that wait: before the HTTP server closes. */
void departure_cancel_all(struct embedded *e);
