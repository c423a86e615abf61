/* Memory that runs out at every allocation in turn: objects, selectors, commits, subscriptions, caches. A failure is
 * an error of the call it struck, leaves what was there unchanged and leaks nothing (ASan). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "fault.h"
#include "test/unit/watch/store/fixture.h"
#include "watch/cache.h"
#include "watch/object/typed.h"

#define SWEEP_MAX 2000

static const char set_text[] =
	"{\"metadata\":{\"name\":\"web\",\"labels\":{\"a\":\"b\"}},\"spec\":{\"selector\":{"
	"\"matchLabels\":{\"app\":\"web\"},\"matchExpressions\":[{\"key\":\"t\",\"operator\":"
	"\"In\","
	"\"values\":[\"a\",\"b\"]}]},\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"d\"}}]}}";

static void objects_say_when_memory_is_out(void **state)
{
	struct arena a;
	struct json *tree, *again;
	bool failed = true;
	(void)state;
	arena_init(&a, 0);
	assert_int_equal(json_parse(&a, strv_of(set_text), &tree, NULL), ERR_OK);
	for (size_t n = 1; failed; n++) {
		const struct object *o = NULL;
		const char *field = NULL;
		assert_true(n < SWEEP_MAX);
		fault_begin(n, false);
		int err = object_new(KIND_STATEFULSET, tree, true, &o, &field);
		failed = fault_end();
		assert_int_equal(err, failed ? ERR_NOMEM : ERR_OK);
		assert_int_equal(o == NULL, failed);
		object_unref(o);
	}
	const struct object *o = NULL;
	const char *field = NULL;
	assert_int_equal(object_new(KIND_STATEFULSET, tree, true, &o, &field), ERR_OK);
	struct arena small;
	arena_init(&small, 0);
	fault_begin(1, true);
	again = object_tree(o, &small);
	assert_true(fault_end());
	assert_null(again);
	arena_deinit(&small);
	object_unref(o);
	arena_deinit(&a);
}

static void selectors_say_when_memory_is_out(void **state)
{
	char text[2048] = "a";
	bool failed = true;
	(void)state;
	for (int i = 0; i < 100; i++) { /* enough to sort by merging, and for several chunks */
		size_t n = strlen(text);
		(void)snprintf(text + n, sizeof(text) - n, ",k%d in (x,y)", 99 - i);
	}
	for (size_t n = 1; failed; n++) {
		struct arena a;
		struct selector s;
		char why[SELECTOR_WHY_CHARS];
		assert_true(n < SWEEP_MAX);
		arena_init(&a, 64);
		fault_begin(n, true); /* a lone failure in sorting is survived */
		int err = selector_parse(&a, strv_of(text), &s, why);
		struct strv printed = err == ERR_OK ? selector_print(&a, &s) : STRV_NONE;
		failed = fault_end();
		assert_true(err == ERR_OK || (failed && err == ERR_NOMEM));
		assert_true(failed || printed.n > 0);
		arena_deinit(&a);
	}
}

static void a_commit_that_fails_changes_nothing(void **state)
{
	struct fixture f;
	size_t failures = 0;
	(void)state;
	fixture_open(&f, true, NULL);
	for (int i = 0; i < 600; i++) { /* through the growth of runs and rings */
		char name[16];
		(void)snprintf(name, sizeof(name), "p%d", i * 7919 % 600);
		const struct object *o = fixture_object(&f, KIND_POD, "n", name, "");
		for (size_t n = 1;; n++) {
			uint64_t before = store_revision(f.store);
			fault_begin(n, false);
			int err = store_commit(f.store, WATCH_ADDED, o);
			if (!fault_end()) {
				assert_int_equal(err, ERR_OK);
				break;
			}
			failures++;
			assert_int_equal(err, ERR_NOMEM);
			assert_int_equal(store_revision(f.store), before);
			assert_null(store_get(f.store, KIND_POD, STRV("n"), strv_of(name)));
			assert_int_equal(store_count(f.store, KIND_POD), i);
		}
		object_unref(o);
	}
	assert_true(failures > 10);
	fixture_close(&f);
}

static void ignore(void *ctx, const struct watch_event *e)
{
	size_t *n = ctx;
	(void)e;
	++*n;
}

