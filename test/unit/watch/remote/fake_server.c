/* See fake_server.h. */
#include "fake_server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "fake_protobuf.h"

struct fake_conn {
	uv_tcp_t tcp;
	uv_timer_t pace;
	struct fake_server *f;
	struct fake_conn *next;
	char in[4096];
	size_t n_in;
	char out[8192];
	size_t n_out, sent, step;
	bool close_after;
	unsigned open; /* handles */
};

struct fake_write {
	uv_write_t req;
	char bytes[8192];
};

#define PROTOBUF "application/vnd.kubernetes.protobuf"

#define OBJECT(name, version)                                                                      \
	"{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" name             \
	"\",\"namespace\":\"default\",\"uid\":\"u-" name "\",\"resourceVersion\":\"" version       \
	"\"}}"

static const struct {
	int version;
	const char *type; /* in protobuf */
	struct fake_object object;
	const char *line; /* in JSON */
} events[] = {
	{ 11, "MODIFIED", { "a", "11" },
		"{\"type\":\"MODIFIED\",\"object\":" OBJECT("a", "11") "}\n" },
	{ 12, "DELETED", { "b", "12" },
		"{\"type\":\"DELETED\",\"object\":" OBJECT("b", "12") "}\n" },
	{ 13, "ADDED", { "d", "13" }, "{\"type\":\"ADDED\",\"object\":" OBJECT("d", "13") "}\n" },
	{ 14, "BOOKMARK", { NULL, "14" },
		"{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"metadata\":{"
		"\"resourceVersion\":\"14\",\"creationTimestamp\":null}}}\n" },
	{ 15, "MODIFIED", { "d", "15" },
		"{\"type\":\"MODIFIED\",\"object\":" OBJECT("d", "15") "}\n" },
};
static const char list_10[] =
	"{\"kind\":\"ConfigMapList\",\"metadata\":{\"resourceVersion\":\"10\"},\"items\":[" OBJECT(
		"a", "5") "," OBJECT("b", "6") "," OBJECT("c", "7") "]}\n";
static const char list_15[] =
	"{\"kind\":\"ConfigMapList\",\"metadata\":{\"resourceVersion\":\"15\"},\"items\":[" OBJECT(
		"a", "11") "," OBJECT("c", "7") "," OBJECT("d", "15") "]}\n";
static const struct fake_object objects_10[] = { { "a", "5" }, { "b", "6" }, { "c", "7" } };
static const struct fake_object objects_15[] = { { "a", "11" }, { "c", "7" }, { "d", "15" } };
static const char gone[] =
	"{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":"
	"\"too old resource version\",\"reason\":\"Expired\",\"code\":410}}\n";

static void on_conn_closed(struct fake_conn *c)
{
	if (--c->open > 0) {
		return;
	}
	struct fake_conn **at = &c->f->conns;
	while (*at != c) {
		at = &(*at)->next;
	}
	*at = c->next;
	free(c);
}

static void on_tcp_closed(uv_handle_t *h)
{
	on_conn_closed(container_of((uv_tcp_t *)h, struct fake_conn, tcp));
}

static void on_pace_closed(uv_handle_t *h)
{
	on_conn_closed(container_of((uv_timer_t *)h, struct fake_conn, pace));
}

static void conn_close(struct fake_conn *c)
{
	if (!uv_is_closing((uv_handle_t *)&c->tcp)) {
		uv_close((uv_handle_t *)&c->tcp, on_tcp_closed);
		uv_close((uv_handle_t *)&c->pace, on_pace_closed);
	}
}

static void on_pace(uv_timer_t *t);

static void on_written(uv_write_t *req, int status)
{
	struct fake_conn *c = container_of((uv_tcp_t *)req->handle, struct fake_conn, tcp);
	free(container_of(req, struct fake_write, req));
	if (status != 0 || (c->sent == c->n_out && c->close_after)) {
		conn_close(c);
	} else if (c->sent < c->n_out) {
		assert_int_equal(uv_timer_start(&c->pace, on_pace, 0, 0), 0);
	}
}

static void send_more(struct fake_conn *c)
{
	struct fake_write *w = malloc(sizeof(*w));
	assert_non_null(w);
	size_t n = c->n_out - c->sent;
	n = c->step && n > c->step ? c->step : n;
	memcpy(w->bytes, c->out + c->sent, n);
	c->sent += n;
	uv_buf_t b = uv_buf_init(w->bytes, (unsigned)n);
	assert_int_equal(uv_write(&w->req, (uv_stream_t *)&c->tcp, &b, 1, on_written), 0);
}

static void on_pace(uv_timer_t *t)
{
	send_more(container_of(t, struct fake_conn, pace));
}

PRINTF_LIKE(2, 3) static void add(struct fake_conn *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(c->out + c->n_out, sizeof(c->out) - c->n_out, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(c->out) - c->n_out);
	c->n_out += (size_t)n;
}

static void add_bytes_chunk(struct fake_conn *c, const char *p, size_t n)
{
	add(c, "%zx\r\n", n);
	assert_true(n < sizeof(c->out) - c->n_out);
	memcpy(c->out + c->n_out, p, n);
	c->n_out += n;
	add(c, "\r\n");
}

static void add_chunk(struct fake_conn *c, const char *text)
{
	add_bytes_chunk(c, text, strlen(text));
}

static void add_list(struct fake_conn *c)
{
	struct fake_bytes b = { .n = 0 };
	if (!c->f->protobuf) {
		add_chunk(c, c->f->compacted ? list_15 : list_10);
		return;
	}
	fake_list(&b, c->f->compacted ? "15" : "10", c->f->compacted ? objects_15 : objects_10, 3);
	add_bytes_chunk(c, b.p, b.n);
}

