/* What DNS keeps of an EndpointSlice: see part.h. */
#include <stdlib.h>

#include "dns/kube/part_internal.h"
#include "dns/wire/name.h"

static bool is_ready(const struct slice_endpoint *e)
{
	return !e->ready.set || e->ready.v;
}

static struct strv endpoint_label(const struct slice_endpoint *e, bool pod_names)
{
	if (e->hostname.n > 0 && e->hostname.n <= LABEL_MAX_BYTES) {
		return e->hostname;
	}
	if (pod_names && e->target_name.n > 0 && e->target_name.n <= LABEL_MAX_BYTES) {
		return e->target_name;
	}
	return STRV_NONE;
}

static int compare_endpoints(const void *a, const void *b, void *ctx)
{
	const struct slice_part *s = ctx;
	const struct part_endpoint *x = a;
	const struct part_endpoint *y = b;
	int c = memcmp(part_address(s, x), part_address(s, y), s->each);
	return c != 0 ? c : (x->uid > y->uid) - (x->uid < y->uid);
}

/* Many come in order. */
static void sort_endpoints(struct slice_part *s)
{
	size_t i = 1;
	while (i < s->n && compare_endpoints(&s->endpoints[i - 1], &s->endpoints[i], s) <= 0) {
		i++;
	}
	if (i < s->n) {
		qsort_r(s->endpoints, s->n, sizeof(*s->endpoints), compare_endpoints, s);
	}
}

/* 0: no replica, or nobody asks. */
static uint64_t endpoint_uid(const struct slice_endpoint *e, const struct slice_keep *keep)
{
	bool replica = keep->replicas && e->is_pod && part_may_be_replica(e->target_name);
	return replica ? part_uid(e->target_uid, keep->seed) : 0;
}

static bool is_kept(const struct slice_endpoint *e, const struct slice_keep *keep)
{
	return is_ready(e) || endpoint_uid(e, keep) != 0;
}

static size_t count_kept(const struct endpointslice *s, const struct slice_keep *keep)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_endpoints; i++) {
		n += is_kept(&s->endpoints[i], keep) ? s->endpoints[i].n_ips : 0;
	}
	return n;
}

#define TOPOLOGIES_MAX 0x7FFFu /* what a record set can tell apart */

/* A topology zone as the labels of a name: "corp.example" is two. Empty when it cannot be part of one. */
static struct strv topology_wire(struct strv zone, struct name *storage)
{
	if (zone.n == 0 || name_parse(zone, storage) != ERR_OK) {
		return STRV_NONE;
	}
	return (struct strv){ .p = (const char *)storage->b, .n = storage->n - 1u };
}

/* The topology zones of a slice on their way in, each once. */
struct topologies {
	struct strv *list;
	size_t n;
	uint8_t *text; /* room left for them */
};

/* Number of a topology zone, from 1; a new one goes to the end of the list. */
static uint16_t number_topology(struct topologies *t, struct strv zone)
{
	struct name storage;
	struct strv wire = topology_wire(zone, &storage);
	size_t i = 0;
	if (wire.n == 0) {
		return 0;
	}
	while (i < t->n && !strv_eq_nocase(t->list[i], wire)) {
		i++;
	}
	if (i == TOPOLOGIES_MAX) {
		return 0;
	}
	if (i == t->n) {
		memcpy(t->text, wire.p, wire.n);
		t->list[t->n++] = (struct strv){ .p = (const char *)t->text, .n = wire.n };
		t->text += wire.n;
	}
	return (uint16_t)(i + 1);
}

static struct strv topology_of(const struct endpointslice *s, const struct slice_endpoint *e,
	const struct slice_keep *keep)
{
	if (keep->clusters) { /* longer than a label's value may be: as if it were not there */
		return s->cluster.n <= LABEL_MAX_BYTES ? s->cluster : STRV_NONE;
	}
	return keep->zonal ? e->zone : STRV_NONE;
}

/* Octets that they may take: repetitions are counted, so that nothing is compared twice. */
static size_t topology_room(const struct endpointslice *s, const struct slice_keep *keep)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_endpoints; i++) {
		n += topology_of(s, &s->endpoints[i], keep).n + 1;
	}
	return n;
}

