/* The cache of controllers, fed from the hub and from an API that repeats itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/unit/watch/store/fixture.h"
#include "watch/cache.h"

#define KINDS (KIND_BIT(KIND_POD) | KIND_BIT(KIND_PVC))

struct world {
	struct fixture f;
	struct watch_api api;
	struct watch_cache *cache;
	char trace[4096];
	watch_event_fn fn; /* of the one subscription, when the test itself is the API */
	void *ctx;
	bool free_inside;
};

static int hub_api_subscribe(void *self, const struct watch_interest *i, struct watch_sub **out)
{
	struct world *w = self;
	return hub_subscribe(w->f.store, i, out);
}

static void hub_api_unsubscribe(void *self, struct watch_sub *sub)
{
	struct world *w = self;
	hub_unsubscribe(w->f.store, sub);
}

static const struct watch_api_ops hub_ops = {
	.subscribe = hub_api_subscribe,
	.unsubscribe = hub_api_unsubscribe,
};

static int own_subscribe(void *self, const struct watch_interest *i, struct watch_sub **out)
{
	struct world *w = self;
	w->fn = i->fn;
	w->ctx = i->ctx;
	*out = NULL;
	return ERR_OK;
}

static void own_unsubscribe(void *self, struct watch_sub *sub)
{
	struct world *w = self;
	(void)sub;
	w->fn = NULL;
}

static const struct watch_api_ops own_ops = {
	.subscribe = own_subscribe,
	.unsubscribe = own_unsubscribe,
};

static void on_event(void *ctx, const struct watch_event *e)
{
	static const char signs[] = { '+', '~', '-', '=' };
	struct world *w = ctx;
	size_t n = strlen(w->trace);
	struct strv name = e->obj ? e->obj->meta.name : STRV_NONE;
	(void)snprintf(w->trace + n, sizeof(w->trace) - n, "%c%s/%.*s ", signs[e->type],
		kind_row(e->kind)->shorts, STRV_ARG(name));
	if (e->obj) { /* the cache is ahead of its handler */
		const struct object *now = watch_cache_get(
			w->cache, e->kind, e->obj->meta.ns, e->obj->meta.name);
		assert_ptr_equal(now, e->type == WATCH_DELETED ? NULL : e->obj);
		assert_int_equal(e->old == NULL, e->type == WATCH_ADDED);
	} else {
		assert_true(watch_cache_is_synced(w->cache, KIND_BIT(e->kind)));
	}
	if (w->free_inside) {
		watch_cache_free(w->cache);
		w->cache = NULL;
	}
}

static void assert_trace(struct world *w, const char *want)
{
	assert_string_equal(w->trace, want);
	w->trace[0] = '\0';
}

static int open_world(void **state, const struct watch_api_ops *ops)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct watch_cache_config config = {
		.kinds = KINDS, .priority = WATCH_CONTROL, .fn = on_event, .ctx = w
	};
	assert_non_null(w);
	fixture_open(&w->f, true, NULL);
	w->api = (struct watch_api){ .self = w, .ops = ops };
	assert_int_equal(watch_cache_new(&w->api, &config, &w->cache), ERR_OK);
	*state = w;
	return 0;
}

static int open_hub(void **state)
{
	return open_world(state, &hub_ops);
}

static int open_own(void **state)
{
	return open_world(state, &own_ops);
}

static int close_world(void **state)
{
	struct world *w = *state;
	watch_cache_free(w->cache);
	fixture_close(&w->f);
	free(w);
	return 0;
}

