/* TCP of one query thread (RFC 1035 4.2.2, RFC 7766): queries may follow each other without waiting; replies keep
 * their order, but for those that waited.
 * Regime: owned heap object of its thread; a connection is one too. Called by: dns/listen/thread.c.
 *
 * happy path:    accept -> read -> whole frames answered into the thread's scratch -> written in one go -> idle
 * failure paths: nothing asked for idle_ms, and no query waits; a frame begun is not complete within read_ms, however
 *                it trickles; a client takes no reply for write_ms (nothing is read from it meanwhile); error or end of
 *                input -> closed. More connections than allowed -> the one that asked least recently is closed. Memory
 *                is taken only for bytes that have come. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "base/base.h"
#include "dns/query/pipeline.h"

/* Of one thread. None is 0. */
struct tcp_limits {
	unsigned idle_ms, read_ms, write_ms;
	unsigned connections;
};

#define TCP_LIMITS                                                                                 \
	((struct tcp_limits){                                                                      \
		.idle_ms = 10000, .read_ms = 3000, .write_ms = 5000, .connections = 1024 })

struct tcp;

/* fd listens already. When *out is set, fd is its own, also on failure: tcp_close it. limits, pipeline and thread live
 * longer. errors libuv's, ERR_NOMEM */
NODISCARD int tcp_open(uv_loop_t *loop, int fd, const struct tcp_limits *limits,
	const struct pipeline *pipeline, struct query_thread *thread, struct tcp **out);
/* Closes the listener and all connections, frees. Accepts NULL. */
void tcp_close(struct tcp *t);
