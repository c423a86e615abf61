/* base/clock: order, tasks before time, jumps of virtual time, input first, closing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <uv.h>

#include "base/clock.h"
#include "base/err.h"

#define START_MS 1767322800000 /* 2026-01-02T03:00:00Z */

struct world {
	uv_loop_t loop;
	struct clock *clock;
	char trace[256];
	bool closed;
};

struct actor {
	struct world *w;
	struct clock_timer timer;
	struct clock_task task;
	char letter;
	struct actor *starts; /* this one's timer ... */
	int64_t delay_ms;
	struct actor *posts; /* ... and this one's task, when run */
	int again;           /* how often it posts itself */
	uint64_t takes_ns;
	int64_t fired_at_ms;
};

static void note(struct world *w, char letter)
{
	size_t n = strlen(w->trace);
	assert_true(n + 1 < sizeof(w->trace));
	w->trace[n] = letter;
}

static void act(struct actor *a)
{
	note(a->w, a->letter);
	a->fired_at_ms = clock_now_ms(a->w->clock);
	for (uint64_t begin = uv_hrtime(); uv_hrtime() - begin < a->takes_ns;) {
	}
	if (a->starts) {
		assert_int_equal(
			clock_timer_start(a->w->clock, &a->starts->timer, a->delay_ms), ERR_OK);
	}
	if (a->posts) {
		clock_post(a->w->clock, &a->posts->task);
	}
	if (a->again > 0) {
		a->again--;
		clock_post(a->w->clock, &a->task);
	}
}

static void on_timer(struct clock_timer *t)
{
	act(container_of(t, struct actor, timer));
}

static void on_task(struct clock_task *t)
{
	act(container_of(t, struct actor, task));
}

static void actors_init(struct world *w, struct actor *actors, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		actors[i] = (struct actor){ .w = w, .letter = (char)('a' + i) };
		clock_timer_init(&actors[i].timer, on_timer);
		clock_task_init(&actors[i].task, on_task);
	}
}

static void start(struct actor *a, int64_t delay_ms)
{
	assert_int_equal(clock_timer_start(a->w->clock, &a->timer, delay_ms), ERR_OK);
}

static void world_open(struct world *w, bool is_virtual)
{
	*w = (struct world){ 0 };
	assert_int_equal(uv_loop_init(&w->loop), 0);
	int err = is_virtual ? clock_open_virtual(&w->loop, START_MS, &w->clock)
			     : clock_open(&w->loop, &w->clock);
	assert_int_equal(err, ERR_OK);
}

static void on_closed(void *ctx)
{
	struct world *w = ctx;
	w->closed = true;
}

static void world_close(struct world *w)
{
	clock_close(w->clock, on_closed, w);
	assert_false(w->closed); /* never inside the call */
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
	assert_true(w->closed);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

static void run(struct world *w)
{
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
}

static void virtual_hours_pass_in_no_time(void **state)
{
	struct world w;
	struct actor a[3];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 3);
	start(&a[0], 7200000);
	start(&a[1], 3600000);
	a[1].starts = &a[2];
	a[1].delay_ms = 1800000;
	uint64_t begin = uv_hrtime();
	run(&w);
	assert_true(uv_hrtime() - begin < 2000000000);
	assert_string_equal(w.trace, "bca");
	assert_int_equal(a[1].fired_at_ms, START_MS + 3600000);
	assert_int_equal(a[2].fired_at_ms, START_MS + 5400000);
	assert_int_equal(a[0].fired_at_ms, START_MS + 7200000);
	assert_int_equal(clock_now_ms(w.clock), START_MS + 7200000);
	world_close(&w);
}

static void equal_deadlines_fire_in_the_order_of_their_start(void **state)
{
	for (int is_virtual = 0; is_virtual < 2; is_virtual++) {
		struct world w;
		struct actor a[20];
		(void)state;
		world_open(&w, is_virtual);
		actors_init(&w, a, 20);
		for (size_t i = 0; i < 20; i++) {
			start(&a[i], 0);
		}
		start(&a[3], 0); /* a restart goes to the end */
		clock_timer_stop(w.clock, &a[5].timer);
		clock_timer_stop(w.clock, &a[5].timer); /* harmless */
		run(&w);
		if (is_virtual) {
			assert_string_equal(w.trace, "abceghijklmnopqrstd");
		} else {
			assert_int_equal(strlen(w.trace), 19);
		}
		world_close(&w);
	}
}

static void tasks_run_before_time_moves_in_the_order_of_posting(void **state)
{
	struct world w;
	struct actor a[5];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 5);
	start(&a[0], 10);
	start(&a[1], 10);
	start(&a[2], 11);
	a[0].posts = &a[3];
	a[3].again = 2;
	a[3].posts = &a[4];
	clock_post(w.clock, &a[4].task);
	clock_post(w.clock, &a[4].task); /* posted twice, run once */
	run(&w);
	assert_string_equal(w.trace, "eabdededec");
	assert_int_equal(a[3].fired_at_ms, START_MS + 10);
	assert_int_equal(a[4].fired_at_ms, START_MS + 10);
	world_close(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(virtual_hours_pass_in_no_time),
		cmocka_unit_test(equal_deadlines_fire_in_the_order_of_their_start),
		cmocka_unit_test(tasks_run_before_time_moves_in_the_order_of_posting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
