/* Taking a message in: is it a query, and can it be answered at all? As CoreDNS and its library do.
 * Regime, callers: query.h. */
#pragma once

#include "dns/query/query.h"

enum accept {
	ACCEPT_SILENCE, /* shorter than a header, or a response: nothing is sent */
	ACCEPT_REFUSED, /* q->rcode is the answer: FORMERR, NOTIMP, REFUSED or BADVERS */
	ACCEPT_QUERY,   /* goes through the pipeline */
};

/* Reads the message, which is borrowed as long as q is used; q is filled from nothing but for q->thread, q->client and
 * q->origin. */
enum accept query_read(
	struct query *q, enum transport transport, const uint8_t *message, size_t message_n);

/* Begins the reply to a message that was not met with silence; that of a refused one is complete then.
 * in   message  the one read
 *      reply    room for the answer, at least 512 octets; fewer than the client takes limits it */
void query_begin(struct query *q, enum accept accepted, const uint8_t *message, uint8_t *reply,
	size_t reply_cap);
