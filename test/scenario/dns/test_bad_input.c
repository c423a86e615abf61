/* What nobody should send: each is answered as CoreDNS does, or dropped, and the next question is answered. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

static void send_any(int fd, const void *p, size_t n)
{
	assert_int_equal(send(fd, p, n, 0), n);
}

/* What the same thread reads next, and answers: a reply to what was sent before would come first. */
#define PROBE 0x7777

static void put_probe(int fd)
{
	client_put(fd, &(struct client_question){ .name = "cluster.local.", .type = "SOA" }, PROBE);
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
		{ "IXFR whose SOA is empty",
			BYTES("\0\1\0\0\0\1\0\0\0\1\0\0\1a\1b\1c\0\0\xfb\0\1\0\0\6\0\1\0\0\0\0\0"
			      "\0"),
			RCODE_FORMERR, 12 },
		{ "IXFR whose SOA ends before its serial",
			BYTES("\0\1\0\0\0\1\0\0\0\1\0\0\1a\1b\1c\0\0\xfb\0\1\0\0\6\0\1\0\0\0\0\0\4"
			      "\0\0\0\1"),
			RCODE_FORMERR, 12 },
		{ "IXFR whose SOA begins with a pointer to itself",
			BYTES("\0\1\0\0\0\1\0\0\0\1\0\0\1a\1b\1c\0\0\xfb\0\1\0\0\6\0\1\0\0\0\0\0\7"
			      "\xc0\x22\0\0\0\0\1"),
			RCODE_FORMERR, 12 },
		{ "IXFR that holds a serial, of a foreign zone",
			BYTES("\0\1\0\0\0\1\0\0\0\1\0\0\1a\1b\1c\0\0\xfb\0\1\0\0\6\0\1\0\0\0\0\0\6"
			      "\0\0\0\0\0\1"),
			RCODE_REFUSED, 23 },
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
		int fd = client_udp(l.port, NULL);
		send_any(fd, rows[i].in, rows[i].n);
		put_probe(fd);
		struct client_reply *r = client_take(fd, false);
		bool silent = r->header.id == PROBE;
		if (silent != (rows[i].rcode == SILENCE) ||
			(!silent && (r->rcode != rows[i].rcode || r->n != rows[i].reply_n))) {
			fail_msg("%s: id %u, rcode %u, %zu octets", rows[i].why, r->header.id,
				r->rcode, r->n);
		}
		assert_true(silent || r->header.id == 1);
		assert_true(r->header.flags & FLAG_QR);
		free(r);
		close(fd);
	}
	lab_deinit(&l);
}

