/* Building a record set from its parts: measure, take one zeroed block, fill. See record_set.h. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/kube/record_set_internal.h"
#include "dns/kube/replicas.h"

#define LISTS_MAX      65535u
#define TWINS_MANY     32
#define TOPOLOGIES_MAX 0x7FFFu /* struct set_endpoint */

/* One endpoint on its way in: its address, whose label, whose ports. */
struct source {
	const uint8_t *address;
	const struct part_endpoint *endpoint;
	const struct slice_part *of;
	uint32_t slice;
};

struct build {
	const struct service_part *service;
	struct slice_part *const *slices;
	size_t n_slices;
	const struct replicas *replicas;
	struct source *sources[FAMILIES]; /* sorted by address */
	size_t n[FAMILIES];
	uint16_t *list_of;    /* number of the port list, by slice */
	uint32_t *list_slice; /* the first slice that has it, by list */
	size_t n_lists;
	struct strv
		alias; /* of a headless Service without any address: another name, from a slice */
	struct strv *topologies; /* each once */
	size_t n_topologies;
	uint32_t *
		twins_end; /* by slot of a label's first: 1 + the slot behind its last twin; or NULL */
	size_t n_labels;
	size_t n_ports;
	size_t text;
	struct record_set *rs;
	size_t at; /* fill position */
	uint32_t text_n;
	uint32_t port_n;
};

static struct strv label_of(const struct source *s)
{
	return part_label(s->of, s->endpoint);
}

static int compare_address(const struct source *a, const struct source *b, size_t each)
{
	int c = memcmp(a->address, b->address, each);
	if (c != 0) {
		return c;
	}
	c = strv_cmp(label_of(a), label_of(b));
	return c != 0 ? c : (a->slice > b->slice) - (a->slice < b->slice);
}

static int compare_v4(const void *a, const void *b)
{
	return compare_address(a, b, 4);
}

static int compare_v6(const void *a, const void *b)
{
	return compare_address(a, b, 16);
}

/* Where the endpoint is to be found, NULL: nowhere. */
static const uint8_t *resolve(
	const struct build *b, const struct slice_part *s, const struct part_endpoint *e)
{
	const struct replica *r = b->replicas ? replicas_find(b->replicas, e->uid) : NULL;
	return replica_resolve(r, b->service, s, e);
}

static size_t collect_family(struct build *b, unsigned f)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n_slices; i++) {
		const struct slice_part *s = b->slices[i];
		for (size_t k = 0; part_family(s) == f && k < s->n; k++) {
			const uint8_t *address = resolve(b, s, &s->endpoints[k]);
			if (address) {
				b->sources[f][n++] = (struct source){
					.address = address,
					.endpoint = &s->endpoints[k],
					.of = s,
					.slice = (uint32_t)i,
				};
			}
		}
	}
	return n;
}

/* Those of one slice are in order already. */
static void sort_sources(struct source *s, size_t n, int (*compare)(const void *a, const void *b))
{
	size_t i = 1;
	while (i < n && compare(&s[i - 1], &s[i]) <= 0) {
		i++;
	}
	if (i < n) {
		qsort(s, n, sizeof(*s), compare);
	}
}

static int collect_sources(struct build *b)
{
	size_t room[FAMILIES] = { 0, 0 };
	for (size_t i = 0; i < b->n_slices; i++) {
		room[part_family(b->slices[i])] += b->slices[i]->n;
	}
	if (room[0] > SLOT_INDEX / 2 || room[1] > SLOT_INDEX / 2) {
		return ERR_TOO_LARGE;
	}
	for (unsigned f = 0; f < FAMILIES; f++) {
		b->sources[f] = calloc(room[f] + 1, sizeof(struct source));
		if (!b->sources[f]) {
			return ERR_NOMEM;
		}
		b->n[f] = collect_family(b, f);
		sort_sources(b->sources[f], b->n[f], f == 0 ? compare_v4 : compare_v6);
	}
	return ERR_OK;
}

static bool same_ports(const struct slice_part *a, const struct slice_part *b)
{
	if (a->n_ports != b->n_ports) {
		return false;
	}
	for (size_t i = 0; i < a->n_ports; i++) {
		const struct part_port *x = &a->ports[i];
		const struct part_port *y = &b->ports[i];
		if (x->number != y->number || x->numbered != y->numbered ||
			x->protocol != y->protocol || !strv_eq(x->name, y->name)) {
			return false;
		}
	}
	return true;
}

