/* SOA, NS and the server's own name.
 * Source: CoreDNS plugin/kubernetes ns.go and backend SOA as observed; RFC 1035 3.3.13, RFC 2308.
 * Regime, callers: answer.c. */
#include "dns/kube/kube_internal.h"
#include "dns/query/reply.h"

#define SOA_REFRESH      7200
#define SOA_RETRY        1800
#define SOA_EXPIRE       86400
#define NEGATIVE_TTL_MAX 300

static const uint8_t ns_dns[] = { 2, 'n', 's', 3, 'd', 'n', 's' };
static const uint8_t hostmaster[] = { 10, 'h', 'o', 's', 't', 'm', 'a', 's', 't', 'e', 'r' };

static void put_below_zone(struct answer *a, const uint8_t *labels, size_t n)
{
	wr_bytes(&a->q->w, labels, n);
	wr_u16(&a->q->w, (uint16_t)(0xC000u | a->zone_at));
}

void answer_soa(struct answer *a, enum section section)
{
	answer_soa_of(a, section, __atomic_load_n(&a->k->serial, __ATOMIC_RELAXED));
}

void answer_soa_of(struct answer *a, enum section section, uint32_t serial)
{
	struct query *q = a->q;
	uint32_t ttl = a->ttl < NEGATIVE_TTL_MAX ? a->ttl : NEGATIVE_TTL_MAX;
	if (!reply_start(q, a->zone_at, TYPE_SOA, ttl)) {
		return;
	}
	put_below_zone(a, ns_dns, sizeof(ns_dns));
	put_below_zone(a, hostmaster, sizeof(hostmaster));
	wr_u32(&q->w, serial);
	wr_u32(&q->w, SOA_REFRESH);
	wr_u32(&q->w, SOA_RETRY);
	wr_u32(&q->w, SOA_EXPIRE);
	wr_u32(&q->w, a->ttl);
	reply_end(q, section);
}

/* The Services that have one of our own addresses among their endpoints: who we are to the cluster. */
struct server_walk {
	struct answer *a;
	size_t next_address;
	struct index_walk walk;
	bool walking;
	const struct cell *last; /* not the same Service twice in a row */
};

static const struct cell *next_own(struct server_walk *w)
{
	const struct kube *k = w->a->k;
	for (;;) {
		const struct cell *c = w->walking ? index_next(&w->walk) : NULL;
		if (!c) {
			if (w->next_address == k->n_addresses) {
				return NULL;
			}
			const struct ip *ip = &k->addresses[w->next_address++];
			w->walk = index_walk(k->index, ip->family == IP_V4 ? 0 : 1, ip->bytes);
			w->walking = true;
			continue;
		}
		const struct ip *ip = &k->addresses[w->next_address - 1];
		const struct record_set *rs = cell_records(c);
		unsigned f = ip->family == IP_V4 ? 0 : 1;
		if (c != w->last && rs && rs->service && !rs->external &&
			set_find_address(rs, f, ip->bytes) < rs->n[f]) {
			w->last = c;
			return c;
		}
	}
}

/* What is done with each name server: its name in wire form, octets 0 for the default ns.dns.ZONE; its addresses. */
typedef void (*server_fn)(struct answer *a, const uint8_t *name, size_t n, unsigned family,
	const uint8_t *addresses, size_t n_addresses, bool first_of_name);

static void headless_servers(struct answer *a, const struct record_set *rs, const uint8_t *service,
	size_t service_n, server_fn fn)
{
	uint8_t name[NAME_MAX_BYTES];
	char storage[DASHED_MAX];
	for (unsigned f = 0; f < FAMILIES; f++) {
		for (uint32_t i = 0; i < rs->n[f] && !a->q->full; i++) {
			struct strv label = set_label(rs, f, i, storage);
			size_t n = endpoint_name(label, service, service_n, name);
			if (n > 0) {
				fn(a, name, n, f, set_addresses(rs, f) + i * family_bytes(f), 1,
					!set_endpoints(rs, f)[i].twin);
			}
		}
	}
}

