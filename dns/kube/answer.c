/* From a name to its answer: zone, meaning, then the file that knows; negative answers here.
 * Source: Kubernetes DNS specification 1.1.0; CoreDNS 1.15 where that is silent. Where CoreDNS is wrong: README.
 * Regime: the query's. Query threads. Called by: dns/stage. */
#include "dns/kube/kube_internal.h"
#include "dns/query/pending.h"
#include "dns/query/reply.h"

/* No type of the schema: asks whether a name exists. */
#define PROBE_TYPE  TYPE_MX
#define VERSION_TTL 28800 /* Kubernetes DNS specification 2.2 has no figure; CoreDNS's */

const struct kube_zone *kube_find_zone(
	const struct kube *k, const uint8_t *lower, const struct name_map *map)
{
	size_t n = map->at[map->n] + 1u;
	for (size_t i = 0; i < k->n_zones; i++) {
		const struct kube_zone *z = &k->zones[i]; /* most labels first */
		if (z->labels <= map->n && z->name.n == n - map->at[map->n - z->labels] &&
			memcmp(lower + map->at[map->n - z->labels], z->name.b, z->name.n) == 0) {
			return z;
		}
	}
	return NULL;
}

bool kube_has_zone(const struct kube *k, const struct subject *s)
{
	return kube_find_zone(k, s->lower, &s->map) != NULL;
}

const struct name *kube_zone(const struct kube *k)
{
	return k->has_forward ? &k->forward : NULL;
}

uint32_t kube_ttl(const struct kube *k)
{
	return k->options.ttl;
}

bool kube_is_synced(const struct kube *k)
{
	return SNAPSHOT(k->synced) &&
	       (!k->imports || SNAPSHOT(k->imports_synced) || SNAPSHOT(k->imports_refused));
}

bool answer_is_synced(const struct answer *a)
{
	return SNAPSHOT(a->k->synced) && (!a->zone->imports || SNAPSHOT(a->k->imports_synced));
}

void answer_begin(
	struct answer *a, const struct kube *k, const struct kube_zone *zone, struct query *q)
{
	*a = (struct answer){
		.k = k,
		.zone = zone,
		.q = q,
		.zone_at = q->subject.at + (size_t)q->subject.n - zone->name.n,
		.ttl = k->options.ttl,
		.before = q->count[SECTION_ANSWER],
		.topology = TOPOLOGY_ANY,
	};
	if (!zone->reverse) {
		enum schema_kind schema = zone->imports      ? SCHEMA_CLUSTERS
					  : k->options.zonal ? SCHEMA_ZONAL
							     : SCHEMA_PLAIN;
		a->m = schema_read(q->subject.lower, &q->subject.map, zone->labels, schema);
	}
}

size_t service_name(
	const struct cell *c, const uint8_t *zone, size_t zone_n, uint8_t out[NAME_MAX_BYTES])
{
	static const uint8_t svc[] = { 3, 's', 'v', 'c' };
	size_t n = c->key_n;
	if (n + sizeof(svc) + zone_n > NAME_MAX_BYTES) {
		return 0;
	}
	memcpy(out, c->key, n);
	memcpy(out + n, svc, sizeof(svc));
	memcpy(out + n + sizeof(svc), zone, zone_n);
	return n + sizeof(svc) + zone_n;
}

size_t endpoint_name(
	struct strv label, const uint8_t *service, size_t service_n, uint8_t out[NAME_MAX_BYTES])
{
	if (label.n == 0 || 1 + label.n + service_n > NAME_MAX_BYTES) {
		return 0;
	}
	out[0] = (uint8_t)label.n;
	memcpy(out + 1, label.p, label.n);
	memcpy(out + 1 + label.n, service, service_n);
	return 1 + label.n + service_n;
}

