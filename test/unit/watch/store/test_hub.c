/* The hub: what subscribers are told, in which order, in virtual and in real time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/unit/watch/store/fixture.h"

#define POD_SET KIND_BIT(KIND_POD)
#define PVC_SET KIND_BIT(KIND_PVC)

struct world {
	struct fixture f;
	char trace[8192]; /* what happened, in order */
};

struct ear {
	struct world *w;
	struct watch_sub *sub;
	char letter; /* in the trace; 0: none */
	size_t events;
	uint64_t last;       /* newest revision told live */
	struct ear *records; /* has to be ahead */
	void (*act)(struct ear *e, const struct watch_event *ev);
	struct ear *other;
	uint64_t takes_ns;
};

static void note(struct world *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void note(struct world *w, const char *fmt, ...)
{
	size_t n = strlen(w->trace);
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(w->trace + n, sizeof(w->trace) - n, fmt, ap);
	va_end(ap);
}

/* "a+pod/x1 ": who, what, where, the revision of the state. */
static void on_event(void *ctx, const struct watch_event *ev)
{
	static const char signs[] = { '+', '~', '-', '=' };
	struct ear *e = ctx;
	e->events++;
	if (ev->obj) {
		e->last = ev->obj->meta.resource_version;
		assert_int_equal(ev->obj->kind, ev->kind);
		assert_int_equal(ev->old == NULL, ev->type == WATCH_ADDED);
	}
	if (e->letter) {
		note(e->w, "%c%c%s", e->letter, signs[ev->type], kind_row(ev->kind)->shorts);
		if (ev->obj) {
			note(e->w, "/%.*s%d", STRV_ARG(ev->obj->meta.name),
				(int)ev->obj->meta.resource_version);
		}
		note(e->w, " ");
	}
	for (uint64_t begin = uv_hrtime(); uv_hrtime() - begin < e->takes_ns;) {
	}
	if (e->act) {
		e->act(e, ev);
	}
}

static void listen_to(struct ear *e, struct world *w, kind_set kinds, enum watch_priority priority,
	const char *selector)
{
	const struct watch_interest interest = {
		.kinds = kinds,
		.priority = priority,
		.label_selector = strv_of(selector),
		.fn = on_event,
		.ctx = e,
	};
	e->w = w;
	assert_int_equal(hub_subscribe(w->f.store, &interest, &e->sub), ERR_OK);
}

static void leave(struct ear *e)
{
	hub_unsubscribe(e->w->f.store, e->sub);
	e->sub = NULL;
}

static void assert_trace(struct world *w, const char *want)
{
	assert_string_equal(w->trace, want);
	w->trace[0] = '\0';
}

static struct world *world_of(void **state)
{
	return *state;
}

static int open_world(void **state, bool virtual_time)
{
	static const struct store_limits limits = { .history_events = 10 };
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	fixture_open(&w->f, virtual_time, &limits);
	*state = w;
	return 0;
}

static int open_virtual(void **state)
{
	return open_world(state, true);
}

static int open_real(void **state)
{
	return open_world(state, false);
}

static int close_world(void **state)
{
	struct world *w = world_of(state);
	fixture_close(&w->f);
	free(w);
	return 0;
}

static void what_exists_is_told_first_kind_by_kind(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { .letter = 'a' };
	fixture_put(&w->f, KIND_PVC, "n", "c", "");
	fixture_put(&w->f, KIND_POD, "n", "y", "");
	fixture_put(&w->f, KIND_POD, "n", "x", "");
	fixture_put(&w->f, KIND_NODE, "", "z", "");
	listen_to(&a, w, POD_SET | PVC_SET | KIND_BIT(KIND_SERVICE), WATCH_CONTROL, "");
	assert_trace(w, ""); /* not inside the call */
	fixture_run(&w->f);
	assert_trace(w, "a=svc a+po/x4 a+po/y3 a=po a+pvc/c2 a=pvc ");
	fixture_put(&w->f, KIND_NODE, "", "z", "");
	fixture_put(&w->f, KIND_PVC, "n", "d", "");
	fixture_put(&w->f, KIND_POD, "n", "x", "");
	fixture_delete(&w->f, KIND_PVC, "n", "c");
	fixture_run(&w->f);
	assert_trace(w, "a+pvc/d7 a~po/x8 a-pvc/c9 ");
	leave(&a);
	fixture_put(&w->f, KIND_POD, "n", "v", "");
	fixture_run(&w->f);
	assert_trace(w, "");
}

static void changes_after_the_call_are_neither_lost_nor_doubled(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { .letter = 'a' };
	fixture_put(&w->f, KIND_POD, "n", "gone", "");
	fixture_put(&w->f, KIND_POD, "n", "kept", "");
	listen_to(&a, w, POD_SET, WATCH_CONTROL, "");
	fixture_delete(&w->f, KIND_POD, "n", "gone");
	fixture_put(&w->f, KIND_POD, "n", "kept", "x=1");
	fixture_put(&w->f, KIND_POD, "n", "new", "");
	fixture_run(&w->f);
	assert_trace(w, "a+po/gone2 a+po/kept3 a=po a-po/gone4 a~po/kept5 a+po/new6 ");
	leave(&a);
}

static void selectors_turn_label_changes_into_coming_and_going(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { .letter = 'a' };
	fixture_put(&w->f, KIND_POD, "n", "in", "app=web");
	fixture_put(&w->f, KIND_POD, "n", "out", "app=db");
	listen_to(&a, w, POD_SET, WATCH_CONTROL, "app in (web)");
	fixture_run(&w->f);
	assert_trace(w, "a+po/in2 a=po ");
	fixture_put(&w->f, KIND_POD, "n", "out", "app=db,x=1");
	fixture_put(&w->f, KIND_POD, "n", "out", "app=web");
	fixture_put(&w->f, KIND_POD, "n", "out", "app=web,x=2");
	fixture_put(&w->f, KIND_POD, "n", "in", "app=db");
	fixture_put(&w->f, KIND_POD, "n", "in", "");
	fixture_delete(&w->f, KIND_POD, "n", "in");
	fixture_delete(&w->f, KIND_POD, "n", "out");
	fixture_run(&w->f);
	/* `in` leaves in its last matching state */
	assert_trace(w, "a+po/out5 a~po/out6 a-po/in2 a-po/out10 ");
	leave(&a);
	const struct watch_interest bad = {
		.kinds = POD_SET, .label_selector = STRV("a in"), .fn = on_event
	};
	assert_int_equal(hub_subscribe(w->f.store, &bad, &a.sub), ERR_SYNTAX);
}

/* A RECORDS subscriber that writes an endpoint slice for each change of a pod. */
static void write_slice(struct ear *e, const struct watch_event *ev)
{
	if (ev->obj && ev->kind == KIND_POD) {
		fixture_put(&e->w->f, KIND_ENDPOINTSLICE, "n", "s", "");
		hub_settle(e->w->f.store); /* inside a subscriber: does nothing */
	}
}

/* A CONTROL subscriber that expects the slice of what it sees to be told to the records. */
static void expect_records(struct ear *e, const struct watch_event *ev)
{
	if (ev->obj) {
		assert_true(e->records->last > ev->obj->meta.resource_version);
	}
}

static void records_have_digested_a_change_before_control_sees_it(void **state)
{
	struct world *w = world_of(state);
	struct ear control = { .letter = 'c', .act = expect_records };
	struct ear slices = { .letter = 's', .act = write_slice };
	struct ear names = { .letter = 'n' };
	control.records = &names;
	listen_to(&control, w, POD_SET, WATCH_CONTROL, "");
	listen_to(&slices, w, POD_SET, WATCH_RECORDS, "");
	listen_to(&names, w, POD_SET | KIND_BIT(KIND_ENDPOINTSLICE), WATCH_RECORDS, "");
	fixture_run(&w->f);
	assert_trace(w, "s=po n= n=po c=po ");
	fixture_put(&w->f, KIND_POD, "n", "x", "");
	hub_settle(w->f.store);
	assert_trace(w, "s+po/x2 n+po/x2 n+/s3 ");
	fixture_put(&w->f, KIND_POD, "n", "y", "");
	fixture_run(&w->f);
	assert_trace(w, "s+po/y4 n+po/y4 n~/s5 c+po/x2 c+po/y4 ");
	leave(&slices);
	leave(&control);
	leave(&names);
}

/* Writes a claim for each new pod, as a controller does. */
static void write_claim(struct ear *e, const struct watch_event *ev)
{
	if (ev->type == WATCH_ADDED) {
		char name[64];
		(void)snprintf(name, sizeof(name), "%.*s", STRV_ARG(ev->obj->meta.name));
		fixture_put(&e->w->f, KIND_PVC, "n", name, "");
	}
}

static void what_control_writes_is_settled_before_its_next_event(void **state)
{
	struct world *w = world_of(state);
	struct ear control = { .letter = 'c', .act = write_claim };
	struct ear names = { .letter = 'n' };
	listen_to(&control, w, POD_SET, WATCH_CONTROL, "");
	listen_to(&names, w, PVC_SET, WATCH_RECORDS, "");
	fixture_run(&w->f);
	assert_trace(w, "n=pvc c=po ");
	fixture_put(&w->f, KIND_POD, "n", "x", "");
	fixture_put(&w->f, KIND_POD, "n", "y", "");
	fixture_run(&w->f);
	assert_trace(w, "c+po/x2 n+pvc/x4 c+po/y3 n+pvc/y5 ");
	leave(&control);
	leave(&names);
}

static void control_subscribers_take_turns(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { .letter = 'a' }, b = { .letter = 'b' };
	listen_to(&a, w, POD_SET, WATCH_CONTROL, "");
	listen_to(&b, w, POD_SET, WATCH_CONTROL, "");
	fixture_put(&w->f, KIND_POD, "n", "x", "");
	fixture_put(&w->f, KIND_POD, "n", "y", "");
	fixture_run(&w->f);
	assert_trace(w, "a=po b=po a+po/x2 b+po/x2 a+po/y3 b+po/y3 ");
	leave(&a);
	leave(&b);
}

static void a_late_subscriber_loses_nothing_however_short_the_history(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { 0 }, b = { 0 };
	struct store_change c;
	uint64_t cursor = 1;
	char name[16];
	listen_to(&a, w, POD_SET, WATCH_CONTROL, "");
	listen_to(&b, w, PVC_SET, WATCH_RECORDS, "");
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "p%d", i % 100);
		fixture_put(&w->f, KIND_POD, "n", name, "");
	}
	fixture_run(&w->f);
	assert_int_equal(a.events, 1001);
	assert_int_equal(a.last, 1001);
	assert_int_equal(b.events, 1);
	fixture_put(&w->f, KIND_POD, "n", "one-more", "");
	assert_int_equal(store_read(w->f.store, &cursor, POD_SET, &c), ERR_GONE);
	fixture_run(&w->f);
	assert_int_equal(a.events, 1002);
	leave(&a);
	leave(&b);
}