/* Slices of one Service nearly always have the same ports: lists are shared. */
static int collect_lists(struct build *b)
{
	b->list_of = calloc(b->n_slices + 1, sizeof(*b->list_of));
	b->list_slice = calloc(b->n_slices + 1, sizeof(*b->list_slice));
	if (!b->list_of || !b->list_slice) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < b->n_slices; i++) {
		size_t list = 0;
		while (list < b->n_lists &&
			!same_ports(b->slices[i], b->slices[b->list_slice[list]])) {
			list++;
		}
		if (list == LISTS_MAX) {
			return ERR_TOO_LARGE;
		}
		if (list == b->n_lists) {
			b->list_slice[b->n_lists++] = (uint32_t)i;
		}
		b->list_of[i] = (uint16_t)list;
	}
	return ERR_OK;
}

/* Number of a topology zone among those of the set, from 1; n_topologies + 1 if it is not there yet. */
static size_t find_topology(const struct build *b, struct strv wire)
{
	size_t i = 0;
	while (i < b->n_topologies && !strv_eq_nocase(b->topologies[i], wire)) {
		i++;
	}
	return i + 1;
}

static int collect_topologies(struct build *b)
{
	size_t room = 0;
	for (size_t i = 0; i < b->n_slices; i++) {
		room += b->slices[i]->n_topologies;
	}
	if (room == 0) {
		return ERR_OK;
	}
	b->topologies = calloc(room, sizeof(*b->topologies));
	if (!b->topologies) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < b->n_slices; i++) {
		const struct slice_part *s = b->slices[i];
		for (size_t k = 0; k < s->n_topologies; k++) {
			size_t number = find_topology(b, s->topologies[k]);
			if (number > TOPOLOGIES_MAX) {
				return ERR_TOO_LARGE;
			}
			if (number > b->n_topologies) {
				b->topologies[b->n_topologies++] = s->topologies[k];
			}
		}
	}
	return ERR_OK;
}

static void choose_alias(struct build *b)
{
	if (!b->service || !b->service->headless || b->n[0] + b->n[1] > 0) {
		return;
	}
	for (size_t i = 0; i < b->n_slices; i++) {
		struct strv alias = b->slices[i]->alias;
		if (alias.n > 0 && (b->alias.n == 0 || strv_cmp(alias, b->alias) < 0)) {
			b->alias = alias;
		}
	}
}

static void measure_ports(struct build *b, const struct part_port *ports, size_t n)
{
	b->n_ports += n;
	for (size_t i = 0; i < n; i++) {
		b->text += ports[i].name.n;
	}
}

static void measure(struct build *b)
{
	b->text = 1; /* offset 0 means "no label" */
	if (b->service) {
		measure_ports(b, b->service->ports, b->service->n_ports);
		b->text += b->service->external_to.n + b->alias.n;
	}
	for (size_t i = 0; i < b->n_lists; i++) {
		const struct slice_part *s = b->slices[b->list_slice[i]];
		measure_ports(b, s->ports, s->n_ports);
	}
	for (size_t i = 0; i < b->n_topologies; i++) {
		b->text += b->topologies[i].n;
	}
	for (unsigned f = 0; f < FAMILIES; f++) {
		for (size_t i = 0; i < b->n[f]; i++) {
			size_t n = label_of(&b->sources[f][i]).n;
			b->n_labels += n > 0;
			b->text += n > 0 ? n + 1 : 0;
		}
	}
}

static uint32_t place(struct build *b, size_t bytes, size_t align)
{
	b->at = (b->at + align - 1) / align * align;
	uint32_t at = (uint32_t)b->at;
	b->at += bytes;
	return at;
}

/* Offsets of all arrays; the sum is the block's size. */
static void lay_out(struct build *b, struct record_set *rs)
{
	size_t n_ips[FAMILIES] = { 0, 0 };
	for (size_t i = 0; b->service && i < b->service->n_ips; i++) {
		n_ips[b->service->ips[i].family == IP_V4 ? 0 : 1]++;
	}
	b->at = sizeof(*rs);
	for (unsigned f = 0; f < FAMILIES; f++) {
		rs->n_ips[f] = (uint32_t)n_ips[f];
		rs->ips_at[f] = place(b, n_ips[f] * family_bytes(f), 4);
	}
	rs->ports_at = place(b, b->n_ports * sizeof(struct set_port), _Alignof(struct set_port));
	rs->n_lists = (uint32_t)b->n_lists;
	rs->lists_at = place(b, b->n_lists * sizeof(struct set_ports), _Alignof(struct set_ports));
	for (unsigned f = 0; f < FAMILIES; f++) {
		rs->n[f] = (uint32_t)b->n[f];
		rs->addresses_at[f] = place(b, b->n[f] * family_bytes(f), 4);
	}
	for (unsigned f = 0; f < FAMILIES; f++) {
		rs->endpoints_at[f] = place(
			b, b->n[f] * sizeof(struct set_endpoint), _Alignof(struct set_endpoint));
	}
	rs->n_topologies = (uint32_t)b->n_topologies;
	rs->topologies_at = place(
		b, b->n_topologies * sizeof(struct set_topology), _Alignof(struct set_topology));
	rs->wide_slots = b->n[0] > SLOT_INDEX_MAX || b->n[1] > SLOT_INDEX_MAX;
	rs->n_slots = b->n_labels > 0 ? (uint32_t)(b->n_labels + b->n_labels / 3 + 1) : 0;
	rs->slots_at = place(b, rs->n_slots * slot_bytes(rs), _Alignof(uint32_t));
	rs->text_at = place(b, b->text, 1);
	rs->bytes = b->at - offsetof(struct record_set, bytes);
}

