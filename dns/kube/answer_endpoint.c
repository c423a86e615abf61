/* A, AAAA and SRV of endpoints: a headless Service, or one name of any Service.
 * Source: Kubernetes DNS specification 2.4; weights, order and duplicates as CoreDNS.
 * Regime, callers: answer.c. */
#include "dns/kube/kube_internal.h"
#include "dns/query/reply.h"

/* Which endpoints are asked for: all, or those of one name. */
struct endpoint_walk {
	const struct answer *a;
	const struct record_set *rs;
	bool named;
	struct set_walk by_name;
	unsigned family;
	uint32_t i;
};

static struct endpoint_walk endpoint_walk(const struct answer *a, const struct record_set *rs)
{
	struct endpoint_walk w = { .a = a, .rs = rs, .named = a->m.kind == MEANS_ENDPOINT };
	if (w.named) {
		w.by_name = set_walk(rs, a->m.endpoint);
	}
	return w;
}

static bool in_topology(const struct answer *a, const struct record_set *rs, unsigned f, uint32_t i)
{
	return a->topology == TOPOLOGY_ANY || set_endpoints(rs, f)[i].topology == a->topology;
}

static bool endpoint_next(struct endpoint_walk *w, unsigned *out_family, uint32_t *out_i)
{
	while (w->named) {
		if (!set_next(&w->by_name, out_family, out_i)) {
			return false;
		}
		if (in_topology(w->a, w->rs, *out_family, *out_i)) {
			return true;
		}
	}
	while (w->family < FAMILIES) {
		if (w->i == w->rs->n[w->family]) {
			w->family++;
			w->i = 0;
		} else if (in_topology(w->a, w->rs, w->family, w->i)) {
			*out_family = w->family;
			*out_i = w->i++;
			return true;
		} else {
			w->i++;
		}
	}
	return false;
}

static struct set_ports ports_of(const struct record_set *rs, unsigned f, uint32_t i)
{
	return set_list(rs, set_endpoints(rs, f)[i].ports);
}

static uint64_t count_matches(const struct answer *a, const struct record_set *rs)
{
	unsigned f;
	uint32_t i;
	uint64_t n = 0;
	if (a->m.kind == MEANS_SERVICE && a->q->type != TYPE_SRV) {
		return (uint64_t)rs->n[0] + rs->n[1]; /* only whether there are any matters */
	}
	for (struct endpoint_walk w = endpoint_walk(a, rs); endpoint_next(&w, &f, &i);) {
		n += answer_count_ports(a, rs, ports_of(rs, f, i));
	}
	return n;
}

/* An earlier endpoint of this name has a matching port of this number: one SRV a (target, port). */
static bool srv_repeats(const struct answer *a, const struct record_set *rs, unsigned family,
	uint32_t i, uint16_t number)
{
	char storage[DASHED_MAX];
	uint8_t lower[LABEL_MAX_BYTES];
	struct strv label = set_label(rs, family, i, storage);
	name_lower(lower, (const uint8_t *)label.p, label.n);
	unsigned f;
	uint32_t k;
	struct set_walk w = set_walk(rs, (struct strv){ .p = (const char *)lower, .n = label.n });
	while (set_next(&w, &f, &k)) {
		if (f > family || (f == family && k >= i) || !in_topology(a, rs, f, k) ||
			!set_same_name(rs, family, i, f, k)) {
			continue;
		}
		struct set_ports run = ports_of(rs, f, k);
		const struct set_port *ports = set_ports(rs, run);
		for (uint32_t p = 0; p < run.n; p++) {
			if (ports[p].number == number && ports[p].numbered &&
				port_matches(rs, &ports[p], &a->m)) {
				return true;
			}
		}
	}
	return false;
}

/* Is one of these ports asked for? */
enum port_wish { PORTS_NUMBERED, PORTS_ANY };
static bool has_port(const struct answer *a, const struct record_set *rs, struct set_ports run,
	enum port_wish wish)
{
	const struct set_port *ports = set_ports(rs, run);
	for (uint32_t p = 0; p < run.n; p++) {
		if ((wish == PORTS_ANY || ports[p].numbered) &&
			port_matches(rs, &ports[p], &a->m)) {
			return true;
		}
	}
	return false;
}

/* The same name with the same address earlier, and asked for: endpoints of equal addresses lie together. */
static bool name_repeats(const struct answer *a, const struct record_set *rs, unsigned f,
	uint32_t i, enum port_wish wish)
{
	size_t each = family_bytes(f);
	const uint8_t *address = set_addresses(rs, f) + i * each;
	for (uint32_t k = i; k > 0; k--) {
		if (memcmp(set_addresses(rs, f) + (k - 1) * each, address, each) != 0) {
			return false;
		}
		if (in_topology(a, rs, f, k - 1) && has_port(a, rs, ports_of(rs, f, k - 1), wish) &&
			set_same_name(rs, f, i, f, k - 1)) {
			return true;
		}
	}
	return false;
}

