/* What nobody should send: each is answered as dns-behaviour says or dropped, and the next question is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "test/scenario/dns/client.h"
#include "test/scenario/dns/lab.h"

#define BYTES(lit) lit, sizeof(lit) - 1
#define SILENCE    0xFFFFu

static void start(struct lab *l)
{
	lab_init(l);
	fake_api_sync(&l->api);
	lab_start(l, NULL);
}

static void still_alive(const struct lab *l)
{
	struct client_reply *r = client_ask(
		l->port, &(struct client_question){ .name = "cluster.local.", .type = "SOA" });
	assert_int_equal(r->rcode, RCODE_NOERROR);
	free(r);
}

static void malformed_datagrams_are_refused_or_dropped(void **state)
{
	static const struct {
		const char *why, *in;
		size_t n;
		unsigned rcode; /* SILENCE: none */
		size_t reply_n;
	} rows[] = {
		{ "an empty datagram", "", 0, SILENCE, 0 },
		{ "eleven octets", BYTES("\0\1\0\0\0\1\0\0\0\0\0"), SILENCE, 0 },
		{ "a response", BYTES("\0\1\x80\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), SILENCE, 0 },
		{ "no question", BYTES("\0\1\0\0\0\0\0\0\0\0\0\0"), RCODE_FORMERR, 12 },
		{ "100 questions", BYTES("\0\1\0\0\0\x64\0\0\0\0\0\0\1a\0\0\1\0\1"), RCODE_FORMERR,
			12 },
		{ "a cut question", BYTES("\0\1\0\0\0\1\0\0\0\0\0\0\1a\0\0"), RCODE_FORMERR, 12 },
		{ "a name that ends in the air", BYTES("\0\1\0\0\0\1\0\0\0\0\0\0\77abc"),
			RCODE_FORMERR, 12 },
		{ "a pointer to itself", BYTES("\0\1\0\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1"),
			RCODE_FORMERR, 12 },
		{ "a pointer into the header", BYTES("\0\1\0\0\0\1\0\0\0\0\0\0\xc0\0\0\1\0\1"),
			RCODE_FORMERR, 12 },
		{ "label type 01",
			BYTES("\0\1\0\0\0\1\0\0\0\0\0\0\x41"
			      "a\0\0\1\0\1"),
			RCODE_FORMERR, 12 },
		{ "opcode STATUS", BYTES("\0\1\x10\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), RCODE_NOTIMP,
			12 },
		{ "opcode UPDATE", BYTES("\0\1\x28\0\0\1\0\0\0\0\0\0\1a\0\0\6\0\1"), RCODE_NOTIMP,
			12 },
		{ "two answers in a query", BYTES("\0\1\0\0\0\1\0\2\0\0\0\0\1a\0\0\1\0\1"),
			RCODE_FORMERR, 12 },
		{ "class CHAOS", BYTES("\0\1\0\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\3"), RCODE_REFUSED,
			19 },
		{ "bytes behind the question are passed over",
			BYTES("\0\1\0\0\0\1\0\0\0\0\0\0\1a\1b\1c\0\0\1\0\1garbage"), RCODE_REFUSED,
			23 },
		{ "a count of records that are not there",
			BYTES("\0\1\0\0\0\1\0\0\0\0\0\1\1a\1b\1c\0\0\1\0\1"), RCODE_REFUSED, 23 },
		{ "a cut OPT", BYTES("\0\1\0\0\0\1\0\0\0\0\0\1\1a\0\0\1\0\1\0\0\x29\4"),
			RCODE_FORMERR, 12 },
		{ "OPT with a name",
			BYTES("\0\1\0\0\0\1\0\0\0\0\0\1\1a\0\0\1\0\1\1x\0\0\x29\4\0\0\0\0\0\0\0"),
			RCODE_FORMERR, 12 },
		{ "an option longer than OPT",
			BYTES("\0\1\0\0\0\1\0\0\0\0\0\1\1a\0\0\1\0\1\0\0\x29\4\0\0\0\0\0\0\4\0\1\0"
			      "\1"),
			RCODE_FORMERR, 12 },
		{ "two OPT",
			BYTES("\0\1\0\0\0\1\0\0\0\0\0\2\1a\0\0\1\0\1\0\0\x29\4\0\0\0\0\0\0\0\0\0"
			      "\x29\4"
			      "\0\0\0\0\0\0\0"),
			RCODE_FORMERR, 12 },
		{ "EDNS version 1",
			BYTES("\0\1\0\0\0\1\0\0\0\0\0\1\1a\0\0\1\0\1\0\0\x29\4\0\0\1\0\0\0\0"),
			RCODE_BADVERS, 30 },
	};
	(void)state;
	struct lab l;
	start(&l);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct client_reply *r = client_send(l.port, (const uint8_t *)rows[i].in, rows[i].n,
			rows[i].rcode == SILENCE ? 50 : 2000);
		unsigned rcode = r->n > 0 ? r->rcode : SILENCE;
		if (rcode != rows[i].rcode || r->n != rows[i].reply_n) {
			fail_msg("%s: rcode %u, %zu octets", rows[i].why, rcode, r->n);
		}
		if (r->n > 0) {
			assert_int_equal(r->header.id, 1);
			assert_true(r->header.flags & FLAG_QR);
		}
		free(r);
	}
	still_alive(&l);
	lab_deinit(&l);
}

static void datagrams_of_every_size_leave_the_server_alive(void **state)
{
	static uint8_t big[65507];
	(void)state;
	struct lab l;
	start(&l);
	for (size_t i = 0; i < sizeof(big); i++) {
		big[i] = (uint8_t)(i * 31);
	}
	big[2] = big[3] = 0;
	for (size_t n = 0; n < 600; n++) {
		free(client_send(l.port, big, n, 0));
	}
	free(client_send(l.port, big, sizeof(big), 0));
	memset(big + 12, 0, sizeof(big) - 12);
	free(client_send(l.port, big, sizeof(big), 0));
	still_alive(&l);
	lab_deinit(&l);
}

static size_t frame(uint8_t *out, const char *name, uint16_t id)
{
	size_t n = client_build(
		&(struct client_question){ .name = name, .type = "SOA" }, id, out + 2);
	put_u16(out, (uint16_t)n);
	return n + 2;
}

static void queries_may_follow_each_other_on_one_connection(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	uint8_t all[200 * 64];
	size_t n = 0;
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	for (uint16_t i = 0; i < 200; i++) {
		n += frame(all + n, "cluster.local.", i);
	}
	int fd = client_connect(l.port);
	client_write(fd, all, n);
	for (uint16_t i = 0; i < 200; i++) {
		assert_true(client_read(fd, r));
		assert_int_equal(r->header.id, i);
		assert_int_equal(r->count[0], 1);
	}
	/* Octet by octet, an empty frame and a dropped message between. */
	n = frame(all, "cluster.local.", 7);
	client_write(fd, "\0\0\0\1x", 5);
	for (size_t i = 0; i < n; i++) {
		client_write(fd, all + i, 1);
	}
	assert_true(client_read(fd, r));
	assert_int_equal(r->header.id, 7);
	free(r);
	close(fd);
	lab_deinit(&l);
}

static void a_client_that_does_not_read_is_not_read_from_and_gets_all_in_order(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	uint8_t one[64];
	unsigned sent = 0;
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	int fd = client_connect(l.port);
	/* Until the server stops reading: its replies fill both buffers. */
	while (sent < 200000) {
		size_t n = frame(one, "cluster.local.", (uint16_t)sent);
		if (send(fd, one, n, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)n) {
			break;
		}
		sent++;
	}
	assert_true(sent > 100);
	for (unsigned i = 0; i < sent; i++) {
		assert_true(client_read(fd, r));
		assert_int_equal(r->header.id, (uint16_t)i);
	}
	free(r);
	close(fd);
	still_alive(&l);
	lab_deinit(&l);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void a_lying_or_trickling_client_is_cut_after_three_seconds(void **state)
{
	(void)state;
	struct lab l;
	start(&l);
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	int liar = client_connect(l.port);
	int trickler = client_connect(l.port);
	double began = seconds();
	client_write(liar, "\xff\xff\0\1", 4);
	client_write(trickler, "\0\x20", 2);
	for (int i = 0; i < 4; i++) {
		struct timespec nap = { .tv_nsec = 500 * 1000 * 1000 };
		(void)nanosleep(&nap, NULL);
		client_write(trickler, "a", 1);
	}
	still_alive(&l);
	assert_false(client_read(liar, r));
	assert_false(client_read(trickler, r));
	double took = seconds() - began;
	assert_true(took > 2.5 && took < 8);
	free(r);
	close(liar);
	close(trickler);
	lab_deinit(&l);
}

static void connections_are_bounded_and_the_oldest_gives_way(void **state)
{
	enum { N = 2200 };
	static int fds[N];
	(void)state;
	struct lab l;
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	lab_init(&l);
	fake_api_sync(&l.api);
	lab_start(&l, &config);
	unsigned n = 0;
	for (; n < N; n++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0) {
			break; /* as many as this process may have */
		}
		close(fd);
		fds[n] = client_connect(l.port);
	}
	uint8_t one[64];
	size_t size = frame(one, "cluster.local.", 1);
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	client_write(fds[n - 1], one, size);
	assert_true(client_read(fds[n - 1], r));
	free(r);
	for (unsigned i = 0; i < n; i++) {
		close(fds[i]);
	}
	still_alive(&l);
	lab_deinit(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_datagrams_are_refused_or_dropped),
		cmocka_unit_test(datagrams_of_every_size_leave_the_server_alive),
		cmocka_unit_test(queries_may_follow_each_other_on_one_connection),
		cmocka_unit_test(
			a_client_that_does_not_read_is_not_read_from_and_gets_all_in_order),
		cmocka_unit_test(a_lying_or_trickling_client_is_cut_after_three_seconds),
		cmocka_unit_test(connections_are_bounded_and_the_oldest_gives_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
