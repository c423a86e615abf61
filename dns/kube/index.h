/* The index: from (service, namespace) and from address to record sets, and which namespaces exist.
 * A cell stands for one Service for as long as the Service, a slice of it or a Pod below it exists; its record set is
 * replaced whole, so no query sees half a change. A change costs O(size of the changed Service).
 * Regime: owned heap object; cells and record sets are published snapshots. Writers: control thread. Readers: query
 * threads between reclaim_reader_enter and _leave, and the control thread. Called by: dns/kube/feed.c, answer*.c,
 * transfer.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/kube/record_set.h"
#include "dns/kube/table.h"
#include "dns/reclaim.h"
#include "dns/wire/name.h"

struct index;

/* Labels SERVICE and NAMESPACE in wire form without the root octet, lower case, as they lie side by side in a name. */
#define INDEX_KEY_MAX ((size_t)2 * (LABEL_MAX_BYTES + 1))

struct cell {
	struct retired retired;
	const struct record_set *records; /* published; NULL: nothing known */
	bool exposed;                     /* its namespace is among those served */
	uint8_t key_n;
	uint8_t key[];
};

/* Which namespaces are served. */
struct index_exposure {
	const char *namespaces; /* blank-separated, NULL for all */
	bool known_only; /* only those that index_set_namespace has told of, Services included */
};
/* seed: of the hashes. errors ERR_NOMEM */
NODISCARD int index_new(struct reclaim *rc, const struct index_exposure *exposure, uint64_t seed,
	struct index **out);
/* No reader is left. */
void index_free(struct index *ix);

/* Writers. `changed` says whether any answer may differ now. service or part NULL: it is gone. Parts are taken, also on
 * failure; after a failure the former records stand.
 * errors ERR_NOMEM, ERR_TOO_LARGE, ERR_BAD_NAME (no label of 1..63 octets) */
NODISCARD int index_set_service(struct index *ix, struct strv ns, struct strv name,
	struct service_part *service, bool *changed);
struct index_slice {
	struct strv ns, service, slice;
	uint64_t version; /* of this change; 0: unknown */
};
NODISCARD int index_set_slice(
	struct index *ix, const struct index_slice *at, struct slice_part *part, bool *changed);
NODISCARD int index_set_namespace(struct index *ix, struct strv ns, bool exists, bool *changed);
/* A Pod of a StatefulSet, as it is now (replicas.h). */
NODISCARD int index_set_replica(struct index *ix, const struct object *pod, bool *changed);
/* It is deleted: no Service has it any more, whatever slices say. */
NODISCARD int index_drop_replica(struct index *ix, struct strv uid, bool *changed);
/* Nobody tells us of it any more, or of any: what slices say counts. */
NODISCARD int index_forget_replica(struct index *ix, struct strv uid, bool *changed);
NODISCARD int index_forget_replicas(struct index *ix, bool *changed);
/* While lazy, record sets are not rebuilt by every change but by index_flush: many slices of one Service arrive one by
 * one at start. */
void index_set_lazy(struct index *ix, bool lazy);
NODISCARD int index_flush(struct index *ix);

/* Readers. */
uint64_t index_hash(const struct index *ix, const uint8_t *key, size_t n);
const struct cell *index_find(const struct index *ix, uint64_t hash, const uint8_t *key, size_t n);
/* ns: label in lower case. Exists and is exposed. */
bool index_has_namespace(const struct index *ix, struct strv ns);
bool index_exposes(const struct index *ix, struct strv ns);
/* Is the Service of this cell in a namespace that is served? */
bool index_serves(const struct index *ix, const struct cell *c);
/* The numbers of all Services' cells, by name, then namespace; to be freed. errors ERR_NOMEM */
NODISCARD int index_list(const struct index *ix, uint32_t **out, size_t *out_n);
/* The Service's cell of this number, NULL if there is none (any more). */
const struct cell *index_at(const struct index *ix, uint32_t number);
/* Cells that may have this address; several, and none may turn out to. */
struct index_walk {
	const struct index *ix;
	struct table_walk walk;
};
struct index_walk index_walk(const struct index *ix, unsigned family, const uint8_t *address);
const struct cell *index_next(struct index_walk *w);
/* What a look-up by this hash will touch, one step after the other: the slot; the cell (handed on); its records (handed on
 * too). */
void index_prefetch(const struct index *ix, uint64_t hash);
const struct cell *index_prefetch_cell(const struct index *ix, uint64_t hash);
const struct record_set *cell_prefetch_records(const struct cell *c);

static inline const struct record_set *cell_records(const struct cell *c)
{
	return SNAPSHOT(c->records);
}
