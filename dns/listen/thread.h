/* The query threads: each has its own loop, its own sockets on the shared port, and reads snapshots (dns/reclaim.h).
 * Regime: owned heap object of the control thread. Called by: dns/server.c.
 *
 * Start: all sockets and handles are opened on the control thread, so that errors are known before any thread runs.
 * Stop: every thread is told through its uv_async; it answers what has arrived and what
 * waits, closes its handles, its loop runs out and
 * it reports back; when all have, they are joined and freed. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/base.h"
#include "base/option.h"
#include "dns/listen/tcp.h"
#include "dns/query/pipeline.h"

struct threads;

struct threads_options {
	struct option_addr listen;
	unsigned count; /* 0: one a core */
	struct tcp_limits tcp;
	bool keeps; /* queries may wait (dns/query/pending.h) */
};

/* o is copied, its host borrowed for the call. pipeline lives until threads_close's cb. errors libuv's, ERR_NOMEM */
NODISCARD int threads_open(uv_loop_t *control, const struct threads_options *o,
	const struct pipeline *pipeline, struct threads **out);
unsigned threads_port(const struct threads *t);
/* What queries may wait for has been published. Control thread, before threads_close. Accepts NULL. */
void threads_wake(struct threads *t);
/* cb runs on the control loop when no query thread is left. Accepts NULL (cb is not called then). */
void threads_close(struct threads *t, void (*cb)(void *ctx), void *ctx);
