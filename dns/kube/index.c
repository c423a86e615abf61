/* The index: see the header.
 *
 * names:     hash(key) -> cell number     addresses: hash(address) -> cell number
 * numbers:   cell number -> cell
 * entry:     what the control thread keeps beside a cell: the parts its record set is built from
 *
 * Changes are in index_write.c, those that Pods bring in index_replica.c. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/kube/index_internal.h"

int index_new(struct reclaim *rc, const struct index_exposure *exposure, uint64_t seed,
	struct index **out)
{
	struct index *ix = calloc(1, sizeof(*ix));
	if (!ix) {
		return ERR_NOMEM;
	}
	ix->known_only = exposure->known_only;
	if (exposure->namespaces) {
		ix->namespaces = strdup(exposure->namespaces);
		if (!ix->namespaces) {
			free(ix);
			return ERR_NOMEM;
		}
	}
	ix->reclaim = rc;
	ix->seed = seed;
	table_init(&ix->names, rc);
	table_init(&ix->addresses, rc);
	table_init(&ix->uids, rc);
	*out = ix;
	return ERR_OK;
}

void entry_free(struct entry *e)
{
	if (!e) {
		return;
	}
	record_set_free((struct record_set *)(uintptr_t)e->cell.records);
	service_part_free(e->service);
	for (size_t i = 0; i < e->n_slices; i++) {
		slice_part_free(e->slices[i]);
	}
	if (e->slices != &e->one) {
		free(e->slices);
	}
	free(e);
}

void index_free(struct index *ix)
{
	if (!ix) {
		return;
	}
	for (uint32_t i = 0; i < ix->numbers.n; i++) {
		entry_free(numbers_at(&ix->numbers, i));
	}
	numbers_deinit(&ix->numbers);
	table_deinit(&ix->names);
	table_deinit(&ix->addresses);
	table_deinit(&ix->uids);
	replicas_deinit(&ix->replicas);
	free(ix->namespaces);
	free(ix);
}

uint64_t index_hash(const struct index *ix, const uint8_t *key, size_t n)
{
	return octets_hash(key, n, ix->seed);
}

uint32_t index_address_hash(const struct index *ix, unsigned family, const uint8_t *address)
{
	uint64_t halves[2] = { 0, 0 };
	memcpy(halves, address, family_bytes(family));
	uint64_t h = (halves[0] ^ ix->seed) * 0x9E3779B97F4A7C15u;
	h = (h ^ h >> 32 ^ halves[1]) * 0xBF58476D1CE4E5B9u;
	h = (h ^ h >> 32) * 0x94D049BB133111EBu;
	return (uint32_t)(h >> 32);
}

struct entry *index_find_entry(const struct index *ix, uint64_t hash, const uint8_t *key, size_t n)
{
	uint32_t id;
	for (struct table_walk w = table_walk(&ix->names, (uint32_t)hash); table_next(&w, &id);) {
		struct entry *e = entry_at(ix, id);
		if (e && e->cell.key_n == n && memcmp(e->cell.key, key, n) == 0) {
			return e;
		}
	}
	return NULL;
}

const struct cell *index_find(const struct index *ix, uint64_t hash, const uint8_t *key, size_t n)
{
	const struct entry *e = index_find_entry(ix, hash, key, n);
	return e ? &e->cell : NULL;
}

void index_prefetch(const struct index *ix, uint64_t hash)
{
	table_prefetch(&ix->names, (uint32_t)hash);
}

const struct cell *index_prefetch_cell(const struct index *ix, uint64_t hash)
{
	uint32_t id;
	struct table_walk w = table_walk(&ix->names, (uint32_t)hash);
	const struct entry *e = table_next(&w, &id) ? entry_at(ix, id) : NULL;
	if (e) {
		__builtin_prefetch(&e->cell);
		__builtin_prefetch((const uint8_t *)&e->cell + 64);
	}
	return e ? &e->cell : NULL;
}

const struct record_set *cell_prefetch_records(const struct cell *c)
{
	const struct record_set *rs = cell_records(c);
	if (rs) {
		__builtin_prefetch(rs);
		__builtin_prefetch((const uint8_t *)rs + 64);
		__builtin_prefetch((const uint8_t *)rs + 128);
	}
	return rs;
}

size_t index_key(uint8_t *key, size_t at, struct strv label)
{
	key[at] = (uint8_t)label.n;
	name_lower(key + at + 1, (const uint8_t *)label.p, label.n);
	return at + 1 + label.n;
}

bool index_exposes(const struct index *ix, struct strv ns)
{
	struct strv rest = strv_of(ix->namespaces);
	struct strv one;
	if (rest.n == 0) {
		return true;
	}
	while (strv_cut(&rest, ' ', &one)) {
		if (strv_eq_nocase(one, ns)) {
			return true;
		}
	}
	return false;
}

bool index_has_namespace(const struct index *ix, struct strv ns)
{
	uint8_t key[LABEL_MAX_BYTES + 1];
	size_t n = index_key(key, 0, ns);
	const struct cell *c = index_find(ix, index_hash(ix, key, n), key, n);
	return c && c->exposed;
}

bool index_serves(const struct index *ix, const struct cell *c)
{
	if (!ix->known_only || !c->exposed) {
		return c->exposed;
	}
	size_t at = 1u + c->key[0]; /* behind the label SERVICE */
	size_t n = c->key_n - at;
	return index_find(ix, index_hash(ix, c->key + at, n), c->key + at, n) != NULL;
}

struct index_walk index_walk(const struct index *ix, unsigned family, const uint8_t *address)
{
	return (struct index_walk){
		.ix = ix,
		.walk = table_walk(&ix->addresses, index_address_hash(ix, family, address)),
	};
}

const struct cell *index_next(struct index_walk *w)
{
	uint32_t id;
	while (table_next(&w->walk, &id)) {
		const struct entry *e = entry_at(w->ix, id);
		if (e) {
			return &e->cell;
		}
	}
	return NULL;
}
