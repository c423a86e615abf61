/* What http_server.c (listening, the loop) and http_exchange.c (one request and its answer) share.
 * Regime: a server owns its exchanges; an exchange dies when the library reports the request over.
 */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/http_server.h"

struct http_server {
	uv_loop_t *loop;
	uv_poll_t poll;   /* the library's epoll descriptor */
	uv_timer_t timer; /* the library's next deadline; later the deferred close */
	struct MHD_Daemon *daemon;
	http_handler_fn handler;
	void *ctx;
	size_t max_body_bytes;
	struct sockaddr_storage address; /* as bound */
	unsigned port;
	unsigned live; /* open handles, the server's and its exchanges' */
	bool closing;
	struct exchange *first; /* every request the library knows of */
	void (*on_closed)(void *ctx);
	void *on_closed_ctx;
};

/* One request. The states of its answer:
 *   READING -> body is coming in
 *   HANDLED -> the handler has it and has not answered: the connection is suspended
 *   ANSWERED -> a response is with the library; a stream is then suspended and resumed at will */
enum exchange_state { EXCHANGE_READING, EXCHANGE_HANDLED, EXCHANGE_ANSWERED };

struct exchange {
	struct http_request req;
	struct http_server *server;
	struct MHD_Connection *con;
	struct arena arena;
	struct buf body;
	size_t body_seen_bytes; /* dropped ones too */
	enum exchange_state state;
	bool in_handler; /* the handler's call has not returned */
	bool suspended;
	bool gone;        /* the peer has left, or the server closes: answer no more */
	bool over;        /* the library is done with it; only the handle may live on */
	bool hangup_open; /* hangup is an open handle */
	struct MHD_Response *response; /* made while suspended, to be queued after the resume */
	unsigned status;
	const struct http_stream_ops *ops; /* NULL unless a stream */
	void *stream_ctx;
	uv_poll_t hangup; /* a suspended stream's socket: the library does not look at it */
	struct exchange *prev, *next;
};

/* The library's callbacks, in http_exchange.c; cls is the server. */
void *http_exchange_begin(void *cls, const char *uri, struct MHD_Connection *con);
enum MHD_Result http_exchange_step(void *cls, struct MHD_Connection *con, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_n,
	void **con_cls);
void http_exchange_end(
	void *cls, struct MHD_Connection *con, void **con_cls, enum MHD_RequestTerminationCode why);

void http_exchange_abandon(struct exchange *x); /* marks it gone and lets the library see that */
/* Lets the library run soon: its epoll descriptor does not tell of resumed connections. */
void http_server_kick(struct http_server *s);
void http_server_drop(struct http_server *s); /* one handle less; the last one frees */