static void leave_and_bring_another(struct ear *e, const struct watch_event *ev)
{
	(void)ev;
	if (e->sub) {
		leave(e);
	}
	if (e->other && e->other->sub) {
		leave(e->other);
	} else if (e->other) {
		listen_to(e->other, e->w, POD_SET, WATCH_CONTROL, "");
		e->other = NULL;
	}
}

static void subscriptions_may_end_and_begin_inside_a_subscriber(void **state)
{
	static const enum watch_priority both[] = { WATCH_RECORDS, WATCH_CONTROL };
	struct world *w = world_of(state);
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		struct ear a = { .letter = 'a', .act = leave_and_bring_another };
		struct ear b = { .letter = 'b' }, c = { .letter = 'c' };
		fixture_put(&w->f, KIND_POD, "n", "x", "");
		listen_to(&a, w, POD_SET, both[i], "");
		listen_to(&b, w, POD_SET, both[i], "");
		listen_to(&c, w, KIND_BIT(KIND_NODE), both[i], "");
		a.other = &b; /* both leave at a's first event */
		fixture_run(&w->f);
		assert_non_null(strstr(w->trace, "a+po/x"));
		assert_null(strchr(w->trace, 'b'));
		assert_int_equal(a.events, 1);
		w->trace[0] = '\0';
		a = (struct ear){ .letter = 'a', .act = leave_and_bring_another, .other = &b };
		listen_to(&a, w, POD_SET, both[i], ""); /* b begins at a's first event */
		fixture_run(&w->f);
		assert_int_equal(a.events, 1);
		assert_int_equal(b.events, 2);
		w->trace[0] = '\0';
		leave(&b);
		leave(&c);
	}
}

