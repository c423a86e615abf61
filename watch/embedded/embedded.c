/* The embedded API server as a whole: opens its parts in order, closes them in reverse.
 * Regime: owned heap object, freed when its last live part (HTTP server, streams' timers) is gone.
 * Called by: main.
 *
 * Happy path: open -> store, pool -> bootstrap -> HTTP -> ... -> close -> replies cancelled -> HTTP
 * closed (that ends the streams) -> streams' timers closed -> freed, cb. Failure paths: any step of
 * open fails -> what was opened is closed, the step's error is returned. */
#include "watch/embedded/embedded.h"

#include <stdlib.h>

#include "base/err.h"
#include "watch/embedded/departure.h"
#include "watch/embedded/embedded_internal.h"
#include "watch/embedded/server.h"
#include "watch/embedded/watch.h"

int embedded_core_open(struct embedded *e, uv_loop_t *loop, struct clock *clock,
	const char *service_cidr, const struct store_limits *limits)
{
	*e = (struct embedded){ .loop = loop, .clock = clock };
	e->api = (struct watch_api){ .self = e, .ops = &inproc_ops };
	int r = service_pool_init(&e->pool, strv_of(service_cidr));
	if (r != ERR_OK) {
		return r;
	}
	r = store_new(clock, limits, &e->store);
	if (r != ERR_OK) {
		service_pool_deinit(&e->pool);
		return r;
	}
	watch_attach(e);
	return ERR_OK;
}

void embedded_core_close(struct embedded *e)
{
	watch_detach(e);
	inproc_cancel_all(e);
	store_free(e->store);
	service_pool_deinit(&e->pool);
}

int embedded_open(uv_loop_t *loop, struct clock *clock, const struct embedded_config *config,
	struct embedded **out)
{
	struct embedded *e = calloc(1, sizeof(*e));
	if (e == NULL) {
		return ERR_NOMEM;
	}
	int r = embedded_core_open(e, loop, clock, config->service_cidr, NULL);
	if (r != ERR_OK) {
		free(e);
		return r;
	}
	/* Listening comes last but for the objects, which tell of the port: no client is served
	 * before the loop turns. */
	const struct http_config http = { .host = config->listen.host,
		.port = config->listen.port,
		.handler = server_handle,
		.ctx = e };
	r = http_server_open(loop, &http, &e->http);
	if (r != ERR_OK) {
		embedded_core_close(e);
		free(e);
		return r;
	}
	e->live = 1;
	r = bootstrap_run(e, config, http_server_port(e->http));
	if (r != ERR_OK) {
		embedded_close(e, NULL, NULL);
		return r;
	}
	*out = e;
	return ERR_OK;
}

unsigned embedded_port(const struct embedded *e)
{
	return http_server_port(e->http);
}

const struct watch_api *embedded_api(struct embedded *e)
{
	return &e->api;
}

void embedded_drop(struct embedded *e)
{
	REQUIRE(e->live > 0);
	if (--e->live > 0) {
		return;
	}
	void (*cb)(void *) = e->on_closed;
	void *ctx = e->on_closed_ctx;
	embedded_core_close(e);
	free(e);
	if (cb != NULL) {
		cb(ctx);
	}
}

static void on_http_closed(void *ctx)
{
	embedded_drop(ctx);
}

void embedded_close(struct embedded *e, void (*cb)(void *ctx), void *ctx)
{
	REQUIRE(!e->closing);
	e->closing = true;
	e->on_closed = cb;
	e->on_closed_ctx = ctx;
	inproc_cancel_all(e);
	departure_cancel_all(e);
	http_server_close(e->http, on_http_closed, e);
}
