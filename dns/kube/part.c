/* What DNS keeps of a Service or EndpointSlice: see the header. Each part is one arena-free block: the struct, its
 * arrays, its text. */
#include "dns/kube/part.h"

#include <stdlib.h>

#include "dns/wire/name.h"

/* Two passes over one recipe: the first only counts (base NULL), the second fills. */
struct block {
	uint8_t *base;
	size_t n;
};

static void *block_take(struct block *b, size_t bytes, size_t align)
{
	b->n = (b->n + align - 1) / align * align;
	void *p = b->base ? b->base + b->n : NULL;
	b->n += bytes;
	return p;
}

static struct strv block_text(struct block *b, const void *p, size_t n)
{
	uint8_t *to = block_take(b, n, 1);
	if (to && n > 0) {
		memcpy(to, p, n);
	}
	return (struct strv){ .p = (const char *)to, .n = n };
}

static const struct part_port *block_port(struct block *b, struct part_port *at, struct strv name,
	int32_t number, unsigned protocol)
{
	struct strv text = block_text(b, name.p, name.n);
	if (at) {
		*at = (struct part_port){
			.name = text,
			.number = (uint16_t)number,
			.numbered = number > 0,
			.protocol = (uint8_t)protocol,
		};
	}
	return at;
}

static struct strv external_target(const struct service *s, struct name *storage)
{
	struct ip ip;
	if (s->type != SERVICE_EXTERNALNAME || ip_parse(s->external_name, &ip) == ERR_OK ||
		name_parse(s->external_name, storage) != ERR_OK) {
		return STRV_NONE;
	}
	return (struct strv){ .p = (const char *)storage->b, .n = storage->n };
}

static void service_fill(struct block *b, const struct service *s, struct strv target, bool import)
{
	struct service_part *p = block_take(b, sizeof(*p), _Alignof(struct service_part));
	struct ip *ips = block_take(b, s->n_cluster_ips * sizeof(*ips), _Alignof(struct ip));
	size_t n_ports = s->n_ports > 0 || import ? s->n_ports : 1;
	struct part_port *ports = block_take(
		b, n_ports * sizeof(*ports), _Alignof(struct part_port));
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct service_port *sp = &s->ports[i];
		(void)block_port(b, ports ? &ports[i] : NULL, sp->name, sp->port, sp->protocol);
	}
	if (s->n_ports < n_ports) {
		(void)block_port(b, ports, STRV_NONE, 0, PART_NO_PROTOCOL);
	}
	target = block_text(b, target.p, target.n);
	if (!p) {
		return;
	}
	for (size_t i = 0; i < s->n_cluster_ips; i++) {
		ips[i] = s->cluster_ips[i];
	}
	*p = (struct service_part){
		.headless = s->headless,
		.external = s->type == SERVICE_EXTERNALNAME,
		.import = import,
		.external_to = target,
		.ips = ips,
		.n_ips = s->n_cluster_ips,
		.ports = ports,
		.n_ports = n_ports,
	};
}

static struct service_part *make_service(const struct service *s, bool import)
{
	struct name storage;
	struct strv target = external_target(s, &storage);
	struct block b = { 0 };
	service_fill(&b, s, target, import);
	b.base = calloc(1, b.n);
	b.n = 0;
	if (b.base) {
		service_fill(&b, s, target, import);
	}
	return (struct service_part *)(void *)b.base;
}

struct service_part *service_part_new(const struct service *s)
{
	return make_service(s, false);
}

struct service_part *import_part_new(const struct service *s)
{
	return make_service(s, true);
}

void service_part_free(struct service_part *p)
{
	free(p);
}

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

static int compare_v4(const void *a, const void *b)
{
	return memcmp(((const struct part_endpoint *)a)->address,
		((const struct part_endpoint *)b)->address, 4);
}

static int compare_v6(const void *a, const void *b)
{
	return memcmp(((const struct part_endpoint *)a)->address,
		((const struct part_endpoint *)b)->address, 16);
}

static size_t count_ready(const struct endpointslice *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_endpoints; i++) {
		n += is_ready(&s->endpoints[i]) ? s->endpoints[i].n_ips : 0;
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

/* What DNS keeps of a slice's endpoints beside their addresses. */
struct slice_wish {
	bool pod_names, zonal;
	bool clusters; /* instead of topology zones */
	struct strv alias;
};

static struct strv topology_of(
	const struct endpointslice *s, const struct slice_endpoint *e, struct slice_wish wish)
{
	if (wish.clusters) { /* longer than a label's value may be: as if it were not there */
		return s->cluster.n <= LABEL_MAX_BYTES ? s->cluster : STRV_NONE;
	}
	return wish.zonal ? e->zone : STRV_NONE;
}

/* Octets that they may take: repetitions are counted, so that nothing is compared twice. */
static size_t topology_room(const struct endpointslice *s, struct slice_wish wish)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_endpoints; i++) {
		n += topology_of(s, &s->endpoints[i], wish).n + 1;
	}
	return n;
}

