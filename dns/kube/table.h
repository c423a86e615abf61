/* A table from 32-bit hashes to small numbers, several per hash allowed: one writer, readers without locks. Equal
 * hashes are candidates only; whoever looks up compares the thing itself.
 * Open addressing, linear probing, 1/2 to 3/4 full: 11 to 16 octets an entry, one cache miss a look-up. Growing
 * publishes a new array; the old one is retired.
 * Regime: the table is its owner's storage; its array a published snapshot. Writers on the control thread, readers on
 * query threads between reclaim_reader_enter and _leave. Called by: dns/kube/index.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "dns/reclaim.h"

struct table_array;

struct table {
	struct reclaim *reclaim;
	struct table_array *array; /* published; NULL while empty */
	uint32_t used;             /* entries */
	uint32_t filled;           /* entries and graves */
};

void table_init(struct table *t, struct reclaim *rc);
/* No reader is left. */
void table_deinit(struct table *t);

#define TABLE_ID_MAX 0xFFFFFFFDu
/* errors ERR_NOMEM */
NODISCARD int table_add(struct table *t, uint32_t hash, uint32_t id);
/* Removes one entry of exactly this hash and id; false if there is none. */
bool table_remove(struct table *t, uint32_t hash, uint32_t id);

/* Walks the ids of one hash: for (struct table_walk w = table_walk(t, hash); table_next(&w, &id);) */
struct table_walk {
	const struct table_array *array;
	uint32_t hash; /* spread */
	uint32_t at;
	uint32_t left; /* slots not looked at yet: bounds the walk */
};
struct table_walk table_walk(const struct table *t, uint32_t hash);
bool table_next(struct table_walk *w, uint32_t *out_id);
/* Brings the slot of this hash into the cache. */
void table_prefetch(const struct table *t, uint32_t hash);