/* The SRV records written, so that owners of the additional section point to their targets. */
struct srv_run {
	const uint8_t *service; /* SVC.NS.svc.ZONE */
	size_t service_n;
	size_t first; /* offset of the first record; 0: none yet */
	size_t tail;  /* where its target has the Service's name */
	size_t at;    /* of the record expected next */
};

#define SRV_TARGET 18 /* behind owner pointer, type, class, TTL, length, priority, weight, port */

/* Has the record at `at` this endpoint's target? owner: the labels before the Service's. */
static bool srv_is_of(const struct query *q, size_t at, size_t end, struct strv owner)
{
	return at + SRV_TARGET + owner.n < end &&
	       memcmp(q->w.base + at + SRV_TARGET, owner.p, owner.n) == 0;
}

static size_t srv_next(const struct query *q, size_t at)
{
	return at + 12 + get_u16(q->w.base + at + 10);
}

/* Where this endpoint's target stands, 0 if none can be pointed to. Records come in the order of the endpoints; a
 * twin's was written earlier and is looked for, where octets are scarce. */
static size_t srv_find(const struct query *q, struct srv_run *run, size_t end, struct strv owner)
{
	size_t found = 0;
	if (srv_is_of(q, run->at, end, owner)) {
		found = run->at;
		while (run->at < end && srv_is_of(q, run->at, end, owner)) {
			run->at = srv_next(q, run->at);
		}
	} else if (q->transport == TRANSPORT_UDP) {
		for (size_t at = run->first; at < end && found == 0; at = srv_next(q, at)) {
			found = srv_is_of(q, at, end, owner) ? at : 0;
		}
	}
	return found > 0 && found + SRV_TARGET <= POINTER_MAX ? found + SRV_TARGET : 0;
}

static void endpoint_srv(struct answer *a, const struct record_set *rs, unsigned f, uint32_t i,
	uint16_t weight, struct srv_run *run)
{
	uint8_t target[SET_NAME_MAX + NAME_MAX_BYTES];
	struct set_ports list = ports_of(rs, f, i);
	const struct set_port *ports = set_ports(rs, list);
	const size_t labels_n = set_name(rs, f, i, target);
	memcpy(target + labels_n, run->service, run->service_n);
	size_t n = labels_n + run->service_n;
	n = n <= NAME_MAX_BYTES ? n : 0;
	for (uint32_t p = 0; p < list.n && n > 0; p++) {
		if (!ports[p].numbered || !port_matches(rs, &ports[p], &a->m) ||
			answer_port_repeats(a, rs, ports, p) ||
			(set_endpoints(rs, f)[i].twin &&
				srv_repeats(a, rs, f, i, ports[p].number))) {
			continue;
		}
		size_t at = answer_srv(a, weight, ports[p].number, target, n);
		if (run->first == 0 && at > 0) {
			run->first = run->at = at - SRV_TARGET;
			run->tail = at + labels_n;
		}
	}
}

static void endpoints_glue(struct answer *a, const struct record_set *rs, struct srv_run *run)
{
	struct query *q = a->q;
	const size_t end = q->w.n;
	unsigned f;
	uint32_t i;
	for (struct endpoint_walk w = endpoint_walk(a, rs);
		!q->full && endpoint_next(&w, &f, &i);) {
		uint8_t labels[SET_NAME_MAX];
		if (!has_port(a, rs, ports_of(rs, f, i), PORTS_NUMBERED) ||
			name_repeats(a, rs, f, i, PORTS_NUMBERED)) {
			continue;
		}
		const uint8_t *address = set_addresses(rs, f) + i * family_bytes(f);
		struct strv owner = { .p = (const char *)labels, .n = set_name(rs, f, i, labels) };
		size_t target = srv_find(q, run, end, owner);
		if (target > 0) {
			answer_glue(a, NULL, 0, target, f, address);
		} else {
			answer_glue(a, labels, owner.n, run->tail, f, address);
		}
	}
}

static void endpoints_srv(
	struct answer *a, const struct cell *c, const struct record_set *rs, uint64_t n)
{
	uint8_t service[NAME_MAX_BYTES];
	struct srv_run run = { .service = service };
	run.service_n = service_name(c, a->q->w.base + a->zone_at, a->zone->name.n, service);
	unsigned f;
	uint32_t i;
	for (struct endpoint_walk w = endpoint_walk(a, rs);
		run.service_n > 0 && !a->q->full && endpoint_next(&w, &f, &i);) {
		endpoint_srv(a, rs, f, i, answer_weight(n), &run);
	}
	if (run.first > 0 && !a->q->full) {
		endpoints_glue(a, rs, &run);
	}
}