static void a_subscriber_that_leaves_unheard_takes_its_references_along(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { 0 };
	fixture_put(&w->f, KIND_POD, "n", "x", "");
	listen_to(&a, w, KIND_ALL, WATCH_CONTROL, "");
	leave(&a); /* what it held is checked by ASan */
	fixture_run(&w->f);
	assert_int_equal(a.events, 0);
	hub_unsubscribe(w->f.store, NULL);
}

static void digested_says_what_everybody_has_been_told(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { 0 }, b = { 0 };
	assert_int_equal(hub_digested(w->f.store), 1);
	listen_to(&a, w, POD_SET, WATCH_CONTROL, "");
	listen_to(&b, w, POD_SET, WATCH_RECORDS, "");
	fixture_run(&w->f);
	fixture_put(&w->f, KIND_PVC, "n", "c", ""); /* concerns nobody */
	assert_int_equal(hub_digested(w->f.store), 2);
	fixture_put(&w->f, KIND_POD, "n", "x", "");
	fixture_put(&w->f, KIND_PVC, "n", "d", "");
	assert_int_equal(hub_digested(w->f.store), 2);
	hub_settle(w->f.store);
	assert_int_equal(hub_digested(w->f.store), 2);
	fixture_run(&w->f);
	assert_int_equal(hub_digested(w->f.store), 4);
	leave(&a);
	leave(&b);
}

