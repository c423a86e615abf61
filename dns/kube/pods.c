/* Pod addresses: see the header. One table for both ways in:
 *   hash(namespace, name)    -> pod, for the writer
 *   hash(namespace, address) -> pod, for readers, once an address */
#include "dns/kube/pods.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dns/kube/numbers.h"
#include "dns/kube/table.h"
#include "dns/wire/name.h"

#define NAME_SEED 0x9E3779B97F4A7C15u /* sets names apart from addresses */

struct pod_cell {
	struct retired retired;
	uint32_t id;
	uint32_t n_ips;
	struct strv ns, name; /* behind the addresses */
	struct ip ips[];
};

struct pods {
	struct reclaim *reclaim;
	uint64_t seed;
	struct numbers numbers;
	struct table table;
};

int pods_new(struct reclaim *rc, uint64_t seed, struct pods **out)
{
	struct pods *p = calloc(1, sizeof(*p));
	if (!p) {
		return ERR_NOMEM;
	}
	p->reclaim = rc;
	p->seed = seed;
	table_init(&p->table, rc);
	*out = p;
	return ERR_OK;
}

void pods_free(struct pods *p)
{
	if (!p) {
		return;
	}
	for (uint32_t i = 0; i < p->numbers.n; i++) {
		free(numbers_at(&p->numbers, i));
	}
	numbers_deinit(&p->numbers);
	table_deinit(&p->table);
	free(p);
}

static void free_retired(struct retired *r)
{
	free(container_of(r, struct pod_cell, retired));
}

static uint64_t ns_hash(const struct pods *p, struct strv ns)
{
	return octets_hash((const uint8_t *)ns.p, ns.n, p->seed);
}

static uint32_t address_hash(
	const struct pods *p, struct strv ns, const uint8_t *address, size_t bytes)
{
	return (uint32_t)strv_hash(
		(struct strv){ .p = (const char *)address, .n = bytes }, ns_hash(p, ns));
}

static uint32_t name_hash(const struct pods *p, struct strv ns, struct strv name)
{
	return (uint32_t)strv_hash(name, ns_hash(p, ns) ^ NAME_SEED);
}

static size_t ip_bytes(const struct ip *ip)
{
	return ip->family == IP_V4 ? 4 : 16;
}

static bool cell_has(const struct pod_cell *c, const uint8_t *address, size_t bytes)
{
	for (uint32_t i = 0; i < c->n_ips; i++) {
		if (ip_bytes(&c->ips[i]) == bytes && memcmp(c->ips[i].bytes, address, bytes) == 0) {
			return true;
		}
	}
	return false;
}

size_t pods_count(const struct pods *p, struct strv ns, unsigned family, const uint8_t *address)
{
	size_t bytes = family == 0 ? 4 : 16;
	size_t n = 0;
	uint32_t id;
	struct table_walk w = table_walk(&p->table, address_hash(p, ns, address, bytes));
	while (table_next(&w, &id)) {
		const struct pod_cell *c = numbers_at(&p->numbers, id);
		n += c && strv_eq(c->ns, ns) && cell_has(c, address, bytes);
	}
	return n;
}

static struct pod_cell *find_pod(const struct pods *p, struct strv ns, struct strv name)
{
	uint32_t id;
	struct table_walk w = table_walk(&p->table, name_hash(p, ns, name));
	while (table_next(&w, &id)) {
		struct pod_cell *c = numbers_at(&p->numbers, id);
		if (c && strv_eq(c->name, name) && strv_eq(c->ns, ns)) {
			return c;
		}
	}
	return NULL;
}

bool pods_has_name(const struct pods *p, struct strv ns, struct strv name)
{
	return find_pod(p, ns, name) != NULL;
}

static struct pod_cell *cell_new(struct strv ns, struct strv name, const struct ip *ips, size_t n)
{
	struct pod_cell *c = calloc(1, sizeof(*c) + n * sizeof(*ips) + ns.n + name.n);
	if (!c) {
		return NULL;
	}
	char *text = (char *)(c->ips + n);
	c->n_ips = (uint32_t)n;
	memcpy(c->ips, ips, n * sizeof(*ips));
	memcpy(text, ns.p, ns.n);
	memcpy(text + ns.n, name.p, name.n);
	c->ns = (struct strv){ .p = text, .n = ns.n };
	c->name = (struct strv){ .p = text + ns.n, .n = name.n };
	return c;
}

/* Takes the first n entries of the cell out of the table: its name, then its addresses. */
static void unlink_entries(struct pods *p, const struct pod_cell *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ip *ip = i > 0 ? &c->ips[i - 1] : NULL;
		uint32_t hash = ip ? address_hash(p, c->ns, ip->bytes, ip_bytes(ip))
				   : name_hash(p, c->ns, c->name);
		(void)table_remove(&p->table, hash, c->id); /* it is there */
	}
}

static int link_entries(struct pods *p, const struct pod_cell *c)
{
	for (size_t i = 0; i <= c->n_ips; i++) {
		const struct ip *ip = i > 0 ? &c->ips[i - 1] : NULL;
		uint32_t hash = ip ? address_hash(p, c->ns, ip->bytes, ip_bytes(ip))
				   : name_hash(p, c->ns, c->name);
		int err = table_add(&p->table, hash, c->id);
		if (err != ERR_OK) {
			unlink_entries(p, c, i);
			return err;
		}
	}
	return ERR_OK;
}

static void drop_cell(struct pods *p, struct pod_cell *c)
{
	unlink_entries(p, c, (size_t)c->n_ips + 1);
	numbers_give(&p->numbers, c->id);
	reclaim_retire(p->reclaim, &c->retired, free_retired);
}

static int add_cell(
	struct pods *p, struct strv ns, struct strv name, const struct ip *ips, size_t n)
{
	struct pod_cell *c = cell_new(ns, name, ips, n);
	if (!c) {
		return ERR_NOMEM;
	}
	int err = numbers_take(&p->numbers, c, &c->id);
	if (err != ERR_OK) {
		free(c);
		return err;
	}
	err = link_entries(p, c);
	if (err != ERR_OK) {
		numbers_give(&p->numbers, c->id);
		reclaim_retire(p->reclaim, &c->retired, free_retired);
	}
	return err;
}

static bool same_ips(const struct pod_cell *c, const struct ip *ips, size_t n)
{
	bool same = c->n_ips == n;
	for (size_t i = 0; i < n && same; i++) {
		same = ip_bytes(&c->ips[i]) == ip_bytes(&ips[i]) &&
		       memcmp(c->ips[i].bytes, ips[i].bytes, ip_bytes(&ips[i])) == 0;
	}
	return same;
}

int pods_set(struct pods *p, struct strv ns, struct strv name, const struct ip *ips, size_t n,
	bool *changed)
{
	if (ns.n == 0 || ns.n > LABEL_MAX_BYTES) {
		return ERR_BAD_NAME;
	}
	struct pod_cell *old = find_pod(p, ns, name);
	if (old ? same_ips(old, ips, n) : n == 0) {
		return ERR_OK;
	}
	int err = n > 0 ? add_cell(p, ns, name, ips, n) : ERR_OK;
	if (err != ERR_OK) {
		return err;
	}
	if (old) {
		drop_cell(p, old);
	}
	*changed = true;
	return ERR_OK;
}