static uint8_t *at(struct build *b, uint32_t offset)
{
	return (uint8_t *)b->rs + offset;
}

static uint32_t put_text(struct build *b, struct strv s)
{
	uint32_t offset = b->text_n;
	if (s.n > 0) {
		memcpy(at(b, b->rs->text_at + offset), s.p, s.n);
	}
	b->text_n += (uint32_t)s.n;
	return offset;
}

static struct set_ports put_ports(struct build *b, const struct part_port *ports, size_t n)
{
	struct set_ports run = { .first = b->port_n, .n = (uint32_t)n };
	struct set_port *to = (struct set_port *)(void *)at(b, b->rs->ports_at);
	for (size_t i = 0; i < n; i++) {
		struct set_port *p = &to[b->port_n++];
		p->name = put_text(b, ports[i].name);
		p->name_n = (uint8_t)ports[i].name.n;
		p->protocol = ports[i].protocol;
		p->number = ports[i].number;
		p->numbered = ports[i].numbered;
	}
	return run;
}

static void put_service(struct build *b)
{
	struct record_set *rs = b->rs;
	const struct service_part *s = b->service;
	if (!s) {
		return;
	}
	rs->service = true;
	rs->headless = s->headless;
	rs->external = s->external;
	rs->import = s->import;
	uint32_t n[FAMILIES] = { 0, 0 };
	for (size_t i = 0; i < s->n_ips; i++) {
		unsigned f = s->ips[i].family == IP_V4 ? 0 : 1;
		size_t each = family_bytes(f);
		memcpy(at(b, rs->ips_at[f]) + n[f]++ * each, s->ips[i].bytes, each);
	}
	rs->own_ports = put_ports(b, s->ports, s->n_ports);
	struct strv target = s->external ? s->external_to : b->alias;
	rs->external_n = (uint32_t)target.n;
	rs->external_at = put_text(b, target);
}

static void slot_set(struct build *b, uint32_t slot, unsigned family, uint32_t i)
{
	void *slots = at(b, b->rs->slots_at);
	if (b->rs->wide_slots) {
		((uint32_t *)slots)[slot] = family << 31 | i;
	} else {
		((uint16_t *)slots)[slot] = (uint16_t)(family << 15 | i);
	}
}

/* Where to look on behind the first slot of a label: the slots of its twins, which may be many, are passed over once it is
 * known where they end. Without memory for that it takes longer. */
static uint32_t slot_behind(const struct build *b, uint32_t first)
{
	uint32_t end = b->twins_end ? b->twins_end[first] : 0;
	return end > 0 ? end - 1 : slot_after(b->rs, first);
}

static void twin_put(struct build *b, uint32_t first, uint32_t slot, size_t looked_at)
{
	if (!b->twins_end && looked_at >= TWINS_MANY) {
		b->twins_end = calloc(b->rs->n_slots, sizeof(*b->twins_end));
	}
	if (b->twins_end) {
		b->twins_end[first] = slot_after(b->rs, slot) + 1;
	}
}

/* Labels go into the slots; one that is there already makes the newcomer a twin. */
static bool put_slot(struct build *b, struct strv label, unsigned family, uint32_t i)
{
	struct record_set *rs = b->rs;
	uint8_t lower[LABEL_MAX_BYTES];
	name_lower(lower, (const uint8_t *)label.p, label.n);
	struct strv key = { .p = (const char *)lower, .n = label.n };
	bool twin = false;
	size_t looked_at = 0;
	uint32_t first = 0, at_slot = slot_home(rs, key);
	for (uint32_t slot; (slot = slot_get(rs, at_slot)) != SLOT_EMPTY; looked_at++) {
		char storage[DASHED_MAX];
		struct strv other = set_label(rs, slot >> 31, slot & SLOT_INDEX, storage);
		if (!twin && strv_eq_nocase(other, key)) {
			twin = true;
			first = at_slot;
			at_slot = slot_behind(b, first);
		} else {
			at_slot = slot_after(rs, at_slot);
		}
	}
	slot_set(b, at_slot, family, i);
	if (twin) {
		twin_put(b, first, at_slot, looked_at);
	}
	return twin;
}

