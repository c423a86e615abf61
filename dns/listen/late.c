/* Replies that come late: see the header. */
#include "dns/listen/late.h"

#include <stdlib.h>

#include "base/err.h"
#include "dns/query/pending.h"
#include "dns/reclaim.h"

struct late {
	uv_async_t wake;
	uv_timer_t timer; /* the first deadline of those not expired */
	unsigned live;    /* handles not closed yet */
	const struct pipeline *pipeline;
	struct query query;
	struct pending pending;
};

static void look_at(struct late *l, struct slot *s)
{
	size_t room_n = 0;
	struct query_origin *o = s->origin;
	uint8_t *room = o->room(o, &room_n);
	if (!room) {
		return;
	}
	size_t n = pipeline_resume(l->pipeline, &l->query, s, room, room_n);
	if (l->query.pending) {
		return;
	}
	REQUIRE(!l->query.stream); /* a transfer never waits */
	pending_release(&l->pending, s);
	o->send(o, s, n);
}

static void on_time(uv_timer_t *t);

static void arm(struct late *l)
{
	uint64_t first = UINT64_MAX;
	for (size_t i = 0; i < PENDING_SLOTS; i++) {
		const struct slot *s = &l->pending.slots[i];
		if (s->origin && !s->fresh && !s->expired && s->deadline_ms < first) {
			first = s->deadline_ms;
		}
	}
	uint64_t now = uv_now(l->timer.loop);
	if (first == UINT64_MAX) {
		(void)uv_timer_stop(&l->timer); /* always 0 */
	} else {
		/* cannot fail: the handle is not closing, there is a callback */
		(void)uv_timer_start(&l->timer, on_time, first > now ? first - now : 0, 0);
	}
}

static void on_time(uv_timer_t *t)
{
	struct late *l = container_of(t, struct late, timer);
	reclaim_reader_enter();
	for (size_t i = 0; i < PENDING_SLOTS; i++) {
		struct slot *s = &l->pending.slots[i];
		if (s->origin && !s->fresh && !s->expired && s->deadline_ms <= uv_now(t->loop)) {
			s->expired = true;
			look_at(l, s);
		}
	}
	reclaim_reader_leave();
	arm(l);
}

/* Between enter and leave. */
static void look_at_all(struct late *l)
{
	for (size_t i = 0; i < PENDING_SLOTS; i++) {
		struct slot *s = &l->pending.slots[i];
		if (!s->origin) {
			continue;
		}
		if (s->fresh) {
			s->fresh = false;
			s->deadline_ms = uv_now(l->timer.loop) + s->wait_ms;
		}
		look_at(l, s);
	}
}

static void on_wake(uv_async_t *a)
{
	struct late *l = container_of(a, struct late, wake);
	if (l->pending.ended) {
		return;
	}
	reclaim_reader_enter();
	look_at_all(l);
	reclaim_reader_leave();
	arm(l);
}

static void look(struct pending *p)
{
	struct late *l = container_of(p, struct late, pending);
	(void)uv_async_send(&l->wake); /* open as long as queries are kept */
}

int late_open(uv_loop_t *loop, const struct pipeline *pipeline, struct query_thread *thread,
	struct late **out)
{
	struct late *l = calloc(1, sizeof(*l));
	if (!l) {
		return ERR_NOMEM;
	}
	int err = uv_async_init(loop, &l->wake, on_wake);
	if (err != 0) {
		free(l);
		return err;
	}
	(void)uv_timer_init(loop, &l->timer); /* always 0 */
	l->live = 2;
	l->pipeline = pipeline;
	l->query.thread = thread;
	pending_init(&l->pending, thread->random, look);
	thread->pending = &l->pending;
	*out = l;
	return ERR_OK;
}

void late_wake(struct late *l)
{
	if (l && pending_any(&l->pending)) {
		look(&l->pending);
	}
}

static void drop(struct late *l)
{
	REQUIRE(l->live > 0);
	if (--l->live == 0) {
		free(l);
	}
}

static void on_wake_closed(uv_handle_t *h)
{
	drop(container_of((uv_async_t *)h, struct late, wake));
}

static void on_timer_closed(uv_handle_t *h)
{
	drop(container_of((uv_timer_t *)h, struct late, timer));
}

void late_close(struct late *l)
{
	if (!l) {
		return;
	}
	for (size_t i = 0; i < PENDING_SLOTS; i++) {
		l->pending.slots[i].expired = true;
	}
	l->pending.ended = true;
	reclaim_reader_enter();
	look_at_all(l);
	reclaim_reader_leave();
	l->query.thread->pending = NULL;
	uv_close((uv_handle_t *)&l->wake, on_wake_closed);
	uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}
