/* Limits of requests: how many at once, how many a second, who waits in line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watch/remote/limit.h"

#define WISHES 8

struct wish {
	struct limit_wait wait;
	unsigned told; /* how many were told before it, and one; 0: not told */
	unsigned *total;
};

struct world {
	uv_loop_t loop;
	struct limit limit;
	struct wish wishes[WISHES];
	unsigned total;
	bool closed;
};

static void on_told(struct limit_wait *w)
{
	struct wish *x = container_of(w, struct wish, wait);
	x->told = ++*x->total;
}

static void on_closed(void *ctx)
{
	((struct world *)ctx)->closed = true;
}

static void begin(struct world *w, double qps, uint32_t burst, uint32_t max_inflight)
{
	*w = (struct world){ .total = 0 };
	assert_int_equal(uv_loop_init(&w->loop), 0);
	for (size_t i = 0; i < WISHES; i++) {
		w->wishes[i] = (struct wish){ .wait.fn = on_told, .total = &w->total };
	}
	limit_open(&w->limit, &w->loop, &(struct limit_config){ qps, burst, max_inflight });
}

static bool enter(struct world *w, size_t i)
{
	return limit_enter(&w->limit, &w->wishes[i].wait);
}

static void leave(struct world *w, size_t i)
{
	limit_leave(&w->limit, &w->wishes[i].wait);
}

static void run(struct world *w)
{
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0); /* until no timer is left */
}

static void end(struct world *w)
{
	for (size_t i = 0; i < WISHES; i++) {
		leave(w, i);
	}
	limit_close(&w->limit, on_closed, w);
	run(w);
	assert_true(w->closed);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

static void without_limits_everybody_goes_on(void **state)
{
	struct world w;
	(void)state;
	begin(&w, 0, 0, 0);
	for (size_t i = 0; i < WISHES; i++) {
		assert_true(enter(&w, i));
	}
	end(&w);
}

static void so_many_at_once_and_the_next_when_one_is_answered(void **state)
{
	struct world w;
	(void)state;
	begin(&w, 0, 0, 2);
	assert_true(enter(&w, 0) && enter(&w, 1));
	assert_true(enter(&w, 1)); /* to ask again takes nothing more */
	assert_false(enter(&w, 2) || enter(&w, 3) || enter(&w, 2));
	run(&w);
	assert_int_equal(w.total, 0);
	leave(&w, 0);
	assert_int_equal(w.total, 0); /* never from inside a call */
	run(&w);
	assert_int_equal(w.wishes[2].told, 1);
	assert_int_equal(w.wishes[3].told, 0);
	assert_true(enter(&w, 2));
	leave(&w, 1);
	leave(&w, 2);
	run(&w);
	assert_int_equal(w.wishes[3].told, 2);
	end(&w);
}

static void a_burst_goes_at_once_the_rest_one_by_one_in_order(void **state)
{
	struct world w;
	(void)state;
	begin(&w, 100, 3, 0);
	uint64_t before = uv_now(&w.loop);
	for (size_t i = 0; i < WISHES; i++) {
		assert_int_equal(enter(&w, i), i < 3);
	}
	run(&w);
	assert_int_equal(w.total, WISHES - 3);
	for (size_t i = 3; i < WISHES; i++) {
		assert_int_equal(w.wishes[i].told, i - 2);
	}
	assert_true(uv_now(&w.loop) - before >= (WISHES - 3) * 10); /* never sooner */
	end(&w);
}

static void who_leaves_the_line_is_not_called(void **state)
{
	struct world w;
	(void)state;
	begin(&w, 0, 0, 1);
	assert_true(enter(&w, 0));
	assert_false(enter(&w, 1) || enter(&w, 2) || enter(&w, 3));
	leave(&w, 1); /* the first, */
	leave(&w, 3); /* the last */
	assert_false(enter(&w, 4));
	leave(&w, 0);
	run(&w);
	assert_int_equal(w.wishes[1].told + w.wishes[3].told, 0);
	assert_int_equal(w.wishes[2].told, 1);
	leave(&w, 2);
	run(&w);
	assert_int_equal(w.wishes[4].told, 2);
	end(&w);
}

static void one_limit_given_brings_the_other_s_default(void **state)
{
	struct world w;
	(void)state;
	begin(&w, 50, 0, 0);
	assert_int_equal(w.limit.config.burst, 10);
	end(&w);
	begin(&w, 0, 2, 0);
	assert_true(w.limit.config.qps > 4.9 && w.limit.config.qps < 5.1);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_limits_everybody_goes_on),
		cmocka_unit_test(so_many_at_once_and_the_next_when_one_is_answered),
		cmocka_unit_test(a_burst_goes_at_once_the_rest_one_by_one_in_order),
		cmocka_unit_test(who_leaves_the_line_is_not_called),
		cmocka_unit_test(one_limit_given_brings_the_other_s_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
