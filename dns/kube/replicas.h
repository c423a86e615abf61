/* Pods of StatefulSets as they last were themselves, so that readiness and death need not come by way of an EndpointSlice.
 * Source: Pod v1; the EndpointSlice controller for which Pods count (serving = Ready, ready = publishNotReadyAddresses or
 * serving and not terminating; no phase Failed or Succeeded; an address; ports as they resolve on the Pod).
 * Regime: owned by the index; control thread only. Called by: index_replica.c, index_write.c, record_set_build.c.
 *
 * Glossary: replica = such a Pod, known by its uid; mention = an endpoint of a slice that names it; gone = deleted, and
 * remembered for as long as it is mentioned; resting = gone and not mentioned: slices that are told late may still mention
 * it, so the last REPLICAS_RESTING_MAX are remembered too; early = Ready, and not in a slice of its governing Service yet.
 *
 * Which is newer, the Pod as we know it or what a slice says of it? Death (gone, terminal, terminating) always stands. Else
 * resourceVersions of one server compare: a slice that has said so since after the Pod's state may have seen a later one,
 * and stands. Where they do not compare (0), the Pod stands. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/hash.h"
#include "dns/kube/part.h"
#include "watch/object/typed.h"

struct entry;
struct replica_traits;

struct replica {
	UT_hash_handle hh;
	uint64_t uid;     /* part_uid, the key */
	uint64_t version; /* resourceVersion of its state; 0: unknown */
	uint64_t dropped; /* of the slice of its governing Service that left it out last; 0: none */
	struct replica_traits *traits; /* what hardly changes; NULL when gone */
	uint32_t mentions;             /* in all slices */
	uint32_t here[2];              /* of these in those of its governing Service, by family */
	bool gone, ready, terminating, terminal;
	bool resting;
	bool has[2]; /* an address, by family */
	uint8_t address[2][16];
	/* A list: of those below one governing Service (index_replica.c), or of the resting ones. */
	struct entry *governing;
	struct replica *next, **link;
};

#define REPLICAS_RESTING_MAX 1024

struct replicas {
	struct replica *head;             /* uthash */
	struct replica *oldest, **newest; /* resting; where the next one goes, NULL: oldest */
	size_t n_resting;
};

/* Frees all. */
void replicas_deinit(struct replicas *rs);
/* uid 0 is nobody. */
struct replica *replicas_find(const struct replicas *rs, uint64_t uid);
/* One without a state: gone. NULL when memory is out. */
struct replica *replicas_add(struct replicas *rs, uint64_t uid);
/* One more, or one less, slice mentions it. */
void replicas_mention(struct replicas *rs, struct replica *r);
void replicas_unmention(struct replicas *rs, struct replica *r);
/* Nothing is known of it any more. It is below no Service. */
void replicas_remove(struct replicas *rs, struct replica *r);

/* The state of a Pod. errors ERR_NOMEM (the former one stands) */
NODISCARD int replicas_set(struct replicas *rs, struct replica *r, const struct object *pod);
/* It is deleted, and below no Service. */
void replicas_set_gone(struct replicas *rs, struct replica *r);

/* The address to answer for an endpoint of a slice of that Service (NULL: it is not there); NULL: none.
 * r: the replica it mentions, NULL if it is not known. */
const uint8_t *replica_resolve(const struct replica *r, const struct service_part *service,
	const struct slice_part *slice, const struct part_endpoint *e);
/* Would it be an endpoint of this Service, its governing one, if no slice mentioned it in this family? */
bool replica_is_early(const struct replica *r, const struct service_part *service, unsigned family);
/* The slice it would be in, alone. NULL when memory is out. */
struct slice_part *replica_slice(
	const struct replica *r, const struct service_part *service, unsigned family);
