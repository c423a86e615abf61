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

struct piped;

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
	struct piped *opens; /* on_late_watch */
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
	run(&w); /* waiting for them would exceed the time limit of the test */
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

static void a_timer_started_by_a_timer_waits_for_the_next_turn(void **state)
{
	struct world w;
	struct actor a[2];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 2);
	start(&a[0], 5);
	a[0].starts = &a[0]; /* for ever, without time moving */
	for (int i = 0; i < 20; i++) {
		size_t before = strlen(w.trace);
		assert_int_not_equal(uv_run(&w.loop, UV_RUN_NOWAIT), 0);
		assert_true(strlen(w.trace) <= before + 1);
	}
	assert_true(strlen(w.trace) > 10);
	assert_int_equal(clock_now_ms(w.clock), START_MS + 5);
	assert_true(clock_timer_is_active(&a[0].timer));
	clock_timer_stop(w.clock, &a[0].timer);
	assert_false(clock_timer_is_active(&a[0].timer));
	run(&w); /* nothing is pending: it returns */
	world_close(&w);
}

static void many_timers_fire_in_order_whichever_are_stopped(void **state)
{
	enum { N = 2000 };
	static struct actor a[N];
	struct world w;
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, N);
	int64_t latest = -1;
	for (size_t i = 0; i < N; i++) {
		uint32_t random;
		a[i].letter = 'x';
		clock_random(w.clock, &random, sizeof(random));
		start(&a[i], random % 5000);
		if (i % 3 == 0) {
			clock_timer_stop(w.clock, &a[random % (i + 1)].timer);
		}
	}
	size_t n_active = 0;
	for (size_t i = 0; i < N; i++) {
		n_active += clock_timer_is_active(&a[i].timer);
	}
	for (int more = 1; more;) {
		more = uv_run(&w.loop, UV_RUN_ONCE);
		n_active -= strlen(w.trace);
		memset(w.trace, 0, sizeof(w.trace));
		assert_true(clock_now_ms(w.clock) >= latest);
		latest = clock_now_ms(w.clock);
	}
	assert_int_equal(n_active, 0);
	for (size_t i = 0; i < N; i++) {
		assert_false(clock_timer_is_active(&a[i].timer));
		assert_true(a[i].fired_at_ms == 0 || a[i].fired_at_ms == a[i].timer.deadline_ms);
	}
	world_close(&w);
}

static void tasks_can_be_taken_back(void **state)
{
	struct world w;
	struct actor a[4];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 4);
	clock_unpost(w.clock, &a[0].task); /* harmless */
	for (size_t i = 0; i < 4; i++) {
		clock_post(w.clock, &a[i].task);
	}
	clock_unpost(w.clock, &a[3].task);
	clock_unpost(w.clock, &a[0].task);
	clock_post(w.clock, &a[0].task);
	clock_unpost(w.clock, &a[2].task);
	run(&w);
	assert_string_equal(w.trace, "ba");
	clock_post(w.clock, &a[3].task);
	clock_unpost(w.clock, &a[3].task);
	run(&w);
	assert_string_equal(w.trace, "ba");
	world_close(&w);
}

struct piped {
	uv_pipe_t in;
	struct world *w;
	int out_fd;
	int n_echoes; /* how often a byte read is written again */
};

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	static char bytes[16];
	(void)h;
	(void)suggested;
	*out = uv_buf_init(bytes, sizeof(bytes));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct piped *p = container_of((uv_pipe_t *)(void *)s, struct piped, in);
	(void)b;
	assert_true(n > 0);
	note(p->w, '.');
	if (p->n_echoes-- > 0) {
		assert_int_equal(write(p->out_fd, "x", 1), 1);
	} else {
		uv_close((uv_handle_t *)&p->in, NULL);
	}
}

