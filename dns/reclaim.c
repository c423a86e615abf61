/* Grace periods: see the header.
 *
 * happy path: retire -> waiting list -> (after a moment, or when there are many) handed to the pool: synchronize_rcu -> back
 *             on the loop: freed, the next list waits its moment. The moment is for the queries that wait for the change:
 *             the pool's threads would take the processor from them, and one grace period is as good for many changes.
 * failure:    the pool refuses work -> kept, tried again with the next retire; close frees what is left
 * close:      waits for work under way, frees both lists */
#include "dns/reclaim.h"

#include <stdbool.h>

#include <urcu-qsbr.h>

#include "base/err.h"

#if defined(__SANITIZE_THREAD__)
/* liburcu is not instrumented: tell TSan what a grace period orders. */
#include <sanitizer/tsan_interface.h>
static char grace_marker;
#define GRACE_READERS_DONE() __tsan_release(&grace_marker)
#define GRACE_WAITED()       __tsan_acquire(&grace_marker)
#else
#define GRACE_READERS_DONE() ((void)0)
#define GRACE_WAITED()       ((void)0)
#endif

#define MOMENT_MS 10
#define MANY      16

struct reclaim {
	uv_loop_t *loop;
	struct retired *waiting; /* retired since the wait under way began */
	size_t n_waiting;
	struct retired *under_way;
	uv_work_t work;
	bool busy;
	bool closing;
	uv_timer_t moment; /* its close is also where cb is called from */
	void (*cb)(void *ctx);
	void *ctx;
};

int reclaim_open(uv_loop_t *loop, struct reclaim **out)
{
	struct reclaim *rc = calloc(1, sizeof(*rc));
	if (!rc) {
		return ERR_NOMEM;
	}
	rc->loop = loop;
	(void)uv_timer_init(loop, &rc->moment); /* cannot fail */
	*out = rc;
	return ERR_OK;
}

static void free_list(struct retired **list)
{
	struct retired *r = *list;
	*list = NULL;
	while (r) {
		struct retired *next = r->next;
		r->free(r);
		r = next;
	}
}

static void on_closed(uv_handle_t *h)
{
	struct reclaim *rc = container_of((uv_timer_t *)h, struct reclaim, moment);
	void (*cb)(void *ctx) = rc->cb;
	void *ctx = rc->ctx;
	free_list(&rc->under_way);
	free_list(&rc->waiting);
	free(rc);
	if (cb) {
		cb(ctx);
	}
}

static void wait_grace(uv_work_t *w)
{
	(void)w;
	synchronize_rcu();
	GRACE_WAITED();
}

static void hand_over_soon(struct reclaim *rc);

static void on_grace(uv_work_t *w, int status)
{
	struct reclaim *rc = container_of(w, struct reclaim, work);
	(void)status; /* never cancelled: reclaim_close waits */
	rc->busy = false;
	free_list(&rc->under_way);
	if (rc->closing) {
		uv_close((uv_handle_t *)&rc->moment, on_closed);
	} else {
		hand_over_soon(rc);
	}
}

static void hand_over(struct reclaim *rc)
{
	if (rc->busy || rc->waiting == NULL) {
		return;
	}
	if (uv_queue_work(rc->loop, &rc->work, wait_grace, on_grace) != 0) {
		return;
	}
	rc->busy = true;
	rc->under_way = rc->waiting;
	rc->waiting = NULL;
	rc->n_waiting = 0;
}

static void on_moment(uv_timer_t *t)
{
	hand_over(container_of(t, struct reclaim, moment));
}

static void hand_over_soon(struct reclaim *rc)
{
	if (rc->n_waiting >= MANY) {
		hand_over(rc);
	} else if (rc->n_waiting > 0 && !uv_is_active((uv_handle_t *)&rc->moment)) {
		(void)uv_timer_start(&rc->moment, on_moment, MOMENT_MS, 0); /* not closing */
	}
}

void reclaim_retire(struct reclaim *rc, struct retired *r, void (*free_fn)(struct retired *r))
{
	r->free = free_fn;
	r->next = rc->waiting;
	rc->waiting = r;
	rc->n_waiting++;
	hand_over_soon(rc);
}

void reclaim_close(struct reclaim *rc, void (*cb)(void *ctx), void *ctx)
{
	if (!rc) {
		return;
	}
	REQUIRE(!rc->closing);
	rc->closing = true;
	rc->cb = cb;
	rc->ctx = ctx;
	if (!rc->busy) {
		uv_close((uv_handle_t *)&rc->moment, on_closed);
	}
}

void reclaim_reader_begin(void)
{
	rcu_register_thread();
	rcu_thread_offline();
}

void reclaim_reader_enter(void)
{
	rcu_thread_online();
}

void reclaim_reader_pass(void)
{
	GRACE_READERS_DONE();
	rcu_quiescent_state();
}

void reclaim_reader_leave(void)
{
	GRACE_READERS_DONE();
	rcu_thread_offline();
}

void reclaim_reader_end(void)
{
	GRACE_READERS_DONE();
	rcu_unregister_thread();
}
