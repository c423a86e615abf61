/* One HTTP request and its answer, between libmicrohttpd's callbacks and the handler.
 * Source: libmicrohttpd manual (access handler, content reader, suspend and resume).
 * Regime: an exchange is an owned heap object with an arena; it begins with the request line and
 * ends when the library reports the request over (http_exchange_end), its hang-up handle a turn
 * later.
 *
 * Happy path, reply: begin -> step (head) -> step (body) ... -> step (end): handler -> http_reply
 * -> queued -> end. Happy path, late reply: handler returns without one -> suspended -> http_reply
 * resumes -> step queues it -> end. Happy path, stream: http_stream -> pull ... WAIT suspends ->
 * http_stream_wake resumes -> pull ... END -> end. Failure paths: body over the limit -> read and
 * dropped up to DRAIN_BYTES, so that the client can read the 413 (after "Expect: 100-continue" it
 * is told at once); client leaves -> end, or, suspended, the hang-up handle sees it and the stream
 * is dropped; memory out -> the connection is cut. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/http_internal.h"

#define DRAIN_BYTES ((size_t)64 << 20) /* of a body that is too large */

static struct exchange *exchange_of(const struct http_request *req)
{
	return (struct exchange *)(uintptr_t)((const char *)req - offsetof(struct exchange, req));
}

/* The library would spell each parameter into memory of the connection's pool, which nobody here reads. When the pool
 * ends it neither answers nor closes before its idle timeout, and never calls http_exchange_end. So it is not shown the
 * query: its buffer, handed out as const, is blanked from the '?' on. */
static void hide_query(const char *uri, size_t path_n)
{
	char *query = (char *)(uintptr_t)(uri + path_n);
	memset(query, 0, strlen(query));
}

void *http_exchange_begin(void *cls, const char *uri, struct MHD_Connection *con)
{
	struct http_server *s = cls;
	struct exchange *x = calloc(1, sizeof(*x));
	if (x == NULL) {
		return NULL; /* the first step sees that */
	}
	x->server = s;
	x->con = con;
	arena_init(&x->arena, 0);
	buf_init(&x->body);
	x->req.arena = &x->arena;
	struct strv whole = arena_strdup(&x->arena, strv_of(uri));
	if (whole.p == NULL) {
		arena_deinit(&x->arena);
		free(x);
		return NULL;
	}
	struct strv rest = whole;
	if (strv_cut(&rest, '?', &x->req.path)) {
		x->req.query = rest;
		hide_query(uri, x->req.path.n);
	}
	x->next = s->first;
	if (s->first != NULL) {
		s->first->prev = x;
	}
	s->first = x;
	return x;
}

static void exchange_free(struct exchange *x)
{
	buf_deinit(&x->body);
	arena_deinit(&x->arena);
	free(x);
}

static void on_hangup_closed(uv_handle_t *h)
{
	struct exchange *x = container_of((uv_poll_t *)(void *)h, struct exchange, hangup);
	struct http_server *s = x->server;
	exchange_free(x);
	http_server_drop(s);
}

void http_exchange_end(
	void *cls, struct MHD_Connection *con, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct http_server *s = cls;
	struct exchange *x = *con_cls;
	(void)con;
	(void)why; /* a stream's owner need not know who ended it */
	if (x == NULL) {
		return;
	}
	*con_cls = NULL;
	x->over = true;
	if (x->ops != NULL) {
		x->ops->closed(x->stream_ctx);
	}
	if (x->response != NULL) {
		MHD_destroy_response(x->response); /* was never queued */
	}
	if (x->prev != NULL) {
		x->prev->next = x->next;
	} else {
		s->first = x->next;
	}
	if (x->next != NULL) {
		x->next->prev = x->prev;
	}
	if (x->hangup_open) {
		/* The library closes the descriptor after this call: leave the poll set before. */
		uv_close((uv_handle_t *)&x->hangup, on_hangup_closed);
		return;
	}
	exchange_free(x);
}

static void suspend(struct exchange *x)
{
	x->suspended = true;
	MHD_suspend_connection(x->con);
}