static void pipe_open(struct world *w, struct piped *p, int n_echoes)
{
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	*p = (struct piped){ .w = w, .out_fd = fds[1], .n_echoes = n_echoes };
	assert_int_equal(uv_pipe_init(&w->loop, &p->in, 0), 0);
	assert_int_equal(uv_pipe_open(&p->in, fds[0]), 0);
	assert_int_equal(uv_read_start((uv_stream_t *)&p->in, on_alloc, on_read), 0);
	assert_int_equal(write(p->out_fd, "x", 1), 1);
}

static void virtual_time_waits_for_input_that_is_there(void **state)
{
	struct world w;
	struct actor a[1];
	struct piped p;
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 1);
	start(&a[0], 3600000);
	pipe_open(&w, &p, 9);
	run(&w);
	assert_string_equal(w.trace, "..........a");
	close(p.out_fd);
	world_close(&w);
}

static void input_without_end_does_not_hold_virtual_time(void **state)
{
	struct world w;
	struct actor a[1];
	struct piped p;
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 1);
	start(&a[0], 3600000);
	pipe_open(&w, &p, 1000000000);
	uint64_t begin = uv_hrtime();
	while (!strchr(w.trace, 'a')) {
		memset(w.trace, 0, sizeof(w.trace));
		assert_int_not_equal(uv_run(&w.loop, UV_RUN_NOWAIT), 0);
	}
	assert_true(uv_hrtime() - begin > 200000000);
	uv_close((uv_handle_t *)&p.in, NULL);
	run(&w);
	close(p.out_fd);
	world_close(&w);
}

static void on_late_watch(struct clock_task *t)
{
	struct actor *a = container_of(t, struct actor, task);
	act(a);
	pipe_open(a->w, a->opens, 4);
}

static void virtual_time_waits_for_what_is_only_now_watched(void **state)
{
	struct world w;
	struct actor a[2];
	struct piped p;
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 2);
	start(&a[0], 1);
	a[1].opens = &p;
	clock_task_init(&a[1].task, on_late_watch);
	clock_post(w.clock, &a[1].task);
	run(&w);
	assert_string_equal(w.trace, "b.....a");
	close(p.out_fd);
	world_close(&w);
}

static void tasks_without_end_let_input_through(void **state)
{
	for (int is_virtual = 0; is_virtual < 2; is_virtual++) {
		struct world w;
		struct actor a[2];
		struct piped p;
		(void)state;
		world_open(&w, is_virtual);
		actors_init(&w, a, 2);
		a[0].again = 40;
		a[0].takes_ns = 1000000;
		start(&a[1], 0);
		clock_post(w.clock, &a[0].task);
		pipe_open(&w, &p, 3);
		run(&w);
		/* nor do they hold up a real timer; virtual ones wait for them */
		assert_string_equal(w.trace + strlen(w.trace) - 5, is_virtual ? "aaaab" : "aaaaa");
		assert_non_null(strchr(w.trace, 'b'));
		size_t n_inputs = 0;
		for (const char *at = w.trace; *at; at++) {
			n_inputs += *at == '.';
		}
		assert_int_equal(n_inputs, 4);
		close(p.out_fd);
		world_close(&w);
	}
}

/* Retries of what failed: alone they do not make time jump. */
static void patient_timers_alone_wait_as_long_as_they_say(void **state)
{
	struct world w;
	struct actor a[1];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 1);
	assert_int_equal(clock_timer_start_patient(w.clock, &a[0].timer, 40), ERR_OK);
	assert_int_equal(clock_timer_left_ms(w.clock, &a[0].timer), 40);
	uint64_t begin = uv_hrtime();
	run(&w);
	assert_true((uv_hrtime() - begin) / 1000000 >= 39);
	assert_string_equal(w.trace, "a");
	assert_int_equal(a[0].fired_at_ms, START_MS + 40);
	assert_true(clock_timer_left_ms(w.clock, &a[0].timer) == INT64_MAX);
	world_close(&w);
}

