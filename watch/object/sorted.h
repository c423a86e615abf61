/* Objects of one kind in the order of (namespace, name), for quick look-ups, changes and walks.
 * Regime: caller's storage; holds a reference to each object. Called by: store, cache. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/strv.h"
#include "watch/object/object.h"
#include "watch/object/runs.h"

struct sorted {
	struct runs runs;
	uint64_t changes; /* grows with each put and remove */
};

void sorted_init(struct sorted *s);
void sorted_deinit(struct sorted *s); /* lets go of all objects */

/* Borrowed until it is replaced or removed; NULL if absent. */
const struct object *sorted_get(const struct sorted *s, struct strv ns, struct strv name);
/* Inserts o or replaces the object of its name; takes a reference. *out_old is the one replaced, its
 * reference passes to the caller; NULL if there was none. Replacing cannot fail. errors ERR_NOMEM (unchanged) */
NODISCARD int sorted_put(struct sorted *s, const struct object *o, const struct object **out_old);
/* The object removed, its reference passes to the caller; NULL if absent. */
const struct object *sorted_remove(struct sorted *s, struct strv ns, struct strv name);

typedef bool (*sorted_visit_fn)(void *ctx, const struct object *o); /* false stops the walk */
/* Objects in order; ns "" means all namespaces. after_*: begin behind that key; empty name: from the start.
 * fn may change s: the walk goes on behind the key it has reached. */
void sorted_visit(const struct sorted *s, struct strv ns, struct strv after_ns,
	struct strv after_name, sorted_visit_fn fn, void *ctx);
