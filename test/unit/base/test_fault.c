/* Every allocation of base fails once, alone and with all that follow: each module says ERR_NOMEM, leaks nothing
 * (ASan) and can be used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/yaml.h"

#include "fault.h"

/* The work returns ERR_OK or the error it met; anything else it checks itself. */
static void sweep(const char *what, int (*work)(void))
{
	for (int is_sticky = 0; is_sticky < 2; is_sticky++) {
		bool refused = true;
		for (size_t n = 1; refused; n++) {
			assert_true(n < 10000);
			fault_begin(n, is_sticky);
			int err = work();
			refused = fault_end();
			if (err != (refused ? ERR_NOMEM : ERR_OK)) {
				fail_msg("%s: allocation %zu of %zu: %d", what, n, fault_count(),
					err);
			}
		}
	}
}

static int arena_work(void)
{
	struct arena a;
	int err = ERR_OK;
	arena_init(&a, 64);
	if (!arena_alloc(&a, 40) || !arena_array(&a, int, 100) || !arena_zalloc(&a, 1) ||
		!arena_strdup(&a, STRV("text")).p || !arena_printf(&a, "%0500d", 1).p) {
		err = ERR_NOMEM;
	}
	arena_reset(&a);
	if (!arena_alloc(&a, 100000)) {
		err = ERR_NOMEM;
	}
	arena_deinit(&a);
	return err;
}

static int buf_work(void)
{
	struct buf b;
	struct strv s;
	buf_init(&b);
	for (int i = 0; i < 100; i++) {
		buf_add(&b, STRV("0123456789"));
		buf_add_char(&b, 'c');
		buf_printf(&b, "%0300d", i);
	}
	int err = buf_give(&b, &s);
	if (err == ERR_OK) {
		assert_int_equal(s.n, 31100);
		free((void *)(uintptr_t)s.p);
	}
	assert_null(b.p);
	return err;
}

static int json_work(void)
{
	static const char text[] =
		"{\"a\":[1,{\"b\":\"text\"},9007199254740993,"
		"0.1234567890123456789012345678901234567890123456789012345678901234567890],"
		"\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,\"k7\":7,\"k8\":8,\"k9\":9,"
		"\"k10\":10,\"k11\":11,\"k12\":12,\"k12\":13,\"a\":{\"c\":{\"c\":1,\"c\":2}}}";
	struct arena a;
	struct buf b;
	struct json *v = NULL;
	struct json_report report;
	arena_init(&a, 32);
	buf_init(&b);
	int err = json_parse(&a, strv_of(text), &v, &report);
	assert_true((err == ERR_OK) == (report.why[0] == '\0'));
	if (err == ERR_OK) {
		assert_int_equal(report.n_dups, 3);
		struct json *copy = json_copy(&a, v);
		json_print_canonical(v, &b);
		err = copy ? b.err : ERR_NOMEM;
		/* a failure leaves the text unfinished and later calls harmless */
		json_print(v, &b);
		if (copy) {
			assert_true(json_equal(copy, v)); /* works without memory too */
			if (!json_text(&a, copy).p || !json_ensure_object(&a, copy, "new") ||
				json_set_str(&a, copy, "s", STRV("\xff")) != ERR_OK ||
				json_set_i64(&a, copy, "i", INT64_MIN) != ERR_OK ||
				json_append(&a, json_ensure_array(&a, copy, "l"),
					json_new_null(&a)) != ERR_OK) {
				err = ERR_NOMEM;
			}
		}
	}
	err = b.err != ERR_OK ? b.err : err;
	buf_deinit(&b);
	arena_deinit(&a);
	return err;
}

static int shuffled_equality_work(void)
{
	struct arena a;
	struct json *x = NULL;
	struct json *y = NULL;
	arena_init(&a, 0);
	int err = json_parse(&a, STRV("{\"a\":1,\"b\":2,\"c\":3}"), &x, NULL);
	if (err == ERR_OK) {
		err = json_parse(&a, STRV("{\"c\":3,\"b\":2,\"a\":1}"), &y, NULL);
	}
	if (err == ERR_OK) {
		assert_true(json_equal(x, y)); /* with or without scratch memory */
	}
	arena_deinit(&a);
	return err;
}

static void on_timer(struct clock_timer *t)
{
	(void)t;
}

static int clock_work(void)
{
	static uv_loop_t loop; /* opened with memory: libuv's own failures are not the clock's */
	struct clock_timer timers[40];
	struct clock *c;
	size_t started = 0;
	assert_int_equal(uv_loop_init(&loop), 0);
	int err = clock_open_virtual(&loop, 0, &c);
	for (; err == ERR_OK && started < ARRAY_LEN(timers); started++) {
		clock_timer_init(&timers[started], on_timer);
		err = clock_timer_start(c, &timers[started], 10);
		assert_int_equal(clock_timer_is_active(&timers[started]), err == ERR_OK);
	}
	if (started > 0) {
		clock_close(c, NULL, NULL);
	}
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	return err;
}

static int yaml_work(void)
{
	static const char text[] =
		"{\"json\":1}\n---\na: &x [1, {b: two}, !!binary aGVsbG8=]\nb: *x\n"
		"c: {<<: {k: 1}, l: 1_000, 1.5: .5, m: 18446744073709551615}\n"
		"d: {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10, k: 11, l: 12, m: "
		"13}\n"
		"---\ne: |\n  text\n";
	struct yaml_stream *y;
	struct arena a;
	int err = yaml_open(strv_of(text), &y);
	if (err != ERR_OK) {
		return err;
	}
	arena_init(&a, 32);
	struct json *v = NULL;
	size_t n = 0;
	do {
		err = yaml_next(y, &a, &v, NULL);
		n++;
	} while (err == ERR_OK && v);
	if (err == ERR_OK) {
		assert_int_equal(n, 4);
	}
	yaml_close(y);
	arena_deinit(&a);
	return err;
}

static void arena_says_when_memory_is_out(void **state)
{
	(void)state;
	sweep("arena", arena_work);
}

static void buf_keeps_its_first_failure(void **state)
{
	(void)state;
	sweep("buf", buf_work);
}

static void json_says_when_memory_is_out(void **state)
{
	(void)state;
	sweep("json", json_work);
}

/* A lone failure here is survived (sorting falls back to looking up), so the sweep's rule does not hold. */
static void equality_needs_no_memory(void **state)
{
	(void)state;
	for (size_t n = 1; n < 40; n++) {
		fault_begin(n, n % 2 == 0);
		int err = shuffled_equality_work();
		(void)fault_end();
		assert_true(err == ERR_OK || err == ERR_NOMEM);
	}
}

static void clock_says_when_memory_is_out(void **state)
{
	(void)state;
	fault_begin(1000000, false);
	assert_int_equal(clock_work(), ERR_OK);
	size_t all = fault_count();
	(void)fault_end(); /* nothing was to fail */
	assert_true(all > 3);
	for (size_t at = 3; at <= all; at++) { /* the loop's own two come first */
		fault_begin(at, false);
		int err = clock_work();
		assert_int_equal(err, fault_end() ? ERR_NOMEM : ERR_OK);
	}
}

static void yaml_says_when_memory_is_out(void **state)
{
	(void)state;
	sweep("yaml", yaml_work);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_says_when_memory_is_out),
		cmocka_unit_test(buf_keeps_its_first_failure),
		cmocka_unit_test(json_says_when_memory_is_out),
		cmocka_unit_test(equality_needs_no_memory),
		cmocka_unit_test(clock_says_when_memory_is_out),
		cmocka_unit_test(yaml_says_when_memory_is_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
