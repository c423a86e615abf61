/* A, AAAA, SRV and CNAME of Services; endpoints are in answer_endpoint.c.
 * Source: Kubernetes DNS specification 2.3, 2.4, 2.5; weights, order and duplicates as CoreDNS.
 * Regime, callers: answer.c.
 *
 * A name exists when at least one (address, port) matches it: a headless Service without ready endpoints does not, nor
 * does _PORT._PROTO without such a port. */
#include "dns/kube/kube_internal.h"
#include "dns/query/reply.h"

#define CHAIN_MAX 10 /* ExternalName to ExternalName */

static bool protocol_is(uint8_t protocol, struct strv lower)
{
	return protocol != PART_NO_PROTOCOL &&
	       strv_eq_nocase(strv_of(protocol_name((enum protocol)protocol)), lower);
}

bool port_matches(const struct record_set *rs, const struct set_port *p, const struct meaning *m)
{
	return (m->port.n == 0 || strv_eq_nocase(set_text(rs, p->name, p->name_n), m->port)) &&
	       (m->protocol.n == 0 || protocol_is(p->protocol, m->protocol));
}

uint32_t answer_count_ports(
	const struct answer *a, const struct record_set *rs, struct set_ports run)
{
	const struct set_port *ports = set_ports(rs, run);
	uint32_t n = 0;
	for (uint32_t i = 0; i < run.n; i++) {
		n += port_matches(rs, &ports[i], &a->m);
	}
	return n;
}

uint16_t answer_weight(uint64_t n)
{
	return (uint16_t)(n >= 100 ? 1 : 100 / n);
}

size_t answer_srv(struct answer *a, uint16_t weight, uint16_t port, const uint8_t *target, size_t n)
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

bool answer_port_repeats(const struct answer *a, const struct record_set *rs,
	const struct set_port *ports, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++) {
		if (ports[k].number == ports[i].number && port_matches(rs, &ports[k], &a->m)) {
			return true;
		}
	}
	return false;
}

void answer_glue(struct answer *a, const uint8_t *label, size_t label_n, size_t rest_at,
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
			answer_port_repeats(a, rs, ports, i)) {
			continue;
		}
		size_t at = answer_srv(a, answer_weight(n), ports[i].number, target, target_n);
		target_at = target_at > 0 ? target_at : at;
	}
	for (unsigned f = 0; f < FAMILIES && target_at > 0; f++) {
		for (uint32_t i = 0; i < rs->n_ips[f]; i++) {
			answer_glue(a, NULL, 0, target_at, f, set_ips(rs, f) + i * family_bytes(f));
		}
	}
}

static enum found answer_cluster(
	struct answer *a, const struct cell *c, const struct record_set *rs)
{
	struct query *q = a->q;
	uint64_t n = (uint64_t)answer_count_ports(a, rs, rs->own_ports) *
		     (rs->n_ips[0] + rs->n_ips[1]);
	bool empty = a->k->options.ignore_empty_service && rs->n[0] + rs->n[1] == 0;
	if (rs->import && !empty && n == 0 && answer_count_ports(a, rs, rs->own_ports) > 0) {
		return FOUND_NOTHING; /* it has no address yet */
	}
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

/* ---- ExternalName ---- */

static bool lacks_external(struct answer *a, const struct record_set *rs)
{
	bool any_port = a->m.kind == MEANS_PORT && a->m.port.n == 0 && a->m.protocol.n == 0;
	if (a->m.kind != MEANS_SERVICE && !any_port) {
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
 * same zone, or a loop, takes the CNAME back: NODATA, as CoreDNS has it. Another zone of ours is asked like a stranger: what
 * it lacks leaves the CNAME. */
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
	const struct kube_zone *zone = kube_find_zone(a->k, q->subject.lower, &q->subject.map);
	if (!zone || zone->reverse) {
		return FOUND_RECORDS;
	}
	struct answer next;
	answer_begin(&next, a->k, zone, q);
	next.links = a->links + 1;
	if (zone == a->zone) {
		return answer_one(&next);
	}
	const struct reply_mark before = reply_mark(q);
	if (answer_one(&next) != FOUND_RECORDS) {
		reply_back(q, &before);
	}
	return FOUND_RECORDS;
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

static bool names_service(enum meaning_kind kind)
{
	return kind == MEANS_SERVICE || kind == MEANS_PORT || kind == MEANS_ENDPOINT ||
	       kind == MEANS_PIN || kind == MEANS_PREFER;
}

/* SERVICE and below, or whatever an ExternalName leads to. */
static enum found answer_one(struct answer *a)
{
	if (a->m.kind == MEANS_POD) {
		return answer_pod(a);
	}
	if (!names_service(a->m.kind)) {
		return a->m.kind == MEANS_NS ? answer_server_name(a) : FOUND_NOTHING;
	}
	const struct cell *c;
	const struct record_set *rs = answer_records(a, &c);
	if (!rs) {
		return FOUND_NAME_ERROR;
	}
	if (rs->external || (rs->external_n > 0 && a->m.kind == MEANS_SERVICE)) {
		return answer_external(a, rs);
	}
	if (rs->headless || a->m.kind == MEANS_ENDPOINT) {
		return answer_endpoints(a, c, rs);
	}
	if (a->m.kind == MEANS_PIN || a->m.kind == MEANS_PREFER) {
		a->why = "only a headless Service has names by topology zone";
		return FOUND_NAME_ERROR;
	}
	return answer_cluster(a, c, rs);
}

enum found answer_service(struct answer *a)
{
	return answer_one(a);
}
