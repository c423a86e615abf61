/* The engine of the companions: each key once, a step at a time, failures later and later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "fault.h"
#include "statefulset/companion/body.h"
#include "statefulset/companion/worklist.h"

struct world {
	uv_loop_t loop;
	struct clock *clock;
	struct clock_timer alarm;
	struct watch_api api;
	struct worklist *list;
	char story[400];
	int calls;           /* that a look still makes */
	int status, err;     /* of replies */
	int call_err;        /* of starting a call */
	struct body body;    /* its err only */
	bool drops;          /* a look without a call forgets its key */
	watch_reply_fn done; /* of the call that is out */
	void *done_ctx;
	int64_t looked_at_ms[40];
	size_t looks;
	int seen; /* state of the key at the last look */
	const char *uid;
};

static void note(struct world *w, struct strv text)
{
	size_t n = strlen(w->story);
	(void)snprintf(w->story + n, sizeof(w->story) - n, "%s%.*s", n ? " " : "", STRV_ARG(text));
}

static int api_call(void *self, const struct watch_call *c, watch_reply_fn done, void *ctx)
{
	struct world *w = self;
	(void)c;
	if (w->call_err) {
		return w->call_err;
	}
	assert_null(w->done);
	w->done = done;
	w->done_ctx = ctx;
	return ERR_OK;
}

static const struct watch_api_ops ops = { .call = api_call };

static void reply(struct world *w)
{
	watch_reply_fn done = w->done;
	w->done = NULL;
	assert_non_null(done);
	done(w->done_ctx, &(struct watch_reply){
				  .status = w->status, .err = w->err, .message = STRV("why") });
}

static void look(void *ctx, struct work *k)
{
	struct world *w = ctx;
	assert_true(w->looks < 40);
	w->looked_at_ms[w->looks++] = clock_now_ms(w->clock);
	note(w, work_name(k));
	int *state = work_state(k, strv_of(w->uid));
	w->seen = *state;
	(*state)++;
	if (w->calls > 0) {
		w->calls--;
		work_write(
			k, &w->body, &(struct watch_call){ .verb = WATCH_GET, .kind = KIND_POD });
	} else if (w->drops) {
		work_drop(k);
	}
}

static void on_alarm(struct clock_timer *t)
{
	uv_stop(&container_of(t, struct world, alarm)->loop);
}

static void run(struct world *w, int64_t ms)
{
	assert_int_equal(clock_timer_start(w->clock, &w->alarm, ms), 0);
	while (clock_timer_is_active(&w->alarm)) {
		(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	}
}

static void world_init(struct world *w)
{
	*w = (struct world){ .uid = "u1", .status = 200 };
	w->api = (struct watch_api){ .self = w, .ops = &ops };
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(clock_open_virtual(&w->loop, 1000, &w->clock), 0);
	clock_timer_init(&w->alarm, on_alarm);
	assert_int_equal(worklist_open(w->clock, &w->api, look, w, sizeof(int), &w->list), 0);
	worklist_start(w->list);
}

static void world_deinit(struct world *w)
{
	worklist_close(w->list);
	clock_close(w->clock, NULL, NULL);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

static void a_key_added_often_is_looked_at_once_in_the_order_of_adding(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	worklist_add(w.list, STRV("ns"), STRV("b"));
	worklist_add(w.list, STRV("ns"), STRV("a"));
	worklist_add(w.list, STRV("ns"), STRV("b"));
	worklist_add(w.list, STRV("other"), STRV("b"));
	assert_string_equal(w.story, ""); /* never inside worklist_add */
	run(&w, 0);
	assert_string_equal(w.story, "b a b");
	world_deinit(&w);
}

static void nothing_is_looked_at_before_the_start(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	worklist_close(w.list);
	assert_int_equal(worklist_open(w.clock, &w.api, look, &w, sizeof(int), &w.list), 0);
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 1000);
	assert_string_equal(w.story, "");
	worklist_start(w.list);
	run(&w, 0);
	assert_string_equal(w.story, "a");
	world_deinit(&w);
}

static void a_key_is_looked_at_again_when_its_call_is_answered_and_not_before(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.calls = 1;
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 0);
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 1000);
	assert_int_equal(w.looks, 1);
	reply(&w);
	run(&w, 0);
	assert_int_equal(w.looks, 2);
	run(&w, 1000);
	assert_int_equal(w.looks, 2);
	world_deinit(&w);
}

static void failures_are_repeated_later_and_later_and_success_begins_anew(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.calls = 4;
	w.status = 500;
	w.err = ERR_LIBRARY;
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 0);
	for (int i = 0; i < 3; i++) {
		reply(&w);
		run(&w, 100);
	}
	assert_int_equal(w.looks, 4);
	assert_int_equal(w.looked_at_ms[1] - 1000, 5);
	assert_int_equal(w.looked_at_ms[2] - (1000 + 100), 10);
	assert_int_equal(w.looked_at_ms[3] - (1000 + 200), 20);
	w.err = ERR_OK;
	reply(&w);
	run(&w, 0);
	assert_int_equal(w.looks, 5);
	w.calls = 1;
	w.err = ERR_LIBRARY;
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 0);
	int64_t failed_ms = clock_now_ms(w.clock);
	reply(&w);
	run(&w, 100);
	assert_int_equal(w.looked_at_ms[6] - failed_ms, 5);
	world_deinit(&w);
}

