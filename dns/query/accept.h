/* Taking a message in: is it a query, and can it be answered at all (dns-behaviour: as CoreDNS and its library do).
 * Regime, callers: query.h. */
#pragma once

#include "dns/query/query.h"

enum accept {
	ACCEPT_SILENCE, /* shorter than a header, or a response: nothing is sent */
	ACCEPT_REFUSED, /* the reply is complete: FORMERR, NOTIMP, REFUSED or BADVERS */
	ACCEPT_QUERY,   /* goes through the pipeline; the reply is begun */
};

/* in   message  borrowed for the call
 *      reply    room for the answer, at least 512 octets; fewer than the client takes limits it
 * q is filled from nothing but for q->thread and q->client. */
enum accept query_accept(struct query *q, enum transport transport, const uint8_t *message,
	size_t message_n, uint8_t *reply, size_t reply_cap);
