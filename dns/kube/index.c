/* The index: see the header.
 *
 * names:     hash(key) -> cell number     addresses: hash(address) -> cell number
 * numbers:   cell number -> cell
 * entry:     what the control thread keeps beside a cell: the parts its record set is built from
 *
 * A change to a Service: next record set is built -> its new addresses go into the table -> it is published -> addresses
 * that are gone leave the table -> the old one is retired. A reader that finds a cell by an address and does not see the
 * address in its record set passes on. */
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
	*out = ix;
	return ERR_OK;
}

static void entry_free(struct entry *e)
{
	if (!e) {
		return;
	}
	record_set_free((struct record_set *)(uintptr_t)e->cell.records);
	service_part_free(e->service);
	for (size_t i = 0; i < e->n_slices; i++) {
		slice_part_free(e->slices[i]);
	}
	free(e->slices);
	free(e);
}

static void free_retired_entry(struct retired *r)
{
	struct cell *c = container_of(r, struct cell, retired);
	entry_free(container_of(c, struct entry, cell));
}

static void free_retired_records(struct retired *r)
{
	record_set_free(container_of(r, struct record_set, retired));
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
	free(ix->namespaces);
	free(ix);
}

uint64_t index_hash(const struct index *ix, const uint8_t *key, size_t n)
{
	return octets_hash(key, n, ix->seed);
}

static uint32_t address_hash(const struct index *ix, unsigned family, const uint8_t *address)
{
	/* octets_hash takes letters of both cases for equal; a second round with the complement tells them apart. */
	uint8_t inverted[16];
	size_t n = family_bytes(family);
	for (size_t i = 0; i < n; i++) {
		inverted[i] = (uint8_t)((unsigned)address[i] << 3 | address[i] >> 5);
	}
	return (uint32_t)octets_hash(address, n, octets_hash(inverted, n, ix->seed));
}

static struct entry *find_entry(const struct index *ix, uint64_t hash, const uint8_t *key, size_t n)
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
	const struct entry *e = find_entry(ix, hash, key, n);
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

static size_t key_append(uint8_t *key, size_t at, struct strv label)
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
	size_t n = key_append(key, 0, ns);
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
		.walk = table_walk(&ix->addresses, address_hash(ix, family, address)),
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

static int add_entry(
	struct index *ix, const uint8_t *key, size_t n, struct strv ns, struct entry **out)
{
	struct entry *e = calloc(1, sizeof(*e));
	if (!e) {
		return ERR_NOMEM;
	}
	e->cell.key_n = (uint8_t)n;
	memcpy(e->cell.key, key, n);
	e->cell.exposed = index_exposes(ix, ns);
	int err = numbers_take(&ix->numbers, e, &e->id);
	if (err != ERR_OK) {
		free(e);
		return err;
	}
	err = table_add(&ix->names, (uint32_t)index_hash(ix, key, n), e->id);
	if (err != ERR_OK) {
		numbers_give(&ix->numbers, e->id);
		reclaim_retire(ix->reclaim, &e->cell.retired, free_retired_entry);
		return err;
	}
	*out = e;
	return ERR_OK;
}

static void drop_entry(struct index *ix, struct entry *e)
{
	REQUIRE(!e->dirty);
	uint64_t hash = index_hash(ix, e->cell.key, e->cell.key_n);
	(void)table_remove(&ix->names, (uint32_t)hash, e->id); /* it is there */
	numbers_give(&ix->numbers, e->id);
	reclaim_retire(ix->reclaim, &e->cell.retired, free_retired_entry);
}

static bool label_fits(struct strv label)
{
	return label.n > 0 && label.n <= LABEL_MAX_BYTES;
}

/* The entry of this Service; made when `make`. *out NULL if there is none. */
static int service_entry(
	struct index *ix, struct strv ns, struct strv name, bool make, struct entry **out)
{
	if (!label_fits(ns) || !label_fits(name)) {
		return ERR_BAD_NAME;
	}
	uint8_t key[INDEX_KEY_MAX];
	size_t n = key_append(key, key_append(key, 0, name), ns);
	*out = find_entry(ix, index_hash(ix, key, n), key, n);
	return *out || !make ? ERR_OK : add_entry(ix, key, n, ns, out);
}

static bool has_ip(const struct record_set *rs, unsigned f, const uint8_t *address)
{
	for (uint32_t i = 0; i < rs->n_ips[f]; i++) {
		if (memcmp(set_ips(rs, f) + i * family_bytes(f), address, family_bytes(f)) == 0) {
			return true;
		}
	}
	return false;
}

static bool has_address(const struct record_set *rs, unsigned f, const uint8_t *address)
{
	return rs && (has_ip(rs, f, address) || set_find_address(rs, f, address) < rs->n[f]);
}

