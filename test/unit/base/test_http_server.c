/* The HTTP server through real sockets: the test is the client, and turns the loop while it waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"
#include "base/http_server.h"

#define PATIENCE_NS 60000000000u /* only a test that fails waits so long */
#define STREAMS     1000

struct world;
struct stream { /* one open stream of the handler's */
	struct world *w;
	struct http_request *req;
	int credit; /* lines it may still send */
	bool end;
	struct stream *next;
};

struct world {
	uv_loop_t loop;
	struct http_server *server;
	unsigned requests;
	unsigned closed_streams;
	size_t last_body;
	struct http_request *late; /* answered by the test */
	struct stream *streams;
	bool down;
};

static long stream_pull(void *ctx, char *out, size_t max)
{
	struct stream *s = ctx;
	if (s->credit > 0 && max >= 5) {
		s->credit--;
		memcpy(out, "line\n", 5);
		return 5;
	}
	return s->end ? HTTP_STREAM_END : HTTP_STREAM_WAIT;
}

static void stream_closed(void *ctx)
{
	struct stream *s = ctx;
	struct stream **at = &s->w->streams;
	while (*at != s) {
		at = &(*at)->next;
	}
	*at = s->next;
	s->w->closed_streams++;
	free(s);
}

static const struct http_stream_ops stream_ops = { .pull = stream_pull, .closed = stream_closed };

static void open_stream(struct world *w, struct http_request *req)
{
	static const struct http_header type = { "Content-Type", "text/plain" };
	struct stream *s = calloc(1, sizeof(*s));
	assert_non_null(s);
	s->w = w;
	s->req = req;
	s->next = w->streams;
	w->streams = s;
	http_stream(req, 200, &type, 1, &stream_ops, s);
}

static void handle(void *ctx, struct http_request *req)
{
	static const struct http_header type = { "X-Test", "yes" };
	struct world *w = ctx;
	w->requests++;
	w->last_body = req->body.n;
	if (strv_eq(req->path, STRV("/late"))) {
		w->late = req;
		return;
	}
	if (strv_eq(req->path, STRV("/stream"))) {
		open_stream(w, req);
		return;
	}
	struct buf body;
	buf_init(&body);
	if (req->body_too_large) {
		buf_add(&body, STRV("too large\n"));
		http_reply(req, 413, NULL, 0, &body);
		return;
	}
	struct strv host = http_request_host(req);
	buf_printf(&body, "%.*s %.*s ?%.*s [%.*s] at %.*s ua=%.*s\n", STRV_ARG(req->method),
		STRV_ARG(req->path), STRV_ARG(req->query), STRV_ARG(req->body), STRV_ARG(host),
		STRV_ARG(http_request_header(req, "user-agent")));
	http_reply(req, 200, &type, 1, &body);
}

static void open_at(struct world *w, const char *host)
{
	const struct http_config config = {
		.host = host, .handler = handle, .ctx = w, .max_body_bytes = 1000
	};
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(http_server_open(&w->loop, &config, &w->server), ERR_OK);
	assert_int_not_equal(http_server_port(w->server), 0);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	open_at(w, "127.0.0.1");
	*state = w;
	return 0;
}

static void on_down(void *ctx)
{
	((struct world *)ctx)->down = true;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	http_server_close(w->server, on_down, w);
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
	assert_true(w->down);
	assert_null(w->streams);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	free(w);
	return 0;
}

static int dial(const struct world *w)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_server_port(w->server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	size_t n = strlen(text);
	assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* Turns the loop until the text holds needle or the peer closes; at most for a minute. Returns the
 * bytes. */
static size_t hear(struct world *w, int fd, const char *needle, char *text, size_t cap)
{
	size_t n = 0;
	uint64_t end = uv_hrtime() + PATIENCE_NS;
	text[0] = '\0';
	while (uv_hrtime() < end) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
		ssize_t got = recv(fd, text + n, cap - 1 - n, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EAGAIN)) {
			return n;
		}
		n += got > 0 ? (size_t)got : 0;
		text[n] = '\0';
		if (needle != NULL && strstr(text, needle) != NULL) {
			return n;
		}
	}
	return n;
}

