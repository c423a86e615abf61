/* Queries that wait: a stage that cannot answer yet has the query kept in a slot and says PENDING; when it may be able to,
 * whoever keeps the slots runs the pipeline anew (dns/listen/late.h).
 * Bounded: where no slot is to be had the stage answers as it would without waiting. A client gets one as long as it has
 * fewer than are free: alone it gets half of them, and there is always one for the next client.
 * Regime: one table a query thread, which alone uses it, but for pending_any; owner's storage. No allocation, no clock.
 *
 *   free -> query_wait -> kept -> looked at, again and again -> the stage answers, the slot is free
 *
 * Glossary: origin = where the query came from and its reply goes, a UDP socket or a TCP connection; fresh = kept, not
 * looked at since; expired = has waited long enough. */
#pragma once

#include "dns/query/query.h"

#define PENDING_SLOTS         512
#define PENDING_MESSAGE_BYTES 512 /* longer ones are not kept: no question needs as many */
#define PENDING_ROUTE_BYTES   64

struct query_origin {
	/* Room for a reply, NULL while none can be sent: the origin has the slots looked at when it can. */
	uint8_t *(*room)(struct query_origin *o, size_t *out_n);
	/* The reply to the slot's query is there, n octets. May pending_drop. */
	void (*send)(struct query_origin *o, const struct slot *s, size_t n);
};

struct slot {
	struct query_origin *origin; /* NULL: free */
	bool fresh, expired;
	uint32_t wait_ms;
	uint64_t begun_ns;    /* of the query */
	uint64_t deadline_ms; /* the keeper's; once it is not fresh */
	enum transport transport;
	struct sockaddr_storage client;
	size_t route_n; /* the origin's: by which of our addresses it came */
	_Alignas(size_t) uint8_t route[PENDING_ROUTE_BYTES];
	size_t question_end;
	size_t message_n;
	uint8_t message[PENDING_MESSAGE_BYTES];
};

struct pending {
	unsigned held;                   /* slots in use; atomic */
	bool ended;                      /* nothing is kept any more */
	void (*look)(struct pending *p); /* have all slots looked at, soon, not during the call */
	uint64_t seed;
	/* Side by side, as every new query is compared with all: hash of the client (0: free), and of all that was asked. */
	uint32_t client[PENDING_SLOTS], asked[PENDING_SLOTS];
	struct slot slots[PENDING_SLOTS];
};

/* For stages, before saying PENDING: keeps the query for at most ms from now. False: it is to be answered now, because it
 * has waited long enough, no slot may be had or nobody keeps any (ms 0 asks for none). A query that is kept is looked at
 * once more soon: what it waits for may have come while it was being kept. A retransmission takes the place of the query
 * that it repeats, which stays kept as long as it would have been. */
bool query_wait(struct query *q, uint32_t ms);

/* p is zeroed storage. seed: of the hashes */
void pending_init(struct pending *p, uint64_t seed, void (*look)(struct pending *p));
/* Its contents are valid until the next query_wait. */
void pending_release(struct pending *p, struct slot *s);
/* All of an origin that goes. Accepts NULL for p. */
void pending_drop(struct pending *p, const struct query_origin *o);
/* Any thread that has published something queries may wait for: are there any? Those kept later see what it published. */
bool pending_any(struct pending *p);