static void patient_timers_fire_in_their_order_when_time_moves_for_others(void **state)
{
	struct world w;
	struct actor a[3];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 3);
	start(&a[0], 7200000);
	assert_int_equal(clock_timer_start_patient(w.clock, &a[1].timer, 3600000), ERR_OK);
	assert_int_equal(clock_timer_start_patient(w.clock, &a[2].timer, 3600000), ERR_OK);
	assert_int_equal(clock_timer_start_patient(w.clock, &a[2].timer, 1800000), ERR_OK);
	run(&w); /* waiting for them would exceed the time limit of the test */
	assert_string_equal(w.trace, "cba");
	assert_int_equal(a[2].fired_at_ms, START_MS + 1800000);
	world_close(&w);
}

static void a_patient_timer_can_be_hurried(void **state)
{
	struct world w;
	struct actor a[2];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 2);
	assert_int_equal(clock_timer_start_patient(w.clock, &a[0].timer, 3600000), ERR_OK);
	clock_timer_hurry(w.clock, &a[0].timer);
	clock_timer_hurry(w.clock, &a[0].timer); /* harmless */
	clock_timer_hurry(w.clock, &a[1].timer);
	run(&w);
	assert_string_equal(w.trace, "a");
	assert_int_equal(clock_now_ms(w.clock), START_MS + 3600000);
	world_close(&w);
}

static void on_stop(struct clock_timer *t)
{
	uv_stop(&container_of(t, struct actor, timer)->w->loop);
}

static void virtual_time_does_not_jump_to_where_nanoseconds_end(void **state)
{
	struct world w;
	struct actor a[4];
	(void)state;
	world_open(&w, true);
	actors_init(&w, a, 4);
	start(&a[0], INT64_MAX);
	start(&a[1], CLOCK_END_MS - START_MS);
	a[1].starts = &a[2];
	a[1].delay_ms = 20;
	a[2].starts = &a[3];
	a[2].delay_ms = 1;
	clock_timer_init(&a[3].timer, on_stop);
	uint64_t begin = uv_hrtime();
	assert_int_not_equal(uv_run(&w.loop, UV_RUN_DEFAULT), 0); /* stopped, not run out */
	assert_true((uv_hrtime() - begin) / 1000000 >= 20); /* beyond the end time takes time */
	assert_string_equal(w.trace, "bc");
	assert_true(clock_timer_is_active(&a[0].timer));
	assert_int_equal(clock_now_ms(w.clock), CLOCK_END_MS + 21);
	assert_true(clock_now_ns(w.clock) / 1000000 == CLOCK_END_MS + 21);
	clock_timer_stop(w.clock, &a[0].timer);
	world_close(&w);
}

static void real_timers_take_their_time(void **state)
{
	struct world w;
	struct actor a[3];
	(void)state;
	world_open(&w, false);
	actors_init(&w, a, 3);
	start(&a[0], 600); /* far enough that a busy machine does not make both due at once */
	start(&a[1], 20);
	a[1].posts = &a[2];
	uint64_t begin = uv_hrtime();
	run(&w);
	uint64_t took_ms = (uv_hrtime() - begin) / 1000000;
	assert_string_equal(w.trace, "bca");
	assert_true(took_ms >= 599);
	int64_t now_ms = clock_now_ms(w.clock);
	assert_true(now_ms > START_MS - 86400000ll * 365 * 10);
	assert_false(clock_is_virtual(w.clock));
	world_close(&w);
}

static void closing_forgets_timers_and_tasks(void **state)
{
	for (int is_virtual = 0; is_virtual < 2; is_virtual++) {
		struct world w;
		struct actor a[3];
		(void)state;
		world_open(&w, is_virtual);
		actors_init(&w, a, 3);
		start(&a[0], 0);
		start(&a[1], 10);
		clock_post(w.clock, &a[2].task);
		struct clock *c = w.clock;
		clock_close(c, on_closed, &w);
		assert_false(clock_timer_is_active(&a[0].timer));
		assert_false(a[2].task.posted);
		assert_int_equal(clock_timer_start(c, &a[0].timer, 1), UV_ECANCELED);
		clock_post(c, &a[2].task);
		clock_timer_stop(c, &a[1].timer);
		run(&w);
		assert_true(w.closed);
		assert_string_equal(w.trace, "");
		assert_int_equal(uv_loop_close(&w.loop), 0);
	}
	clock_close(NULL, NULL, NULL);
}

