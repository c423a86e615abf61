/* What DNS keeps of a Service: see part.h. */
#include <stdlib.h>

#include "dns/kube/part_internal.h"
#include "dns/wire/name.h"

void *block_take(struct block *b, size_t bytes, size_t align)
{
	b->n = (b->n + align - 1) / align * align;
	void *p = b->base ? b->base + b->n : NULL;
	b->n += bytes;
	return p;
}

struct strv block_text(struct block *b, const void *p, size_t n)
{
	uint8_t *to = block_take(b, n, 1);
	if (to && n > 0) {
		memcpy(to, p, n);
	}
	return (struct strv){ .p = (const char *)to, .n = n };
}

void block_port(
	struct block *b, struct part_port *at, struct strv name, int32_t number, unsigned protocol)
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

bool part_may_be_replica(struct strv pod_name)
{
	size_t digits = 0;
	while (digits < pod_name.n && pod_name.p[pod_name.n - digits - 1] >= '0' &&
		pod_name.p[pod_name.n - digits - 1] <= '9') {
		digits++;
	}
	return digits > 0 && pod_name.n > digits + 1 && pod_name.p[pod_name.n - digits - 1] == '-';
}

uint64_t part_uid(struct strv uid, uint64_t seed)
{
	uint64_t h = strv_hash(uid, seed);
	return uid.n == 0 ? 0 : h != 0 ? h : 1;
}

uint64_t part_label_hash(struct strv key, struct strv value)
{
	return strv_hash(value, strv_hash(key, 0));
}

uint64_t part_port_hash(struct strv name, enum protocol protocol)
{
	uint64_t h = strv_hash(name, (uint64_t)protocol);
	return h != 0 ? h : 1;
}

/* Which Pods the Service takes, and which of their ports. */
static void service_selection(struct block *b, const struct service *s, struct service_part *p)
{
	size_t n = s->headless && s->has_selector ? s->selector.n : 0;
	size_t n_targets = n > 0 ? s->n_ports : 0;
	uint64_t *selector = block_take(b, n * sizeof(*selector), _Alignof(uint64_t));
	struct part_target *targets = block_take(
		b, n_targets * sizeof(*targets), _Alignof(struct part_target));
	if (!p) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		selector[i] = part_label_hash(s->selector.at[i].key, s->selector.at[i].value);
	}
	for (size_t i = 0; i < n_targets; i++) {
		const struct service_port *port = &s->ports[i];
		bool named = port->target.name.n > 0;
		targets[i].name = named ? part_port_hash(port->target.name, port->protocol) : 0;
		targets[i].number = named ? 0 : (uint16_t)port->target.number;
	}
	const bool any = !s->family_v4 && !s->family_v6;
	p->publish = s->publish_not_ready;
	p->takes_v4 = any || s->family_v4;
	p->takes_v6 = any || s->family_v6;
	p->selector = selector;
	p->n_selector = (uint32_t)n;
	p->targets = targets;
	p->n_targets = (uint32_t)n_targets;
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
		block_port(b, ports ? &ports[i] : NULL, sp->name, sp->port, sp->protocol);
	}
	if (s->n_ports < n_ports) {
		block_port(b, ports, STRV_NONE, 0, PART_NO_PROTOCOL);
	}
	target = block_text(b, target.p, target.n);
	service_selection(b, s, p);
	if (!p) {
		return;
	}
	for (size_t i = 0; i < s->n_cluster_ips; i++) {
		ips[i] = s->cluster_ips[i];
	}
	p->headless = s->headless;
	p->external = s->type == SERVICE_EXTERNALNAME;
	p->import = import;
	p->external_to = target;
	p->ips = ips;
	p->n_ips = (uint32_t)s->n_cluster_ips;
	p->ports = ports;
	p->n_ports = (uint32_t)n_ports;
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
