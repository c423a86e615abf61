/* Ordered sets of objects against a plain array, and walks that change what they walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "watch/object/sorted.h"

#define NAMES 1200
#define STEPS 20000

static const struct object *make(const char *ns, const char *name)
{
	struct arena a;
	struct json *v;
	const struct object *o = NULL;
	const char *field;
	arena_init(&a, 0);
	struct strv text = arena_printf(
		&a, "{\"metadata\":{\"namespace\":\"%s\",\"name\":\"%s\"}}", ns, name);
	assert_int_equal(json_parse(&a, text, &v, NULL), ERR_OK);
	assert_int_equal(object_new(KIND_LEASE, v, false, &o, &field), ERR_OK);
	arena_deinit(&a);
	return o;
}

static void put(struct sorted *s, const char *ns, const char *name)
{
	const struct object *old, *o = make(ns, name);
	assert_int_equal(sorted_put(s, o, &old), ERR_OK);
	object_unref(o);
	object_unref(old);
}

struct walk {
	struct sorted *s;
	char seen[4096];
	size_t n;
	const struct object *last;
	void (*meddle)(struct walk *w, const struct object *o);
	size_t stop_after;
};

static bool see(void *ctx, const struct object *o)
{
	struct walk *w = ctx;
	size_t used = strlen(w->seen);
	if (used + 32 < sizeof(w->seen)) {
		(void)snprintf(w->seen + used, sizeof(w->seen) - used, "%.*s/%.*s ",
			STRV_ARG(o->meta.ns), STRV_ARG(o->meta.name));
	}
	if (w->meddle) {
		w->meddle(w, o);
	}
	w->n++;
	return w->n != w->stop_after;
}

static void walks_keep_the_order_of_namespace_and_name(void **state)
{
	static const struct {
		const char *why, *ns, *after_ns, *after_name, *want;
	} rows[] = {
		{ "all", "", "", "", "/x a/b a/c a-b/a b/a b/b " },
		{ "one namespace", "a", "", "", "a/b a/c " },
		{ "none of that namespace", "aa", "", "", "" },
		{ "behind a key", "", "a", "b", "a/c a-b/a b/a b/b " },
		{ "behind a key that is not there", "", "a", "bb", "a/c a-b/a b/a b/b " },
		{ "behind a key of the namespace", "b", "b", "a", "b/b " },
		{ "behind the last", "", "b", "b", "" },
	};
	struct sorted s;
	(void)state;
	sorted_init(&s);
	put(&s, "b", "b");
	put(&s, "a", "c");
	put(&s, "a-b", "a");
	put(&s, "", "x");
	put(&s, "b", "a");
	put(&s, "a", "b");
	put(&s, "a", "b");
	assert_int_equal(s.runs.n, 6);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct walk w = { .s = &s };
		sorted_visit(&s, strv_of(rows[i].ns), strv_of(rows[i].after_ns),
			strv_of(rows[i].after_name), see, &w);
		if (strcmp(w.seen, rows[i].want) != 0) {
			fail_msg("%s: %s", rows[i].why, w.seen);
		}
	}
	struct walk stopped = { .s = &s, .stop_after = 2 };
	sorted_visit(&s, STRV_NONE, STRV_NONE, STRV_NONE, see, &stopped);
	assert_int_equal(stopped.n, 2);
	sorted_deinit(&s);
}

static bool check_order(void *ctx, const struct object *o)
{
	struct walk *w = ctx;
	if (w->last) {
		int c = strv_cmp(w->last->meta.ns, o->meta.ns);
		assert_true(c < 0 || (c == 0 && strv_cmp(w->last->meta.name, o->meta.name) < 0));
	}
	w->last = o;
	w->n++;
	return true;
}

static void random_changes_keep_order_and_content(void **state)
{
	static bool model[NAMES];
	struct sorted s;
	uint32_t seed = 7;
	size_t n = 0;
	(void)state;
	sorted_init(&s);
	for (int step = 0; step < STEPS; step++) {
		seed = seed * 1664525u + 1013904223u;
		unsigned k = (seed >> 8) % NAMES;
		char ns[8], name[16];
		bool grow = step < STEPS / 2; /* first mostly in, then mostly out */
		bool in = (seed >> 24) % 8 ? grow : !grow;
		(void)snprintf(ns, sizeof(ns), "n%u", k % 3);
		(void)snprintf(name, sizeof(name), "o%u", k);
		assert_int_equal(sorted_get(&s, strv_of(ns), strv_of(name)) != NULL, model[k]);
		if (in) {
			put(&s, ns, name);
		} else {
			const struct object *o = sorted_remove(&s, strv_of(ns), strv_of(name));
			assert_int_equal(o != NULL, model[k]);
			object_unref(o);
		}
		n = n + in - model[k];
		model[k] = in;
		assert_int_equal(s.runs.n, n);
		if (step % 500 == 0) {
			struct walk w = { .s = &s };
			sorted_visit(&s, STRV_NONE, STRV_NONE, STRV_NONE, check_order, &w);
			assert_int_equal(w.n, n);
		}
	}
	sorted_deinit(&s);
}

static void remove_it(struct walk *w, const struct object *o)
{
	object_unref(sorted_remove(w->s, o->meta.ns, o->meta.name));
}

static void add_before_and_behind(struct walk *w, const struct object *o)
{
	if (strv_eq(o->meta.name, STRV("m"))) {
		put(w->s, "a", "b");
		put(w->s, "a", "x");
	}
}

static void walks_go_on_behind_the_key_they_reached_when_the_set_changes(void **state)
{
	struct sorted s;
	char name[16];
	(void)state;
	sorted_init(&s);
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "p%03d", i);
		put(&s, "a", name);
	}
	struct walk w = { .s = &s, .meddle = remove_it };
	sorted_visit(&s, STRV("a"), STRV_NONE, STRV_NONE, see, &w);
	assert_int_equal(w.n, 1000);
	assert_int_equal(s.runs.n, 0);
	put(&s, "a", "m");
	put(&s, "a", "z");
	struct walk grown = { .s = &s, .meddle = add_before_and_behind };
	sorted_visit(&s, STRV_NONE, STRV_NONE, STRV_NONE, see, &grown);
	assert_string_equal(grown.seen, "a/m a/x a/z ");
	sorted_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_keep_the_order_of_namespace_and_name),
		cmocka_unit_test(random_changes_keep_order_and_content),
		cmocka_unit_test(walks_go_on_behind_the_key_they_reached_when_the_set_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
