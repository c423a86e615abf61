/* TCP of one query thread (RFC 1035 4.2.2, RFC 7766): queries may follow each other without waiting; replies keep
 * their order.
 * Regime: owned heap object of its thread; a connection is one too. Called by: dns/listen/thread.c.
 *
 * happy path:    accept -> read -> whole frames answered into the thread's scratch -> written in one go -> idle
 * failure paths: nothing asked for 10 s; a frame begun is not complete within 3 s, however it trickles; a client takes no
 *                reply for 5 s (nothing is read from it meanwhile); error or end of input -> closed. More connections than
 *                allowed -> the one that asked least recently is closed. Memory is taken only for bytes that have come. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "base/base.h"
#include "dns/query/pipeline.h"

#define TCP_IDLE_MS         10000
#define TCP_READ_MS         3000
#define TCP_WRITE_MS        5000
#define TCP_CONNECTIONS_MAX 1024 /* a thread */

struct tcp;

/* fd listens already. When *out is set, fd is its own, also on failure: tcp_close it. errors libuv's, ERR_NOMEM */
NODISCARD int tcp_open(uv_loop_t *loop, int fd, const struct pipeline *pipeline,
	struct query_thread *thread, struct tcp **out);
/* Closes the listener and all connections, frees. Accepts NULL. */
void tcp_close(struct tcp *t);
