/* The lock-free table of the index, compared with a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/kube/table.h"

struct world {
	uv_loop_t loop;
	struct reclaim *reclaim;
	struct table table;
};

static void world_init(struct world *w)
{
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(reclaim_open(&w->loop, &w->reclaim), ERR_OK);
	table_init(&w->table, w->reclaim);
}

static void world_deinit(struct world *w)
{
	table_deinit(&w->table);
	reclaim_close(w->reclaim, NULL, NULL);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

static size_t count(const struct table *t, uint32_t hash, uint32_t id)
{
	size_t n = 0;
	uint32_t found;
	for (struct table_walk w = table_walk(t, hash); table_next(&w, &found);) {
		n += found == id;
	}
	return n;
}

static void an_empty_table_has_nothing(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	assert_int_equal(count(&w.table, 0, 0), 0);
	assert_false(table_remove(&w.table, 0, 0));
	world_deinit(&w);
}

static void several_ids_of_one_hash_are_all_found(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	for (uint32_t id = 0; id < 100; id++) {
		assert_int_equal(table_add(&w.table, 42, id), ERR_OK);
	}
	for (uint32_t id = 0; id < 100; id++) {
		assert_int_equal(count(&w.table, 42, id), 1);
	}
	assert_true(table_remove(&w.table, 42, 7));
	assert_false(table_remove(&w.table, 42, 7));
	assert_int_equal(count(&w.table, 42, 7), 0);
	assert_int_equal(count(&w.table, 42, 8), 1);
	world_deinit(&w);
}

static void what_is_added_and_removed_at_random_is_as_in_a_plain_list(void **state)
{
	enum { KEYS = 500, STEPS = 50000 };
	static unsigned char model[KEYS];
	(void)state;
	struct world w;
	world_init(&w);
	uint32_t random = 12345;
	uint32_t used = 0;
	for (int i = 0; i < STEPS; i++) {
		random = random * 1664525u + 1013904223u;
		uint32_t key = (random >> 8) % KEYS;
		uint32_t hash = key * 0x9E3779B9u >> (key % 3 == 0 ? 28 : 0); /* some collide */
		if (model[key]) {
			assert_true(table_remove(&w.table, hash, key));
			used--;
		} else {
			assert_int_equal(table_add(&w.table, hash, key), ERR_OK);
			used++;
		}
		model[key] = !model[key];
		assert_int_equal(count(&w.table, hash, key), model[key]);
		if (i % 1000 == 0) {
			(void)uv_run(&w.loop, UV_RUN_NOWAIT);
		}
	}
	assert_int_equal(w.table.used, used);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_has_nothing),
		cmocka_unit_test(several_ids_of_one_hash_are_all_found),
		cmocka_unit_test(what_is_added_and_removed_at_random_is_as_in_a_plain_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