/* Until the server has read all that was sent, so that its socket loses nothing of it. */
static void drain(int fd)
{
	bool probed = false;
	put_probe(fd);
	while (!probed) {
		struct client_reply *r = client_take(fd, false);
		probed = r->header.id == PROBE;
		free(r);
	}
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
	int fd = client_udp(l.port, NULL);
	for (size_t n = 0; n < 600; n++) {
		send_any(fd, big, n);
		if (n % 50 == 0) {
			drain(fd);
		}
	}
	send_any(fd, big, sizeof(big));
	drain(fd);
	memset(big + 12, 0, sizeof(big) - 12);
	send_any(fd, big, sizeof(big));
	drain(fd);
	close(fd);
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

/* A server whose patience with TCP clients is the test's: what is due at once, or not before the test is over. */
static void start_limited(struct lab *l, const struct tcp_limits *limits)
{
	struct dns_config config = dns_config_default();
	config.listen.port = 0;
	config.threads = 1;
	config.tcp = *limits;
	lab_init(l);
	fake_api_sync(&l->api);
	lab_start(l, &config);
}

#define NEVER_MS 3600000

/* A long question; out has room for 2 + CLIENT_QUESTION octets. */
static size_t long_frame(uint8_t *out, uint16_t id)
{
#define LABEL "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx."
	return frame(out, LABEL LABEL LABEL "cluster.local.", id);
#undef LABEL
}

static void a_client_that_does_not_read_is_not_read_from_and_gets_all_in_order(void **state)
{
	enum { MANY = 200000 };
	(void)state;
	struct lab l;
	start_limited(&l, &(struct tcp_limits){
				  .idle_ms = NEVER_MS,
				  .read_ms = NEVER_MS,
				  .write_ms = NEVER_MS,
				  .connections = 10,
			  });
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	uint8_t one[2 + CLIENT_QUESTION];
	unsigned sent = 0;
	int fd = client_connect_small(l.port);
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	/* Until the server reads no more, as its replies fill the buffers of both sides; the pause is not for correctness. */
	for (; sent < MANY && poll(&p, 1, 100) == 1; sent++) {
		size_t n = long_frame(one, (uint16_t)sent);
		if (send(fd, one, n, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)n) {
			break;
		}
	}
	assert_true(sent > 100 && sent < MANY);
	for (unsigned i = 0; i < sent; i++) {
		assert_true(client_read(fd, r));
		assert_int_equal(r->header.id, (uint16_t)i);
	}
	free(r);
	close(fd);
	still_alive(&l);
	lab_deinit(&l);
}

static void a_frame_begun_is_cut_when_its_time_is_over_however_it_trickles(void **state)
{
	enum { LONGEST = 50000 };
	(void)state;
	struct lab l;
	start_limited(&l, &(struct tcp_limits){ .idle_ms = NEVER_MS,
				  .read_ms = 50,
				  .write_ms = NEVER_MS,
				  .connections = 10 });
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	int idler = client_connect(l.port);
	int liar = client_connect(l.port);
	client_write(liar, "\xff\xff\0\1", 4);
	assert_false(client_read(liar, r));
	int trickler = client_connect(l.port);
	client_write(trickler, "\xff\xff", 2);
	struct pollfd p = { .fd = trickler, .events = POLLIN };
	unsigned n = 0;
	while (n < LONGEST && poll(&p, 1, 1) == 0) {
		n += send(trickler, "a", 1, MSG_NOSIGNAL) == 1;
	}
	assert_true(n < LONGEST);
	assert_false(client_read(trickler, r));
	uint8_t one[64];
	client_write(idler, one, frame(one, "cluster.local.", 1));
	assert_true(client_read(idler, r)); /* who has begun no frame has more time */
	free(r);
	close(idler);
	close(liar);
	close(trickler);
	still_alive(&l);
	lab_deinit(&l);
}

static void a_client_that_asks_nothing_is_cut(void **state)
{
	(void)state;
	struct lab l;
	start_limited(&l, &(struct tcp_limits){ .idle_ms = 50,
				  .read_ms = NEVER_MS,
				  .write_ms = NEVER_MS,
				  .connections = 10 });
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	int fd = client_connect(l.port);
	assert_false(client_read(fd, r));
	free(r);
	close(fd);
	still_alive(&l);
	lab_deinit(&l);
}

static void a_client_that_takes_no_reply_is_cut(void **state)
{
	(void)state;
	struct lab l;
	start_limited(&l, &(struct tcp_limits){ .idle_ms = NEVER_MS,
				  .read_ms = NEVER_MS,
				  .write_ms = 50,
				  .connections = 10 });
	uint8_t one[2 + CLIENT_QUESTION];
	size_t n = long_frame(one, 1);
	size_t at = 0;
	int fd = client_connect_small(l.port);
	struct pollfd p = {
		.fd = fd
	}; /* not POLLOUT: when sockets are short of memory it promises too much */
	/* Goes on asking until a reset says that the server has closed. */
	for (int waits = 0;;) {
		ssize_t took = send(fd, one + at, n - at, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (took < 0 && errno != EAGAIN) {
			assert_true(errno == ECONNRESET || errno == EPIPE);
			break;
		}
		if (took < 0) {
			assert_true(waits++ < 2000);
			(void)poll(&p, 1, 10); /* also when nothing happens */
		} else {
			at = (at + (size_t)took) % n;
		}
	}
	close(fd);
	still_alive(&l);
	lab_deinit(&l);
}

static void connections_are_bounded_and_the_one_that_asked_least_recently_gives_way(void **state)
{
	enum { ALLOWED = 4 };
	int fds[ALLOWED];
	(void)state;
	struct lab l;
	start_limited(&l, &(struct tcp_limits){ .idle_ms = NEVER_MS,
				  .read_ms = NEVER_MS,
				  .write_ms = NEVER_MS,
				  .connections = ALLOWED });
	struct client_reply *r = calloc(1, sizeof(*r));
	assert_non_null(r);
	uint8_t one[64];
	size_t n = frame(one, "cluster.local.", 1);
	for (int i = 0; i < ALLOWED; i++) {
		fds[i] = client_connect(l.port);
		client_write(fds[i], one, n);
		assert_true(client_read(fds[i], r));
	}
	client_write(fds[0], one, n);
	assert_true(client_read(fds[0], r));
	int late = client_connect(l.port);
	client_write(late, one, n);
	assert_true(client_read(late, r));
	assert_false(client_read(fds[1], r));
	for (int i = 0; i < ALLOWED; i++) {
		if (i != 1) {
			client_write(fds[i], one, n);
			assert_true(client_read(fds[i], r));
		}
		close(fds[i]);
	}
	free(r);
	close(late);
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
		cmocka_unit_test(a_frame_begun_is_cut_when_its_time_is_over_however_it_trickles),
		cmocka_unit_test(a_client_that_asks_nothing_is_cut),
		cmocka_unit_test(a_client_that_takes_no_reply_is_cut),
		cmocka_unit_test(
			connections_are_bounded_and_the_one_that_asked_least_recently_gives_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
