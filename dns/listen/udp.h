/* UDP of one query thread: recvmmsg, answers, sendmmsg, in batches; nothing is allocated per query.
 * Answers leave from the address that was asked, also when bound to a wildcard.
 * Regime: owned heap object of its thread. Called by: dns/listen/thread.c.
 *
 * failure paths: socket buffer full -> reading stops until what is waiting has been sent; a reply that cannot be sent
 * (no route ...) -> left out; a datagram larger than the buffer -> answered by its beginning. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "base/base.h"
#include "dns/query/pipeline.h"

struct udp;

/* fd is taken on success. pipeline and thread live longer. errors libuv's, ERR_NOMEM */
NODISCARD int udp_open(uv_loop_t *loop, int fd, bool wildcard, const struct pipeline *pipeline,
	struct query_thread *thread, struct udp **out);
/* Answers what has arrived, then closes and frees. Accepts NULL. */
void udp_close(struct udp *u);
