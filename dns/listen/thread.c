/* Query threads: see the header. */
#include "dns/listen/thread.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "dns/listen/late.h"
#include "dns/listen/sockets.h"
#include "dns/listen/tcp.h"
#include "dns/listen/udp.h"
#include "dns/reclaim.h"

#define COUNT_MAX 256u

struct thread {
	struct threads *all;
	uv_thread_t id;
	uv_loop_t loop;
	uv_async_t stop;
	struct query_thread shared;
	struct late *late; /* NULL: no query waits */
	struct udp *udp;
	struct tcp *tcp;
};

struct threads {
	uv_async_t ended; /* on the control loop */
	struct tcp_limits tcp_limits;
	bool keeps;
	unsigned port;
	unsigned n;       /* opened */
	unsigned running; /* atomic: not yet reported back */
	void (*cb)(void *ctx);
	void *ctx;
	struct thread each[];
};

/* Closes what is open; the loop ends when it is. On the thread itself, or before it runs. */
static void thread_shut(struct thread *t)
{
	late_close(t->late); /* answers, so before those who send */
	udp_close(t->udp);
	tcp_close(t->tcp);
	t->late = NULL;
	t->udp = NULL;
	t->tcp = NULL;
	uv_close((uv_handle_t *)&t->stop, NULL);
}

static void on_stop(uv_async_t *a)
{
	thread_shut(container_of(a, struct thread, stop));
}

static void run(void *arg)
{
	struct thread *t = arg;
	reclaim_reader_begin();
	(void)uv_run(&t->loop, UV_RUN_DEFAULT); /* 0 once all handles are closed */
	reclaim_reader_end();
	if (__atomic_sub_fetch(&t->all->running, 1, __ATOMIC_ACQ_REL) == 0) {
		(void)uv_async_send(&t->all->ended); /* the handle is open until all are joined */
	}
}

static void thread_free_loop(struct thread *t)
{
	int left = uv_loop_close(&t->loop);
	REQUIRE(left == 0);
}

/* Those that are open but do not run: on the control thread. */
static void shut_idle(struct thread *t)
{
	reclaim_reader_begin();
	thread_shut(t);
	(void)uv_run(&t->loop, UV_RUN_DEFAULT); /* the close callbacks */
	reclaim_reader_end();
	thread_free_loop(t);
}

/* Takes the sockets, also on failure. */
static int thread_open(
	struct thread *t, struct socket_pair *fds, bool wildcard, const struct pipeline *p)
{
	int err = uv_loop_init(&t->loop);
	if (err != 0) {
		sockets_close(fds, 1);
		return err;
	}
	err = uv_async_init(&t->loop, &t->stop, on_stop);
	if (err != 0) {
		sockets_close(fds, 1);
		thread_free_loop(t);
		return err;
	}
	err = uv_random(NULL, NULL, &t->shared.random, sizeof(t->shared.random), 0, NULL);
	t->shared.random |= 1; /* xorshift must not start from 0 */
	if (err == 0 && t->all->keeps) {
		err = late_open(&t->loop, p, &t->shared, &t->late);
	}
	if (err == 0) {
		err = udp_open(&t->loop, fds->udp, wildcard, p, &t->shared, &t->udp);
	}
	if (err == 0) {
		err = tcp_open(&t->loop, fds->tcp, &t->all->tcp_limits, p, &t->shared, &t->tcp);
	}
	if (err != 0) {
		/* What no handle has taken is still ours. */
		if (!t->udp) {
			close(fds->udp);
		}
		if (!t->tcp) {
			close(fds->tcp);
		}
		shut_idle(t);
	}
	return err;
}

static void on_freed(uv_handle_t *h)
{
	struct threads *all = container_of((uv_async_t *)h, struct threads, ended);
	void (*cb)(void *ctx) = all->cb;
	void *ctx = all->ctx;
	free(all);
	if (cb) {
		cb(ctx);
	}
}