static void subscriptions_say_when_memory_is_out(void **state)
{
	struct fixture f;
	size_t told = 0;
	bool failed = true;
	(void)state;
	fixture_open(&f, true, NULL);
	fixture_put(&f, KIND_POD, "n", "a", "app=web");
	const struct watch_interest w = {
		.kinds = KIND_ALL, .label_selector = STRV("app=web"), .fn = ignore, .ctx = &told
	};
	for (size_t n = 1; failed; n++) {
		struct watch_sub *sub = NULL;
		assert_true(n < SWEEP_MAX);
		fault_begin(n, false);
		int err = hub_subscribe(f.store, &w, &sub);
		failed = fault_end();
		assert_int_equal(err, failed ? ERR_NOMEM : ERR_OK);
		hub_unsubscribe(f.store, sub);
	}
	fixture_run(&f);
	assert_int_equal(told, 0);
	fixture_close(&f);
}

static int api_subscribe(void *self, const struct watch_interest *w, struct watch_sub **out)
{
	struct fixture *f = self;
	return hub_subscribe(f->store, w, out);
}

static void api_unsubscribe(void *self, struct watch_sub *sub)
{
	struct fixture *f = self;
	hub_unsubscribe(f->store, sub);
}

/* Each allocation of keeping one object fails once: the cache counts the loss and stays sound. */
static void a_cache_counts_what_it_could_not_keep(void **state)
{
	static const struct watch_api_ops ops = {
		.subscribe = api_subscribe,
		.unsubscribe = api_unsubscribe,
	};
	bool failed = true;
	(void)state;
	for (size_t n = 1; failed; n++) {
		struct fixture f;
		struct watch_cache *c = NULL;
		size_t told = 0;
		assert_true(n < SWEEP_MAX);
		fixture_open(&f, true, NULL);
		const struct watch_api api = { .self = &f, .ops = &ops };
		const struct watch_cache_config config = { .kinds = KIND_BIT(KIND_POD),
			.priority = WATCH_RECORDS,
			.fn = ignore,
			.ctx = &told };
		assert_int_equal(watch_cache_new(&api, &config, &c), ERR_OK);
		hub_settle(f.store);
		told = 0;
		fixture_put(&f, KIND_POD, "n", "a", "");
		fault_begin(n, false);
		hub_settle(f.store);
		failed = fault_end();
		assert_int_equal(watch_cache_lost(c), failed ? 1 : 0);
		assert_int_equal(told, failed ? 0 : 1);
		assert_int_equal(
			watch_cache_get(c, KIND_POD, STRV("n"), STRV("a")) == NULL, failed);
		fixture_put(&f, KIND_POD, "n", "a", ""); /* its next change heals it */
		hub_settle(f.store);
		assert_non_null(watch_cache_get(c, KIND_POD, STRV("n"), STRV("a")));
		watch_cache_free(c);
		fixture_close(&f);
	}
}

static void stores_and_caches_say_when_memory_is_out(void **state)
{
	static const struct watch_api_ops ops = {
		.subscribe = api_subscribe,
		.unsubscribe = api_unsubscribe,
	};
	struct fixture f;
	bool failed = true;
	(void)state;
	fixture_open(&f, true, NULL);
	const struct watch_api api = { .self = &f, .ops = &ops };
	const struct watch_cache_config config = { .kinds = KIND_ALL };
	for (size_t n = 1; failed; n++) {
		struct store *s = NULL;
		struct watch_cache *c = NULL;
		assert_true(n < SWEEP_MAX);
		fault_begin(n, false);
		int err = store_new(f.clock, NULL, &s);
		if (err == ERR_OK) {
			err = watch_cache_new(&api, &config, &c);
		}
		failed = fault_end();
		assert_int_equal(err, failed ? ERR_NOMEM : ERR_OK);
		watch_cache_free(c);
		store_free(s);
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_say_when_memory_is_out),
		cmocka_unit_test(selectors_say_when_memory_is_out),
		cmocka_unit_test(a_commit_that_fails_changes_nothing),
		cmocka_unit_test(subscriptions_say_when_memory_is_out),
		cmocka_unit_test(a_cache_counts_what_it_could_not_keep),
		cmocka_unit_test(stores_and_caches_say_when_memory_is_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