static void the_cache_follows_the_store(void **state)
{
	struct world *w = *state;
	assert_false(watch_cache_is_synced(w->cache, KINDS));
	fixture_run(&w->f);
	assert_true(watch_cache_is_synced(w->cache, KINDS));
	fixture_put(&w->f, KIND_POD, "n", "a", "");
	fixture_put(&w->f, KIND_POD, "n", "a", "x=1");
	fixture_put(&w->f, KIND_PVC, "n", "c", "");
	assert_null(watch_cache_get(w->cache, KIND_POD, STRV("n"), STRV("a")));
	fixture_run(&w->f);
	const struct object *a = watch_cache_get(w->cache, KIND_POD, STRV("n"), STRV("a"));
	assert_ptr_equal(a, store_get(w->f.store, KIND_POD, STRV("n"), STRV("a")));
	fixture_delete(&w->f, KIND_POD, "n", "a");
	fixture_run(&w->f);
	assert_null(watch_cache_get(w->cache, KIND_POD, STRV("n"), STRV("a")));
	assert_trace(w, "=po/ =pvc/ +po/a ~po/a +pvc/c -po/a ");
	assert_int_equal(watch_cache_lost(w->cache), 0);
}

struct walk {
	struct world *w;
	char seen[256];
	bool meddle;
};

static bool see(void *ctx, const struct object *o)
{
	struct walk *x = ctx;
	size_t n = strlen(x->seen);
	(void)snprintf(x->seen + n, sizeof(x->seen) - n, "%.*s ", STRV_ARG(o->meta.name));
	if (x->meddle) {
		fixture_delete(&x->w->f, KIND_POD, "n", x->seen[0] == 'p' ? "p2" : "p1");
		fixture_run(&x->w->f);
		x->meddle = false;
	}
	return true;
}

static void walks_survive_what_their_visitors_cause(void **state)
{
	struct world *w = *state;
	fixture_put(&w->f, KIND_POD, "n", "p1", "");
	fixture_put(&w->f, KIND_POD, "n", "p2", "");
	fixture_put(&w->f, KIND_POD, "n", "p3", "");
	fixture_run(&w->f);
	struct walk first = { .w = w, .meddle = true };
	watch_cache_visit(w->cache, KIND_POD, STRV_NONE, see, &first);
	assert_string_equal(first.seen, "p1 p3 ");
	struct walk all = { .w = w };
	watch_cache_visit(w->cache, KIND_POD, STRV("n"), see, &all);
	assert_string_equal(all.seen, "p1 p3 ");
	struct walk none = { .w = w };
	watch_cache_visit(w->cache, KIND_POD, STRV("m"), see, &none);
	assert_string_equal(none.seen, "");
}

static void a_cache_may_be_freed_by_its_handler(void **state)
{
	struct world *w = *state;
	fixture_run(&w->f);
	w->trace[0] = '\0';
	w->free_inside = true;
	fixture_put(&w->f, KIND_POD, "n", "a", "");
	fixture_put(&w->f, KIND_POD, "n", "b", "");
	fixture_run(&w->f);
	assert_trace(w, "+po/a ");
	assert_null(w->cache);
}

static void give(struct world *w, enum watch_type type, const struct object *o)
{
	const struct watch_event e = { .type = type, .kind = KIND_POD, .obj = o };
	w->fn(w->ctx, &e);
}

static void events_are_told_as_what_they_did_to_the_cache(void **state)
{
	struct world *w = *state;
	const struct object *o = fixture_object(&w->f, KIND_POD, "n", "a", "");
	const struct object *newer = fixture_object(&w->f, KIND_POD, "n", "a", "x=1");
	give(w, WATCH_MODIFIED, o);  /* never seen */
	give(w, WATCH_ADDED, newer); /* listed again */
	assert_ptr_equal(watch_cache_get(w->cache, KIND_POD, STRV("n"), STRV("a")), newer);
	give(w, WATCH_SYNCED, NULL);
	give(w, WATCH_SYNCED, NULL);
	give(w, WATCH_DELETED, newer);
	give(w, WATCH_DELETED, newer);
	assert_trace(w, "+po/a ~po/a =po/ -po/a ");
	object_unref(o);
	object_unref(newer);
}

#define IN(test, open) cmocka_unit_test_setup_teardown(test, open, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN(the_cache_follows_the_store, open_hub),
		IN(walks_survive_what_their_visitors_cause, open_hub),
		IN(a_cache_may_be_freed_by_its_handler, open_hub),
		IN(events_are_told_as_what_they_did_to_the_cache, open_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