static void on_ended(uv_async_t *a)
{
	struct threads *all = container_of(a, struct threads, ended);
	if (__atomic_load_n(&all->running, __ATOMIC_ACQUIRE) > 0) {
		return;
	}
	for (unsigned i = 0; i < all->n; i++) {
		(void)uv_thread_join(&all->each[i].id); /* it has said that it ends */
		thread_free_loop(&all->each[i]);
	}
	uv_close((uv_handle_t *)&all->ended, on_freed);
}

/* One of several threads cannot be made: those that run end again, the others close. Waits, as it is start-up. */
static void stop_all(struct threads *all, unsigned started)
{
	for (unsigned i = 0; i < started; i++) {
		(void)uv_async_send(&all->each[i].stop); /* open until the thread has read it */
		(void)uv_thread_join(&all->each[i].id);
		thread_free_loop(&all->each[i]);
	}
	for (unsigned i = started; i < all->n; i++) {
		shut_idle(&all->each[i]);
	}
	all->n = 0;
}

static int start_all(struct threads *all)
{
	all->running = all->n;
	for (unsigned i = 0; i < all->n; i++) {
		int err = uv_thread_create(&all->each[i].id, run, &all->each[i]);
		if (err != 0) {
			stop_all(all, i);
			return err;
		}
	}
	return ERR_OK;
}

static int open_all(struct threads *all, const struct option_addr *addr, unsigned count,
	const struct pipeline *pipeline)
{
	struct socket_pair *fds = calloc(count, sizeof(*fds));
	bool wildcard = false;
	if (!fds) {
		return ERR_NOMEM;
	}
	int err = sockets_open(addr, count, fds, &all->port, &wildcard);
	if (err != ERR_OK) {
		free(fds);
		return err;
	}
	for (unsigned i = 0; i < count && err == ERR_OK; i++) {
		all->each[i].all = all;
		/* an address fits */
		(void)snprintf(all->each[i].shared.local, sizeof(all->each[i].shared.local), "%s",
			addr->host);
		err = thread_open(&all->each[i], &fds[i], wildcard, pipeline);
		all->n += err == ERR_OK;
		if (err != ERR_OK) {
			sockets_close(fds + i + 1, count - i - 1);
		}
	}
	free(fds);
	if (err != ERR_OK) {
		stop_all(all, 0);
		return err;
	}
	return start_all(all);
}

int threads_open(uv_loop_t *control, const struct threads_options *o,
	const struct pipeline *pipeline, struct threads **out)
{
	unsigned count = o->count > 0 ? o->count : uv_available_parallelism();
	count = count < COUNT_MAX ? count : COUNT_MAX;
	struct threads *all = calloc(1, sizeof(*all) + count * sizeof(all->each[0]));
	if (!all) {
		return ERR_NOMEM;
	}
	all->tcp_limits = o->tcp;
	all->keeps = o->keeps;
	int err = uv_async_init(control, &all->ended, on_ended);
	if (err != 0) {
		free(all);
		return err;
	}
	err = open_all(all, &o->listen, count, pipeline);
	if (err != ERR_OK) {
		threads_close(all, NULL, NULL);
		return err;
	}
	*out = all;
	return ERR_OK;
}

unsigned threads_port(const struct threads *t)
{
	return t->port;
}

void threads_wake(struct threads *t)
{
	for (unsigned i = 0; t && i < t->n; i++) {
		late_wake(t->each[i].late);
	}
}

void threads_close(struct threads *t, void (*cb)(void *ctx), void *ctx)
{
	if (!t) {
		return;
	}
	t->cb = cb;
	t->ctx = ctx;
	for (unsigned i = 0; i < t->n; i++) {
		(void)uv_async_send(&t->each[i].stop); /* open until the thread has read it */
	}
	if (t->n == 0) {
		uv_close((uv_handle_t *)&t->ended, on_freed);
	}
}
