/* Changes of the index: see index.h. A change to a Service: next record set is built -> its new addresses go into the table
 * -> it is published -> addresses that are gone leave the table -> the old one is retired. A reader that finds a cell by an
 * address and does not see the address in its record set passes on. */
#include <stdlib.h>

#include "base/err.h"
#include "dns/kube/index_internal.h"

static void free_retired_entry(struct retired *r)
{
	struct cell *c = container_of(r, struct cell, retired);
	entry_free(container_of(c, struct entry, cell));
}

static void free_retired_records(struct retired *r)
{
	record_set_free(container_of(r, struct record_set, retired));
}

static int add_entry(
	struct index *ix, const uint8_t *key, size_t n, struct strv ns, struct entry **out)
{
	struct entry *e = calloc(1, sizeof(*e) + n);
	if (!e) {
		return ERR_NOMEM;
	}
	e->slices = &e->one; /* most have one */
	e->room = 1;
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

int index_service_entry(
	struct index *ix, struct strv ns, struct strv name, bool make, struct entry **out)
{
	if (!label_fits(ns) || !label_fits(name)) {
		return ERR_BAD_NAME;
	}
	uint8_t key[INDEX_KEY_MAX];
	size_t n = index_key(key, index_key(key, 0, name), ns);
	*out = index_find_entry(ix, index_hash(ix, key, n), key, n);
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

/* The i-th of all addresses of a family: those of endpoints, then the Service's own. */
static const uint8_t *address_at(const struct record_set *rs, unsigned f, uint32_t i)
{
	return i < rs->n[f] ? set_addresses(rs, f) + i * family_bytes(f)
			    : set_ips(rs, f) + (i - rs->n[f]) * family_bytes(f);
}

#define AHEAD 8u /* so many places of the table are on their way while one is looked at */

/* Adds to the table, or takes out of it, every address that is in `of` but not in `but`, once. */
static int each_address(struct index *ix, struct entry *e, const struct record_set *of,
	const struct record_set *but, bool add)
{
	int first = ERR_OK;
	for (unsigned f = 0; of && f < FAMILIES; f++) {
		size_t each = family_bytes(f);
		uint32_t all = of->n[f] + of->n_ips[f];
		bool is_first = !but || but->n[f] == 0; /* it is all new, and may be much */
		for (uint32_t i = 0; i < all; i++) {
			bool endpoint = i < of->n[f];
			const uint8_t *a = address_at(of, f, i);
			if (is_first && i + AHEAD < all) {
				table_prefetch(&ix->addresses,
					index_address_hash(ix, f, address_at(of, f, i + AHEAD)));
			}
			bool seen = endpoint ? i > 0 && memcmp(a, a - each, each) == 0
					     : set_find_address(of, f, a) < of->n[f];
			if (seen || has_address(but, f, a)) {
				continue;
			}
			uint32_t hash = index_address_hash(ix, f, a);
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

static int build(struct index *ix, struct entry *e, struct record_set **out)
{
	struct early early;
	int err = index_early(e, &early);
	if (err != ERR_OK) {
		return err;
	}
	struct set_parts parts = {
		.service = e->service,
		.slices = early.slices ? early.slices : e->slices,
		.n_slices = early.slices ? early.n : e->n_slices,
		.replicas = &ix->replicas,
	};
	err = record_set_new(&parts, out);
	index_early_free(&early);
	return err;
}

static int rebuild(struct index *ix, struct entry *e, bool *changed)
{
	const struct record_set *old = e->cell.records;
	struct record_set *next;
	int err = build(ix, e, &next);
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

void index_drop_if_empty(struct index *ix, struct entry *e)
{
	if (!e->service && e->n_slices == 0 && !e->replicas && !e->dirty) {
		drop_entry(ix, e);
	}
}

int index_touch(struct index *ix, struct entry *e, bool *changed)
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
		index_drop_if_empty(ix, e);
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
			index_drop_if_empty(ix, e);
		}
		first = first != ERR_OK ? first : err;
	}
	return first;
}

int index_set_service(struct index *ix, struct strv ns, struct strv name,
	struct service_part *service, bool *changed)
{
	struct entry *e = NULL;
	int err = index_service_entry(ix, ns, name, service != NULL, &e);
	if (err != ERR_OK || !e) {
		service_part_free(service);
		return err;
	}
	service_part_free(e->service);
	e->service = service;
	return index_touch(ix, e, changed);
}

/* Room for one slice more. */
static int make_room(struct entry *e)
{
	if (e->n_slices < e->room) {
		return ERR_OK;
	}
	if (e->room > UINT32_MAX / 2) {
		return ERR_TOO_LARGE;
	}
	uint32_t room = e->room * 2; /* from 1 on */
	bool grown = e->slices != &e->one;
	struct slice_part **more = realloc(
		grown ? e->slices : NULL, room * sizeof(struct slice_part *));
	if (!more) {
		return ERR_NOMEM;
	}
	if (!grown) {
		more[0] = e->one;
	}
	e->slices = more;
	e->room = room;
	return ERR_OK;
}

/* Replaces, adds or (part NULL) takes out the slice of this name. */
static int entry_set_slice(struct index *ix, struct entry *e, struct strv slice,
	struct slice_part *part, uint64_t version)
{
	size_t i = 0;
	while (i < e->n_slices && !strv_eq(e->slices[i]->name, slice)) {
		i++;
	}
	struct slice_part *old = i < e->n_slices ? e->slices[i] : NULL;
	int err = old || !part ? ERR_OK : make_room(e);
	if (err == ERR_OK) {
		err = index_mention(ix, e, old, part, version);
	}
	if (err != ERR_OK) {
		slice_part_free(part);
		return err;
	}
	if (!old && part) {
		e->slices[e->n_slices++] = part;
	} else if (old) {
		e->slices[i] = part ? part : e->slices[--e->n_slices];
		slice_part_free(old);
	}
	return ERR_OK;
}

int index_set_slice(
	struct index *ix, const struct index_slice *at, struct slice_part *part, bool *changed)
{
	struct entry *e = NULL;
	int err = index_service_entry(ix, at->ns, at->service, part != NULL, &e);
	if (err != ERR_OK || !e) {
		slice_part_free(part);
		return err;
	}
	err = entry_set_slice(ix, e, at->slice, part, at->version);
	return err == ERR_OK ? index_touch(ix, e, changed) : err;
}

int index_set_namespace(struct index *ix, struct strv ns, bool exists, bool *changed)
{
	if (!label_fits(ns)) {
		return ERR_BAD_NAME;
	}
	uint8_t key[LABEL_MAX_BYTES + 1];
	size_t n = index_key(key, 0, ns);
	struct entry *e = index_find_entry(ix, index_hash(ix, key, n), key, n);
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