static void nanoseconds_grow_from_call_to_call(void **state)
{
	for (int is_virtual = 0; is_virtual < 2; is_virtual++) {
		struct world w;
		(void)state;
		world_open(&w, is_virtual);
		int64_t last = clock_now_ns(w.clock);
		for (int i = 0; i < 1000; i++) {
			int64_t now = clock_now_ns(w.clock);
			assert_true(now > last);
			last = now;
		}
		world_close(&w);
	}
}

static void virtual_randomness_repeats_and_uuids_are_of_version_4(void **state)
{
	struct world w[3];
	char first[3][CLOCK_UUID_CHARS + 1];
	char second[3][CLOCK_UUID_CHARS + 1];
	(void)state;
	for (int i = 0; i < 3; i++) {
		world_open(&w[i], i < 2);
		clock_uuid(w[i].clock, first[i]);
		clock_uuid(w[i].clock, second[i]);
		assert_string_not_equal(first[i], second[i]);
		assert_int_equal(strlen(first[i]), 36);
		assert_int_equal(first[i][14], '4');
		assert_non_null(strchr("89ab", first[i][19]));
		assert_true(first[i][8] == '-' && first[i][13] == '-' && first[i][18] == '-' &&
			    first[i][23] == '-');
		world_close(&w[i]);
	}
	assert_string_equal(first[0], first[1]);
	assert_string_equal(second[0], second[1]);
	assert_string_not_equal(first[0], first[2]);
}