static void turn(struct world *w, int n)
{
	for (int i = 0; i < n; i++) {
		(void)uv_run(&w->loop, UV_RUN_NOWAIT);
	}
}

static void a_request_arrives_as_sent_and_its_reply_in_one_piece(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "GET /a%2Fb?x=%20&y HTTP/1.1\r\nHost: h\r\nUser-Agent: tester\r\n\r\n");
	for (int i = 0; i < 100 && w->requests == 0; i++) {
		turn(w, 1);
	}
	turn(w, 2);
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(text, "X-Test: yes\r\n"));
	assert_non_null(strstr(text, "GET /a%2Fb ?x=%20&y [] at 127.0.0.1:"));
	assert_non_null(strstr(text, "ua=tester\n"));
	close(fd);
}

static void pipelined_requests_are_answered_in_order_on_one_connection(void **state)
{
	struct world *w = *state;
	char text[4096];
	int fd = dial(w);
	say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
		"POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
		"GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, fd, "GET /3", text, sizeof(text));
	const char *one = strstr(text, "GET /1"), *two = strstr(text, "POST /2 ? [hi]");
	assert_non_null(one);
	assert_non_null(two);
	assert_true(one < two);
	assert_true(two < strstr(text, "GET /3"));
	assert_int_equal(w->requests, 3);
	close(fd);
}

static void a_body_may_come_byte_by_byte_or_in_chunks(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n");
	turn(w, 3);
	say(fd, "a");
	turn(w, 3);
	say(fd, "b");
	turn(w, 3);
	assert_int_equal(w->requests, 0);
	say(fd, "c");
	(void)hear(w, fd, "[abc]", text, sizeof(text));
	assert_non_null(strstr(text, "[abc]"));
	say(fd, "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
		"2\r\nxy\r\n1\r\nz\r\n0\r\n\r\n");
	(void)hear(w, fd, "[xyz]", text, sizeof(text));
	assert_non_null(strstr(text, "[xyz]"));
	close(fd);
}

static void a_body_over_the_limit_is_dropped_and_the_handler_told(void **state)
{
	struct world *w = *state;
	static char big[20001];
	char text[2048];
	memset(big, 'x', sizeof(big) - 1);
	int fd = dial(w);
	say(fd, "POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 20000\r\n\r\n");
	say(fd, big);
	(void)hear(w, fd, "too large", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 413 "));
	assert_int_equal(w->last_body, 0);
	say(fd, "GET /after HTTP/1.1\r\nHost: h\r\n\r\n"); /* the connection is still good */
	(void)hear(w, fd, "GET /after", text, sizeof(text));
	assert_non_null(strstr(text, "GET /after"));
	close(fd);
}

static void a_chunked_body_over_the_limit_is_found_while_it_comes(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "POST /big HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 30; i++) {
		say(fd, "32\r\n01234567890123456789012345678901234567890123456789\r\n");
		turn(w, 1);
	}
	say(fd, "0\r\n\r\n");
	(void)hear(w, fd, "too large", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 413 "));
	close(fd);
}

static void expect_100_continue_is_granted_unless_the_body_is_too_large(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
		"Content-Length: 2\r\n\r\n");
	(void)hear(w, fd, "100 Continue\r\n\r\n", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 100 Continue"));
	say(fd, "ok");
	(void)hear(w, fd, "[ok]", text, sizeof(text));
	assert_non_null(strstr(text, "[ok]"));
	close(fd);
	fd = dial(w);
	say(fd, "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
		"Content-Length: 5000\r\n\r\n");
	(void)hear(w, fd, "too large", text, sizeof(text));
	assert_null(strstr(text, "100 Continue"));
	assert_non_null(strstr(text, "HTTP/1.1 413 "));
	close(fd);
}

static void a_reply_may_come_later_from_the_loop(void **state)
{
	struct world *w = *state;
	char text[2048];
	struct buf body;
	int fd = dial(w);
	say(fd, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
	for (int i = 0; i < 100 && w->late == NULL; i++) {
		turn(w, 1);
	}
	turn(w, 5);
	assert_non_null(w->late);
	assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), -1);
	buf_init(&body);
	buf_add(&body, STRV("at last\n"));
	http_reply(w->late, 202, NULL, 0, &body);
	(void)hear(w, fd, "at last", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 202 "));
	close(fd);
}

static void head_gets_the_length_and_no_body(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "HEAD /h HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
	(void)hear(w, fd, NULL, text, sizeof(text));
	assert_non_null(strstr(text, "Content-Length: "));
	assert_null(strstr(text, "HEAD /h"));
	close(fd);
}

static void what_is_no_http_is_refused(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "\x16\x03\x01 hello\r\n\r\n");
	(void)hear(w, fd, NULL, text, sizeof(text));
	assert_int_equal(w->requests, 0);
	close(fd);
}

