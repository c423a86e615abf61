/* What the index is made of; index*.c share it. */
#pragma once

#include "dns/kube/index.h"
#include "dns/kube/numbers.h"
#include "dns/kube/replicas.h"

/* What one replica brings to one Service: equal digests are equal records. */
struct share {
	uint64_t digest;
	uint32_t mentions[FAMILIES];
};

struct entry {
	uint32_t id;
	bool dirty;
	struct entry *next_dirty;
	struct service_part *service;
	struct slice_part **slices; /* &one, or the heap's */
	struct slice_part *one;
	uint32_t n_slices, room;
	struct replica *replicas; /* those it governs */
	/* while a replica changes */
	uint64_t visited;
	struct entry *next_visited;
	struct share before;
	struct cell
		cell; /* published; what is before it is the control thread's; its key follows */
};

struct index {
	struct reclaim *reclaim;
	uint64_t seed;
	char *namespaces; /* NULL for all */
	bool known_only;
	struct table names;
	struct table addresses;
	struct table uids;      /* part_uid -> entry, one a mention; not for readers */
	bool mentioning;        /* uids is kept: since the first Pod of a StatefulSet was told */
	struct numbers numbers; /* of entries */
	struct replicas replicas;
	struct entry *dirty;
	bool lazy;
	uint64_t visit; /* number of the walk under way */
};

/* NULL when the cell was taken away meanwhile. */
static inline struct entry *entry_at(const struct index *ix, uint32_t id)
{
	return numbers_at(&ix->numbers, id);
}

/* index.c */
void entry_free(struct entry *e);
uint32_t index_address_hash(const struct index *ix, unsigned family, const uint8_t *address);
struct entry *index_find_entry(const struct index *ix, uint64_t hash, const uint8_t *key, size_t n);
/* Puts one label behind the others of a key; gives the new length. */
size_t index_key(uint8_t *key, size_t at, struct strv label);

/* index_write.c */
/* The entry of this Service; made when `make`. *out NULL if there is none. errors ERR_NOMEM, ERR_TOO_LARGE, ERR_BAD_NAME */
NODISCARD int index_service_entry(
	struct index *ix, struct strv ns, struct strv name, bool make, struct entry **out);
/* Its parts, or what replicas say, have changed. May drop it. */
NODISCARD int index_touch(struct index *ix, struct entry *e, bool *changed);
void index_drop_if_empty(struct index *ix, struct entry *e);

/* index_mention.c */
/* From now on mentions are found by their uid: before Pods are asked about. errors ERR_NOMEM */
NODISCARD int index_mention_begin(struct index *ix);
/* A slice of the entry is about to be replaced; either may be NULL. version: of the change.
 * errors ERR_NOMEM (nothing has changed) */
NODISCARD int index_mention(struct index *ix, struct entry *e, const struct slice_part *old,
	struct slice_part *next, uint64_t version);
/* index_replica.c */
/* Slices for those replicas of the entry that are in none yet, behind those it has. The array and all from `made` on are
 * the caller's, to be given to index_early_free. */
struct early {
	struct slice_part **slices; /* NULL: there are none */
	size_t made, n;
};
NODISCARD int index_early(const struct entry *e, struct early *out);
void index_early_free(struct early *early);
