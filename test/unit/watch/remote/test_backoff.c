/* How long to wait after a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/err.h"
#include "watch/remote/backoff.h"

#define FIRST_MS 100
#define LAST_MS  1000

static uv_loop_t loop;
static struct clock *virtual_clock;

static int begin(void **state)
{
	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(clock_open_virtual(&loop, 0, &virtual_clock), ERR_OK);
	return 0;
}

static int end(void **state)
{
	(void)state;
	clock_close(virtual_clock, NULL, NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return 0;
}

static void delays_double_up_to_the_last_each_between_half_and_all(void **state)
{
	static const int64_t most_ms[] = { 100, 200, 400, 800, 1000, 1000, 1000 };
	struct backoff b;
	(void)state;
	backoff_init(&b, FIRST_MS, LAST_MS);
	for (size_t i = 0; i < ARRAY_LEN(most_ms); i++) {
		assert_in_range(backoff_next(&b, virtual_clock, 0), most_ms[i] / 2, most_ms[i]);
	}
	backoff_reset(&b);
	assert_in_range(backoff_next(&b, virtual_clock, 0), FIRST_MS / 2, FIRST_MS);
}

static void what_the_server_asks_for_is_obeyed_within_reason(void **state)
{
	static const struct {
		const char *why;
		int64_t asked_s, least_ms, most_ms;
	} rows[] = {
		{ "nothing is asked", -1, 50, 100 },
		{ "no number of seconds", INT64_MIN, 50, 100 },
		{ "a second, and at most one more", 1, 1000, 2000 },
		{ "an hour", 3600, 3600000, 3601000 },
		{ "longer than an hour counts as one", 3601, 3600000, 3601000 },
		{ "longer than milliseconds can say", INT64_MAX, 3600000, 3601000 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct backoff b;
		backoff_init(&b, FIRST_MS, LAST_MS);
		int64_t delay = backoff_next(&b, virtual_clock, rows[i].asked_s);
		if (delay < rows[i].least_ms || delay > rows[i].most_ms) {
			fail_msg("%s: %lld ms", rows[i].why, (long long)delay);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delays_double_up_to_the_last_each_between_half_and_all),
		cmocka_unit_test(what_the_server_asks_for_is_obeyed_within_reason),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
