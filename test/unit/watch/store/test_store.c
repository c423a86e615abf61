/* The store: what commits do to objects and history, what readers get, what bounds drop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/unit/watch/store/fixture.h"

static void revisions_grow_by_one_and_objects_follow(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, true, NULL);
	assert_int_equal(store_revision(f.store), 1);
	assert_int_equal(store_next_revision(f.store), 2);
	fixture_put(&f, KIND_POD, "n", "a", "");
	fixture_put(&f, KIND_POD, "n", "a", "x=1");
	fixture_put(&f, KIND_SERVICE, "n", "a", "");
	assert_int_equal(store_revision(f.store), 4);
	const struct object *o = store_get(f.store, KIND_POD, STRV("n"), STRV("a"));
	assert_int_equal(o->meta.resource_version, 3);
	assert_int_equal(store_count(f.store, KIND_POD), 1);
	fixture_delete(&f, KIND_POD, "n", "a");
	assert_null(store_get(f.store, KIND_POD, STRV("n"), STRV("a")));
	assert_non_null(store_get(f.store, KIND_SERVICE, STRV("n"), STRV("a")));
	assert_int_equal(store_count(f.store, KIND_POD), 0);
	fixture_close(&f);
}

static void readers_get_each_change_of_their_kinds_in_order(void **state)
{
	struct fixture f;
	struct store_change c;
	uint64_t cursor = 1;
	(void)state;
	fixture_open(&f, true, NULL);
	fixture_put(&f, KIND_POD, "n", "a", "");
	fixture_put(&f, KIND_SERVICE, "n", "s", "");
	fixture_put(&f, KIND_POD, "n", "a", "x=1");
	fixture_put(&f, KIND_PVC, "n", "c", "");
	fixture_delete(&f, KIND_POD, "n", "a");
	fixture_put(&f, KIND_PVC, "n", "d", "");
	kind_set kinds = KIND_BIT(KIND_POD) | KIND_BIT(KIND_SERVICE);
	static const struct {
		uint64_t revision;
		enum watch_type type;
		bool old;
	} want[] = {
		{ 2, WATCH_ADDED, false },
		{ 3, WATCH_ADDED, false },
		{ 4, WATCH_MODIFIED, true },
		{ 6, WATCH_DELETED, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(store_read(f.store, &cursor, kinds, &c), ERR_OK);
		assert_int_equal(c.revision, want[i].revision);
		assert_int_equal(cursor, want[i].revision);
		assert_int_equal(c.type, want[i].type);
		assert_int_equal(c.obj->meta.resource_version, c.revision);
		assert_int_equal(c.old != NULL, want[i].old);
	}
	assert_int_equal(store_read(f.store, &cursor, kinds, &c), ERR_OK);
	assert_null(c.obj);
	assert_int_equal(cursor, 7); /* nothing there: up to the newest */
	cursor = 99;
	assert_int_equal(store_read(f.store, &cursor, kinds, &c), ERR_OK);
	assert_int_equal(cursor, 99);
	cursor = 0;
	assert_int_equal(store_read(f.store, &cursor, KIND_BIT(KIND_NODE), &c), ERR_OK);
	assert_null(c.obj);
	fixture_close(&f);
}

static void readers_older_than_the_history_are_told(void **state)
{
	struct fixture f;
	struct store_change c;
	const struct store_limits limits = { .history_events = 10 };
	char name[16];
	(void)state;
	fixture_open(&f, true, &limits);
	for (int i = 0; i < 300; i++) { /* revisions 2 .. 301; kept: 292 .. 301 */
		(void)snprintf(name, sizeof(name), "p%d", i % 7);
		fixture_put(&f, i % 2 ? KIND_POD : KIND_PVC, "n", name, "");
	}
	for (uint64_t from = 1; from < 291; from++) {
		uint64_t cursor = from;
		assert_int_equal(store_read(f.store, &cursor, KIND_ALL, &c), ERR_GONE);
		assert_int_equal(cursor, from);
	}
	uint64_t cursor = 291;
	for (uint64_t r = 292; r <= 301; r++) {
		assert_int_equal(store_read(f.store, &cursor, KIND_ALL, &c), ERR_OK);
		assert_int_equal(c.revision, r);
	}
	fixture_close(&f);
}

static void history_is_bounded_by_the_bytes_it_alone_keeps(void **state)
{
	struct fixture f;
	struct store_change c;
	const struct store_limits limits = { .history_bytes = 1000 };
	char name[16], label[64];
	uint64_t cursor = 1;
	(void)state;
	fixture_open(&f, true, &limits);
	for (int i = 0; i < 100; i++) { /* current objects do not count */
		(void)snprintf(name, sizeof(name), "p%d", i);
		fixture_put(&f, KIND_POD, "n", name, "");
	}
	assert_int_equal(store_read(f.store, &cursor, KIND_ALL, &c), ERR_OK);
	assert_int_equal(c.revision, 2);
	for (int i = 0; i < 100; i++) { /* replaced ones do, about 100 bytes each */
		(void)snprintf(label, sizeof(label), "round=%d", i);
		fixture_put(&f, KIND_POD, "n", "p1", label);
	}
	cursor = 1;
	assert_int_equal(store_read(f.store, &cursor, KIND_ALL, &c), ERR_GONE);
	cursor = store_revision(f.store) - 3;
	assert_int_equal(store_read(f.store, &cursor, KIND_ALL, &c), ERR_OK);
	fixture_close(&f);
}