const struct record_set *answer_records(struct answer *a, const struct cell **out_cell)
{
	const struct index *ix = zone_index(a->k, a->zone);
	const struct subject *s = &a->q->subject;
	size_t from = s->map.at[a->m.service_label];
	size_t n = s->map.at[a->m.service_label + 2] - from;
	const struct glance *g = &a->q->glance;
	bool noted = g->noted && g->key_at == from && s->at == MESSAGE_HEADER_BYTES;
	uint64_t hash = noted ? g->hash : index_hash(ix, s->lower + from, n);
	const struct cell *c = index_find(ix, hash, s->lower + from, n);
	bool served = c && c->exposed && (!a->k->namespace_labels || index_serves(ix, c));
	const struct record_set *rs = served ? cell_records(c) : NULL;
	if (!rs || !rs->service) {
		a->why = index_has_namespace(ix, a->m.ns) ? "no such Service in this namespace"
							  : "no such namespace";
		return NULL;
	}
	*out_cell = c;
	return rs;
}

/* dns-version: TXT of one string. */
static enum found answer_version(struct answer *a)
{
	static const uint8_t text[] = { 5, '1', '.', '1', '.', '0' };
	if (a->q->type != TYPE_TXT) {
		return FOUND_NAME_ERROR; /* as CoreDNS: the name lives for this type alone */
	}
	if (reply_start(a->q, a->q->subject.at, TYPE_TXT, VERSION_TTL)) {
		wr_bytes(&a->q->w, text, sizeof(text));
		reply_end(a->q, SECTION_ANSWER);
	}
	return FOUND_RECORDS;
}

static enum found answer_namespace(struct answer *a)
{
	if (a->m.pod_tree && a->k->options.pods == KUBE_PODS_DISABLED) {
		a->why = "names of pods are switched off";
		return FOUND_NAME_ERROR;
	}
	if (!index_has_namespace(a->k->index, a->m.ns)) {
		a->why = "no such namespace";
		return FOUND_NAME_ERROR;
	}
	return FOUND_NOTHING;
}

static size_t put_label(uint8_t *out, struct strv label)
{
	out[0] = (uint8_t)label.n;
	memcpy(out + 1, label.p, label.n);
	return 1 + label.n;
}

/* SRV of a Pod's name: itself, port 0, as CoreDNS has it (dns-behaviour 4). */
static void pod_srv(struct answer *a, size_t n_pods, unsigned family, const uint8_t *address)
{
	uint8_t target[3 * (LABEL_MAX_BYTES + 1) + NAME_MAX_BYTES];
	size_t n = put_label(target, a->m.endpoint);
	n += put_label(target + n, a->m.ns);
	n += put_label(target + n, STRV("pod"));
	memcpy(target + n, a->q->w.base + a->zone_at, a->zone->name.n);
	/* no longer than the name that was asked for */
	size_t at = answer_srv(a, answer_weight(n_pods), 0, target, n + a->zone->name.n);
	if (at > 0) {
		answer_glue(a, NULL, 0, at, family, address);
	}
}

/* A-B-C-D.NS.pod: insecure mode looks nothing up, verified mode the Pod. */
enum found answer_pod(struct answer *a)
{
	uint8_t address[16];
	unsigned family;
	enum found found = answer_namespace(a);
	if (found == FOUND_NAME_ERROR) {
		return found;
	}
	if (dashed_parse(a->m.endpoint, &family, address) != ERR_OK) {
		a->why = "not an address in dashes";
		return FOUND_NAME_ERROR;
	}
	size_t n_pods = a->k->pods ? pods_count(a->k->pods, a->m.ns, family, address) : 1;
	if (n_pods == 0) {
		a->why = "no Pod of this namespace has this address";
		return FOUND_NAME_ERROR;
	}
	if (a->q->type == (family == 0 ? TYPE_A : TYPE_AAAA)) {
		reply_addresses(a->q, a->q->subject.at, a->ttl, address, 1, family_bytes(family));
		return FOUND_RECORDS;
	}
	if (a->q->type == TYPE_SRV) {
		pod_srv(a, n_pods, family, address);
		return FOUND_RECORDS;
	}
	return FOUND_NOTHING;
}

static enum found answer_meaning(struct answer *a)
{
	switch (a->m.kind) {
	case MEANS_NOTHING:
		return FOUND_NAME_ERROR;
	case MEANS_APEX:
		return answer_apex(a);
	case MEANS_VERSION:
		return answer_version(a);
	case MEANS_NS:
		return answer_server_name(a);
	case MEANS_TREE:
		return FOUND_NOTHING;
	case MEANS_NAMESPACE:
		return answer_namespace(a);
	case MEANS_SERVICE:
	case MEANS_PORT:
	case MEANS_ENDPOINT:
	case MEANS_PIN:
	case MEANS_PREFER:
		return answer_service(a);
	case MEANS_POD:
		return answer_pod(a);
	}
	return FOUND_NAME_ERROR;
}