static void news_is_looked_at_once_more_at_once_but_not_for_ever(void **state)
{
	(void)state;
	static const int news[] = { ERR_NOT_FOUND, ERR_CONFLICT, ERR_EXISTS };
	for (size_t i = 0; i < ARRAY_LEN(news); i++) {
		struct world w;
		world_init(&w);
		w.calls = 6;
		w.err = news[i];
		worklist_add(w.list, STRV("ns"), STRV("a"));
		run(&w, 0);
		for (int n = 0; n < 3; n++) {
			reply(&w);
			run(&w, 0);
		}
		assert_int_equal(w.looked_at_ms[3], 1000);
		reply(&w); /* the fourth in a row */
		run(&w, 0);
		assert_int_equal(w.looks, 4);
		run(&w, 100);
		assert_int_equal(w.looks, 5);
		assert_int_equal(w.looked_at_ms[4], 1040);
		reply(&w);
		run(&w, 1000);
		w.err = ERR_OK;
		reply(&w);
		world_deinit(&w);
	}
}

static void a_call_that_cannot_be_made_is_a_failure(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.calls = 1;
	w.call_err = ERR_NOMEM;
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 4);
	assert_int_equal(w.looks, 1);
	run(&w, 2);
	assert_int_equal(w.looks, 2);
	world_deinit(&w);
}

static void a_body_that_cannot_be_made_is_not_sent_but_tried_again(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.calls = 2;
	w.body.err = ERR_NOMEM;
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 4);
	assert_int_equal(w.looks, 1);
	assert_null(w.done);
	w.body.err = ERR_OK;
	run(&w, 2);
	assert_int_equal(w.looks, 2);
	reply(&w);
	world_deinit(&w);
}

static void state_stays_with_a_key_that_is_kept_and_with_the_object_it_is_about(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	for (int i = 0; i < 3; i++) {
		worklist_add(w.list, STRV("ns"), STRV("a"));
		run(&w, 0);
		assert_int_equal(w.seen, i);
	}
	int *kept = worklist_state(w.list, STRV("ns"), STRV("a"));
	assert_non_null(kept);
	assert_int_equal(*kept, 3);
	assert_null(worklist_state(w.list, STRV("ns"), STRV("b")));
	w.uid = "u2"; /* the name has come to another object */
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 0);
	assert_int_equal(w.seen, 0);
	w.drops = true;
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 0);
	assert_null(worklist_state(w.list, STRV("ns"), STRV("a")));
	world_deinit(&w);
}

static bool is_two(const void *state, const void *what)
{
	(void)what;
	return *(const int *)state == 2;
}

static void all_kept_keys_or_those_that_match_are_looked_at(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	worklist_add(w.list, STRV("ns"), STRV("a"));
	worklist_add(w.list, STRV("ns"), STRV("b"));
	run(&w, 0);
	worklist_add(w.list, STRV("ns"), STRV("b"));
	run(&w, 0);
	w.story[0] = '\0';
	worklist_add_matching(w.list, is_two, NULL);
	run(&w, 0);
	assert_string_equal(w.story, "b");
	worklist_add_all(w.list);
	run(&w, 0);
	assert_string_equal(w.story, "b a b");
	world_deinit(&w);
}

static void names_that_no_object_can_have_are_passed_over(void **state)
{
	(void)state;
	struct world w;
	char long_name[700];
	world_init(&w);
	memset(long_name, 'x', sizeof(long_name));
	worklist_add(w.list, STRV("ns"), (struct strv){ long_name, sizeof(long_name) });
	worklist_add(w.list, STRV("ns"), STRV_NONE);
	run(&w, 0);
	assert_int_equal(w.looks, 0);
	world_deinit(&w);
}

static void many_keys_are_all_looked_at(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.drops = true;
	for (int i = 0; i < 39; i++) {
		char name[8];
		(void)snprintf(name, sizeof(name), "k%d", i);
		worklist_add(w.list, STRV_NONE, strv_of(name));
	}
	run(&w, 0);
	assert_int_equal(w.looks, 39);
	world_deinit(&w);
}

static void closed_while_a_call_is_out_it_frees_itself_with_the_reply(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	w.calls = 1;
	worklist_add(w.list, STRV("ns"), STRV("a"));
	run(&w, 0);
	worklist_close(w.list);
	run(&w, 1000);
	w.err = UV_ECANCELED;
	reply(&w);
	assert_int_equal(w.looks, 1);
	w.list = NULL;
	world_deinit(&w);
}

static void memory_that_runs_out_loses_a_look_and_nothing_else(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	bool refused = true;
	for (size_t n = 1; refused; n++) {
		assert_true(n < 20);
		fault_begin(n, false);
		worklist_add(w.list, STRV("ns"), STRV("a"));
		refused = fault_end();
		assert_true(!refused || worklist_state(w.list, STRV("ns"), STRV("a")) == NULL);
	}
	run(&w, 0);
	assert_int_equal(w.looks, 1);
	world_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_added_often_is_looked_at_once_in_the_order_of_adding),
		cmocka_unit_test(nothing_is_looked_at_before_the_start),
		cmocka_unit_test(a_key_is_looked_at_again_when_its_call_is_answered_and_not_before),
		cmocka_unit_test(failures_are_repeated_later_and_later_and_success_begins_anew),
		cmocka_unit_test(news_is_looked_at_once_more_at_once_but_not_for_ever),
		cmocka_unit_test(a_call_that_cannot_be_made_is_a_failure),
		cmocka_unit_test(a_body_that_cannot_be_made_is_not_sent_but_tried_again),
		cmocka_unit_test(
			state_stays_with_a_key_that_is_kept_and_with_the_object_it_is_about),
		cmocka_unit_test(all_kept_keys_or_those_that_match_are_looked_at),
		cmocka_unit_test(names_that_no_object_can_have_are_passed_over),
		cmocka_unit_test(many_keys_are_all_looked_at),
		cmocka_unit_test(closed_while_a_call_is_out_it_frees_itself_with_the_reply),
		cmocka_unit_test(memory_that_runs_out_loses_a_look_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
