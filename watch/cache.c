/* A client's cache of objects, over either watch_api. Regime: owned heap object holding counted snapshots.
 * Called by: controllers. */
#include "watch/cache.h"

#include <stdlib.h>

#include "base/err.h"
#include "watch/object/sorted.h"

struct watch_cache {
	struct watch_api api;
	struct watch_sub *sub;
	kind_set kinds, synced;
	watch_event_fn fn;
	void *ctx;
	struct sorted objects[KIND_COUNT];
	size_t lost;
};

/* Events */

static void on_event(void *ctx, const struct watch_event *e)
{
	struct watch_cache *c = ctx;
	struct watch_event told = *e;
	told.old = NULL;
	if (e->type == WATCH_SYNCED) {
		if (c->synced & KIND_BIT(e->kind)) {
			return;
		}
		c->synced |= KIND_BIT(e->kind);
	} else if (e->type == WATCH_DELETED) {
		told.old = sorted_remove(&c->objects[e->kind], e->obj->meta.ns, e->obj->meta.name);
		if (!told.old) {
			return;
		}
	} else {
		if (sorted_put(&c->objects[e->kind], e->obj, &told.old) != ERR_OK) {
			c->lost++;
			return;
		}
		told.type = told.old ? WATCH_MODIFIED : WATCH_ADDED;
	}
	if (c->fn) {
		c->fn(c->ctx, &told); /* last touch: fn may have freed c */
	}
	object_unref(told.old);
}

static void cache_free(struct watch_cache *c)
{
	for (size_t k = 0; k < KIND_COUNT; k++) {
		sorted_deinit(&c->objects[k]);
	}
	free(c);
}

int watch_cache_new(const struct watch_api *api, const struct watch_cache_config *config,
	struct watch_cache **out)
{
	struct watch_cache *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	for (size_t k = 0; k < KIND_COUNT; k++) {
		sorted_init(&c->objects[k]);
	}
	c->api = *api;
	c->kinds = config->kinds;
	c->fn = config->fn;
	c->ctx = config->ctx;
	const struct watch_interest interest = {
		.kinds = config->kinds,
		.priority = config->priority,
		.label_selector = config->label_selector,
		.fn = on_event,
		.ctx = c,
	};
	int err = watch_subscribe(api, &interest, &c->sub);
	if (err != ERR_OK) {
		cache_free(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

void watch_cache_free(struct watch_cache *c)
{
	if (c) {
		watch_unsubscribe(&c->api, c->sub);
		cache_free(c);
	}
}

/* Reading */

bool watch_cache_is_synced(const struct watch_cache *c, kind_set kinds)
{
	return (c->synced & kinds) == kinds;
}

const struct object *watch_cache_get(
	const struct watch_cache *c, enum kind kind, struct strv ns, struct strv name)
{
	return sorted_get(&c->objects[kind], ns, name);
}

void watch_cache_visit(const struct watch_cache *c, enum kind kind, struct strv ns,
	watch_cache_visit_fn fn, void *ctx)
{
	sorted_visit(&c->objects[kind], ns, STRV_NONE, STRV_NONE, fn, ctx);
}

size_t watch_cache_lost(const struct watch_cache *c)
{
	return c->lost;
}
