/* The clock: a heap of timers, a queue of tasks, and three loop handles that run them.
 * alarm (uv_timer) wakes the loop for the next real deadline; spin (uv_idle) keeps it from sleeping while there
 * is work; turn (uv_check) does the work, right after the loop has polled.
 * A turn of virtual time: tasks; when there are none left, due timers; after two turns without either, and with
 * no descriptor waiting to be read, time jumps to the next deadline and its timers fire. Clients that never
 * pause cannot hold time still: after a quarter of a second it moves as soon as no task is waiting. With nothing
 * but patient timers the loop sleeps in alarm as in real time.
 * Source: none. Regime: the clock is an owned heap object, freed after its last handle has closed.
 * Called by: main, tests; timers and tasks by their owners. */
#include "base/clock.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

#define NS_PER_MS   1000000
#define QUIET_TURNS 2
#define HELD_NS_MAX UINT64_C(250000000)
#define BATCH_NS    UINT64_C(2000000)
#define RANDOM_SEED 0x6f7264696e616c00u

struct clock {
	uv_loop_t *loop;
	uv_timer_t alarm;
	uv_idle_t spin;
	uv_check_t turn;
	struct clock *self; /* lets reading the time, which is const, note the last answer */
	bool is_virtual;
	bool closing;
	unsigned live; /* open handles */
	void (*on_closed)(void *ctx);
	void *on_closed_ctx;

	int64_t virtual_ms;
	unsigned quiet_turns;     /* in a row: nothing fired, ran or waited to be read */
	uint64_t moved_hrtime_ns; /* machine's time when virtual_ms last moved */
	int64_t last_ns;          /* last answer of clock_now_ns */
	uint64_t random;          /* virtual: the state */

	struct clock_timer **heap; /* earliest first */
	size_t n_heap, cap_heap;
	size_t n_patient; /* of them */
	uint64_t next_order;
	struct clock_task *first, *last;
};

/* Time */

static int64_t wall_ns(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t); /* cannot fail for this clock */
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_now_ms(const struct clock *c)
{
	return c->is_virtual ? c->virtual_ms : wall_ns() / NS_PER_MS;
}

int64_t clock_now_ns(const struct clock *c)
{
	int64_t ns = c->is_virtual ? c->virtual_ms * NS_PER_MS : wall_ns();
	struct clock *self = c->self;
	self->last_ns = ns > self->last_ns ? ns : self->last_ns + 1;
	return self->last_ns;
}

bool clock_is_virtual(const struct clock *c)
{
	return c->is_virtual;
}

/* What deadlines are measured by: wall time may be set back, the machine's running time may not. */
static int64_t timer_now_ms(const struct clock *c)
{
	return c->is_virtual ? c->virtual_ms : (int64_t)(uv_hrtime() / NS_PER_MS);
}

/* The heap of timers */

static bool fires_before(const struct clock_timer *a, const struct clock_timer *b)
{
	return a->deadline_ms != b->deadline_ms ? a->deadline_ms < b->deadline_ms
						: a->order < b->order;
}

static void heap_put(struct clock *c, size_t at, struct clock_timer *t)
{
	c->heap[at] = t;
	t->slot = at + 1;
}

