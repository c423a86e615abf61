/* What the index is made of; index.c and index_list.c share it. */
#pragma once

#include "dns/kube/index.h"
#include "dns/kube/numbers.h"

struct entry {
	struct cell cell; /* published; what follows is the control thread's */
	uint32_t id;
	bool dirty;
	struct entry *next_dirty;
	struct service_part *service;
	struct slice_part **slices;
	size_t n_slices;
	size_t room;
};

struct index {
	struct reclaim *reclaim;
	uint64_t seed;
	char *namespaces; /* NULL for all */
	bool known_only;
	struct table names;
	struct table addresses;
	struct numbers numbers; /* of entries */
	struct entry *dirty;
	bool lazy;
};

/* NULL when the cell was taken away meanwhile. */
static inline struct entry *entry_at(const struct index *ix, uint32_t id)
{
	return numbers_at(&ix->numbers, id);
}