static void slice_endpoints(struct block *b, const struct endpointslice *s, struct slice_wish wish,
	struct slice_part *part, struct part_endpoint *out, uint8_t *addresses)
{
	size_t n = 0;
	const size_t each = s->family == SLICE_V6 ? 16 : 4;
	const bool topologies = wish.zonal || wish.clusters;
	const size_t room = topologies ? s->n_endpoints : 0;
	struct topologies t = { 0 };
	t.list = block_take(b, room * sizeof(*t.list), _Alignof(struct strv));
	t.text = block_take(b, topologies ? topology_room(s, wish) : 0, 1);
	for (size_t i = 0; i < s->n_endpoints; i++) {
		const struct slice_endpoint *e = &s->endpoints[i];
		if (!is_ready(e) || e->n_ips == 0) {
			continue;
		}
		struct strv label = endpoint_label(e, wish.pod_names);
		label = block_text(b, label.p, label.n);
		struct strv zone = topology_of(s, e, wish);
		uint16_t topology = out && topologies ? number_topology(&t, zone) : 0;
		for (size_t k = 0; k < e->n_ips && out; k++) {
			memcpy(addresses + n * each, e->ips[k].bytes, each);
			out[n] = (struct part_endpoint){
				.address = addresses + n * each,
				.label = label.p,
				.label_n = (uint16_t)label.n,
				.topology = topology,
			};
			n++;
		}
	}
	if (part) {
		part->topologies = t.list;
		part->n_topologies = t.n;
	}
}

/* addressType FQDN: the name of one ready endpoint; a name can be an alias of one other only. */
static struct strv slice_alias(const struct endpointslice *s, struct name *storage)
{
	struct strv first = STRV_NONE;
	for (size_t i = 0; s->family == SLICE_FQDN && i < s->n_endpoints; i++) {
		const struct slice_endpoint *e = &s->endpoints[i];
		for (size_t k = 0; is_ready(e) && k < e->addresses.n; k++) {
			struct name name;
			if (name_parse(e->addresses.at[k], &name) != ERR_OK) {
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

static void slice_fill(
	struct block *b, struct strv name, const struct endpointslice *s, struct slice_wish wish)
{
	struct slice_part *p = block_take(b, sizeof(*p), _Alignof(struct slice_part));
	size_t each = s->family == SLICE_V6 ? 16 : 4;
	size_t n = count_ready(s);
	struct part_endpoint *endpoints = block_take(
		b, n * sizeof(*endpoints), _Alignof(struct part_endpoint));
	size_t n_ports = s->n_ports > 0 ? s->n_ports : 1;
	struct part_port *ports = block_take(
		b, n_ports * sizeof(*ports), _Alignof(struct part_port));
	uint8_t *addresses = block_take(b, n * each, 1);
	slice_endpoints(b, s, wish, p, endpoints, addresses);
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct slice_port *sp = &s->ports[i];
		(void)block_port(b, ports ? &ports[i] : NULL, sp->name, sp->port, sp->protocol);
	}
	if (s->n_ports == 0) {
		(void)block_port(b, ports, STRV_NONE, 0, PART_NO_PROTOCOL);
	}
	name = block_text(b, name.p, name.n);
	struct strv alias = block_text(b, wish.alias.p, wish.alias.n);
	if (!p) {
		return;
	}
	p->alias = alias;
	qsort(endpoints, n, sizeof(*endpoints), each == 4 ? compare_v4 : compare_v6);
	p->name = name;
	p->each = (uint8_t)each;
	p->endpoints = endpoints;
	p->n = n;
	p->ports = ports;
	p->n_ports = n_ports;
}

static struct slice_part *make_slice(
	struct strv name, const struct endpointslice *s, struct slice_wish wish)
{
	struct name storage;
	struct block b = { 0 };
	wish.alias = slice_alias(s, &storage);
	slice_fill(&b, name, s, wish);
	b.base = calloc(1, b.n);
	b.n = 0;
	if (b.base) {
		slice_fill(&b, name, s, wish);
	}
	return (struct slice_part *)(void *)b.base;
}

struct slice_part *slice_part_new(
	struct strv name, const struct endpointslice *s, bool pod_names, bool zonal)
{
	return make_slice(name, s, (struct slice_wish){ .pod_names = pod_names, .zonal = zonal });
}

struct slice_part *import_slice_part_new(
	struct strv name, const struct endpointslice *s, bool pod_names)
{
	return make_slice(name, s, (struct slice_wish){ .pod_names = pod_names, .clusters = true });
}

void slice_part_free(struct slice_part *p)
{
	free(p);
}
