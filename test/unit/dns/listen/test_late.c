/* Replies that come late, over real sockets: the stage is the test's, and does what the first letter of the name says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/listen/thread.h"
#include "dns/query/pending.h"
#include "dns/query/reply.h"
#include "test/scenario/dns/client.h"

#define BIG_N   3500 /* addresses: 16 octets each */
#define LONG_MS 60000

struct world {
	uv_loop_t loop;
	struct pipeline pipeline;
	struct threads *threads;
	unsigned port;
	bool open; /* atomic: `wait` has to wait no more */
};

static enum verdict answer(struct query *q, size_t n)
{
	static uint8_t addresses[4 * BIG_N];
	for (size_t i = 0; i < n; i++) {
		put_u32(addresses + 4 * i, (uint32_t)i);
	}
	reply_addresses(q, q->subject.at, 5, addresses, n, 4);
	reply_set_rcode(q, RCODE_NOERROR, true);
	return V_ANSWERED;
}

static enum verdict run(void *self, struct query *q)
{
	const struct world *w = self;
	bool again = q->slot != NULL;
	bool open = __atomic_load_n(&w->open, __ATOMIC_ACQUIRE);
	switch (q->subject.lower[1]) {
	case 'w': /* wait until it is open */
		return !open && query_wait(q, LONG_MS) ? V_PENDING : answer(q, 1);
	case 'o': /* wait once */
		return !again && query_wait(q, LONG_MS) ? V_PENDING : answer(q, 1);
	case 'l': /* wait a little */
		return query_wait(q, 1) ? V_PENDING : answer(q, 1);
	case 'f': /* fail, having waited */
		return query_wait(q, 1) ? V_PENDING : V_FAILED;
	case 'b':
		return answer(q, BIG_N);
	default:
		return answer(q, 1);
	}
}

static void begin(struct world *w, bool keeps)
{
	static const struct stage_row row = { .name = "test", .run = run };
	struct threads_options o = {
		.listen = { .host = "127.0.0.1" },
		.count = 1,
		.tcp = TCP_LIMITS,
		.keeps = keeps,
	};
	o.tcp.write_ms = LONG_MS;
	*w = (struct world){ .port = 0 };
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(pipeline_add(&w->pipeline, &row, w), ERR_OK);
	assert_int_equal(threads_open(&w->loop, &o, &w->pipeline, &w->threads), ERR_OK);
	w->port = threads_port(w->threads);
}

static void end(struct world *w)
{
	threads_close(w->threads, NULL, NULL);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

static void open_up(struct world *w)
{
	__atomic_store_n(&w->open, true, __ATOMIC_RELEASE);
	threads_wake(w->threads);
}

static unsigned ask(const struct world *w, const char *name, bool tcp)
{
	struct client_reply *r = client_ask(
		w->port, &(struct client_question){ .name = name, .type = "A", .tcp = tcp });
	unsigned rcode = r->rcode;
	free(r);
	return rcode;
}

/* Whatever has reached the thread before is dealt with after two turns of its loop. */
static void pass_turns(const struct world *w)
{
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(w, "now.", false), RCODE_NOERROR);
	}
}

static void what_comes_while_a_query_is_being_kept_is_not_missed(void **state)
{
	struct world w;
	(void)state;
	begin(&w, true);
	for (int tcp = 0; tcp < 2; tcp++) { /* it is run once more, though nobody wakes anything */
		assert_int_equal(ask(&w, "once.", tcp), RCODE_NOERROR);
	}
	end(&w);
}

static void a_query_whose_time_is_up_gets_what_there_is(void **state)
{
	struct world w;
	(void)state;
	begin(&w, true);
	for (int tcp = 0; tcp < 2; tcp++) {
		assert_int_equal(ask(&w, "little.", tcp), RCODE_NOERROR);
		assert_int_equal(ask(&w, "fails.", tcp), RCODE_SERVFAIL);
	}
	end(&w);
}

static void without_slots_nothing_waits(void **state)
{
	struct world w;
	(void)state;
	begin(&w, false);
	assert_int_equal(ask(&w, "wait.", false), RCODE_NOERROR);
	assert_int_equal(ask(&w, "fails.", true), RCODE_SERVFAIL);
	threads_wake(w.threads);
	threads_wake(NULL);
	end(&w);
}

static void a_connection_that_takes_no_reply_gets_the_late_one_when_it_does(void **state)
{
	struct world w;
	bool seen[200] = { false };
	struct client_question wait = { .name = "wait.", .type = "A", .tcp = true };
	struct client_question big = { .name = "big.", .type = "A", .tcp = true };
	struct client_reply *r = calloc(1, sizeof(*r));
	(void)state;
	assert_non_null(r);
	begin(&w, true);
	int fd = client_connect(w.port);
	client_put(fd, &wait, 0);
	for (uint16_t id = 1; id < ARRAY_LEN(seen); id++) {
		client_put(fd, &big, id); /* more than sockets hold */
	}
	pass_turns(&w);
	open_up(&w);
	pass_turns(&w);
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		uint8_t head[2];
		assert_int_equal(recv(fd, head, 2, MSG_WAITALL), 2);
		size_t n = get_u16(head);
		assert_int_equal(recv(fd, r->bytes, n, MSG_WAITALL), n);
		unsigned id = get_u16(r->bytes);
		assert_true(id < ARRAY_LEN(seen) && !seen[id]);
		assert_int_equal(get_u16(r->bytes + 6), id == 0 ? 1 : BIG_N);
		seen[id] = true;
	}
	free(r);
	close(fd);
	end(&w);
}

static void clients_that_leave_are_forgotten(void **state)
{
	struct world w;
	struct client_question wait = { .name = "wait.", .type = "A" };
	(void)state;
	begin(&w, true);
	for (uint16_t id = 0; id < 20; id++) {
		wait.tcp = id % 2;
		int fd = wait.tcp ? client_connect(w.port) : client_udp(w.port, NULL);
		client_put(fd, &wait, id);
		close(fd);
	}
	pass_turns(&w);
	open_up(&w);
	pass_turns(&w);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_while_a_query_is_being_kept_is_not_missed),
		cmocka_unit_test(a_query_whose_time_is_up_gets_what_there_is),
		cmocka_unit_test(without_slots_nothing_waits),
		cmocka_unit_test(a_connection_that_takes_no_reply_gets_the_late_one_when_it_does),
		cmocka_unit_test(clients_that_leave_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
