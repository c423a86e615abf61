/* See limit.h. Whoever waits is called from the timer alone: never from inside a reply's callback, where libcurl takes no
 * new request. */
#include "watch/remote/limit.h"

#include <math.h>

#define QPS_DEFAULT   5 /* client-go's, as soon as one of the two is given */
#define BURST_DEFAULT 10

void limit_open(struct limit *l, uv_loop_t *loop, const struct limit_config *config)
{
	*l = (struct limit){ .config = *config };
	if (l->config.qps > 0 || l->config.burst > 0) {
		l->config.qps = l->config.qps > 0 ? l->config.qps : QPS_DEFAULT;
		l->config.burst = l->config.burst > 0 ? l->config.burst : BURST_DEFAULT;
	}
	l->tokens = l->config.burst;
	l->filled_ms = uv_now(loop);
	(void)uv_timer_init(loop, &l->timer); /* cannot fail */
}

static void on_closed(uv_handle_t *h)
{
	struct limit *l = container_of((uv_timer_t *)h, struct limit, timer);
	l->closed(l->ctx);
}

void limit_close(struct limit *l, void (*closed)(void *ctx), void *ctx)
{
	REQUIRE(!l->first);
	l->closed = closed;
	l->ctx = ctx;
	uv_close((uv_handle_t *)&l->timer, on_closed);
}

static void fill(struct limit *l)
{
	uint64_t now = uv_now(l->timer.loop);
	double most = l->config.burst;
	double more = (double)(now - l->filled_ms) * l->config.qps / 1000;
	l->tokens = fmin(most, l->tokens + more);
	l->filled_ms = now;
}

/* Takes what one request needs, if it is there. */
static bool take(struct limit *l)
{
	if (l->config.max_inflight > 0 && l->inflight >= l->config.max_inflight) {
		return false;
	}
	if (l->config.qps > 0) {
		fill(l);
		if (l->tokens < 1) {
			return false;
		}
		l->tokens -= 1;
	}
	l->inflight++;
	return true;
}

static void on_timer(uv_timer_t *t);

/* The first of the line is called when its token is there; when it waits for others to be answered, they call for it. */
static void wake_later(struct limit *l)
{
	double wait_ms = 0;
	if (!l->first || uv_is_closing((uv_handle_t *)&l->timer)) {
		return;
	}
	if (l->config.qps > 0) {
		fill(l);
		wait_ms = l->tokens < 1 ? ceil((1 - l->tokens) * 1000 / l->config.qps) : 0;
	}
	wait_ms = fmin(wait_ms, INT32_MAX);
	(void)uv_timer_start(&l->timer, on_timer, (uint64_t)wait_ms, 0); /* open, callback given */
}

static bool is_full(const struct limit *l)
{
	return l->config.max_inflight > 0 && l->inflight >= l->config.max_inflight;
}

static void on_timer(uv_timer_t *t)
{
	struct limit *l = container_of(t, struct limit, timer);
	struct limit_wait *w = l->first;
	if (w && take(l)) {
		l->first = w->next;
		l->last = l->first ? l->last : NULL;
		w->queued = false;
		w->granted = true;
		w->fn(w);
	}
	if (!is_full(l)) {
		wake_later(l);
	}
}

bool limit_enter(struct limit *l, struct limit_wait *w)
{
	if (w->granted) {
		return true;
	}
	if (!l->first && take(l)) {
		w->granted = true;
		return true;
	}
	if (w->queued) {
		return false;
	}
	w->queued = true;
	w->next = NULL;
	if (l->last) {
		l->last->next = w;
	} else {
		l->first = w;
	}
	l->last = w;
	if (!is_full(l)) {
		wake_later(l);
	}
	return false;
}

static void unqueue(struct limit *l, struct limit_wait *w)
{
	struct limit_wait *before = NULL;
	struct limit_wait *at = l->first;
	while (at != w) {
		before = at;
		at = at->next;
	}
	if (before) {
		before->next = w->next;
	} else {
		l->first = w->next;
	}
	if (l->last == w) {
		l->last = before;
	}
	w->queued = false;
}

void limit_leave(struct limit *l, struct limit_wait *w)
{
	if (w->queued) {
		unqueue(l, w);
	}
	if (w->granted) {
		REQUIRE(l->inflight > 0);
		w->granted = false;
		l->inflight--;
		wake_later(l);
	}
}