static void each_server(struct answer *a, server_fn fn)
{
	struct server_walk w = { .a = a };
	const uint8_t *zone = a->q->w.base + a->zone_at;
	bool any = false;
	for (const struct cell *c = next_own(&w); c && !a->q->full; c = next_own(&w)) {
		uint8_t name[NAME_MAX_BYTES];
		const struct record_set *rs = cell_records(c);
		size_t n = service_name(c, zone, a->zone->name.n, name);
		if (n == 0) {
			continue;
		}
		any = true;
		if (rs->headless) {
			headless_servers(a, rs, name, n, fn);
			continue;
		}
		bool first = true;
		for (unsigned f = 0; f < FAMILIES; f++) {
			if (rs->n_ips[f] > 0) {
				fn(a, name, n, f, set_ips(rs, f), rs->n_ips[f], first);
				first = false;
			}
		}
	}
	for (size_t i = 0; i < a->k->n_addresses && !any; i++) {
		const struct ip *ip = &a->k->addresses[i];
		fn(a, NULL, 0, ip->family == IP_V4 ? 0 : 1, ip->bytes, 1, i == 0);
	}
}

static void put_ns(struct answer *a, const uint8_t *name, size_t n, unsigned family,
	const uint8_t *addresses, size_t n_addresses, bool first_of_name)
{
	(void)family;
	(void)addresses;
	(void)n_addresses;
	if (!first_of_name || !reply_start(a->q, a->zone_at, TYPE_NS, a->ttl)) {
		return;
	}
	if (n > 0) {
		wr_bytes(&a->q->w, name, n - a->zone->name.n);
		wr_u16(&a->q->w, (uint16_t)(0xC000u | a->zone_at));
	} else {
		put_below_zone(a, ns_dns, sizeof(ns_dns));
	}
	reply_end(a->q, SECTION_ANSWER);
}

static void put_glue(struct answer *a, const uint8_t *name, size_t n, unsigned family,
	const uint8_t *addresses, size_t n_addresses, bool first_of_name)
{
	(void)first_of_name;
	const uint8_t *labels = n > 0 ? name : ns_dns;
	size_t labels_n = n > 0 ? n - a->zone->name.n : sizeof(ns_dns);
	size_t each = family_bytes(family);
	for (size_t i = 0; i < n_addresses; i++) {
		if (!reply_start_below(a->q, labels, labels_n, a->zone_at,
			    family == 0 ? TYPE_A : TYPE_AAAA, a->ttl)) {
			return;
		}
		wr_bytes(&a->q->w, addresses + i * each, each);
		reply_end(a->q, SECTION_ADDITIONAL);
	}
}

static void put_own_address(struct answer *a, const uint8_t *name, size_t n, unsigned family,
	const uint8_t *addresses, size_t n_addresses, bool first_of_name)
{
	(void)name;
	(void)n;
	(void)first_of_name;
	if (a->q->type == (family == 0 ? TYPE_A : TYPE_AAAA)) {
		reply_addresses(a->q, a->q->subject.at, a->ttl, addresses, n_addresses,
			family_bytes(family));
	}
}

/* A transfer has them among the answers, with TTL 0. */
static void put_host(struct answer *a, const uint8_t *name, size_t n, unsigned family,
	const uint8_t *addresses, size_t n_addresses, bool first_of_name)
{
	(void)first_of_name;
	const uint8_t *labels = n > 0 ? name : ns_dns;
	size_t labels_n = n > 0 ? n - a->zone->name.n : sizeof(ns_dns);
	size_t each = family_bytes(family);
	for (size_t i = 0; i < n_addresses; i++) {
		if (!reply_start_below(a->q, labels, labels_n, a->zone_at,
			    family == 0 ? TYPE_A : TYPE_AAAA, 0)) {
			return;
		}
		wr_bytes(&a->q->w, addresses + i * each, each);
		reply_end(a->q, SECTION_ANSWER);
	}
}

void answer_transfer_head(struct answer *a, uint32_t serial)
{
	answer_soa_of(a, SECTION_ANSWER, serial);
	each_server(a, put_ns);
	each_server(a, put_host);
}

enum found answer_apex(struct answer *a)
{
	switch (a->q->type) {
	case TYPE_SOA:
		answer_soa(a, SECTION_ANSWER);
		return FOUND_RECORDS;
	case TYPE_NS:
		each_server(a, put_ns);
		each_server(a, put_glue);
		return answer_found(a, FOUND_NOTHING);
	default:
		return FOUND_NOTHING;
	}
}

enum found answer_server_name(struct answer *a)
{
	each_server(a, put_own_address);
	return answer_found(a, FOUND_NOTHING);
}