/* Adds to the table, or takes out of it, every address that is in `of` but not in `but`, once. */
static int each_address(struct index *ix, struct entry *e, const struct record_set *of,
	const struct record_set *but, bool add)
{
	int first = ERR_OK;
	for (unsigned f = 0; of && f < FAMILIES; f++) {
		size_t each = family_bytes(f);
		uint32_t all = of->n[f] + of->n_ips[f];
		for (uint32_t i = 0; i < all; i++) {
			bool endpoint = i < of->n[f];
			const uint8_t *a = endpoint ? set_addresses(of, f) + i * each
						    : set_ips(of, f) + (i - of->n[f]) * each;
			bool seen = endpoint ? i > 0 && memcmp(a, a - each, each) == 0
					     : set_find_address(of, f, a) < of->n[f];
			if (seen || has_address(but, f, a)) {
				continue;
			}
			uint32_t hash = address_hash(ix, f, a);
			if (!add) {
				(void)table_remove(
					&ix->addresses, hash, e->id); /* or never added */
			} else if (first == ERR_OK) {
				first = table_add(&ix->addresses, hash, e->id);
			}
		}
	}
	return first;
}

static int rebuild(struct index *ix, struct entry *e, bool *changed)
{
	const struct record_set *old = e->cell.records;
	struct record_set *next;
	int err = record_set_new(e->service, e->slices, e->n_slices, &next);
	if (err != ERR_OK) {
		return err;
	}
	if (record_set_equal(old, next)) {
		record_set_free(next);
		return ERR_OK;
	}
	err = each_address(ix, e, next, old, true);
	if (err != ERR_OK) {
		(void)each_address(ix, e, next, old, false); /* removing cannot fail */
		record_set_free(next);
		return err;
	}
	PUBLISH(e->cell.records, (const struct record_set *)next);
	(void)each_address(ix, e, old, next, false); /* removing cannot fail */
	if (old) {
		reclaim_retire(ix->reclaim, (struct retired *)(uintptr_t)&old->retired,
			free_retired_records);
	}
	*changed = true;
	return ERR_OK;
}

static void drop_if_empty(struct index *ix, struct entry *e)
{
	if (!e->service && e->n_slices == 0) {
		drop_entry(ix, e);
	}
}

static int touched(struct index *ix, struct entry *e, bool *changed)
{
	if (ix->lazy) {
		if (!e->dirty) {
			e->dirty = true;
			e->next_dirty = ix->dirty;
			ix->dirty = e;
		}
		*changed = true;
		return ERR_OK;
	}
	int err = rebuild(ix, e, changed);
	if (err == ERR_OK) {
		drop_if_empty(ix, e);
	}
	return err;
}

void index_set_lazy(struct index *ix, bool lazy)
{
	ix->lazy = lazy;
}

int index_flush(struct index *ix)
{
	int first = ERR_OK;
	while (ix->dirty) {
		struct entry *e = ix->dirty;
		ix->dirty = e->next_dirty;
		e->dirty = false;
		bool changed = false;
		int err = rebuild(ix, e, &changed);
		if (err == ERR_OK) {
			drop_if_empty(ix, e);
		}
		first = first != ERR_OK ? first : err;
	}
	return first;
}

int index_set_service(struct index *ix, struct strv ns, struct strv name,
	struct service_part *service, bool *changed)
{
	struct entry *e = NULL;
	int err = service_entry(ix, ns, name, service != NULL, &e);
	if (err != ERR_OK || !e) {
		service_part_free(service);
		return err;
	}
	service_part_free(e->service);
	e->service = service;
	return touched(ix, e, changed);
}

/* Replaces, adds or (part NULL) takes out the slice of this name. */
static int entry_set_slice(struct entry *e, struct strv slice, struct slice_part *part)
{
	size_t i = 0;
	while (i < e->n_slices && !strv_eq(e->slices[i]->name, slice)) {
		i++;
	}
	if (i < e->n_slices) {
		slice_part_free(e->slices[i]);
		e->slices[i] = part ? part : e->slices[--e->n_slices];
		return ERR_OK;
	}
	if (!part) {
		return ERR_OK;
	}
	if (e->n_slices == e->room) {
		size_t room = e->room > 0 ? e->room * 2 : 1;
		struct slice_part **more = realloc(e->slices, room * sizeof(struct slice_part *));
		if (!more) {
			slice_part_free(part);
			return ERR_NOMEM;
		}
		e->slices = more;
		e->room = room;
	}
	e->slices[e->n_slices++] = part;
	return ERR_OK;
}

int index_set_slice(struct index *ix, struct strv ns, struct strv service, struct strv slice,
	struct slice_part *part, bool *changed)
{
	struct entry *e = NULL;
	int err = service_entry(ix, ns, service, part != NULL, &e);
	if (err != ERR_OK || !e) {
		slice_part_free(part);
		return err;
	}
	err = entry_set_slice(e, slice, part);
	return err == ERR_OK ? touched(ix, e, changed) : err;
}

int index_set_namespace(struct index *ix, struct strv ns, bool exists, bool *changed)
{
	if (!label_fits(ns)) {
		return ERR_BAD_NAME;
	}
	uint8_t key[LABEL_MAX_BYTES + 1];
	size_t n = key_append(key, 0, ns);
	struct entry *e = find_entry(ix, index_hash(ix, key, n), key, n);
	if (exists == (e != NULL)) {
		return ERR_OK;
	}
	*changed = true;
	if (!exists) {
		drop_entry(ix, e);
		return ERR_OK;
	}
	return add_entry(ix, key, n, ns, &e);
}