/* `fallthrough`: only once all objects have arrived, so that no question leaks out before. */
static bool falls_through(const struct answer *a)
{
	const struct kube *k = a->k;
	const struct subject *s = &a->q->subject;
	bool falls = k->falls && k->n_falls_in == 0;
	for (size_t i = 0; i < k->n_falls_in && !falls; i++) {
		const struct name *zone = &k->falls_in[i];
		falls = name_suffix_at(s->lower, s->n, zone->b, zone->n) >= 0;
	}
	return falls && answer_is_synced(a);
}

static enum verdict finish(struct answer *a, enum found found)
{
	struct query *q = a->q;
	if (a->due && answer_is_synced(a) && query_wait(q, a->k->options.hold_ms)) {
		return V_PENDING;
	}
	if (found == FOUND_NAME_ERROR && !a->due && falls_through(a)) {
		reply_begin(q);
		q->passed = true;
		return V_NEXT;
	}
	reply_set_rcode(q, RCODE_NOERROR, true);
	if (found == FOUND_RECORDS) {
		return V_ANSWERED;
	}
	if (found == FOUND_NAME_ERROR) {
		bool synced = answer_is_synced(a);
		reply_set_rcode(q, synced ? RCODE_NXDOMAIN : RCODE_SERVFAIL, true);
		if (!synced) {
			q->ede = (struct ede){
				.code = EDE_NOT_READY,
				.text = STRV("the cluster's objects have not all arrived yet"),
			};
		} else if (a->why) {
			q->ede = (struct ede){ .code = EDE_OTHER, .text = strv_of(a->why) };
		}
	}
	if (a->due) {
		a->ttl = 0;
	}
	answer_soa(a, SECTION_AUTHORITY); /* RFC 2308 2 */
	return V_ANSWERED;
}

static enum found look_up(struct answer *a)
{
	return a->zone->reverse ? answer_reverse(a) : answer_meaning(a);
}

enum verdict kube_answer(const struct kube *k, struct query *q)
{
	const struct kube_zone *zone = kube_find_zone(k, q->subject.lower, &q->subject.map);
	if (!zone) {
		return V_NEXT;
	}
	if (q->type == TYPE_AXFR || q->type == TYPE_IXFR) {
		reply_set_rcode(q, RCODE_REFUSED, false); /* a stage before this one gives them */
		return V_ANSWERED;
	}
	struct answer a;
	answer_begin(&a, k, zone, q);
	return finish(&a, look_up(&a));
}

bool kube_has_name(const struct kube *k, const uint8_t *wire)
{
	/* A question for a type nobody has, into a reply nobody sees: exactly what the answer would find. */
	uint8_t scratch[MESSAGE_UDP_BYTES];
	struct query probe;
	size_t n = name_length(wire);
	memset(&probe, 0, offsetof(struct query, subject));
	probe.type = PROBE_TYPE;
	probe.subject.at = MESSAGE_HEADER_BYTES;
	probe.subject.n = (uint8_t)n;
	name_lower(probe.subject.lower, wire, n);
	name_map_of(wire, &probe.subject.map);
	probe.w = wr_of(scratch, sizeof(scratch));
	probe.w.n = MESSAGE_HEADER_BYTES;
	wr_bytes(&probe.w, wire, n);
	wr_u32(&probe.w, (uint32_t)PROBE_TYPE << 16 | CLASS_IN);
	probe.question_end = probe.w.n;
	probe.limit = sizeof(scratch);
	probe.rotation = 0;
	reply_begin(&probe);
	const struct kube_zone *zone = kube_find_zone(k, probe.subject.lower, &probe.subject.map);
	if (!zone) {
		return false;
	}
	struct answer a;
	answer_begin(&a, k, zone, &probe);
	return look_up(&a) != FOUND_NAME_ERROR || a.due;
}