static void times_are_written_and_read_as_rfc_3339_says(void **state)
{
	static const struct {
		const char *why, *in;
		int want;
		int64_t ms;
		const char *out;
	} rows[] = {
		{ "RFC 3339 5.8, first", "1985-04-12T23:20:50.52Z", ERR_OK, 482196050520,
			"1985-04-12T23:20:50Z" },
		{ "5.8, second", "1996-12-19T16:39:57-08:00", ERR_OK, 851042397000,
			"1996-12-20T00:39:57Z" },
		{ "5.8, a leap second", "1990-12-31T23:59:60Z", ERR_OK, 662688000000,
			"1991-01-01T00:00:00Z" },
		{ "5.8, fifth", "1937-01-01T12:00:27.87+00:20", ERR_OK, -1041337172130,
			"1937-01-01T11:40:27Z" },
		{ "the epoch", "1970-01-01T00:00:00Z", ERR_OK, 0, "1970-01-01T00:00:00Z" },
		{ "a leap day", "2024-02-29T12:00:00Z", ERR_OK, 1709208000000,
			"2024-02-29T12:00:00Z" },
		{ "no leap day", "2023-02-29T12:00:00Z", ERR_SYNTAX, 0, NULL },
		{ "a leap day of a century", "2000-02-29T00:00:00Z", ERR_OK, 951782400000,
			"2000-02-29T00:00:00Z" },
		{ "no leap day of a century", "1900-02-29T00:00:00Z", ERR_SYNTAX, 0, NULL },
		{ "the first year", "0000-01-01T00:00:00Z", ERR_OK, -62167219200000,
			"0000-01-01T00:00:00Z" },
		{ "the last second", "9999-12-31T23:59:59Z", ERR_OK, 253402300799000,
			"9999-12-31T23:59:59Z" },
		{ "lower case (5.6)", "2026-01-02t03:04:05z", ERR_OK, 1767323045000,
			"2026-01-02T03:04:05Z" },
		{ "nanoseconds", "2026-01-02T03:04:05.123456789Z", ERR_OK, 1767323045123,
			"2026-01-02T03:04:05Z" },
		{ "a point without digits", "2026-01-02T03:04:05.Z", ERR_SYNTAX, 0, NULL },
		{ "no zone", "2026-01-02T03:04:05", ERR_SYNTAX, 0, NULL },
		{ "a blank for T", "2026-01-02 03:04:05Z", ERR_SYNTAX, 0, NULL },
		{ "month 13", "2026-13-02T03:04:05Z", ERR_SYNTAX, 0, NULL },
		{ "month 0", "2026-00-02T03:04:05Z", ERR_SYNTAX, 0, NULL },
		{ "day 0", "2026-01-00T03:04:05Z", ERR_SYNTAX, 0, NULL },
		{ "hour 24", "2026-01-02T24:00:00Z", ERR_SYNTAX, 0, NULL },
		{ "minute 60", "2026-01-02T03:60:00Z", ERR_SYNTAX, 0, NULL },
		{ "an offset of a day", "2026-01-02T03:04:05+24:00", ERR_SYNTAX, 0, NULL },
		{ "an offset without colon", "2026-01-02T03:04:05+0100", ERR_SYNTAX, 0, NULL },
		{ "more behind it", "2026-01-02T03:04:05Z ", ERR_SYNTAX, 0, NULL },
		{ "a year of two digits", "26-01-02T03:04:05Z", ERR_SYNTAX, 0, NULL },
		{ "nothing", "", ERR_SYNTAX, 0, NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t ms = 77;
		char text[CLOCK_RFC3339_CHARS + 1];
		int err = clock_parse(rows[i].in, strlen(rows[i].in), &ms);
		if (err != rows[i].want || ms != (err == ERR_OK ? rows[i].ms : 77)) {
			fail_msg("%s: %d, %lld", rows[i].why, err, (long long)ms);
		}
		if (err == ERR_OK) {
			clock_format(ms, text);
			assert_string_equal(text, rows[i].out);
		}
	}
}

static void every_day_of_four_centuries_comes_back(void **state)
{
	char text[CLOCK_RFC3339_CHARS + 1];
	char micro[CLOCK_RFC3339_MICRO_CHARS + 1];
	(void)state;
	for (int64_t day = -100000; day < 100000; day++) {
		int64_t ms = 0;
		clock_format(day * 86400000 + 12345678, text);
		assert_int_equal(clock_parse(text, strlen(text), &ms), ERR_OK);
		assert_int_equal(ms, day * 86400000 + 12345000);
	}
	clock_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	clock_format(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00Z");
	clock_format_micro(1767323045123456789, micro);
	assert_string_equal(micro, "2026-01-02T03:04:05.123456Z");
	clock_format_micro(-1, micro);
	assert_string_equal(micro, "1969-12-31T23:59:59.999999Z");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(virtual_hours_pass_in_no_time),
		cmocka_unit_test(equal_deadlines_fire_in_the_order_of_their_start),
		cmocka_unit_test(tasks_run_before_time_moves_in_the_order_of_posting),
		cmocka_unit_test(a_timer_started_by_a_timer_waits_for_the_next_turn),
		cmocka_unit_test(many_timers_fire_in_order_whichever_are_stopped),
		cmocka_unit_test(tasks_can_be_taken_back),
		cmocka_unit_test(virtual_time_waits_for_input_that_is_there),
		cmocka_unit_test(input_without_end_does_not_hold_virtual_time),
		cmocka_unit_test(virtual_time_waits_for_what_is_only_now_watched),
		cmocka_unit_test(tasks_without_end_let_input_through),
		cmocka_unit_test(patient_timers_alone_wait_as_long_as_they_say),
		cmocka_unit_test(patient_timers_fire_in_their_order_when_time_moves_for_others),
		cmocka_unit_test(a_patient_timer_can_be_hurried),
		cmocka_unit_test(virtual_time_does_not_jump_to_where_nanoseconds_end),
		cmocka_unit_test(real_timers_take_their_time),
		cmocka_unit_test(closing_forgets_timers_and_tasks),
		cmocka_unit_test(nanoseconds_grow_from_call_to_call),
		cmocka_unit_test(virtual_randomness_repeats_and_uuids_are_of_version_4),
		cmocka_unit_test(times_are_written_and_read_as_rfc_3339_says),
		cmocka_unit_test(every_day_of_four_centuries_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
