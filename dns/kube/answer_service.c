/* A, AAAA, SRV and CNAME of Services and their endpoints.
 * Source: Kubernetes DNS specification 2.3, 2.4, 2.5; weights, order and duplicates as CoreDNS (dns-behaviour 1-3).
 * Regime, callers: answer.c.
 *
 * A name exists when at least one (address, port) matches it: a headless Service without ready endpoints does not, nor
 * does _PORT._PROTO without such a port. */
#include "dns/kube/kube_internal.h"
#include "dns/query/reply.h"

#define CHAIN_MAX 10 /* ExternalName to ExternalName */

static bool protocol_is(uint8_t protocol, struct strv lower)
{
	return strv_eq_nocase(strv_of(protocol_name((enum protocol)protocol)), lower);
}

bool port_matches(const struct record_set *rs, const struct set_port *p, const struct meaning *m)
{
	if (m->port.n == 0 && m->protocol.n == 0) {
		return true;
	}
	if (!p->numbered) {
		return false;
	}
	return (m->port.n == 0 || strv_eq_nocase(set_text(rs, p->name, p->name_n), m->port)) &&
	       (m->protocol.n == 0 || protocol_is(p->protocol, m->protocol));
}

static uint32_t count_ports(
	const struct answer *a, const struct record_set *rs, struct set_ports run)
{
	const struct set_port *ports = set_ports(rs, run);
	uint32_t n = 0;
	for (uint32_t i = 0; i < run.n; i++) {
		n += port_matches(rs, &ports[i], &a->m);
	}
	return n;
}

/* Weight of each of n matches: they share 100 (plugin/backend_lookup). */
static uint16_t weight_of(uint64_t n)
{
	return (uint16_t)(n >= 100 ? 1 : 100 / n);
}

/* One SRV: priority, weight, port, target written out (RFC 2782). Gives where the target stands, 0 if left out. */
static size_t put_srv(
	struct answer *a, uint16_t weight, uint16_t port, const uint8_t *target, size_t n)
{
	struct query *q = a->q;
	if (!reply_start(q, q->subject.at, TYPE_SRV, a->ttl)) {
		return 0;
	}
	wr_u16(&q->w, 0);
	wr_u16(&q->w, weight);
	wr_u16(&q->w, port);
	size_t at = q->w.n;
	wr_bytes(&q->w, target, n);
	reply_end(q, SECTION_ANSWER);
	return q->full ? 0 : at;
}

/* Does an earlier port of the run match with the same number? Then this one would be the same SRV. */
static bool port_repeats(const struct answer *a, const struct record_set *rs,
	const struct set_port *ports, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++) {
		if (ports[k].number == ports[i].number && port_matches(rs, &ports[k], &a->m)) {
			return true;
		}
	}
	return false;
}

static void put_glue(struct answer *a, const uint8_t *label, size_t label_n, size_t rest_at,
	unsigned family, const uint8_t *address)
{
	uint16_t type = family == 0 ? TYPE_A : TYPE_AAAA;
	if (rest_at <= POINTER_MAX &&
		reply_start_below(a->q, label, label_n, rest_at, type, a->ttl)) {
		wr_bytes(&a->q->w, address, family_bytes(family));
		reply_end(a->q, SECTION_ADDITIONAL);
	}
}

/* ---- clusterIP ---- */

static void cluster_srv(
	struct answer *a, const struct cell *c, const struct record_set *rs, uint64_t n)
{
	uint8_t target[NAME_MAX_BYTES];
	size_t target_n = service_name(c, a->q->w.base + a->zone_at, a->zone->name.n, target);
	const struct set_port *ports = set_ports(rs, rs->own_ports);
	size_t target_at = 0;
	for (uint32_t i = 0; i < rs->own_ports.n && target_n > 0; i++) {
		if (!ports[i].numbered || !port_matches(rs, &ports[i], &a->m) ||
			port_repeats(a, rs, ports, i)) {
			continue;
		}
		size_t at = put_srv(a, weight_of(n), ports[i].number, target, target_n);
		target_at = target_at > 0 ? target_at : at;
	}
	for (unsigned f = 0; f < FAMILIES && target_at > 0; f++) {
		for (uint32_t i = 0; i < rs->n_ips[f]; i++) {
			put_glue(a, NULL, 0, target_at, f, set_ips(rs, f) + i * family_bytes(f));
		}
	}
}

