/* What DNS knows of StatefulSets: which ordinals each should have, and below which Service. It decides nothing but how a
 * name is said not to exist.
 * Source: StatefulSet apps/v1: spec.serviceName, replicas, ordinals.start, podManagementPolicy.
 * Regime: owned heap object; what is known of a set is a published snapshot. Written on the control thread, read by query
 * threads between reclaim_reader_enter and _leave. Called by: dns/kube/feed.c, due.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "dns/reclaim.h"
#include "watch/object/typed.h"

struct sets;

struct set_plan {
	struct strv service; /* governing Service */
	int64_t start, replicas;
	bool ordered; /* a Pod waits for those before it */
};

/* errors ERR_NOMEM */
NODISCARD int sets_new(struct reclaim *rc, uint64_t seed, struct sets **out);
/* No reader is left. Accepts NULL. */
void sets_free(struct sets *s);
/* set NULL: it is gone. errors ERR_NOMEM, ERR_TOO_LARGE; what was known before is forgotten then: nothing wrong is said */
NODISCARD int sets_set(
	struct sets *s, struct strv ns, struct strv name, const struct statefulset *set);
/* Readers; text of *out is valid as long as other snapshots are. False: no such set. */
bool sets_find(const struct sets *s, struct strv ns, struct strv name, struct set_plan *out);
