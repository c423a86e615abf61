/* Queries that wait: see the header. */
#include "dns/query/pending.h"

#include <netinet/in.h>
#include <string.h>

/* The client's address, and with_port all of it that tells it from others. */
static struct strv client_bytes(const struct sockaddr *sa, bool with_port, uint8_t out[18])
{
	size_t n = 0;
	uint16_t port = 0;
	if (sa && sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
		n = sizeof(in->sin_addr);
		memcpy(out, &in->sin_addr, n);
		port = in->sin_port;
	} else if (sa && sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)sa;
		n = sizeof(in->sin6_addr);
		memcpy(out, &in->sin6_addr, n);
		port = in->sin6_port;
	}
	if (with_port) {
		memcpy(out + n, &port, sizeof(port));
		n += sizeof(port);
	}
	return (struct strv){ .p = (const char *)out, .n = n };
}

static uint32_t hash_client(const struct pending *p, const struct query *q)
{
	uint8_t bytes[18];
	return (uint32_t)strv_hash(client_bytes(q->client, false, bytes), p->seed) | 1;
}

/* Of client, port, id and question. */
static uint32_t hash_asked(const struct pending *p, const struct query *q)
{
	uint8_t bytes[18];
	uint64_t seed = strv_hash(client_bytes(q->client, true, bytes), p->seed);
	size_t at = MESSAGE_HEADER_BYTES;
	struct strv question = { .p = (const char *)q->message + at, .n = q->question_end - at };
	return (uint32_t)strv_hash(question, seed ^ q->header.id);
}

/* Only over UDP: a client of a connection repeats nothing (RFC 7766 6.2.1). */
static bool is_repeated(const struct slot *s, const struct query *q)
{
	uint8_t one[18];
	uint8_t two[18];
	const struct sockaddr *kept = (const struct sockaddr *)&s->client;
	const size_t at = MESSAGE_HEADER_BYTES;
	return s->transport == TRANSPORT_UDP && s->origin == q->origin &&
	       s->question_end == q->question_end && memcmp(s->message, q->message, 2) == 0 &&
	       memcmp(s->message + at, q->message + at, q->question_end - at) == 0 &&
	       strv_eq(client_bytes(kept, true, one), client_bytes(q->client, true, two));
}

static void keep_message(struct slot *s, const struct query *q)
{
	memcpy(s->message, q->message, q->message_n);
	s->message_n = q->message_n;
	s->question_end = q->question_end;
}

static void keep_client(struct slot *s, const struct sockaddr *client)
{
	memset(&s->client, 0, sizeof(s->client));
	if (client && client->sa_family == AF_INET) {
		memcpy(&s->client, client, sizeof(struct sockaddr_in));
	} else if (client && client->sa_family == AF_INET6) {
		memcpy(&s->client, client, sizeof(struct sockaddr_in6));
	}
}

/* The slot for a query: of the one it repeats, else the first free one if its client may have it, else NULL. */
static struct slot *find_slot(struct pending *p, const struct query *q, uint32_t client,
	uint32_t asked, bool *out_repeated)
{
	struct slot *free_one = NULL;
	unsigned mine = 0;
	unsigned n_free = 0;
	for (size_t i = 0; i < PENDING_SLOTS; i++) {
		if (p->client[i] == 0) {
			free_one = free_one ? free_one : &p->slots[i];
			n_free++;
		} else if (p->client[i] == client) {
			mine++;
			if (p->asked[i] == asked && is_repeated(&p->slots[i], q)) {
				*out_repeated = true;
				return &p->slots[i];
			}
		}
	}
	*out_repeated = false;
	return mine < n_free ? free_one : NULL;
}

bool query_wait(struct query *q, uint32_t ms)
{
	struct pending *p = q->thread ? q->thread->pending : NULL;
	bool repeated;
	if (q->slot) {
		return !q->slot->expired;
	}
	if (ms == 0 || !p || p->ended || !q->origin || q->message_n > PENDING_MESSAGE_BYTES) {
		return false;
	}
	uint32_t client = hash_client(p, q);
	uint32_t asked = hash_asked(p, q);
	struct slot *s = find_slot(p, q, client, asked, &repeated);
	if (!s) {
		return false;
	}
	q->slot = s;
	keep_message(s, q);
	if (repeated) {
		return true;
	}
	keep_client(s, q->client);
	s->origin = q->origin;
	s->begun_ns = q->begun_ns;
	s->fresh = true;
	s->expired = false;
	s->wait_ms = ms;
	s->transport = q->transport;
	s->route_n = 0;
	p->client[s - p->slots] = client;
	p->asked[s - p->slots] = asked;
	(void)__atomic_add_fetch(&p->held, 1, __ATOMIC_ACQ_REL); /* see pending_any */
	p->look(p);
	return true;
}

void pending_init(struct pending *p, uint64_t seed, void (*look)(struct pending *p))
{
	p->seed = seed;
	p->look = look;
}

void pending_release(struct pending *p, struct slot *s)
{
	REQUIRE(s->origin);
	s->origin = NULL;
	p->client[s - p->slots] = 0;
	(void)__atomic_sub_fetch(&p->held, 1, __ATOMIC_ACQ_REL); /* nobody waits for less */
}

void pending_drop(struct pending *p, const struct query_origin *o)
{
	for (size_t i = 0; p && i < PENDING_SLOTS; i++) {
		if (p->slots[i].origin == o) {
			pending_release(p, &p->slots[i]);
		}
	}
}

bool pending_any(struct pending *p)
{
	/* Written, if unchanged, so that one of two comes first: a query is seen here, or it sees what was published. */
	return __atomic_fetch_add(&p->held, 0, __ATOMIC_ACQ_REL) > 0;
}
