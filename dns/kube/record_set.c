/* Looking things up in a record set: see the header. */
#include "dns/kube/record_set.h"

#include <stdlib.h>

#include "dns/kube/record_set_internal.h"
#include "dns/wire/name.h"

void record_set_free(struct record_set *rs)
{
	free(rs);
}

bool record_set_equal(const struct record_set *a, const struct record_set *b)
{
	const size_t from = offsetof(struct record_set, bytes);
	return a && b && a->bytes == b->bytes &&
	       memcmp((const uint8_t *)a + from, (const uint8_t *)b + from, a->bytes) == 0;
}

static struct strv stored_label(const struct record_set *rs, uint32_t offset)
{
	const uint8_t *p = (const uint8_t *)set_text(rs, offset, 0).p;
	return (struct strv){ .p = (const char *)p + 1, .n = p[0] };
}

struct strv set_label(
	const struct record_set *rs, unsigned family, uint32_t i, char storage[DASHED_MAX])
{
	const struct set_endpoint *e = &set_endpoints(rs, family)[i];
	if (e->label != 0) {
		return stored_label(rs, e->label);
	}
	const uint8_t *address = set_addresses(rs, family) + i * family_bytes(family);
	return (struct strv){ .p = storage, .n = dashed_print(address, family, storage) };
}

size_t set_name(const struct record_set *rs, unsigned family, uint32_t i, uint8_t out[SET_NAME_MAX])
{
	char storage[DASHED_MAX];
	struct strv label = set_label(rs, family, i, storage);
	size_t n = 1 + label.n;
	out[0] = (uint8_t)label.n;
	memcpy(out + 1, label.p, label.n);
	uint16_t cluster = set_endpoints(rs, family)[i].topology;
	if (rs->import && cluster > 0) {
		const struct set_topology *all = set_at(rs, rs->topologies_at);
		const struct set_topology *t = &all[cluster - 1];
		memcpy(out + n, set_text(rs, t->at, t->n).p, t->n);
		n += t->n;
	}
	return n;
}

bool set_same_name(
	const struct record_set *rs, unsigned family_a, uint32_t a, unsigned family_b, uint32_t b)
{
	char one[DASHED_MAX];
	char two[DASHED_MAX];
	if (rs->import && set_endpoints(rs, family_a)[a].topology !=
				  set_endpoints(rs, family_b)[b].topology) {
		return false;
	}
	return strv_eq_nocase(set_label(rs, family_a, a, one), set_label(rs, family_b, b, two));
}

uint16_t set_find_topology(const struct record_set *rs, struct strv wire)
{
	const struct set_topology *all = set_at(rs, rs->topologies_at);
	for (uint32_t i = 0; i < rs->n_topologies; i++) {
		if (strv_eq_nocase(set_text(rs, all[i].at, all[i].n), wire)) {
			return (uint16_t)(i + 1);
		}
	}
	return 0;
}

uint32_t set_find_address(const struct record_set *rs, unsigned family, const uint8_t *address)
{
	size_t each = family_bytes(family);
	const uint8_t *all = set_addresses(rs, family);
	uint32_t low = 0;
	uint32_t high = rs->n[family];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (memcmp(all + middle * each, address, each) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low < rs->n[family] && memcmp(all + low * each, address, each) == 0) {
		return low;
	}
	return rs->n[family];
}

/* A canonical dashed address among our addresses: sets the run of equal ones. */
static void walk_dashed(struct set_walk *w)
{
	uint8_t address[16];
	char canonical[DASHED_MAX];
	unsigned family;
	if (dashed_parse(w->label, &family, address) != ERR_OK) {
		return;
	}
	size_t n = dashed_print(address, family, canonical);
	if (n != w->label.n || memcmp(canonical, w->label.p, n) != 0) {
		return;
	}
	size_t each = family_bytes(family);
	const uint8_t *all = set_addresses(w->rs, family);
	w->family = family;
	w->at = set_find_address(w->rs, family, address);
	w->end = w->at;
	while (w->end < w->rs->n[family] && memcmp(all + w->end * each, address, each) == 0) {
		w->end++;
	}
}

struct set_walk set_walk(const struct record_set *rs, struct strv lower_label)
{
	struct set_walk w = { .rs = rs, .label = lower_label };
	if (rs->n_slots != 0) {
		w.slot = slot_home(rs, lower_label);
		w.left = rs->n_slots;
	}
	if (rs->dashed[0] || rs->dashed[1]) {
		walk_dashed(&w);
	}
	return w;
}

void set_prefetch(const struct record_set *rs, struct strv lower_label)
{
	__builtin_prefetch(set_addresses(rs, 0));
	__builtin_prefetch(set_endpoints(rs, 0));
	if (rs->n_slots != 0) {
		size_t at = slot_home(rs, lower_label) * slot_bytes(rs);
		__builtin_prefetch((const uint8_t *)set_at(rs, rs->slots_at) + at);
		__builtin_prefetch(set_at(rs, rs->text_at));
	}
}

bool set_next(struct set_walk *w, unsigned *out_family, uint32_t *out_i)
{
	while (w->left > 0) {
		uint32_t slot = slot_get(w->rs, w->slot);
		w->left--;
		w->slot = slot_after(w->rs, w->slot);
		if (slot == SLOT_EMPTY) {
			w->left = 0;
			break;
		}
		unsigned family = slot >> 31;
		uint32_t i = slot & SLOT_INDEX;
		struct strv label = stored_label(w->rs, set_endpoints(w->rs, family)[i].label);
		if (strv_eq_nocase(label, w->label)) {
			*out_family = family;
			*out_i = i;
			return true;
		}
	}
	while (w->at < w->end) {
		uint32_t i = w->at++;
		if (set_endpoints(w->rs, w->family)[i].label == 0) {
			*out_family = w->family;
			*out_i = i;
			return true;
		}
	}
	return false;
}
