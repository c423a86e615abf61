/* An HTTP client on a libuv loop, over libcurl's multi interface: TLS, HTTP/2 where the server offers it, connections
 * kept. Bytes are handed on as they arrive, so that a body may last for hours (watch) or be larger than memory (list).
 * Regime: client and calls are owned heap objects; what a call is given is copied. Control thread only. Called by:
 * watch/remote.
 *
 * Happy path: http_call_start -> head (status and headers are there) -> bytes, any number of times -> done.
 * Failure paths: no connection, cut, time out -> done with an error and what happened as text; bytes says stop ->
 * done with UV_ECANCELED; http_call_cancel -> nothing is called any more; close -> done with UV_ECANCELED. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/base.h"
#include "base/strv.h"

struct http_client;
struct http_call;

/* Of whom we trust and who we are. Texts (PEM) win over files; files are read anew for each connection. */
struct http_tls {
	const char *ca_file, *cert_file, *key_file; /* NULL: none (ca: the system's) */
	struct strv ca_pem, cert_pem, key_pem;      /* empty: none */
	bool insecure;                              /* the server's certificate is not checked */
};

struct http_outcome {
	int err; /* ERR_OK: a whole reply came, whatever its status. UV_ECANCELED, UV_ETIMEDOUT, UV_ECONNREFUSED,
	                   * UV_EAI_NONAME, UV_EPROTO (TLS), ERR_TRUNCATED (cut), ERR_LIBRARY, ERR_NOMEM */
	int status;       /* 0: none came */
	const char *text; /* of the failure, for people; "" if none. borrowed */
};

struct http_head {
	int status;
	int64_t retry_after_s;    /* Retry-After; -1: none */
	const char *content_type; /* "" if none. borrowed */
};

struct http_call_config {
	const char *method; /* "GET" */
	const char *url;
	const char *const *headers;  /* "Name: value", NULL at the end; may be NULL */
	const char *user, *password; /* basic authentication; NULL: none */
	const char *proxy;           /* NULL: as the environment says */
	struct strv body;            /* sent if p is not NULL */
	const struct http_tls *tls;  /* NULL: the system's */
	uint64_t timeout_ms;         /* for all of it; 0: none */
	uint64_t stall_s;            /* fails when nothing arrives for so long; 0: never */
	bool fresh;                  /* over a new connection: the old ones are suspect */
	/* The first bytes are about to come. May be NULL. */
	void (*head)(void *ctx, const struct http_head *head);
	/* False stops the call. May be NULL. */
	bool (*bytes)(void *ctx, struct strv bytes);
	/* Exactly once, the last word of the call, never inside http_call_start. */
	void (*done)(void *ctx, const struct http_outcome *o);
	void *ctx;
};

/* Loads libcurl. errors ERR_LIBRARY with *why, libuv's, ERR_NOMEM */
NODISCARD int http_client_open(uv_loop_t *loop, struct http_client **out, const char **why);
/* Ends calls (done with UV_ECANCELED, inside this call), closes connections, frees later, then cb. Not from inside head
 * or bytes. */
void http_client_close(struct http_client *c, void (*cb)(void *ctx), void *ctx);

/* *out is valid until done. errors ERR_NOMEM, ERR_LIBRARY (a setting the library refuses, such as a bad URL) */
NODISCARD int http_call_start(
	struct http_client *c, const struct http_call_config *config, struct http_call **out);
/* Nothing of it is called any more, also from inside head and bytes. Accepts NULL. */
void http_call_cancel(struct http_call *call);
/* Text as a piece of a URL's path or query: percent-encodes all but unreserved characters. */
struct buf;
void http_url_add(struct buf *b, struct strv text);