/* The same address earlier among those asked for: equal ones lie together. */
static bool address_repeats(
	const struct answer *a, const struct record_set *rs, unsigned f, uint32_t i)
{
	size_t each = family_bytes(f);
	const uint8_t *address = set_addresses(rs, f) + i * each;
	if (a->m.kind == MEANS_ENDPOINT) {
		return name_repeats(a, rs, f, i, PORTS_ANY);
	}
	for (uint32_t k = i; k > 0; k--) {
		if (memcmp(set_addresses(rs, f) + (k - 1) * each, address, each) != 0) {
			return false;
		}
		if (in_topology(a, rs, f, k - 1) &&
			has_port(a, rs, ports_of(rs, f, k - 1), PORTS_ANY)) {
			return true;
		}
	}
	return false;
}

/* Addresses of this family, where not all endpoints are asked for: one walk, few are kept for their turn. */
#define SOME_MAX 16
static enum found some_addresses(struct answer *a, const struct record_set *rs, unsigned family)
{
	const uint8_t *kept[SOME_MAX];
	const size_t each = family_bytes(family);
	size_t n = 0;
	bool any = false;
	unsigned f;
	uint32_t i;
	for (struct endpoint_walk w = endpoint_walk(a, rs); endpoint_next(&w, &f, &i);) {
		if (!has_port(a, rs, ports_of(rs, f, i), PORTS_ANY)) {
			continue;
		}
		any = true;
		if (f != family || address_repeats(a, rs, f, i)) {
			continue;
		}
		const uint8_t *address = set_addresses(rs, f) + i * each;
		if (n < SOME_MAX) {
			kept[n++] = address;
		} else {
			reply_addresses(a->q, a->q->subject.at, a->ttl, address, 1, each);
		}
	}
	for (size_t k = 0; k < n; k++) {
		const uint8_t *address = kept[(k + a->q->rotation) % n];
		reply_addresses(a->q, a->q->subject.at, a->ttl, address, 1, each);
	}
	return any ? answer_found(a, FOUND_NOTHING) : FOUND_NAME_ERROR;
}

static enum found no_such_endpoint(struct answer *a, const struct record_set *rs)
{
	if (a->m.kind == MEANS_PIN || a->m.kind == MEANS_PREFER) {
		return FOUND_NOTHING; /* a zone's name is there for every headless Service */
	}
	if (answer_due(a, rs)) {
		return FOUND_NAME_ERROR;
	}
	a->why = rs->n[0] + rs->n[1] == 0      ? "the Service has no ready endpoint"
		 : a->m.kind == MEANS_ENDPOINT ? "no ready endpoint of the Service has this name"
					       : "no ready endpoint of the Service has such a port";
	return FOUND_NAME_ERROR;
}

/* PIN, PREFER, ENDPOINT of an import: settles which endpoints are asked for. */
static bool choose_topology(struct answer *a, const struct record_set *rs)
{
	uint16_t number = a->m.topology.n > 0 ? set_find_topology(rs, a->m.topology) : 0;
	if (number == 0 && a->m.topology.n > 0) {
		return a->m.kind == MEANS_PREFER; /* of any, then */
	}
	a->topology = number;
	return true;
}

enum found answer_endpoints(struct answer *a, const struct cell *c, const struct record_set *rs)
{
	bool one_cluster = rs->import && a->m.kind == MEANS_ENDPOINT;
	if ((a->m.topology.n > 0 || one_cluster) && !choose_topology(a, rs)) {
		return one_cluster ? no_such_endpoint(a, rs) : FOUND_NOTHING;
	}
	struct query *q = a->q;
	const bool address = q->type == TYPE_A || q->type == TYPE_AAAA;
	const unsigned family = q->type == TYPE_A ? 0 : 1;
	if (address && a->m.kind != MEANS_SERVICE) {
		enum found found = some_addresses(a, rs, family);
		return found == FOUND_NAME_ERROR ? no_such_endpoint(a, rs) : found;
	}
	uint64_t n = count_matches(a, rs);
	if (n == 0) {
		return no_such_endpoint(a, rs);
	}
	if (address) {
		reply_addresses(q, q->subject.at, a->ttl, set_addresses(rs, family), rs->n[family],
			family_bytes(family));
	} else if (q->type == TYPE_SRV) {
		endpoints_srv(a, c, rs, n);
	}
	return answer_found(a, FOUND_NOTHING);
}
