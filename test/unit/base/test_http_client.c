/* The HTTP client and its loop. What it says of servers that misbehave: test/unit/watch/remote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/err.h"
#include "base/http_client.h"

#define BODY_BYTES ((size_t)64 << 20)

/* A server in a thread of its own: one request, one reply as fast as it is taken. */
struct server {
	uv_thread_t thread;
	int listener;
	unsigned port;
};

static void send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
		if (sent <= 0) {
			return; /* the client has left */
		}
		p += sent;
		n -= (size_t)sent;
	}
}

static void serve(void *arg)
{
	static char piece[1 << 20];
	const struct server *s = arg;
	char request[4096];
	size_t n = 0;
	int fd = accept(s->listener, NULL, NULL);
	while (fd >= 0 && n < sizeof(request) - 1) {
		ssize_t got = recv(fd, request + n, sizeof(request) - 1 - n, 0);
		if (got <= 0) {
			break;
		}
		n += (size_t)got;
		request[n] = '\0';
		if (strstr(request, "\r\n\r\n")) {
			char head[128];
			(void)snprintf(head, sizeof(head),
				"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
				"%zu\r\n"
				"Retry-After: 7\r\n\r\n",
				BODY_BYTES);
			send_all(fd, head, strlen(head));
			for (size_t sent = 0; sent < BODY_BYTES; sent += sizeof(piece)) {
				send_all(fd, piece, sizeof(piece));
			}
			break;
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
}

static void server_start(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(s->listener >= 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &n), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(uv_thread_create(&s->thread, serve, s), 0);
}

struct world {
	uv_loop_t loop;
	uv_check_t turns; /* counts the loop's */
	struct http_client *client;
	size_t bytes, at_turn, most_in_a_turn, n_turns;
	int status;
	int64_t retry_after_s;
	char content_type[32];
	struct http_outcome outcome;
	bool done;
};

static void on_turn(uv_check_t *h)
{
	struct world *w = container_of(h, struct world, turns);
	size_t n = w->bytes - w->at_turn;
	w->most_in_a_turn = n > w->most_in_a_turn ? n : w->most_in_a_turn;
	w->at_turn = w->bytes;
	w->n_turns++;
}

static void on_head(void *ctx, const struct http_head *head)
{
	struct world *w = ctx;
	w->status = head->status;
	w->retry_after_s = head->retry_after_s;
	(void)snprintf(w->content_type, sizeof(w->content_type), "%s", head->content_type);
}

static bool on_bytes(void *ctx, struct strv bytes)
{
	struct world *w = ctx;
	w->bytes += bytes.n;
	return true;
}

static void on_done(void *ctx, const struct http_outcome *o)
{
	struct world *w = ctx;
	w->outcome = *o;
	w->done = true;
	http_client_close(w->client, NULL, NULL);
	uv_close((uv_handle_t *)&w->turns, NULL);
}

static void a_body_of_any_size_leaves_the_loop_to_others(void **state)
{
	struct server s;
	struct world w = { .done = false };
	struct http_call *call;
	const char *why;
	char url[64];
	(void)state;
	server_start(&s);
	assert_int_equal(uv_loop_init(&w.loop), 0);
	assert_int_equal(uv_check_init(&w.loop, &w.turns), 0);
	assert_int_equal(uv_check_start(&w.turns, on_turn), 0);
	assert_int_equal(http_client_open(&w.loop, &w.client, &why), ERR_OK);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/", s.port);
	const struct http_call_config config = { .method = "GET",
		.url = url,
		.head = on_head,
		.bytes = on_bytes,
		.done = on_done,
		.ctx = &w };
	assert_int_equal(http_call_start(w.client, &config, &call), ERR_OK);
	assert_int_equal(uv_run(&w.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&w.loop), 0);
	assert_int_equal(uv_thread_join(&s.thread), 0);
	(void)close(s.listener);
	assert_true(w.done);
	assert_int_equal(w.outcome.err, ERR_OK);
	assert_int_equal(w.status, 200);
	assert_int_equal(w.retry_after_s, 7);
	assert_string_equal(w.content_type, "text/plain");
	assert_int_equal(w.bytes, BODY_BYTES);
	assert_true(w.most_in_a_turn <= BODY_BYTES / 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_of_any_size_leaves_the_loop_to_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