/* Moves t, whose place at is free to be overwritten, to where it belongs. */
static void heap_settle(struct clock *c, size_t at, struct clock_timer *t)
{
	while (at > 0 && fires_before(t, c->heap[(at - 1) / 2])) {
		heap_put(c, at, c->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;
		if (child + 1 < c->n_heap && fires_before(c->heap[child + 1], c->heap[child])) {
			child++;
		}
		if (child >= c->n_heap || !fires_before(c->heap[child], t)) {
			break;
		}
		heap_put(c, at, c->heap[child]);
		at = child;
	}
	heap_put(c, at, t);
}

static void heap_remove(struct clock *c, struct clock_timer *t)
{
	size_t at = t->slot - 1;
	struct clock_timer *last = c->heap[--c->n_heap];
	t->slot = 0;
	c->n_patient -= t->patient_since_ns > 0;
	if (last != t) {
		heap_settle(c, at, last);
	}
}

static int heap_reserve(struct clock *c)
{
	if (c->n_heap < c->cap_heap) {
		return ERR_OK;
	}
	size_t cap = c->cap_heap ? c->cap_heap * 2 : 16;
	struct clock_timer **grown = realloc(c->heap, cap * sizeof(struct clock_timer *));
	if (!grown) {
		return ERR_NOMEM;
	}
	c->heap = grown;
	c->cap_heap = cap;
	return ERR_OK;
}

/* Waking the loop */

static void on_spin(uv_idle_t *h)
{
	(void)h; /* being active is its work */
}

/* Timers run before the poll: without spinning the loop would sleep in it and on_turn come too late. */
static void on_alarm(uv_timer_t *h)
{
	struct clock *c = container_of(h, struct clock, alarm);
	(void)uv_idle_start(&c->spin, on_spin); /* fails only for a NULL callback */
}

static void on_turn(uv_check_t *h);

/* Virtual: for how long time stays where it is, because nobody but patient timers waits for it to move. */
static uint64_t standstill_ms(const struct clock *c)
{
	if (c->n_patient < c->n_heap || c->heap[0]->deadline_ms <= c->virtual_ms) {
		return 0;
	}
	uint64_t since_ns = c->heap[0]->patient_since_ns;
	since_ns = since_ns > c->moved_hrtime_ns ? since_ns : c->moved_hrtime_ns;
	uint64_t waited_ms = (uv_hrtime() - since_ns) / NS_PER_MS;
	uint64_t wanted_ms = (uint64_t)(c->heap[0]->deadline_ms - c->virtual_ms);
	return waited_ms < wanted_ms ? wanted_ms - waited_ms : 0;
}

/* Makes the handles fit what is pending. With nothing pending none is active and the loop may end. */
static void arm(struct clock *c)
{
	if (c->closing) {
		return;
	}
	bool has_timer = c->n_heap > 0;
	uint64_t still_ms = has_timer && c->is_virtual ? standstill_ms(c) : 0;
	bool is_busy = c->first || (has_timer && c->is_virtual && still_ms == 0);
	/* starting and stopping fail only for a NULL callback */
	(void)(is_busy ? uv_idle_start(&c->spin, on_spin) : uv_idle_stop(&c->spin));
	(void)(is_busy || has_timer ? uv_check_start(&c->turn, on_turn) : uv_check_stop(&c->turn));
	if (!has_timer || (c->is_virtual && still_ms == 0)) {
		(void)uv_timer_stop(&c->alarm); /* cannot fail, as those above */
		return;
	}
	int64_t wait = c->is_virtual ? (int64_t)still_ms
				     : c->heap[0]->deadline_ms - (int64_t)uv_now(c->loop);
	(void)uv_timer_start(&c->alarm, on_alarm, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* Fires what is due; timers that are started meanwhile wait for the next call. */
static bool fire_due(struct clock *c)
{
	int64_t now = timer_now_ms(c);
	uint64_t end = c->next_order;
	bool fired = false;
	while (!c->closing && c->n_heap > 0) {
		struct clock_timer *t = c->heap[0];
		if (t->deadline_ms > now || t->order >= end) {
			break;
		}
		heap_remove(c, t);
		fired = true;
		t->fn(t); /* may free t */
	}
	return fired;
}

static bool run_tasks(struct clock *c)
{
	uint64_t begin = uv_hrtime();
	bool ran = false;
	while (!c->closing && c->first) {
		struct clock_task *t = c->first;
		c->first = t->next;
		c->last = c->first ? c->last : NULL;
		t->next = NULL;
		t->posted = false;
		ran = true;
		t->fn(t); /* may free t, may post it again */
		if (uv_hrtime() - begin >= BATCH_NS) {
			break;
		}
	}
	return ran;
}

/* Whether the next poll would bring something: the epoll descriptor is itself readable then. */
static bool has_input(const struct clock *c)
{
	struct pollfd p = { .fd = uv_backend_fd(c->loop), .events = POLLIN };
	return poll(&p, 1, 0) > 0;
}

/* What a callback of this turn began to watch is only looked at by the next poll, hence two quiet turns. */
static bool is_quiet(struct clock *c, bool worked)
{
	c->quiet_turns = worked || has_input(c) ? 0 : c->quiet_turns + 1;
	return c->quiet_turns >= QUIET_TURNS;
}

static void jump(struct clock *c, bool worked)
{
	uint64_t hrtime_ns = uv_hrtime();
	if (standstill_ms(c) > 0) {
		return;
	}
	bool is_overdue = !c->first && hrtime_ns - c->moved_hrtime_ns > HELD_NS_MAX;
	if (!is_quiet(c, worked) && !is_overdue) {
		return;
	}
	c->quiet_turns = 0;
	c->virtual_ms = c->heap[0]->deadline_ms;
	c->moved_hrtime_ns = hrtime_ns;
	(void)fire_due(c); /* some fired: they were due by the line above */
}

static void on_turn(uv_check_t *h)
{
	struct clock *c = container_of(h, struct clock, turn);
	bool worked = !c->is_virtual &&
		      fire_due(c); /* endless tasks must not hold up real timers */
	worked |= run_tasks(c);
	if (c->is_virtual &&
		!c->first) { /* where a batch ended must not show in a run that repeats */
		worked |= fire_due(c);
	}
	if (c->is_virtual && !c->closing && c->n_heap > 0) {
		jump(c, worked);
	}
	arm(c);
}

/* Timers and tasks */

void clock_timer_init(struct clock_timer *t, clock_timer_fn fn)
{
	*t = (struct clock_timer){ .fn = fn };
}

static int start(struct clock *c, struct clock_timer *t, int64_t delay_ms, bool is_patient)
{
	if (c->closing) {
		return UV_ECANCELED;
	}
	int64_t now = timer_now_ms(c);
	if (t->slot == 0) {
		int err = heap_reserve(c);
		if (err != ERR_OK) {
			return err;
		}
		t->slot = ++c->n_heap;
	} else {
		c->n_patient -= t->patient_since_ns > 0;
	}
	delay_ms = delay_ms > 0 ? delay_ms : 0;
	t->deadline_ms = delay_ms < INT64_MAX - now ? now + delay_ms : INT64_MAX;
	is_patient |= c->is_virtual && t->deadline_ms > CLOCK_END_MS;
	t->patient_since_ns = is_patient ? uv_hrtime() : 0;
	c->n_patient += is_patient;
	t->order = c->next_order++;
	heap_settle(c, t->slot - 1, t);
	arm(c);
	return ERR_OK;
}

int clock_timer_start(struct clock *c, struct clock_timer *t, int64_t delay_ms)
{
	return start(c, t, delay_ms, false);
}

int clock_timer_start_patient(struct clock *c, struct clock_timer *t, int64_t delay_ms)
{
	return start(c, t, delay_ms, true);
}

void clock_timer_hurry(struct clock *c, struct clock_timer *t)
{
	if (t->slot != 0 && t->patient_since_ns > 0) {
		t->patient_since_ns = 0;
		c->n_patient--;
		arm(c);
	}
}

void clock_timer_stop(struct clock *c, struct clock_timer *t)
{
	if (t->slot != 0) {
		heap_remove(c, t);
		arm(c);
	}
}

bool clock_timer_is_active(const struct clock_timer *t)
{
	return t->slot != 0;
}

int64_t clock_timer_left_ms(const struct clock *c, const struct clock_timer *t)
{
	return t->slot != 0 ? t->deadline_ms - timer_now_ms(c) : INT64_MAX;
}

void clock_task_init(struct clock_task *t, clock_task_fn fn)
{
	*t = (struct clock_task){ .fn = fn };
}

void clock_post(struct clock *c, struct clock_task *t)
{
	if (t->posted || c->closing) {
		return;
	}
	t->posted = true;
	t->next = NULL;
	if (c->first) {
		c->last->next = t;
		c->last = t;
		return;
	}
	c->first = t;
	c->last = t;
	arm(c);
}

void clock_unpost(struct clock *c, struct clock_task *t)
{
	if (!t->posted) {
		return;
	}
	struct clock_task *before = NULL;
	for (struct clock_task *at = c->first; at != t; at = at->next) {
		before = at;
	}
	*(before ? &before->next : &c->first) = t->next;
	c->last = c->last == t ? before : c->last;
	t->next = NULL;
	t->posted = false;
	arm(c);
}

/* Opening and closing */

static int open_any(uv_loop_t *loop, bool is_virtual, int64_t start_ms, struct clock **out)
{
	struct clock *c = calloc(1, sizeof(*c));
	if (!c) {
		return ERR_NOMEM;
	}
	c->loop = loop;
	c->self = c;
	c->is_virtual = is_virtual;
	c->virtual_ms = start_ms;
	c->moved_hrtime_ns = uv_hrtime();
	c->random = RANDOM_SEED;
	/* these three cannot fail in libuv; were that to change, nothing may stay half open */
	int err = uv_timer_init(loop, &c->alarm);
	REQUIRE(err == 0);
	err = uv_idle_init(loop, &c->spin);
	REQUIRE(err == 0);
	err = uv_check_init(loop, &c->turn);
	REQUIRE(err == 0);
	c->live = 3;
	uv_unref((uv_handle_t *)&c->turn); /* alarm and spin say whether something is pending */
	*out = c;
	return ERR_OK;
}

int clock_open(uv_loop_t *loop, struct clock **out)
{
	return open_any(loop, false, 0, out);
}

int clock_open_virtual(uv_loop_t *loop, int64_t start_unix_ms, struct clock **out)
{
	return open_any(loop, true, start_unix_ms, out);
}

static void drop(struct clock *c)
{
	REQUIRE(c->live > 0);
	if (--c->live > 0) {
		return;
	}
	void (*cb)(void *) = c->on_closed;
	void *ctx = c->on_closed_ctx;
	free(c->heap);
	free(c);
	if (cb) {
		cb(ctx);
	}
}

static void on_alarm_closed(uv_handle_t *h)
{
	drop(container_of((uv_timer_t *)(void *)h, struct clock, alarm));
}

static void on_spin_closed(uv_handle_t *h)
{
	drop(container_of((uv_idle_t *)(void *)h, struct clock, spin));
}

static void on_turn_closed(uv_handle_t *h)
{
	drop(container_of((uv_check_t *)(void *)h, struct clock, turn));
}

void clock_close(struct clock *c, void (*cb)(void *ctx), void *ctx)
{
	if (!c) {
		return;
	}
	REQUIRE(!c->closing);
	c->closing = true;
	c->on_closed = cb;
	c->on_closed_ctx = ctx;
	for (size_t i = 0; i < c->n_heap; i++) {
		c->heap[i]->slot = 0;
	}
	c->n_heap = 0;
	c->n_patient = 0;
	while (c->first) {
		clock_unpost(c, c->first);
	}
	uv_close((uv_handle_t *)&c->alarm, on_alarm_closed);
	uv_close((uv_handle_t *)&c->spin, on_spin_closed);
	uv_close((uv_handle_t *)&c->turn, on_turn_closed);
}

/* Randomness */

/* splitmix64: every state follows from the seed. */
static uint64_t virtual_random(struct clock *c)
{
	uint64_t z = c->random += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void clock_random(struct clock *c, void *out, size_t n)
{
	if (!c->is_virtual) {
		int err = uv_random(NULL, NULL, out, n, 0, NULL);
		REQUIRE(err == 0); /* a kernel without random numbers is nothing to serve on */
		return;
	}
	char *at = out;
	while (n > 0) {
		uint64_t word = virtual_random(c);
		size_t some = n < sizeof(word) ? n : sizeof(word);
		memcpy(at, &word, some);
		at += some;
		n -= some;
	}
}

void clock_uuid(struct clock *c, char out[CLOCK_UUID_CHARS + 1])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[16];
	char *at = out;
	clock_random(c, bytes, sizeof(bytes));
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* RFC 4122 4.4: version 4 */
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			*at++ = '-';
		}
		*at++ = hex[bytes[i] >> 4];
		*at++ = hex[bytes[i] & 0xf];
	}
	*at = '\0';
}