/* The library's own parsing of parameters would run out of memory here. */
static void any_number_of_parameters_arrives(void **state)
{
	struct world *w = *state;
	char request[9000] = "GET /p?";
	char text[12000];
	for (size_t n = strlen(request), i = 0; i < 2000; i++, n += 4) {
		memcpy(request + n, "a=?&", 5);
	}
	int fd = dial(w);
	say(fd, request);
	say(fd, "last HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, fd, "&last", text, sizeof(text));
	assert_non_null(strstr(text, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(text, "GET /p ?a=?&a=?&"));
	assert_non_null(strstr(text, "a=?&last []"));
	close(fd);
}

static void a_stream_sends_its_head_at_once_then_waits_to_be_woken(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, fd, "\r\n\r\n", text, sizeof(text)); /* not held back for a body */
	assert_non_null(strstr(text, "Transfer-Encoding: chunked"));
	w->streams->credit = 2;
	http_stream_wake(w->streams->req);
	http_stream_wake(w->streams->req); /* twice is harmless */
	(void)hear(w, fd, "line\n\r\n5\r\nline\n\r\n", text, sizeof(text));
	assert_string_equal(text, "5\r\nline\n\r\n5\r\nline\n\r\n");
	w->streams->end = true;
	http_stream_wake(w->streams->req);
	(void)hear(w, fd, "0\r\n\r\n", text, sizeof(text));
	assert_string_equal(text, "0\r\n\r\n");
	turn(w, 5);
	assert_int_equal(w->closed_streams, 1);
	say(fd, "GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, fd, "GET /after", text, sizeof(text));
	assert_non_null(strstr(text, "GET /after"));
	close(fd);
}

static void a_client_that_leaves_a_waiting_stream_is_noticed(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w);
	say(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, fd, "\r\n\r\n", text, sizeof(text));
	turn(w, 5);
	assert_int_equal(w->closed_streams, 0);
	close(fd);
	uint64_t end = uv_hrtime() + PATIENCE_NS;
	while (w->closed_streams == 0 && uv_hrtime() < end) {
		turn(w, 1);
	}
	assert_int_equal(w->closed_streams, 1);
}

static void a_client_that_reads_nothing_holds_nobody_up(void **state)
{
	struct world *w = *state;
	char text[2048];
	int fd = dial(w), other = dial(w);
	say(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, fd, "\r\n\r\n", text, sizeof(text));
	w->streams->credit = 100000000; /* more than any socket buffer */
	http_stream_wake(w->streams->req);
	for (int i = 0; i < 300; i++) {
		turn(w, 1);
	}
	say(other, "GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, other, "GET /other", text, sizeof(text));
	assert_non_null(strstr(text, "GET /other"));
	close(fd);
	close(other);
}

static void a_thousand_streams_are_woken_and_each_gets_its_line(void **state)
{
	struct world *w = *state;
	static int fds[STREAMS];
	char text[2048];
	for (int i = 0; i < STREAMS; i++) {
		fds[i] = dial(w);
		say(fds[i], "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
		turn(w, 1);
	}
	for (int i = 0; i < STREAMS; i++) {
		(void)hear(w, fds[i], "\r\n\r\n", text, sizeof(text));
		assert_non_null(strstr(text, "200 OK"));
	}
	for (int round = 0; round < 3; round++) {
		for (struct stream *s = w->streams; s != NULL; s = s->next) {
			s->credit = 1;
			http_stream_wake(s->req);
		}
		for (int i = 0; i < STREAMS; i++) {
			(void)hear(w, fds[i], "line\n\r\n", text, sizeof(text));
			assert_string_equal(text, "5\r\nline\n\r\n");
		}
	}
	for (int i = 0; i < STREAMS; i += 2) {
		close(fds[i]); /* half leave now, half are cut by the close of the server */
	}
	turn(w, 20);
	for (int i = 1; i < STREAMS; i += 2) {
		close(fds[i]);
	}
}

static void closing_cuts_streams_and_requests_in_flight(void **state)
{
	struct world *w = *state;
	char text[2048];
	int a = dial(w), b = dial(w), c = dial(w);
	say(a, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
	say(b, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
	say(c, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf");
	(void)hear(w, a, "\r\n\r\n", text, sizeof(text));
	turn(w, 10);
	assert_non_null(w->late);
	assert_non_null(w->streams);
	close(a); /* tear_down asserts that nothing is left */
	close(b);
	close(c);
}

static void the_address_in_use_and_bad_ones_are_reported(void **state)
{
	struct world *w = *state;
	struct http_server *other = NULL;
	struct http_config config = { .host = "127.0.0.1",
		.port = http_server_port(w->server),
		.handler = handle,
		.ctx = w };
	assert_int_equal(http_server_open(&w->loop, &config, &other), UV_EADDRINUSE);
	config.host = "localhost";
	assert_int_equal(http_server_open(&w->loop, &config, &other), UV_EINVAL);
	config.host = "192.0.2.1";
	config.port = 0;
	assert_int_equal(http_server_open(&w->loop, &config, &other), UV_EADDRNOTAVAIL);
}

static void it_listens_on_ipv6_too(void **state)
{
	(void)state;
	struct world *w = calloc(1, sizeof(*w));
	char text[2048];
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_non_null(w);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		free(w);
		skip(); /* no IPv6 on this machine */
	}
	open_at(w, "::1");
	to.sin6_port = htons((uint16_t)http_server_port(w->server));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	say(fd, "GET /6 HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)hear(w, fd, "at [::1]:", text, sizeof(text));
	assert_non_null(strstr(text, "at [::1]:"));
	close(fd);
	void *again = w;
	assert_int_equal(tear_down(&again), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_request_arrives_as_sent_and_its_reply_in_one_piece),
		T(pipelined_requests_are_answered_in_order_on_one_connection),
		T(a_body_may_come_byte_by_byte_or_in_chunks),
		T(a_body_over_the_limit_is_dropped_and_the_handler_told),
		T(a_chunked_body_over_the_limit_is_found_while_it_comes),
		T(expect_100_continue_is_granted_unless_the_body_is_too_large),
		T(a_reply_may_come_later_from_the_loop),
		T(head_gets_the_length_and_no_body),
		T(what_is_no_http_is_refused),
		T(any_number_of_parameters_arrives),
		T(a_stream_sends_its_head_at_once_then_waits_to_be_woken),
		T(a_client_that_leaves_a_waiting_stream_is_noticed),
		T(a_client_that_reads_nothing_holds_nobody_up),
		T(a_thousand_streams_are_woken_and_each_gets_its_line),
		T(closing_cuts_streams_and_requests_in_flight),
		T(the_address_in_use_and_bad_ones_are_reported),
		cmocka_unit_test(it_listens_on_ipv6_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
