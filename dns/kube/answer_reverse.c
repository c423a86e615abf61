/* PTR: from an address to the names that have it.
 * Source: Kubernetes DNS specification 2.3.3, 2.4.3; RFC 1035 3.5, RFC 3596 2.5. A clusterIP has one name and wins over
 * endpoints; an endpoint has one name a Service.
 * Regime, callers: answer.c. */
#include "dns/kube/kube_internal.h"
#include "dns/query/reply.h"

#define V4_LABELS 6  /* d.c.b.a.in-addr.arpa */
#define V6_LABELS 34 /* 32 nibbles, ip6.arpa */

static bool read_octet(struct strv label, uint8_t *out)
{
	unsigned v = 0;
	if (label.n == 0 || label.n > 3 || (label.n > 1 && label.p[0] == '0')) {
		return false;
	}
	for (size_t i = 0; i < label.n; i++) {
		if (label.p[i] < '0' || label.p[i] > '9') {
			return false;
		}
		v = v * 10 + (unsigned)(label.p[i] - '0');
	}
	*out = (uint8_t)v;
	return v <= 255;
}

static bool read_nibble(struct strv label, uint8_t *out)
{
	if (label.n != 1) {
		return false;
	}
	char c = label.p[0]; /* lower case already */
	if (c >= '0' && c <= '9') {
		*out = (uint8_t)(c - '0');
		return true;
	}
	*out = (uint8_t)(c - 'a' + 10);
	return c >= 'a' && c <= 'f';
}

/* The address a whole reverse name stands for. */
static bool read_reverse(const struct subject *s, unsigned *out_family, uint8_t out[16])
{
	size_t labels = s->map.n;
	if (labels < V4_LABELS ||
		!strv_eq(name_label(s->lower, &s->map, labels - 1), STRV("arpa"))) {
		return false;
	}
	struct strv tree = name_label(s->lower, &s->map, labels - 2);
	if (labels == V4_LABELS && strv_eq(tree, STRV("in-addr"))) {
		*out_family = 0;
		for (size_t i = 0; i < 4; i++) {
			if (!read_octet(name_label(s->lower, &s->map, i), &out[3 - i])) {
				return false;
			}
		}
		return true;
	}
	if (labels != V6_LABELS || !strv_eq(tree, STRV("ip6"))) {
		return false;
	}
	*out_family = 1;
	for (size_t i = 0; i < 16; i++) {
		uint8_t low;
		uint8_t high;
		if (!read_nibble(name_label(s->lower, &s->map, 2 * i), &low) ||
			!read_nibble(name_label(s->lower, &s->map, 2 * i + 1), &high)) {
			return false;
		}
		out[15 - i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void put_ptr(struct answer *a, const uint8_t *name, size_t n)
{
	if (n > 0 && reply_start(a->q, a->q->subject.at, TYPE_PTR, a->ttl)) {
		wr_bytes(&a->q->w, name, n);
		reply_end(a->q, SECTION_ANSWER);
	}
}

static bool has_cluster_ip(const struct record_set *rs, unsigned family, const uint8_t *address)
{
	size_t each = family_bytes(family);
	for (uint32_t i = 0; i < rs->n_ips[family]; i++) {
		if (memcmp(set_ips(rs, family) + i * each, address, each) == 0) {
			return true;
		}
	}
	return false;
}

/* Has an earlier endpoint of this address the same name? */
static bool named_before(const struct record_set *rs, unsigned family, uint32_t first, uint32_t i)
{
	char one[DASHED_MAX];
	char two[DASHED_MAX];
	struct strv label = set_label(rs, family, i, one);
	for (uint32_t k = first; k < i; k++) {
		if (strv_eq_nocase(label, set_label(rs, family, k, two))) {
			return true;
		}
	}
	return false;
}

static void put_endpoints(
	struct answer *a, const struct cell *c, unsigned family, const uint8_t *address)
{
	const struct record_set *rs = cell_records(c);
	const struct name *zone = &a->k->forward;
	uint8_t service[NAME_MAX_BYTES];
	uint8_t name[NAME_MAX_BYTES];
	char storage[DASHED_MAX];
	size_t each = family_bytes(family);
	size_t service_n = service_name(c, zone->b, zone->n, service);
	uint32_t first = set_find_address(rs, family, address);
	for (uint32_t i = first; i < rs->n[family] && service_n > 0; i++) {
		if (memcmp(set_addresses(rs, family) + i * each, address, each) != 0) {
			break;
		}
		if (!named_before(rs, family, first, i)) {
			struct strv label = set_label(rs, family, i, storage);
			put_ptr(a, name, endpoint_name(label, service, service_n, name));
		}
	}
}

static bool is_served(const struct index *ix, const struct cell *c)
{
	const struct record_set *rs = cell_records(c);
	return rs && rs->service &&
	       index_serves(ix, c); /* a slice whose Service is gone names nothing */
}

enum found answer_reverse(struct answer *a)
{
	struct query *q = a->q;
	uint8_t address[16];
	unsigned family;
	if (q->subject.n == a->zone->name.n) {
		return answer_apex(a);
	}
	if (schema_read(q->subject.lower, &q->subject.map, a->zone->labels, false).kind ==
		MEANS_NS) {
		return answer_server_name(a); /* the zone's NS and SOA name it */
	}
	if (q->type != TYPE_PTR || !a->k->has_forward ||
		!read_reverse(&q->subject, &family, address)) {
		return FOUND_NAME_ERROR;
	}
	const struct cell *c;
	for (struct index_walk w = index_walk(a->k->index, family, address);
		(c = index_next(&w));) {
		if (is_served(a->k->index, c) && has_cluster_ip(cell_records(c), family, address)) {
			const struct name *zone = &a->k->forward;
			uint8_t name[NAME_MAX_BYTES];
			put_ptr(a, name, service_name(c, zone->b, zone->n, name));
			return FOUND_RECORDS;
		}
	}
	for (struct index_walk w = index_walk(a->k->index, family, address);
		(c = index_next(&w));) {
		if (is_served(a->k->index, c)) {
			put_endpoints(a, c, family, address);
		}
	}
	a->why = "no Service has this address";
	return answer_found(a, FOUND_NAME_ERROR);
}
