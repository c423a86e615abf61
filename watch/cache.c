/* A client's cache of objects, over either watch_api. Regime: owned heap object holding counted snapshots.
 * Called by: controllers. */
#include "watch/cache.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM        1
#define uthash_nonfatal_oom(elt) ((elt)->unhashed = true)
#include <uthash.h>

#include "base/err.h"
#include "watch/object/sorted.h"

/* The objects of one kind that have one owner. */
struct owner {
	UT_hash_handle hh;
	struct sorted owned;
	unsigned visits; /* walks under way: it must stay */
	bool unhashed;   /* no memory to enter it into the table */
	size_t key_n;
	char key[]; /* kind (one byte), uid */
};

struct owner_index {
	struct owner *head;
};

struct watch_cache {
	struct watch_api api;
	struct watch_sub *sub;
	kind_set kinds, synced;
	watch_event_fn fn;
	void *ctx;
	struct sorted objects[KIND_COUNT];
	struct owner_index *owners; /* apart, as walks over a const cache count themselves in it */
	size_t lost;
};

/* Owners */

#define KEY_CHARS 256

/* The key of an owner, 1 + uid.n bytes; 0 when uid is empty or longer than any real one. */
static size_t owner_key(enum kind kind, struct strv uid, char *out)
{
	if (uid.n == 0 || uid.n >= KEY_CHARS) {
		return 0;
	}
	out[0] = (char)kind;
	memcpy(out + 1, uid.p, uid.n);
	return uid.n + 1;
}

/* uthash's macros are long: NOLINTBEGIN(readability-function-size) */
static struct owner *owner_find(const struct owner_index *x, enum kind kind, struct strv uid)
{
	char key[KEY_CHARS];
	struct owner *o = NULL;
	size_t n = owner_key(kind, uid, key);
	if (n > 0) {
		HASH_FIND(hh, x->head, key, n, o);
	}
	return o;
}

static struct owner *owner_new(struct owner_index *x, enum kind kind, struct strv uid)
{
	struct owner *o = calloc(1, sizeof(*o) + 1 + uid.n);
	if (!o) {
		return NULL;
	}
	sorted_init(&o->owned);
	o->key_n = owner_key(kind, uid, o->key);
	HASH_ADD_KEYPTR(hh, x->head, o->key, o->key_n, o);
	if (o->unhashed) {
		free(o);
		return NULL;
	}
	return o;
}

static void owner_free(struct owner_index *x, struct owner *o)
{
	HASH_DEL(x->head, o);
	sorted_deinit(&o->owned);
	free(o);
}

/* NOLINTEND(readability-function-size) */

static void owner_leave(struct owner_index *x, struct owner *o)
{
	if (o->owned.n == 0 && o->visits == 0) {
		owner_free(x, o);
	}
}

static struct strv owner_uid(const struct object *o)
{
	const struct owner_ref *r = meta_controller(&o->meta);
	return r && r->uid.n < KEY_CHARS ? r->uid : STRV_NONE;
}

static int owner_put(struct owner_index *x, const struct object *obj)
{
	struct strv uid = owner_uid(obj);
	struct owner *o = owner_find(x, obj->kind, uid);
	const struct object *old;
	if (uid.n == 0) {
		return ERR_OK;
	}
	if (!o) {
		o = owner_new(x, obj->kind, uid);
	}
	if (!o) {
		return ERR_NOMEM;
	}
	int err = sorted_put(&o->owned, obj, &old);
	if (err != ERR_OK) {
		owner_leave(x, o);
		return err;
	}
	object_unref(old);
	return ERR_OK;
}

static void owner_remove(struct owner_index *x, const struct object *obj)
{
	struct owner *o = owner_find(x, obj->kind, owner_uid(obj));
	if (o) {
		object_unref(sorted_remove(&o->owned, obj->meta.ns, obj->meta.name));
		owner_leave(x, o);
	}
}

/* Events */

static int keep(struct watch_cache *c, const struct object *obj, const struct object **out_old)
{
	const struct object *old;
	int err = owner_put(c->owners, obj);
	if (err != ERR_OK) {
		return err;
	}
	err = sorted_put(&c->objects[obj->kind], obj, &old);
	if (err != ERR_OK) { /* only a new name can fail: no older state is in the index */
		owner_remove(c->owners, obj);
		return err;
	}
	if (old && !strv_eq(owner_uid(old), owner_uid(obj))) {
		owner_remove(c->owners, old);
	}
	*out_old = old;
	return ERR_OK;
}

static const struct object *drop(struct watch_cache *c, const struct object *obj)
{
	const struct object *old = sorted_remove(
		&c->objects[obj->kind], obj->meta.ns, obj->meta.name);
	if (old) {
		owner_remove(c->owners, old);
	}
	return old;
}

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
		told.old = drop(c, e->obj);
		if (!told.old) {
			return;
		}
	} else {
		if (keep(c, e->obj, &told.old) != ERR_OK) {
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
	struct owner *o, *next;
	if (c->owners) {
		HASH_ITER(hh, c->owners->head, o, next) {
			owner_free(c->owners, o);
		}
		free(c->owners);
	}
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
	c->api = *api;
	c->kinds = config->kinds;
	c->fn = config->fn;
	c->ctx = config->ctx;
	c->owners = calloc(1, sizeof(*c->owners));
	const struct watch_interest interest = {
		.kinds = config->kinds,
		.priority = config->priority,
		.label_selector = config->label_selector,
		.fn = on_event,
		.ctx = c,
	};
	int err = c->owners ? watch_subscribe(api, &interest, &c->sub) : ERR_NOMEM;
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

size_t watch_cache_count(const struct watch_cache *c, enum kind kind)
{
	return c->objects[kind].n;
}

void watch_cache_visit(const struct watch_cache *c, enum kind kind, struct strv ns,
	watch_cache_visit_fn fn, void *ctx)
{
	sorted_visit(&c->objects[kind], ns, STRV_NONE, STRV_NONE, fn, ctx);
}

void watch_cache_visit_owned(const struct watch_cache *c, enum kind kind, struct strv uid,
	watch_cache_visit_fn fn, void *ctx)
{
	struct owner_index *x = c->owners;
	struct owner *o = owner_find(x, kind, uid);
	if (!o) {
		return;
	}
	o->visits++;
	sorted_visit(&o->owned, STRV_NONE, STRV_NONE, STRV_NONE, fn, ctx);
	o->visits--;
	owner_leave(x, o);
}

size_t watch_cache_lost(const struct watch_cache *c)
{
	return c->lost;
}
