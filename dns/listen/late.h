/* Replies that come late: looks at the queries of one thread that wait (dns/query/pending.h), answers those whose stages have
 * something to say now, and those whose time is up.
 * Regime: owned heap object of its thread; slots and all are one block. No allocation per query.
 * Called by: dns/listen/thread.c; late_wake by any thread.
 *
 * happy path:    kept -> woken (by keeping it, by late_wake, by an origin that can send again) -> pipeline anew -> sent
 * failure paths: time is up -> pipeline anew, nothing may wait longer; the origin takes no reply now -> looked at when it
 *                does; a connection goes -> its queries are dropped; close -> as if time were up */
#pragma once

#include <uv.h>

#include "base/base.h"
#include "dns/query/pipeline.h"

struct late;

/* From here on until late_close thread->pending is set. pipeline and thread live longer. errors libuv's, ERR_NOMEM */
NODISCARD int late_open(uv_loop_t *loop, const struct pipeline *pipeline,
	struct query_thread *thread, struct late **out);
/* What queries may wait for has been published: those that are kept are looked at. Any thread, between late_open and
 * late_close. Accepts NULL. */
void late_wake(struct late *l);
/* Answers what is kept, frees later. The origins are still there. Accepts NULL. */
void late_close(struct late *l);