static void add_event(struct fake_conn *c, size_t i)
{
	struct fake_bytes b = { .n = 0 };
	if (!c->f->protobuf) {
		add_chunk(c, events[i].line);
		return;
	}
	fake_event(&b, events[i].type, &events[i].object);
	add_bytes_chunk(c, b.p, b.n);
}

static void add_gone(struct fake_conn *c)
{
	struct fake_bytes b = { .n = 0 };
	if (!c->f->protobuf) {
		add_chunk(c, gone);
		return;
	}
	fake_error(&b, 410, "too old resource version");
	add_bytes_chunk(c, b.p, b.n);
}

static void answer_list(struct fake_conn *c)
{
	const char *at = strstr(c->in, "resourceVersion=");
	size_t n = strlen(c->f->lists_seen);
	(void)snprintf(c->f->lists_seen + n, sizeof(c->f->lists_seen) - n, "%.*s ",
		at ? (int)strcspn(at, "& \r") - 16 : 0, at ? at + 16 : "");
	c->f->lists++;
	add_list(c);
	add(c, "0\r\n\r\n");
}

/* The stream stays open. */
static void answer_watch(struct fake_conn *c)
{
	const char *at = strstr(c->in, "resourceVersion=");
	assert_non_null(at);
	long from = strtol(at + 16, NULL, 10);
	c->f->watches++;
	if (c->f->compacted && from < 15) {
		add_gone(c);
		add(c, "0\r\n\r\n");
		return;
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (events[i].version > from) {
			add_event(c, i);
		}
	}
}

static void answer(struct fake_conn *c)
{
	struct fake_server *f = c->f;
	struct fake_fault fault = { FAKE_NONE, 0, NULL };
	bool is_watch = strstr(c->in, "watch=true") != NULL;
	(void)snprintf(f->last, sizeof(f->last), "%s", c->in);
	if (f->requests < FAKE_FAULTS) {
		fault = f->faults[f->requests];
	}
	f->requests++;
	c->n_in = 0;
	c->n_out = c->sent = c->step = 0;
	if (fault.what == FAKE_REPLY) {
		add(c, "%s", fault.text);
	} else {
		assert_true(!f->protobuf || strstr(c->in, "Accept: " PROTOBUF ",application/json"));
		add(c, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n",
			f->protobuf && fault.what != FAKE_BODY
				? is_watch ? PROTOBUF ";stream=watch" : PROTOBUF
				: "application/json");
		if (fault.what == FAKE_BODY) {
			add_chunk(c, fault.text);
			add(c, "0\r\n\r\n");
		} else if (is_watch) {
			answer_watch(c);
		} else {
			answer_list(c);
		}
		*(is_watch ? &f->watch_bytes : &f->list_bytes) = c->n_out;
	}
	c->close_after = fault.what == FAKE_REPLY || fault.what == FAKE_BODY ||
			 fault.what == FAKE_CUT;
	if ((fault.what == FAKE_CUT || fault.what == FAKE_HANG) && fault.bytes < c->n_out) {
		c->n_out = fault.bytes;
	}
	c->step = fault.what == FAKE_SLOW ? fault.bytes : 0;
	if (c->n_out == 0 && fault.what == FAKE_HANG) {
		return;
	}
	if (c->n_out == 0) {
		conn_close(c);
	} else {
		send_more(c);
	}
}

static void on_alloc(uv_handle_t *h, size_t wish, uv_buf_t *out)
{
	struct fake_conn *c = container_of((uv_tcp_t *)h, struct fake_conn, tcp);
	(void)wish;
	*out = uv_buf_init(c->in + c->n_in, (unsigned)(sizeof(c->in) - 1 - c->n_in));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct fake_conn *c = container_of((uv_tcp_t *)s, struct fake_conn, tcp);
	(void)b;
	if (n < 0) {
		conn_close(c);
		return;
	}
	c->n_in += (size_t)n;
	c->in[c->n_in] = '\0';
	if (strstr(c->in, "\r\n\r\n")) {
		answer(c);
	}
}

static void on_connection(uv_stream_t *s, int status)
{
	struct fake_server *f = container_of((uv_tcp_t *)s, struct fake_server, listener);
	struct fake_conn *c = calloc(1, sizeof(*c));
	assert_int_equal(status, 0);
	assert_non_null(c);
	c->f = f;
	c->open = 2;
	c->next = f->conns;
	f->conns = c;
	assert_int_equal(uv_tcp_init(f->loop, &c->tcp), 0);
	assert_int_equal(uv_timer_init(f->loop, &c->pace), 0);
	assert_int_equal(uv_accept(s, (uv_stream_t *)&c->tcp), 0);
	assert_int_equal(uv_tcp_nodelay(&c->tcp, 1), 0);
	assert_int_equal(uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read), 0);
}

void fake_open(struct fake_server *f, uv_loop_t *loop)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int n = sizeof(a);
	*f = (struct fake_server){ .loop = loop };
	assert_int_equal(uv_tcp_init(loop, &f->listener), 0);
	assert_int_equal(uv_tcp_bind(&f->listener, (const struct sockaddr *)&a, 0), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&f->listener, 16, on_connection), 0);
	assert_int_equal(uv_tcp_getsockname(&f->listener, (struct sockaddr *)&a, &n), 0);
	f->port = ntohs(a.sin_port);
}

void fake_close(struct fake_server *f)
{
	for (struct fake_conn *c = f->conns; c; c = c->next) {
		conn_close(c);
	}
	uv_close((uv_handle_t *)&f->listener, NULL);
}