static enum found answer_cluster(
	struct answer *a, const struct cell *c, const struct record_set *rs)
{
	struct query *q = a->q;
	uint64_t n = (uint64_t)count_ports(a, rs, rs->own_ports) * (rs->n_ips[0] + rs->n_ips[1]);
	bool empty = a->k->options.ignore_empty_service && rs->n[0] + rs->n[1] == 0;
	if (n == 0 || empty) {
		a->why = empty ? "the Service has no ready endpoint"
			       : "the Service has no such port";
		return FOUND_NAME_ERROR;
	}
	if (q->type == TYPE_A || q->type == TYPE_AAAA) {
		unsigned f = q->type == TYPE_A ? 0 : 1;
		reply_addresses(
			q, q->subject.at, a->ttl, set_ips(rs, f), rs->n_ips[f], family_bytes(f));
	} else if (q->type == TYPE_SRV) {
		cluster_srv(a, c, rs, n);
	}
	return answer_found(a, FOUND_NOTHING);
}

/* ---- endpoints: a headless Service, or one name of any Service ---- */

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

static bool endpoint_next(struct endpoint_walk *w, unsigned *out_family, uint32_t *out_i)
{
	if (w->named) {
		return set_next(&w->by_name, out_family, out_i);
	}
	while (w->family < FAMILIES && w->i == w->rs->n[w->family]) {
		w->family++;
		w->i = 0;
	}
	if (w->family == FAMILIES) {
		return false;
	}
	*out_family = w->family;
	*out_i = w->i++;
	return true;
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
		n += count_ports(a, rs, ports_of(rs, f, i));
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
		if (f > family || (f == family && k >= i)) {
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

/* The same name with the same address earlier: endpoints of equal addresses lie together. */
static bool glue_repeats(const struct record_set *rs, unsigned f, uint32_t i)
{
	char one[DASHED_MAX];
	char two[DASHED_MAX];
	size_t each = family_bytes(f);
	const uint8_t *address = set_addresses(rs, f) + i * each;
	struct strv label = set_label(rs, f, i, one);
	for (uint32_t k = i; k > 0; k--) {
		if (memcmp(set_addresses(rs, f) + (k - 1) * each, address, each) != 0) {
			return false;
		}
		if (strv_eq_nocase(label, set_label(rs, f, k - 1, two))) {
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
	size_t at;    /* of the record expected next */
};

#define SRV_TARGET 18 /* behind owner pointer, type, class, TTL, length, priority, weight, port */

/* Has the record at `at` this label before its target? */
static bool srv_has_label(const struct query *q, size_t at, size_t end, struct strv label)
{
	const uint8_t *target = q->w.base + at + SRV_TARGET;
	return at + SRV_TARGET < end && target[0] == label.n &&
	       memcmp(target + 1, label.p, label.n) == 0;
}

static size_t srv_next(const struct query *q, size_t at)
{
	return at + 12 + get_u16(q->w.base + at + 10);
}

/* Where a target with this label stands, 0 if none can be pointed to. Records come in the order of the endpoints; a
 * twin's was written earlier and is looked for, where octets are scarce. */
static size_t srv_find(const struct query *q, struct srv_run *run, size_t end, struct strv label)
{
	size_t found = 0;
	if (srv_has_label(q, run->at, end, label)) {
		found = run->at;
		while (run->at < end && srv_has_label(q, run->at, end, label)) {
			run->at = srv_next(q, run->at);
		}
	} else if (q->transport == TRANSPORT_UDP) {
		for (size_t at = run->first; at < end && found == 0; at = srv_next(q, at)) {
			found = srv_has_label(q, at, end, label) ? at : 0;
		}
	}
	return found > 0 && found + SRV_TARGET <= POINTER_MAX ? found + SRV_TARGET : 0;
}

static void endpoint_srv(struct answer *a, const struct record_set *rs, unsigned f, uint32_t i,
	uint16_t weight, struct srv_run *run)
{
	char storage[DASHED_MAX];
	uint8_t target[NAME_MAX_BYTES];
	struct set_ports list = ports_of(rs, f, i);
	const struct set_port *ports = set_ports(rs, list);
	struct strv label = set_label(rs, f, i, storage);
	size_t n = endpoint_name(label, run->service, run->service_n, target);
	for (uint32_t p = 0; p < list.n && n > 0; p++) {
		if (!ports[p].numbered || !port_matches(rs, &ports[p], &a->m) ||
			port_repeats(a, rs, ports, p) ||
			(set_endpoints(rs, f)[i].twin &&
				srv_repeats(a, rs, f, i, ports[p].number))) {
			continue;
		}
		size_t at = put_srv(a, weight, ports[p].number, target, n);
		if (run->first == 0 && at > 0) {
			run->first = run->at = at - SRV_TARGET;
		}
	}
}

static bool has_srv(const struct answer *a, const struct record_set *rs, struct set_ports run)
{
	const struct set_port *ports = set_ports(rs, run);
	for (uint32_t p = 0; p < run.n; p++) {
		if (ports[p].numbered && port_matches(rs, &ports[p], &a->m)) {
			return true;
		}
	}
	return false;
}

static void endpoints_glue(struct answer *a, const struct record_set *rs, struct srv_run *run)
{
	struct query *q = a->q;
	const size_t end = q->w.n;
	const size_t tail = run->first + SRV_TARGET + 1 + q->w.base[run->first + SRV_TARGET];
	unsigned f;
	uint32_t i;
	for (struct endpoint_walk w = endpoint_walk(a, rs);
		!q->full && endpoint_next(&w, &f, &i);) {
		char storage[DASHED_MAX];
		uint8_t owner[1 + LABEL_MAX_BYTES];
		struct strv label = set_label(rs, f, i, storage);
		if (!has_srv(a, rs, ports_of(rs, f, i)) || glue_repeats(rs, f, i)) {
			continue;
		}
		const uint8_t *address = set_addresses(rs, f) + i * family_bytes(f);
		size_t target = srv_find(q, run, end, label);
		if (target > 0) {
			put_glue(a, NULL, 0, target, f, address);
			continue;
		}
		owner[0] = (uint8_t)label.n;
		memcpy(owner + 1, label.p, label.n);
		put_glue(a, owner, 1 + label.n, tail, f, address);
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
		endpoint_srv(a, rs, f, i, weight_of(n), &run);
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
		return glue_repeats(rs, f, i);
	}
	for (uint32_t k = i; k > 0; k--) {
		if (memcmp(set_addresses(rs, f) + (k - 1) * each, address, each) != 0) {
			return false;
		}
		if (count_ports(a, rs, ports_of(rs, f, k - 1)) > 0) {
			return true;
		}
	}
	return false;
}

/* Addresses from number `from` to `to` of those asked for, where these are not all; gives how many there are. */
static uint32_t some_addresses(
	struct answer *a, const struct record_set *rs, unsigned family, uint32_t from, uint32_t to)
{
	unsigned f;
	uint32_t i;
	uint32_t n = 0;
	size_t each = family_bytes(family);
	for (struct endpoint_walk w = endpoint_walk(a, rs); endpoint_next(&w, &f, &i);) {
		if (f != family || count_ports(a, rs, ports_of(rs, f, i)) == 0 ||
			address_repeats(a, rs, f, i)) {
			continue;
		}
		if (n >= from && n < to) {
			const uint8_t *address = set_addresses(rs, f) + i * each;
			reply_addresses(a->q, a->q->subject.at, a->ttl, address, 1, each);
		}
		n++;
	}
	return n;
}

static void rotated_addresses(struct answer *a, const struct record_set *rs, unsigned family)
{
	uint32_t n = a->q->rotation > 0 ? some_addresses(a, rs, family, 0, 0) : 0;
	uint32_t from = n > 1 ? a->q->rotation % n : 0;
	(void)some_addresses(a, rs, family, from, UINT32_MAX); /* the count is known */
	if (from > 0) {
		(void)some_addresses(a, rs, family, 0, from);
	}
}

static enum found answer_endpoints(
	struct answer *a, const struct cell *c, const struct record_set *rs)
{
	struct query *q = a->q;
	uint64_t n = count_matches(a, rs);
	if (n == 0) {
		a->why = rs->n[0] + rs->n[1] == 0 ? "the Service has no ready endpoint"
			 : a->m.kind == MEANS_ENDPOINT
				 ? "no ready endpoint of the Service has this name"
				 : "no ready endpoint of the Service has such a port";
		return FOUND_NAME_ERROR;
	}
	if (q->type == TYPE_A || q->type == TYPE_AAAA) {
		unsigned f = q->type == TYPE_A ? 0 : 1;
		if (a->m.kind == MEANS_SERVICE) {
			reply_addresses(q, q->subject.at, a->ttl, set_addresses(rs, f), rs->n[f],
				family_bytes(f));
		} else {
			rotated_addresses(a, rs, f);
		}
	} else if (q->type == TYPE_SRV) {
		endpoints_srv(a, c, rs, n);
	}
	return answer_found(a, FOUND_NOTHING);
}

/* ---- ExternalName ---- */

static bool lacks_external(struct answer *a, const struct record_set *rs)
{
	if (a->m.kind != MEANS_SERVICE) {
		a->why = "an ExternalName Service has no names below it";
	} else if (rs->external_n == 0) {
		a->why = "externalName is not a name";
	} else {
		return false;
	}
	return true;
}

static enum found answer_one(struct answer *a);

/* Puts the CNAME; a target inside a zone becomes the subject and its records follow. A target that is missing inside the
 * zone, or a loop, takes the CNAME back: NODATA, as CoreDNS has it (dns-behaviour 3). */
static enum found follow(struct answer *a, const struct record_set *rs)
{
	struct query *q = a->q;
	struct strv target = set_text(rs, rs->external_at, rs->external_n);
	const uint8_t *wire = (const uint8_t *)target.p;
	if (a->links == CHAIN_MAX) {
		return FOUND_NAME_ERROR;
	}
	if (!reply_cname(q, wire, target.n, a->ttl)) {
		return FOUND_RECORDS;
	}
	const struct kube_zone *zone = kube_find_zone(a->k, wire, target.n);
	if (!zone || zone->reverse) {
		return FOUND_RECORDS;
	}
	struct answer next;
	answer_begin(&next, a->k, zone, q);
	next.links = a->links + 1;
	return answer_one(&next);
}

static enum found answer_external(struct answer *a, const struct record_set *rs)
{
	struct query *q = a->q;
	if (lacks_external(a, rs)) {
		return FOUND_NAME_ERROR;
	}
	if (q->type == TYPE_CNAME) {
		struct strv target = set_text(rs, rs->external_at, rs->external_n);
		(void)reply_cname(q, (const uint8_t *)target.p, target.n, a->ttl);
		return FOUND_RECORDS;
	}
	if (q->type != TYPE_A && q->type != TYPE_AAAA) {
		return FOUND_NOTHING;
	}
	if (a->links > 0) {
		return follow(a, rs); /* a later link: the first one judges */
	}
	const struct reply_mark before = reply_mark(q);
	enum found found = follow(a, rs);
	if (found != FOUND_RECORDS) {
		reply_back(q, &before);
		return FOUND_NOTHING;
	}
	return found;
}

/* SERVICE, PORT, ENDPOINT, or whatever an ExternalName leads to. */
static enum found answer_one(struct answer *a)
{
	if (a->m.kind != MEANS_SERVICE && a->m.kind != MEANS_PORT && a->m.kind != MEANS_ENDPOINT) {
		return a->m.kind == MEANS_NS ? answer_server_name(a) : FOUND_NOTHING;
	}
	const struct cell *c;
	const struct record_set *rs = answer_records(a, &c);
	if (!rs) {
		return FOUND_NAME_ERROR;
	}
	if (rs->external) {
		return answer_external(a, rs);
	}
	if (rs->headless || a->m.kind == MEANS_ENDPOINT) {
		return answer_endpoints(a, c, rs);
	}
	return answer_cluster(a, c, rs);
}

enum found answer_service(struct answer *a)
{
	return answer_one(a);
}
