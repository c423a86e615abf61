/* The queue of keys and its waiting times, in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

#include "statefulset/queue.h"

struct world_of_queue {
	uv_loop_t loop;
	struct clock *clock;
	struct queue q;
	struct queue_item items[3];
	char ran[64];
	size_t n_ran;
	int64_t at_ms; /* of the last run */
	bool hold;     /* run does not call queue_done */
	int fail;      /* so many runs fail */
	struct clock_timer end;
};

static void run(struct queue *q, struct queue_item *item)
{
	struct world_of_queue *w = container_of(q, struct world_of_queue, q);
	assert_true(w->n_ran + 1 < sizeof(w->ran));
	w->ran[w->n_ran++] = (char)('a' + (item - w->items));
	w->at_ms = clock_now_ms(w->clock);
	if (w->fail > 0) {
		w->fail--;
		queue_add_failed(item);
	}
	if (!w->hold) {
		queue_done(item);
	}
}

static void on_end(struct clock_timer *t)
{
	uv_stop(&container_of(t, struct world_of_queue, end)->loop);
}

static void pass(struct world_of_queue *w, int64_t ms)
{
	assert_int_equal(clock_timer_start(w->clock, &w->end, ms), 0);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
}

static void open_world(struct world_of_queue *w)
{
	memset(w, 0, sizeof(*w));
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(clock_open_virtual(&w->loop, 1000000, &w->clock), 0);
	clock_timer_init(&w->end, on_end);
	queue_init(&w->q, w->clock, run);
	for (size_t i = 0; i < ARRAY_LEN(w->items); i++) {
		queue_item_init(&w->q, &w->items[i]);
	}
}

static void close_world(struct world_of_queue *w)
{
	for (size_t i = 0; i < ARRAY_LEN(w->items); i++) {
		queue_remove(&w->items[i]);
	}
	queue_deinit(&w->q);
	clock_close(w->clock, NULL, NULL);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

static void keys_wait_once_and_run_in_the_order_of_arrival(void **state)
{
	(void)state;
	struct world_of_queue w;
	open_world(&w);
	queue_release(&w.q);
	queue_add(&w.items[1]);
	queue_add(&w.items[0]);
	queue_add(&w.items[1]);
	pass(&w, 1);
	assert_string_equal(w.ran, "ba");
	close_world(&w);
}

static void nothing_runs_before_the_release(void **state)
{
	(void)state;
	struct world_of_queue w;
	open_world(&w);
	queue_add(&w.items[0]);
	pass(&w, 1000);
	assert_string_equal(w.ran, "");
	queue_release(&w.q);
	pass(&w, 1);
	assert_string_equal(w.ran, "a");
	close_world(&w);
}

static void a_key_is_never_run_twice_at_a_time_but_again_when_added_meanwhile(void **state)
{
	(void)state;
	struct world_of_queue w;
	open_world(&w);
	queue_release(&w.q);
	w.hold = true;
	queue_add(&w.items[0]);
	pass(&w, 1);
	queue_add(&w.items[0]);
	queue_add(&w.items[0]);
	pass(&w, 1);
	assert_string_equal(w.ran, "a");
	assert_true(queue_is_wanted(&w.items[0]));
	w.hold = false;
	queue_done(&w.items[0]);
	pass(&w, 1);
	assert_string_equal(w.ran, "aa");
	close_world(&w);
}

static void of_several_delays_the_earliest_wins(void **state)
{
	(void)state;
	struct world_of_queue w;
	open_world(&w);
	queue_release(&w.q);
	queue_add_after(&w.items[0], 500);
	queue_add_after(&w.items[0], 200);
	queue_add_after(&w.items[0], 900);
	pass(&w, 199);
	assert_string_equal(w.ran, "");
	pass(&w, 2000);
	assert_string_equal(w.ran, "a");
	assert_int_equal(w.at_ms, 1000200);
	close_world(&w);
}

static void failures_double_the_pause_until_they_are_forgotten(void **state)
{
	(void)state;
	struct world_of_queue w;
	open_world(&w);
	queue_release(&w.q);
	w.fail = 3;
	queue_add(&w.items[0]);
	pass(&w, 1000);
	assert_string_equal(w.ran, "aaaa");
	assert_int_equal(w.at_ms, 1000000 + 5 + 10 + 20);
	queue_forget(&w.items[0]);
	w.fail = 1;
	queue_add(&w.items[0]);
	pass(&w, 1000);
	assert_int_equal(w.at_ms, 1001000 + 5);
	close_world(&w);
}

static void removing_takes_a_key_out_of_the_middle(void **state)
{
	(void)state;
	struct world_of_queue w;
	open_world(&w);
	queue_add(&w.items[0]);
	queue_add(&w.items[1]);
	queue_add(&w.items[2]);
	queue_remove(&w.items[2]);
	queue_remove(&w.items[0]);
	queue_add(&w.items[2]);
	queue_release(&w.q);
	pass(&w, 1);
	assert_string_equal(w.ran, "bc");
	close_world(&w);
}

static void pauses_grow_to_a_thousand_seconds(void **state)
{
	(void)state;
	assert_int_equal(backoff_key_ms(0), 5);
	assert_int_equal(backoff_key_ms(1), 10);
	assert_int_equal(backoff_key_ms(17), 655360);
	assert_int_equal(backoff_key_ms(18), 1000000);
	assert_int_equal(backoff_key_ms(4000000000u), 1000000);
}

static void all_keys_together_retry_a_hundred_times_then_ten_a_second(void **state)
{
	(void)state;
	struct backoff_bucket b = { 0 };
	const int64_t now = 50000000;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(backoff_bucket_take(&b, now), 0);
	}
	assert_int_equal(backoff_bucket_take(&b, now), 100);
	assert_int_equal(backoff_bucket_take(&b, now), 200);
	assert_int_equal(backoff_bucket_take(&b, now + 1000), 0);
}

static void conflicts_are_tried_again_as_often_as_kubernetes_does(void **state)
{
	(void)state;
	assert_int_equal(backoff_status_ms(1), 10);
	assert_int_equal(backoff_status_ms(4), 10);
	assert_int_equal(backoff_status_ms(5), -1);
	assert_int_equal(backoff_pod_ms(1), 10);
	assert_int_equal(backoff_pod_ms(2), 50);
	assert_int_equal(backoff_pod_ms(3), 250);
	assert_int_equal(backoff_pod_ms(4), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_wait_once_and_run_in_the_order_of_arrival),
		cmocka_unit_test(nothing_runs_before_the_release),
		cmocka_unit_test(a_key_is_never_run_twice_at_a_time_but_again_when_added_meanwhile),
		cmocka_unit_test(of_several_delays_the_earliest_wins),
		cmocka_unit_test(failures_double_the_pause_until_they_are_forgotten),
		cmocka_unit_test(removing_takes_a_key_out_of_the_middle),
		cmocka_unit_test(pauses_grow_to_a_thousand_seconds),
		cmocka_unit_test(all_keys_together_retry_a_hundred_times_then_ten_a_second),
		cmocka_unit_test(conflicts_are_tried_again_as_often_as_kubernetes_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