struct watcher {
	struct store_listener listener;
	struct world *w;
	struct ear *records;
	uint64_t cursor;
	size_t seen;
};

/* A watch stream: by the time it is woken, names have what it will tell. */
static void on_settled(void *ctx, kind_set changed)
{
	struct watcher *x = ctx;
	struct store_change c;
	(void)changed;
	for (;;) {
		assert_int_equal(
			store_read(x->w->f.store, &x->cursor, POD_SET | PVC_SET, &c), ERR_OK);
		if (!c.obj) {
			break;
		}
		assert_true(x->records->last >= c.revision);
		x->seen++;
	}
}

static void watch_streams_are_woken_when_records_are_settled(void **state)
{
	struct world *w = world_of(state);
	struct ear control = { .act = write_claim }, names = { 0 };
	struct watcher x = { .w = w, .records = &names, .cursor = 1 };
	x.listener = (struct store_listener){ .fn = on_settled, .ctx = &x };
	listen_to(&control, w, POD_SET, WATCH_CONTROL, "");
	listen_to(&names, w, POD_SET | PVC_SET, WATCH_RECORDS, "");
	store_listen(w->f.store, &x.listener);
	for (int i = 0; i < 5; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "p%d", i);
		fixture_put(&w->f, KIND_POD, "n", name, "");
		if (i % 2) {
			fixture_run(&w->f);
		}
	}
	fixture_run(&w->f);
	assert_int_equal(x.seen, 10);
	store_unlisten(w->f.store, &x.listener);
	leave(&control);
	leave(&names);
}

struct bystander {
	struct clock_task task;
	struct world *w;
	struct ear *busy;
	size_t done_at; /* events that busy must have had */
	int runs;
};

static void on_bystander(struct clock_task *t)
{
	struct bystander *b = container_of(t, struct bystander, task);
	b->runs++;
	if (b->busy->events < b->done_at) {
		clock_post(b->w->f.clock, t);
	}
}

static int run_beside(struct world *w, struct ear *busy, int changes)
{
	struct bystander b = { .w = w, .busy = busy, .done_at = busy->events + (size_t)changes };
	char name[16];
	for (int i = 0; i < changes; i++) {
		(void)snprintf(name, sizeof(name), "p%d", i);
		fixture_put(&w->f, KIND_POD, "n", name, "");
	}
	clock_task_init(&b.task, on_bystander);
	clock_post(w->f.clock, &b.task);
	fixture_run(&w->f);
	while (b.task.posted) {
		uv_run(&w->f.loop, UV_RUN_ONCE);
	}
	assert_int_equal(busy->events, b.done_at);
	return b.runs;
}

static void a_turn_in_real_time_ends_with_its_budget(void **state)
{
	struct world *w = world_of(state);
	struct ear slow = { 0 };
	listen_to(&slow, w, POD_SET, WATCH_CONTROL, "");
	fixture_run(&w->f);
	slow.takes_ns = 1000000;
	assert_true(run_beside(w, &slow, 40) >= 10); /* 2 ms a turn: about 20 turns */
	leave(&slow);
}

static void a_turn_in_virtual_time_ends_after_a_number_of_events(void **state)
{
	struct world *w = world_of(state);
	struct ear a = { 0 };
	listen_to(&a, w, POD_SET, WATCH_CONTROL, "");
	fixture_run(&w->f);
	assert_int_equal(run_beside(w, &a, 1000), 4);
	leave(&a);
}

#define IN_BOTH(test)                                                                              \
	{ #test " (virtual time)", test, open_virtual, close_world, NULL },                        \
	{                                                                                          \
#test " (real time)", test, open_real, close_world, NULL                           \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BOTH(what_exists_is_told_first_kind_by_kind),
		IN_BOTH(changes_after_the_call_are_neither_lost_nor_doubled),
		IN_BOTH(selectors_turn_label_changes_into_coming_and_going),
		IN_BOTH(records_have_digested_a_change_before_control_sees_it),
		IN_BOTH(what_control_writes_is_settled_before_its_next_event),
		IN_BOTH(control_subscribers_take_turns),
		IN_BOTH(a_late_subscriber_loses_nothing_however_short_the_history),
		IN_BOTH(subscriptions_may_end_and_begin_inside_a_subscriber),
		IN_BOTH(a_subscriber_that_leaves_unheard_takes_its_references_along),
		IN_BOTH(digested_says_what_everybody_has_been_told),
		IN_BOTH(watch_streams_are_woken_when_records_are_settled),
		cmocka_unit_test_setup_teardown(
			a_turn_in_real_time_ends_with_its_budget, open_real, close_world),
		cmocka_unit_test_setup_teardown(
			a_turn_in_virtual_time_ends_after_a_number_of_events, open_virtual,
			close_world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
