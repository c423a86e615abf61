/* base/buf: growth, the sticky error, giving away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static void writes_append_in_order(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b);
	assert_null(buf_strv(&b).p);
	buf_add(&b, STRV_NONE);
	buf_add(&b, STRV("ab"));
	buf_add_char(&b, 'c');
	buf_printf(&b, "%d%s", 12, "");
	assert_true(strv_eq(buf_strv(&b), STRV("abc12")));
	buf_reset(&b);
	assert_int_equal(b.n, 0);
	buf_add(&b, STRV("x"));
	assert_true(strv_eq(buf_strv(&b), STRV("x")));
	buf_deinit(&b);
	buf_deinit(&b); /* harmless */
	buf_deinit(NULL);
}

static void printf_fits_whatever_room_is_left(void **state)
{
	(void)state;
	for (size_t before = 100; before < 140; before++) {
		struct buf b;
		buf_init(&b);
		for (size_t i = 0; i < before; i++) {
			buf_add_char(&b, 'x');
		}
		buf_printf(&b, "%030d", 7);
		buf_printf(&b, "%05000d", 8);
		assert_int_equal(b.err, ERR_OK);
		assert_int_equal(b.n, before + 5030);
		assert_int_equal(b.p[before + 29], '7');
		assert_int_equal(b.p[before + 5029], '8');
		buf_deinit(&b);
	}
}

static void the_first_failure_stays(void **state)
{
	struct buf b;
	struct strv s = STRV("untouched");
	(void)state;
	buf_init(&b);
	buf_add(&b, STRV("abc"));
	assert_null(buf_reserve(&b, SIZE_MAX - 1));
	assert_int_equal(b.err, ERR_NOMEM);
	buf_add(&b, STRV("d"));
	buf_add_char(&b, 'e');
	buf_printf(&b, "f");
	assert_null(buf_reserve(&b, 1));
	assert_true(strv_eq(buf_strv(&b), STRV("abc")));
	assert_int_equal(buf_give(&b, &s), ERR_NOMEM);
	assert_true(strv_eq(s, STRV("untouched")));
	assert_null(b.p);
	assert_int_equal(b.err, ERR_OK);
	buf_deinit(&b);
}

static void reserved_room_is_filled_by_hand(void **state)
{
	struct buf b;
	(void)state;
	buf_init(&b);
	for (int i = 0; i < 100; i++) {
		char *at = buf_reserve(&b, 100);
		assert_non_null(at);
		memset(at, 'a' + i % 26, 100);
		buf_grown(&b, 3);
	}
	assert_int_equal(b.n, 300);
	assert_true(strv_eq(strv_sub(buf_strv(&b), 0, 6), STRV("aaabbb")));
	assert_non_null(buf_reserve(&b, 0));
	buf_deinit(&b);
}

static void what_is_given_away_is_the_takers(void **state)
{
	struct buf b;
	struct strv s;
	(void)state;
	buf_init(&b);
	assert_int_equal(buf_give(&b, &s), ERR_OK);
	assert_int_equal(s.n, 0);
	buf_add(&b, STRV("mine"));
	char *bytes = b.p;
	assert_int_equal(buf_give(&b, &s), ERR_OK);
	assert_ptr_equal(s.p, bytes);
	assert_int_equal(b.n + b.cap, 0);
	assert_true(strv_eq(s, STRV("mine")));
	free(bytes);
	buf_deinit(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_append_in_order),
		cmocka_unit_test(printf_fits_whatever_room_is_left),
		cmocka_unit_test(the_first_failure_stays),
		cmocka_unit_test(reserved_room_is_filled_by_hand),
		cmocka_unit_test(what_is_given_away_is_the_takers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