static void resume(struct exchange *x)
{
	if (x->suspended) {
		x->suspended = false;
		MHD_resume_connection(x->con);
		http_server_kick(x->server);
	}
}

void http_exchange_abandon(struct exchange *x)
{
	x->gone = true;
	resume(x);
}

static enum MHD_Result queue(struct exchange *x)
{
	struct MHD_Response *response = x->response;
	x->response = NULL;
	enum MHD_Result ok = MHD_queue_response(x->con, x->status, response);
	MHD_destroy_response(response); /* our count; the library holds its own */
	return ok;
}

static bool announces_too_much(const struct exchange *x)
{
	int64_t n = 0;
	return strv_to_i64(http_request_header(&x->req, "Content-Length"), &n) == ERR_OK &&
	       (uint64_t)n > x->server->max_body_bytes;
}

/* The head is read; returns true when the handler shall run at once. */
static bool head_done(struct exchange *x, const char *method)
{
	x->req.method = arena_strdup(&x->arena, strv_of(method));
	if (announces_too_much(x)) {
		x->req.body_too_large = true;
		/* RFC 9110 10.1.1: a final answer instead of 100 (Continue) spares the client the
		 * body. */
		return strv_eq_nocase(http_request_header(&x->req, "Expect"), STRV("100-continue"));
	}
	return false;
}

static enum MHD_Result take_body(struct exchange *x, const char *upload, size_t n)
{
	x->body_seen_bytes += n;
	if (x->body_seen_bytes > x->server->max_body_bytes) {
		x->req.body_too_large = true;
	}
	if (x->req.body_too_large) {
		buf_deinit(&x->body);
		buf_init(&x->body);
		return x->body_seen_bytes > DRAIN_BYTES ? MHD_NO : MHD_YES;
	}
	buf_add(&x->body, (struct strv){ upload, n });
	return x->body.err == ERR_OK ? MHD_YES : MHD_NO;
}

static enum MHD_Result run_handler(struct exchange *x)
{
	struct http_server *s = x->server;
	x->req.body = buf_strv(&x->body);
	x->state = EXCHANGE_HANDLED;
	x->in_handler = true;
	s->handler(s->ctx, &x->req);
	x->in_handler = false;
	if (x->gone) {
		return MHD_NO; /* no memory for the answer, or the server closes */
	}
	if (x->response != NULL) {
		return queue(x);
	}
	suspend(x);
	return MHD_YES;
}

/* The body is complete, or the connection was resumed. */
static enum MHD_Result body_done(struct exchange *x)
{
	switch (x->state) {
	case EXCHANGE_READING:
		return run_handler(x);
	case EXCHANGE_ANSWERED:
		return x->response != NULL ? queue(x) : MHD_YES;
	case EXCHANGE_HANDLED:
		break; /* resumed by accident: wait on */
	}
	suspend(x);
	return MHD_YES;
}

/* NOLINTNEXTLINE(readability-function-size): the library's signature */
enum MHD_Result http_exchange_step(void *cls, struct MHD_Connection *con, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_n,
	void **con_cls)
{
	struct http_server *s = cls;
	struct exchange *x = *con_cls;
	(void)con;
	(void)url;
	(void)version;
	if (x == NULL || x->gone || s->closing) {
		return MHD_NO;
	}
	if (x->req.method.p == NULL) {
		bool now = head_done(x, method);
		if (x->req.method.p == NULL) {
			return MHD_NO;
		}
		return now ? run_handler(x) : MHD_YES;
	}
	if (*upload_n > 0) {
		enum MHD_Result ok = take_body(x, upload, *upload_n);
		*upload_n = 0;
		return ok;
	}
	return body_done(x);
}

struct strv http_request_header(const struct http_request *req, const char *name)
{
	return strv_of(MHD_lookup_connection_value(exchange_of(req)->con, MHD_HEADER_KIND, name));
}