static void slice_endpoints(struct block *b, const struct endpointslice *s,
	const struct slice_keep *keep, struct slice_part *part, uint8_t *addresses)
{
	size_t n = 0;
	const size_t each = s->family == SLICE_V6 ? 16 : 4;
	const bool topologies = keep->zonal || keep->clusters;
	const size_t room = topologies ? s->n_endpoints : 0;
	struct topologies t = { 0 };
	t.list = block_take(b, room * sizeof(*t.list), _Alignof(struct strv));
	t.text = block_take(b, topologies ? topology_room(s, keep) : 0, 1);
	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct slice_endpoint *e = &s->endpoints[i];
		if (!is_kept(e, keep) || e->n_ips == 0) {
			continue;
		}
		struct strv label = endpoint_label(e, keep->pod_names);
		label = block_text(b, label.p, label.n);
		if (!part) {
			continue;
		}
		struct part_endpoint made = {
			.uid = endpoint_uid(e, keep),
			.label = label.n > 0 ? (uint32_t)(label.p - (const char *)part) : 0,
			.topology = number_topology(&t, topology_of(s, e, keep)) & TOPOLOGIES_MAX,
			.ready = is_ready(e),
			.label_n = (uint8_t)label.n,
		};
		for (size_t k = 0; k < e->n_ips; k++) {
			uint8_t *address = addresses + n * each;
			memcpy(address, e->ips[k].bytes, each);
			made.address = (uint32_t)(address - (const uint8_t *)part);
			part->endpoints[n++] = made;
		}
	}
	if (part) {
		part->topologies = t.list;
		part->n_topologies = (uint32_t)t.n;
	}
}

/* addressType FQDN: the name of one ready endpoint; a name can be an alias of one other only. */
static struct strv slice_alias(const struct endpointslice *s, struct name *storage)
{
	struct strv first = STRV_NONE;
	for (size_t i = 0; s->family == SLICE_FQDN && i < s->n_endpoints; i++) {
		const struct slice_endpoint *e = &s->endpoints[i];
		for (size_t k = 0; is_ready(e) && k < e->names.n; k++) {
			struct name name;
			if (name_parse(e->names.at[k], &name) != ERR_OK) {
				continue;
			}
			struct strv wire = { .p = (const char *)name.b, .n = name.n };
			if (first.n == 0 || strv_cmp(wire, first) < 0) {
				*storage = name;
				first = (struct strv){ .p = (const char *)storage->b, .n = name.n };
			}
		}
	}
	return first;
}

static void slice_fill(struct block *b, struct strv name, const struct endpointslice *s,
	const struct slice_keep *keep, struct strv alias)
{
	struct slice_part *p = block_take(b, sizeof(*p), _Alignof(struct slice_part));
	size_t each = s->family == SLICE_V6 ? 16 : 4;
	size_t n = count_kept(s, keep);
	struct part_endpoint *endpoints = block_take(
		b, n * sizeof(*endpoints), _Alignof(struct part_endpoint));
	size_t n_ports = s->n_ports > 0 ? s->n_ports : 1;
	struct part_port *ports = block_take(
		b, n_ports * sizeof(*ports), _Alignof(struct part_port));
	uint8_t *addresses = block_take(b, n * each, 1);
	if (p) {
		p->each = (uint8_t)each;
		p->version = keep->version;
		p->endpoints = endpoints;
		p->n = (uint32_t)n;
	}
	slice_endpoints(b, s, keep, p, addresses);
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct slice_port *sp = &s->ports[i];
		block_port(b, ports ? &ports[i] : NULL, sp->name, sp->port, sp->protocol);
	}
	if (s->n_ports == 0) {
		block_port(b, ports, STRV_NONE, 0, PART_NO_PROTOCOL);
	}
	name = block_text(b, name.p, name.n);
	alias = block_text(b, alias.p, alias.n);
	if (!p) {
		return;
	}
	sort_endpoints(p);
	p->name = name;
	p->alias = alias;
	p->ports = ports;
	p->n_ports = (uint32_t)n_ports;
}

struct slice_part *slice_part_new(
	struct strv name, const struct endpointslice *s, const struct slice_keep *keep)
{
	struct name storage;
	struct block b = { 0 };
	struct strv alias = slice_alias(s, &storage);
	slice_fill(&b, name, s, keep, alias);
	b.base = calloc(1, b.n);
	b.n = 0;
	if (b.base) {
		slice_fill(&b, name, s, keep, alias);
	}
	return (struct slice_part *)(void *)b.base;
}

void slice_part_free(struct slice_part *p)
{
	free(p);
}
