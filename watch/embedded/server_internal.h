/* What server.c (routing, replies) and server_write.c (bodies, writes) share. */
#pragma once

#include "base/http_server.h"
#include "watch/embedded/negotiate.h"
#include "watch/embedded/route.h"

struct embedded;

struct exchange_ctx {
	struct embedded *e;
	struct http_request *req;
	struct arena *a; /* the request's */
	struct route route;
	struct negotiated form;
	struct status *s;
};

/* Answers: each ends the request. body is taken. */
void server_reply_status(struct http_request *req, struct status *s);
void server_reply_json(struct exchange_ctx *x, unsigned code, struct buf *body,
	const struct strv *warnings, size_t n_warnings);

/* server_write.c: a write of any verb, up to its answer. */
void server_write(struct exchange_ctx *x);
