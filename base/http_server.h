/* An HTTP/1.1 server on a libuv loop, over libmicrohttpd (its epoll descriptor in a uv_poll_t).
 * A request reaches the handler once, when its body is complete. A reply goes out in one write.
 * A stream (watch) is pulled: the server asks for bytes when the socket takes them; "nothing yet" suspends it
 * until http_stream_wake, so a slow reader costs no queue.
 * Regime: server is an owned heap object; a request lives until its reply is sent or the client has gone, and
 * owns an arena that the handler may use. Called by: watch/embedded/api_server, later dns/ops.
 *
 * Failure paths: client gone before the reply -> reply is dropped; client gone while streaming -> closed(ctx);
 * body over the limit -> handler sees body_too_large with an empty body; bad HTTP -> 400 by the library. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/strv.h"

struct http_server;

struct http_request {
	struct strv method;  /* "GET" */
	struct strv path;    /* as sent, percent-encoding kept, without the query */
	struct strv query;   /* as sent, without '?'; empty if none */
	struct strv body;    /* decoded from chunks; empty if none */
	bool body_too_large; /* the body was over the limit and was dropped */
	struct arena *arena; /* dies with the request */
};

struct http_header {
	const char *name;
	const char *value; /* both copied by the call they are given to */
};

typedef void (*http_handler_fn)(void *ctx, struct http_request *req);

#define HTTP_STREAM_WAIT (-1) /* nothing yet: suspend until http_stream_wake */
#define HTTP_STREAM_END  (-2) /* end cleanly: the final zero chunk */
#define HTTP_STREAM_DROP (-3) /* cut the connection */
struct http_stream_ops {
	/* Fills at most max bytes; returns how many (> 0) or one of the above. */
	long (*pull)(void *ctx, char *out, size_t max);
	/* Exactly once, when the stream is over for whatever reason; ctx may be freed in it. */
	void (*closed)(void *ctx);
};

struct http_config {
	const char *host;         /* literal IPv4 or IPv6 address */
	unsigned port;            /* 0: a free one */
	size_t max_body_bytes;    /* 0: 3 MiB, kube-apiserver's limit */
	unsigned max_connections; /* 0: as many as descriptors allow, less some for others */
	http_handler_fn handler;
	void *ctx;
};

/* Listens. errors libuv's (UV_EADDRINUSE, UV_EACCES, UV_EADDRNOTAVAIL ...), ERR_LIBRARY, ERR_NOMEM */
NODISCARD int http_server_open(
	uv_loop_t *loop, const struct http_config *config, struct http_server **out);
unsigned http_server_port(const struct http_server *s);
/* Ends streams, drops connections, closes the handles, frees, then cb. */
void http_server_close(struct http_server *s, void (*cb)(void *ctx), void *ctx);

/* Header of the request, any case of name; STRV_NONE if absent. */
struct strv http_request_header(const struct http_request *req, const char *name);
/* The address the client connected to, for building URLs: "127.0.0.1:8001" in the request's arena. */
struct strv http_request_host(const struct http_request *req);

/* Ends the request with a whole reply; body is taken (emptied) also on failure. headers may be NULL when n is 0.
 * May be called in the handler or later from the loop; exactly one of http_reply and http_stream a request.
 * On ERR_NOMEM the connection is cut. */
void http_reply(struct http_request *req, unsigned status, const struct http_header *headers,
	size_t n, struct buf *body);
/* Ends the request with a chunked stream, pulled from ops. The request stays valid until closed(ctx). */
void http_stream(struct http_request *req, unsigned status, const struct http_header *headers,
	size_t n, const struct http_stream_ops *ops, void *ctx);
/* The stream of this request may have bytes: pull will be called soon, never inside this call. Cheap if it is
 * not suspended. */
void http_stream_wake(struct http_request *req);