struct strv http_request_host(const struct http_request *req)
{
	const struct exchange *x = exchange_of(req);
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		x->con, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr_storage at = x->server->address;
	socklen_t n = sizeof(at);
	if (info != NULL && getsockname(info->connect_fd, (struct sockaddr *)&at, &n) != 0) {
		at = x->server->address;
	}
	char text[INET6_ADDRSTRLEN] = "";
	if (at.ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&at;
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text)); /* fits */
		return arena_printf(req->arena, "[%s]:%u", text, x->server->port);
	}
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&at;
	(void)inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text)); /* fits */
	return arena_printf(req->arena, "%s:%u", text, x->server->port);
}

/* Hands the response to the library, now or when the connection is awake again. Takes it; NULL
 * cuts. */
static void answer(struct exchange *x, unsigned status, struct MHD_Response *response,
	const struct http_header *headers, size_t n)
{
	REQUIRE(x->state != EXCHANGE_ANSWERED);
	x->state = EXCHANGE_ANSWERED;
	for (size_t i = 0; response != NULL && i < n; i++) {
		if (MHD_add_response_header(response, headers[i].name, headers[i].value) !=
			MHD_YES) {
			MHD_destroy_response(response);
			response = NULL;
		}
	}
	x->response = response;
	x->status = status;
	if (response == NULL) {
		x->gone = true;
	}
	if (!x->in_handler) {
		resume(x);
	}
}

void http_reply(struct http_request *req, unsigned status, const struct http_header *headers,
	size_t n, struct buf *body)
{
	static char nothing[1];
	struct exchange *x = exchange_of(req);
	struct strv text = STRV_NONE;
	struct MHD_Response *response = NULL;
	if (buf_give(body, &text) != ERR_OK) {
		buf_deinit(body);
		answer(x, status, NULL, headers, n);
		return;
	}
	if (text.n == 0) {
		free((void *)(uintptr_t)text.p);
		response = MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
	} else {
		/* One buffer: the library sends it with the head in one call. */
		response = MHD_create_response_from_buffer(
			text.n, (void *)(uintptr_t)text.p, MHD_RESPMEM_MUST_FREE);
		if (response == NULL) {
			free((void *)(uintptr_t)text.p);
		}
	}
	answer(x, status, response, headers, n);
}

static ssize_t pull(void *cls, uint64_t at, char *out, size_t max)
{
	struct exchange *x = cls;
	(void)at;
	if (x->gone || x->over) {
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	long n = x->ops->pull(x->stream_ctx, out, max);
	if (n > 0) {
		REQUIRE((size_t)n <= max);
		return (ssize_t)n;
	}
	if (n == HTTP_STREAM_END) {
		return MHD_CONTENT_READER_END_OF_STREAM;
	}
	if (n == HTTP_STREAM_DROP) {
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	suspend(x);
	return 0;
}

static void on_hangup(uv_poll_t *poll, int status, int events)
{
	struct exchange *x = container_of(poll, struct exchange, hangup);
	(void)status; /* an error means the same */
	(void)events;
	(void)uv_poll_stop(poll); /* cannot fail */
	http_exchange_abandon(x);
}

/* A suspended connection is outside the library's poll set; without this a client that left would
 * be noticed at the next event only. A client that ends its sending half counts as gone, as with
 * Go's server. */
static bool watch_hangup(struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		x->con, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info == NULL || uv_poll_init(x->server->loop, &x->hangup, info->connect_fd) != 0) {
		return false;
	}
	x->hangup_open = true;
	x->server->live++;
	return uv_poll_start(&x->hangup, UV_DISCONNECT, on_hangup) == 0;
}

void http_stream(struct http_request *req, unsigned status, const struct http_header *headers,
	size_t n, const struct http_stream_ops *ops, void *ctx)
{
	struct exchange *x = exchange_of(req);
	x->ops = ops;
	x->stream_ctx = ctx;
	struct MHD_Response *response = NULL;
	if (watch_hangup(x)) {
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, pull, x, NULL);
	}
	answer(x, status, response, headers, n);
}

void http_stream_wake(struct http_request *req)
{
	struct exchange *x = exchange_of(req);
	if (x->state == EXCHANGE_ANSWERED) {
		resume(x);
	}
}
