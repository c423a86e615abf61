/* What the parts of the embedded server share: the struct itself.
 * Regime: one owned heap object, made by embedded.c. Only files of watch/embedded include this. */
#pragma once

#include <uv.h>

#include "base/clock.h"
#include "base/http_server.h"
#include "watch/embedded/embedded.h"
#include "watch/embedded/service_pool.h"
#include "watch/store/store.h"

struct departure;
struct watcher;
struct inproc_call;

struct embedded {
	uv_loop_t *loop;
	struct clock *clock;
	struct store *store;
	struct http_server *http; /* NULL: without HTTP, in unit tests */
	struct watch_api api;
	struct service_pool pool;
	struct watcher *watchers[KIND_COUNT]; /* open watch streams, by kind */
	struct store_listener listener;
	struct departure *departures; /* answers to DELETEs that wait for an object to go */
	struct inproc_call *calls, *calls_last; /* replies not delivered yet, oldest first */
	unsigned live;                          /* watchers' timers and the HTTP server */
	bool closing;
	void (*on_closed)(void *ctx);
	void *on_closed_ctx;
};

void embedded_drop(
	struct embedded *e); /* one live part less; the last one frees a closing server */

/* embedded.c: everything but HTTP and bootstrap, for tests too. limits NULL: the store's own.
 * errors ERR_NOMEM, ERR_SYNTAX, ERR_RANGE */
NODISCARD int embedded_core_open(struct embedded *e, uv_loop_t *loop, struct clock *clock,
	const char *service_cidr, const struct store_limits *limits);
void embedded_core_close(struct embedded *e);

/* bootstrap.c: the objects every cluster begins with. errors ERR_NOMEM, ERR_LIBRARY (one was refused; logged) */
NODISCARD int bootstrap_run(
	struct embedded *e, const struct embedded_config *config, unsigned port);

/* inproc.c: struct watch_api on this store. */
extern const struct watch_api_ops inproc_ops;
void inproc_cancel_all(
	struct embedded *e); /* every reply outstanding is delivered as UV_ECANCELED */
