/* The pipeline: where there are routes the longest zone that the name is in chooses the stages, once a query. `run` goes down the stages until one does not say NEXT, `done` comes back up over those passed. One that says
 * PENDING ends it without a reply; pipeline_resume begins anew. Source: CoreDNS core/dnsserver for the routes.
 * Regime, callers: query.h; called by dns/listen. */
#pragma once

#include "dns/query/accept.h"

/* errors ERR_NO_SPACE (PIPELINE_MAX) */
NODISCARD int pipeline_add(struct pipeline *p, const struct stage_row *row, void *self);

/* For each query of a batch that is ACCEPT_QUERY, for step 0 to GLANCE_STEPS - 1, before the first is replied to. */
void pipeline_glance(const struct pipeline *p, struct query *q, unsigned step);
/* The reply to a message that was read: REFUSED when no route takes it or no stage wants it, SERVFAIL when one fails or
 * let it pass in vain, or when p is ours. Gives its length; 0: nothing is to be sent, or q->pending (the query is kept
 * in q->slot), or q->stream is set (TCP): the caller sends what it gives, and frees it. */
size_t pipeline_reply(const struct pipeline *p, struct query *q, enum accept accepted,
	const uint8_t *message, uint8_t *reply, size_t reply_cap);

/* Again for a query that is kept: as pipeline_reply. The slot stays the caller's. */
size_t pipeline_resume(const struct pipeline *p, struct query *q, struct slot *s, uint8_t *reply,
	size_t reply_cap);

/* Read and reply. */
size_t pipeline_answer(const struct pipeline *p, struct query *q, enum transport transport,
	const uint8_t *message, size_t message_n, uint8_t *reply, size_t reply_cap);
