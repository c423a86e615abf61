/* base/arena: alignment, growth, reuse, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void pieces_are_aligned_apart_and_keep_their_bytes(void **state)
{
	enum { N = 3000 };
	static struct strv pieces[N];
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < N; i++) {
		size_t n = (i * 37) % 700 + (i % 500 == 0 ? 20000 : 0);
		char *p = arena_alloc(&a, n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, (int)(i % 251), n);
		pieces[i] = (struct strv){ p, n };
	}
	for (size_t i = 0; i < N; i++) {
		for (size_t j = 0; j < pieces[i].n; j++) {
			assert_int_equal((unsigned char)pieces[i].p[j], i % 251);
		}
	}
	arena_deinit(&a);
}

static void zero_bytes_are_a_place_of_their_own(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	void *p = arena_alloc(&a, 0);
	void *q = arena_alloc(&a, 0);
	assert_non_null(p);
	assert_non_null(q);
	assert_ptr_not_equal(p, q);
	assert_non_null(arena_array(&a, int, 0));
	arena_deinit(&a);
}

static void arrays_and_structs_begin_as_zeros_also_after_reuse(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 128);
	for (int round = 0; round < 3; round++) {
		int *n = arena_array(&a, int, 500);
		assert_non_null(n);
		for (int i = 0; i < 500; i++) {
			assert_int_equal(n[i], 0);
			n[i] = -1;
		}
		struct strv *s = arena_new(&a, struct strv);
		assert_non_null(s);
		assert_null(s->p);
		memset(s, 0xff, sizeof(*s));
		arena_reset(&a);
	}
	arena_deinit(&a);
}

static void products_and_sizes_that_overflow_are_refused(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	assert_null(arena_array_bytes(&a, SIZE_MAX / 2, 3));
	assert_null(arena_array_bytes(&a, SIZE_MAX, 1));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 15));
	assert_null(arena_strdup(&a, (struct strv){ "", SIZE_MAX }).p);
	assert_int_equal(a.used_bytes, 0);
	arena_deinit(&a);
}

static void a_limit_holds_and_a_reset_gives_room_again(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	a.limit_bytes = 1000;
	size_t n = 0;
	while (arena_alloc(&a, 50)) {
		n++;
	}
	assert_in_range(n, 10, 20);
	assert_true(a.used_bytes <= 1000);
	assert_null(arena_alloc(&a, 1001));
	assert_null(arena_printf(&a, "%0900d", 1).p);
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 900));
	assert_int_equal(arena_printf(&a, "%d", 1).n, 1);
	arena_deinit(&a);
}

static void reuse_keeps_one_chunk_and_forgets_big_ones(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	void *first = arena_alloc(&a, 100);
	assert_non_null(first);
	assert_non_null(arena_alloc(&a, 5000000));
	arena_reset(&a);
	assert_int_equal(a.used_bytes, 0);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	arena_reset(&a);
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 100), first);
	arena_deinit(&a);
	arena_deinit(&a); /* harmless */
	arena_deinit(NULL);
	assert_non_null(arena_alloc(&a, 1)); /* usable again */
	arena_deinit(&a);
}

static void text_is_copied_and_ends_in_nul(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a, 0);
	struct strv s = arena_strdup(&a, (struct strv){ "abcdef", 3 });
	assert_string_equal(s.p, "abc");
	struct strv empty = arena_strdup(&a, STRV_NONE);
	assert_non_null(empty.p);
	assert_int_equal(empty.n, 0);
	assert_string_equal(arena_printf(&a, "%s-%d", "web", 3).p, "web-3");
	for (size_t n = 250; n < 262; n++) { /* about the size of the first try */
		s = arena_printf(&a, "%0*d", (int)n, 7);
		assert_int_equal(s.n, n);
		assert_int_equal(strlen(s.p), n);
		assert_int_equal(s.p[n - 1], '7');
	}
	arena_deinit(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_apart_and_keep_their_bytes),
		cmocka_unit_test(zero_bytes_are_a_place_of_their_own),
		cmocka_unit_test(arrays_and_structs_begin_as_zeros_also_after_reuse),
		cmocka_unit_test(products_and_sizes_that_overflow_are_refused),
		cmocka_unit_test(a_limit_holds_and_a_reset_gives_room_again),
		cmocka_unit_test(reuse_keeps_one_chunk_and_forgets_big_ones),
		cmocka_unit_test(text_is_copied_and_ends_in_nul),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
