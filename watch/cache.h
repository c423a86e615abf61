/* What a controller knows of the cluster: the current object of every (kind, namespace, name) it subscribed to, and
 * word of each change. The same over both implementations of watch_api.
 * Regime: owned heap object; holds a reference to each object. Control thread only.
 * Called by: statefulset and its companions.
 *
 * Glossary: synced = all that existed when it subscribed is here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/strv.h"
#include "watch/api.h"

struct watch_cache;

struct watch_cache_config {
	kind_set kinds;
	enum watch_priority priority;
	struct strv label_selector; /* "" for all */
	watch_event_fn fn; /* told after the cache has been brought up to date; may be NULL */
	void *ctx;
};

/* Subscribes. Events reach fn as the API gives them, with two things made sure: type and old say what
 * happened to this cache (ADDED for an object it had is MODIFIED, DELETED of one it never had is not told), and SYNCED
 * comes once a kind. api must outlive the cache. errors ERR_NOMEM, ERR_SYNTAX (selector) */
NODISCARD int watch_cache_new(const struct watch_api *api, const struct watch_cache_config *config,
	struct watch_cache **out);
/* Unsubscribes and lets go of all objects; fn is not called again, also when called from inside it. Accepts NULL. */
void watch_cache_free(struct watch_cache *c);

/* All of these kinds (a subset of the subscribed ones) have been told completely. */
bool watch_cache_is_synced(const struct watch_cache *c, kind_set kinds);

/* Borrowed until the object changes (object_ref to keep it); NULL if absent. ns "" for cluster-scoped kinds. */
const struct object *watch_cache_get(
	const struct watch_cache *c, enum kind kind, struct strv ns, struct strv name);

/* Walks objects in the order of (namespace, name). The visitor returns false to stop; it may cause changes. */
typedef bool (*watch_cache_visit_fn)(void *ctx, const struct object *o);
/* One kind; ns "" for all namespaces. */
void watch_cache_visit(const struct watch_cache *c, enum kind kind, struct strv ns,
	watch_cache_visit_fn fn, void *ctx);

/* Changes that could not be kept for want of memory since it began: the objects concerned are missing or old until
 * they change again. 0 in a healthy process. */
size_t watch_cache_lost(const struct watch_cache *c);
