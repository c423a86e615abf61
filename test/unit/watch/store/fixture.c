/* The fixture of fixture.h. Regime: everything dies in fixture_close. */
#include "test/unit/watch/store/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/json.h"

#define START_MS 1767322800000 /* 2026-01-02T03:00:00Z */

void fixture_open(struct fixture *f, bool virtual_time, const struct store_limits *limits)
{
	assert_int_equal(uv_loop_init(&f->loop), 0);
	if (virtual_time) {
		assert_int_equal(clock_open_virtual(&f->loop, START_MS, &f->clock), ERR_OK);
	} else {
		assert_int_equal(clock_open(&f->loop, &f->clock), ERR_OK);
	}
	assert_int_equal(store_new(f->clock, limits, &f->store), ERR_OK);
	arena_init(&f->arena, 0);
}

void fixture_close(struct fixture *f)
{
	store_free(f->store);
	clock_close(f->clock, NULL, NULL);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&f->loop), 0);
	arena_deinit(&f->arena);
}

static void on_last(struct clock_task *t)
{
	t->fn = NULL;
}

/* Tasks run in the order of posting: when ours has run twice in a row with nothing between, none is left. The hub posts
 * itself again while it has more, so a bound on rounds is enough. */
void fixture_run(struct fixture *f)
{
	for (int round = 0; round < 2000; round++) {
		struct clock_task last;
		uint64_t before = hub_digested(f->store);
		clock_task_init(&last, on_last);
		clock_post(f->clock, &last);
		while (last.fn) {
			uv_run(&f->loop, UV_RUN_ONCE);
		}
		if (round > 3 && before == store_revision(f->store) &&
			before == hub_digested(f->store)) {
			break;
		}
	}
}

static int set_labels(struct fixture *f, struct json *meta, const char *labels)
{
	struct strv rest = strv_of(labels), pair, key;
	struct json *map = json_ensure_object(&f->arena, meta, "labels");
	while (rest.n > 0 && strv_cut(&rest, ',', &pair)) {
		assert_true(strv_cut(&pair, '=', &key));
		int err = json_set_strv(&f->arena, map, key, json_new_str(&f->arena, pair));
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

const struct object *fixture_object(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *labels)
{
	struct json *tree = json_new_object(&f->arena);
	struct json *meta = json_ensure_object(&f->arena, tree, "metadata");
	struct strv version = arena_printf(
		&f->arena, "%llu", (unsigned long long)store_next_revision(f->store));
	const struct object *o = NULL;
	const char *field = "";
	assert_int_equal(json_set_str(&f->arena, meta, "namespace", strv_of(ns)), ERR_OK);
	assert_int_equal(json_set_str(&f->arena, meta, "name", strv_of(name)), ERR_OK);
	assert_int_equal(json_set_str(&f->arena, meta, "resourceVersion", version), ERR_OK);
	assert_int_equal(set_labels(f, meta, labels), ERR_OK);
	if (kind == KIND_ENDPOINTSLICE) {
		assert_int_equal(
			json_set_str(&f->arena, tree, "addressType", STRV("IPv4")), ERR_OK);
	}
	assert_int_equal(object_new(kind, tree, true, &o, &field), ERR_OK);
	arena_reset(&f->arena);
	return o;
}

static void commit(struct fixture *f, const struct object *o, enum watch_type type)
{
	assert_int_equal(store_commit(f->store, type, o), ERR_OK);
	object_unref(o);
}

static enum watch_type change_of(
	const struct fixture *f, enum kind kind, const char *ns, const char *name)
{
	return store_get(f->store, kind, strv_of(ns), strv_of(name)) ? WATCH_MODIFIED : WATCH_ADDED;
}

void fixture_put(
	struct fixture *f, enum kind kind, const char *ns, const char *name, const char *labels)
{
	enum watch_type type = change_of(f, kind, ns, name);
	commit(f, fixture_object(f, kind, ns, name, labels), type);
}

void fixture_delete(struct fixture *f, enum kind kind, const char *ns, const char *name)
{
	commit(f, fixture_object(f, kind, ns, name, ""), WATCH_DELETED);
}