static void put_endpoint(struct build *b, unsigned f, uint32_t i)
{
	const struct source *s = &b->sources[f][i];
	size_t each = family_bytes(f);
	uint8_t *address = at(b, b->rs->addresses_at[f]) + i * each;
	/* i < n[f]: it has one. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	memcpy(address, s->address, each);
	struct set_endpoint *all = (struct set_endpoint *)(void *)at(b, b->rs->endpoints_at[f]);
	struct set_endpoint *e = &all[i];
	e->ports = b->list_of[s->slice];
	if (s->endpoint->topology != 0) {
		struct strv wire = s->of->topologies[s->endpoint->topology - 1];
		e->topology = find_topology(b, wire) & TOPOLOGIES_MAX;
	}
	if (s->endpoint->label_n == 0) {
		b->rs->dashed[f] = true;
		/* Sorted: an equal address without a label is the one before. */
		e->twin = i > 0 && all[i - 1].label == 0 &&
			  memcmp(address, address - each, each) == 0;
		return;
	}
	char count = (char)s->endpoint->label_n;
	e->label = put_text(b, (struct strv){ .p = &count, .n = 1 });
	(void)put_text(b, label_of(s));
	e->twin = put_slot(b, label_of(s), f, i);
}

/* A label may be the dashed address of an endpoint without one: whichever comes later is the twin. */
static void mark_dashed_twins(struct record_set *rs, unsigned f, uint32_t i)
{
	struct set_endpoint *all[FAMILIES];
	for (unsigned g = 0; g < FAMILIES; g++) {
		all[g] = (struct set_endpoint *)(void *)((uint8_t *)rs + rs->endpoints_at[g]);
	}
	if (all[f][i].label == 0) {
		return;
	}
	char storage[DASHED_MAX];
	uint8_t lower[LABEL_MAX_BYTES];
	struct strv label = set_label(rs, f, i, storage);
	name_lower(lower, (const uint8_t *)label.p, label.n);
	struct set_walk w = set_walk(rs, (struct strv){ .p = (const char *)lower, .n = label.n });
	w.left = 0; /* equal labels are known already */
	unsigned g;
	uint32_t k;
	while (set_next(&w, &g, &k)) {
		struct set_endpoint *later = g > f || (g == f && k > i) ? &all[g][k] : &all[f][i];
		later->twin = true;
	}
}

static void fill(struct build *b)
{
	struct record_set *rs = b->rs;
	memset(at(b, rs->slots_at), 0xFF, rs->n_slots * slot_bytes(rs)); /* all empty */
	b->text_n = 1;
	put_service(b);
	struct set_ports *lists = (struct set_ports *)(void *)at(b, rs->lists_at);
	for (size_t i = 0; i < b->n_lists; i++) {
		const struct slice_part *s = b->slices[b->list_slice[i]];
		lists[i] = put_ports(b, s->ports, s->n_ports);
	}
	struct set_topology *topologies = (struct set_topology *)(void *)at(b, rs->topologies_at);
	for (size_t i = 0; i < b->n_topologies; i++) {
		topologies[i].n = (uint32_t)b->topologies[i].n;
		topologies[i].at = put_text(b, b->topologies[i]);
	}
	for (unsigned f = 0; f < FAMILIES; f++) {
		for (uint32_t i = 0; i < rs->n[f]; i++) {
			put_endpoint(b, f, i);
		}
	}
	for (unsigned f = 0; f < FAMILIES && (rs->dashed[0] || rs->dashed[1]); f++) {
		for (uint32_t i = 0; i < rs->n[f]; i++) {
			mark_dashed_twins(rs, f, i);
		}
	}
}

int record_set_new(const struct set_parts *parts, struct record_set **out)
{
	struct build b = {
		.service = parts->service,
		.slices = parts->slices,
		.n_slices = parts->n_slices,
		.replicas = parts->replicas,
	};
	struct record_set head;
	memset(&head, 0, sizeof(head)); /* padding too: blocks are compared as octets */
	int err = collect_sources(&b);
	if (err == ERR_OK) {
		err = collect_lists(&b);
	}
	if (err == ERR_OK) {
		err = collect_topologies(&b);
	}
	if (err != ERR_OK) {
		goto out;
	}
	choose_alias(&b);
	measure(&b);
	lay_out(&b, &head);
	if (b.at > UINT32_MAX) {
		err = ERR_TOO_LARGE;
		goto out;
	}
	b.rs = calloc(1, b.at);
	if (!b.rs) {
		err = ERR_NOMEM;
		goto out;
	}
	memcpy(b.rs, &head, sizeof(head));
	fill(&b);
	*out = b.rs;
out:
	free(b.sources[0]);
	free(b.sources[1]);
	free(b.list_of);
	free(b.list_slice);
	free(b.topologies);
	free(b.twins_end);
	return err;
}