static bool stop_at_third(void *ctx, const struct object *o)
{
	size_t *n = ctx;
	(void)o;
	return ++*n < 3;
}

static void lists_go_page_by_page(void **state)
{
	struct fixture f;
	size_t n = 0;
	(void)state;
	fixture_open(&f, true, NULL);
	fixture_put(&f, KIND_POD, "b", "a", "");
	fixture_put(&f, KIND_POD, "a", "b", "");
	fixture_put(&f, KIND_POD, "a", "a", "");
	fixture_put(&f, KIND_POD, "c", "a", "");
	store_visit(f.store, KIND_POD, STRV(""), STRV(""), STRV(""), stop_at_third, &n);
	assert_int_equal(n, 3);
	n = 0;
	store_visit(f.store, KIND_POD, STRV(""), STRV("b"), STRV("a"), stop_at_third, &n);
	assert_int_equal(n, 1);
	n = 0;
	store_visit(f.store, KIND_POD, STRV("a"), STRV(""), STRV(""), stop_at_third, &n);
	assert_int_equal(n, 2);
	fixture_close(&f);
}

struct ear {
	struct fixture *f;
	struct store_listener listener;
	struct ear *silence; /* unlistens this one when called */
	kind_set heard;
	int calls;
};

static void hear(void *ctx, kind_set changed)
{
	struct ear *e = ctx;
	e->calls++;
	e->heard |= changed;
	if (e->silence) {
		store_unlisten(e->f->store, &e->silence->listener);
	}
}

static void listeners_hear_once_a_turn_what_changed(void **state)
{
	struct fixture f;
	struct ear a, b;
	(void)state;
	fixture_open(&f, true, NULL);
	a = (struct ear){ .f = &f, .listener = { .fn = hear, .ctx = &a } };
	b = (struct ear){ .f = &f, .listener = { .fn = hear, .ctx = &b } };
	store_listen(f.store, &a.listener);
	store_listen(f.store, &b.listener);
	fixture_put(&f, KIND_POD, "n", "a", "");
	fixture_put(&f, KIND_PVC, "n", "a", "");
	assert_int_equal(a.calls, 0); /* not inside the commit */
	fixture_run(&f);
	assert_int_equal(a.calls, 1);
	assert_int_equal(b.calls, 1);
	assert_int_equal(a.heard, KIND_BIT(KIND_POD) | KIND_BIT(KIND_PVC));
	a.silence = &b;
	fixture_put(&f, KIND_POD, "n", "b", "");
	fixture_run(&f);
	assert_int_equal(a.calls, 2);
	assert_int_equal(b.calls, 1);
	a.silence = &a;
	fixture_put(&f, KIND_POD, "n", "c", "");
	fixture_run(&f);
	fixture_put(&f, KIND_POD, "n", "d", "");
	fixture_run(&f);
	assert_int_equal(a.calls, 3);
	fixture_close(&f);
}

/* 1,000 readers of 1,000 changes among 10 times as many of other kinds: counted, not timed. */
static void many_readers_lose_nothing(void **state)
{
	enum { READERS = 1000, CHANGES = 1000 };
	static uint64_t cursors[READERS];
	struct fixture f;
	struct store_change c;
	size_t seen = 0;
	char name[16];
	(void)state;
	fixture_open(&f, true, NULL);
	for (int i = 0; i < CHANGES; i++) {
		for (int k = 0; k < 10; k++) {
			fixture_put(&f, KIND_PVC, "n", "noise", "");
		}
		(void)snprintf(name, sizeof(name), "p%d", i);
		fixture_put(&f, KIND_POD, "n", name, "");
		for (int r = 0; r < READERS; r++) {
			cursors[r] = cursors[r] ? cursors[r] : 1;
			assert_int_equal(
				store_read(f.store, &cursors[r], KIND_BIT(KIND_POD), &c), ERR_OK);
			seen += c.obj != NULL && c.revision == store_revision(f.store);
			assert_int_equal(
				store_read(f.store, &cursors[r], KIND_BIT(KIND_POD), &c), ERR_OK);
			assert_null(c.obj);
		}
	}
	assert_int_equal(seen, READERS * CHANGES);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revisions_grow_by_one_and_objects_follow),
		cmocka_unit_test(readers_get_each_change_of_their_kinds_in_order),
		cmocka_unit_test(readers_older_than_the_history_are_told),
		cmocka_unit_test(history_is_bounded_by_the_bytes_it_alone_keeps),
		cmocka_unit_test(lists_go_page_by_page),
		cmocka_unit_test(listeners_hear_once_a_turn_what_changed),
		cmocka_unit_test(many_readers_lose_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
